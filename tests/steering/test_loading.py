"""The tasks of the documents on file: set once, with the bodies that answer, and what the documents say became of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from dancu.kernel.reach import SYSTEM, acting
from dancu.steering import store, usecases
from dancu.steering.domain import Assignment, TaskState
from dancu.steering.loading import load_documents
from dancu.steering.models import TaskAction
from dancu.steering.store import Wanted
from tests.factories.people import NOW
from tests.factories.web_role import web_role

pytestmark = pytest.mark.django_db(transaction=True)
REPORT_DAY = date(2023, 2, 19)


@pytest.fixture(autouse=True)
def _role() -> Iterator[None]:
    with web_role(), acting(SYSTEM):
        yield


def load() -> int:
    return load_documents(organisation="G01", account="nap", now=NOW)


def codes(parts: list[Assignment]) -> set[str]:
    return {each.task.code for each in parts}


def test_every_task_is_set_once() -> None:
    first = load()
    before = TaskAction.objects.count()

    assert (first, load()) == (114, 0)
    assert TaskAction.objects.count() == before


def test_the_fourteen_late_tasks_of_the_report_are_late_on_its_day_as_it_names_them() -> None:
    load()
    on_its_day = [each for each in usecases.board_on(REPORT_DAY) if each.task.document == "report-2023-02"]

    late = usecases.late(on_its_day, REPORT_DAY)

    assert codes(late) == {f"BC02-{number}" for number in range(10, 24)}
    assert usecases.counts_of(on_its_day, REPORT_DAY).late == 14
    [decree] = [each for each in late if each.task.code == "BC02-10"]
    assert (decree.body, decree.standing.days_late(REPORT_DAY)) == ("G01", 264)
    [finance] = [each for each in late if each.task.code == "BC02-15"]
    assert (finance.body, finance.standing.days_late(REPORT_DAY)) == ("G12", 0), "the report names no deadline for it"
    assert {each.body for each in late if each.task.code == "BC02-14"} == {"G18", "G15", "G07"}


def test_on_the_day_of_the_report_nothing_else_is_called_late() -> None:
    load()
    board = usecases.board_on(REPORT_DAY)

    assert usecases.counts_of(board, REPORT_DAY).late == 14, "of the others nobody has told"
    assert usecases.counts_of(board, REPORT_DAY).unreported > 0


def test_four_of_the_seven_tasks_of_the_ministry_were_done_with_their_papers() -> None:
    load()

    done = {
        each.task.code: each.standing.done_on for each in usecases.board_on(REPORT_DAY) if each.standing.state is TaskState.DONE
    }

    assert {code for code in done if code.startswith("BC02")} >= {"BC02-02", "BC02-03"}
    assert done["BC02-02"] == date(2023, 1, 29)
    assert any("99/BC-BCA" in str(each.data.get("evidence", "")) for each in usecases.timeline("BC02-02", "G01"))


def test_a_group_answers_body_by_body_and_a_list_by_its_names() -> None:
    load()
    everybody = store.parts_of(store.get_task("8402-01"))
    named = store.parts_of(store.get_task("8402-02"))

    assert sum(each.body.startswith("H") for each in everybody) == 63
    assert sum(each.body.startswith("G") for each in everybody) >= 22
    assert len(named) == 49
    assert len(store.parts_of(store.get_task("8402-03"))) == 12, "note 4 names twelve"


def test_on_the_day_of_a_letter_nothing_of_a_later_one_is_there() -> None:
    load()

    assert {each.task.document for each in usecases.board_on(date(2022, 12, 2))} == {
        "btttt-thh-2021",
        "1658-2022",
        "8402-2022",
        "report-2023-02",
    }
    assert {each.task.assigned_on for each in usecases.board_on(date(2022, 12, 2)) if each.task.document == "report-2023-02"} == {
        date(2022, 1, 6)
    }
    assert not store.assignments(Wanted(document="4318-2024", state="done"))
