"""Tasks are set once, each body answers for its part, every step is added and stands in the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from dancu.kernel.errors import Conflict, Invalid, NotFound
from dancu.kernel.reach import SYSTEM, acting
from dancu.ledger import api as ledger
from dancu.steering import store, usecases
from dancu.steering.deadlines import parse_deadline
from dancu.steering.domain import ActionKind, Side, TaskState
from dancu.steering.models import TaskAction
from dancu.steering.store import Wanted
from dancu.steering.usecases import Step
from tests.factories.people import NOW
from tests.factories.web_role import web_role
from tests.steering import scene
from tests.steering.scene import HEALTH, SECRETARY, a_task, an_officer, set_tasks

pytestmark = pytest.mark.django_db(transaction=True)
TODAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def _scene() -> Iterator[None]:
    with acting(SYSTEM):
        scene.appoint()
    with web_role(), acting(SYSTEM):
        yield


def step(kind: ActionKind, code: str = "NV-1", body: str = "G18", account: str = "", **more: object) -> TaskState:
    side = (
        Side.OWNER
        if account != SECRETARY and kind in (ActionKind.REPORT, ActionKind.REPORT_DONE, ActionKind.ASK_EXTENSION)
        else Side.SECRETARY
    )
    officer = an_officer(account or (HEALTH if side is Side.OWNER else SECRETARY))
    wanted = Step(kind, **{"text": "Đã làm như văn bản kèm theo", **more})  # type: ignore[arg-type]
    return usecases.take_step(officer, side, code, body, wanted, now=NOW).standing.state


def test_tasks_are_set_once_by_their_code() -> None:
    assert set_tasks(a_task(), a_task("NV-2")) == 2

    assert set_tasks(a_task(), a_task("NV-2"), a_task("NV-3")) == 1
    assert len(store.assignments(Wanted())) == 3
    assert {each.body["outcome"] for each in ledger.latest(2)} == {"steering.tasks:2", "steering.tasks:1"}


def test_a_task_goes_its_way_and_each_step_is_kept() -> None:
    set_tasks(a_task())

    assert step(ActionKind.REPORT, percent=40) is TaskState.OPEN
    assert step(ActionKind.REPORT_DONE, evidence="Báo cáo 1/BC") is TaskState.REPORTED
    assert step(ActionKind.RETURN) is TaskState.OPEN
    assert step(ActionKind.REPORT_DONE) is TaskState.REPORTED
    assert step(ActionKind.CONFIRM, done_on=date(2026, 5, 20)) is TaskState.DONE

    kinds = [each.kind for each in usecases.timeline("NV-1", "G18")]
    assert kinds == ["confirm", "report_done", "return", "report_done", "report", "assign"]
    [part] = store.assignments(Wanted(body="G18"))
    assert (part.standing.state, part.standing.done_on, part.standing.percent) == (TaskState.DONE, date(2026, 5, 20), 100)
    assert "steering.confirm:NV-1:G18" in {each.body["outcome"] for each in ledger.latest(9)}


def test_each_body_answers_for_its_own_part() -> None:
    set_tasks(a_task(owners=("G18", "G15")))

    step(ActionKind.CONFIRM, body="G15")

    states = {each.body: each.standing.state for each in store.parts_of(store.get_task("NV-1"))}
    assert states == {"G15": TaskState.DONE, "G18": TaskState.OPEN}


def test_the_line_says_what_the_actions_fold_to() -> None:
    set_tasks(a_task())
    step(ActionKind.ASK_EXTENSION, deadline="2026-12")
    [asked] = store.assignments(Wanted())
    assert asked.standing.extension_asked == parse_deadline("2026-12")

    step(ActionKind.EXTEND, deadline="2026-12")

    [part], [folded] = store.assignments(Wanted()), usecases.board_on(TODAY)
    assert (part.standing.deadline, part.standing.extension_asked) == (parse_deadline("2026-12"), None)
    assert (folded.standing.state, folded.standing.deadline) == (part.standing.state, part.standing.deadline)


def test_today_and_the_past_are_counted_alike() -> None:
    set_tasks(a_task(), a_task("NV-2", owners=("G18", "G15")), a_task("NV-3", "2026-11-30"), a_task("NV-4", "thuong-xuyen"))
    step(ActionKind.CONFIRM, "NV-2", "G15", done_on=date(2026, 6, 20))
    step(ActionKind.REPORT_DONE, "NV-2")

    now = usecases.tallies_today(now=NOW)

    assert now == usecases.tallies_of(usecases.board_on(TODAY), TODAY)
    health, justice = now
    assert (health.body, health.total, health.open, health.reported, health.late, health.due_soon) == ("G18", 4, 3, 1, 1, 1)
    assert health.unreported == 1
    assert (justice.done, justice.done_late, justice.late) == (1, 1, 0)
    [then, _other] = usecases.tallies_of(usecases.board_on(date(2026, 5, 31)), date(2026, 5, 31))
    assert (then.late, then.reported, then.done) == (0, 0, 0), "on that day nothing was late yet"


def test_what_is_late_is_named_the_longest_first() -> None:
    set_tasks(a_task("NV-1", "2026-05"), a_task("NV-2", "2026-03"), a_task("NV-3", "2026-12"), a_task("NV-4", "2026-04"))
    for code in ("NV-1", "NV-2", "NV-3"):
        step(ActionKind.REPORT, code)

    assert [each.task.code for each in usecases.late(usecases.board_on(TODAY), TODAY)] == ["NV-2", "NV-1"]
    assert {each.task.code for each in store.assignments(Wanted(late_on=TODAY))} == {"NV-1", "NV-2"}
    assert [each.task.code for each in store.assignments(Wanted(unreported_on=TODAY))] == ["NV-4"]


def test_what_does_not_fit_is_refused_and_nothing_is_written() -> None:
    set_tasks(a_task())
    before = TaskAction.objects.count()

    with pytest.raises(Conflict):
        step(ActionKind.RETURN)
    with pytest.raises(Invalid):
        step(ActionKind.REPORT, text="x")
    with pytest.raises(NotFound):
        step(ActionKind.REPORT, body="G15")
    with pytest.raises(NotFound):
        step(ActionKind.REPORT, code="NV-9")

    assert TaskAction.objects.count() == before
