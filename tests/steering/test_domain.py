"""Where a body's part of a task stands on any day, and what may be done about it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from dancu.kernel.errors import Conflict, Invalid
from dancu.steering.deadlines import parse_deadline
from dancu.steering.domain import (
    STEPS,
    Action,
    ActionKind,
    Side,
    Standing,
    Task,
    TaskState,
    allowed,
    check_action,
    overall,
    standing_on,
)

K = ActionKind
ASSIGNED, TODAY = date(2022, 1, 6), date(2023, 2, 19)


def a_task(deadline: str = "2022-05") -> Task:
    return Task(
        UUID(int=1), "NV-1", "d", "c", "Ban hành Nghị định", "pháp lý", ("G01",), (), parse_deadline(deadline), "", "", ASSIGNED
    )


def an_action(kind: ActionKind, on: date = TODAY, text: str = "Đã làm xong việc", **data: object) -> Action:
    return Action(kind, on, datetime(on.year, on.month, on.day, 3, tzinfo=UTC), "G01", "canbo", text, data)


def after(*actions: Action, on: date = TODAY, task: Task | None = None) -> Standing:
    return standing_on(task or a_task(), actions, on)


def test_nothing_said_it_is_open_and_overdue_without_a_report_from_the_day_after() -> None:
    assert after().state is TaskState.OPEN
    assert (after().is_unreported(date(2022, 5, 31)), after().is_unreported(date(2022, 6, 1))) == (False, True)
    assert not after().is_late(TODAY), "whether it is late nobody knows"
    assert after().days_late(date(2022, 6, 10)) == 10


def test_told_and_not_done_it_is_late_from_the_day_after() -> None:
    told = after(an_action(K.REPORT, date(2022, 2, 1)))

    assert (told.is_late(date(2022, 5, 31)), told.is_late(date(2022, 6, 1))) == (False, True)
    assert not told.is_unreported(TODAY)
    assert after(an_action(K.REMIND)).is_unreported(TODAY), "to be reminded says nothing"


def test_what_a_document_calls_late_is_late_also_without_a_deadline_until_it_is_done() -> None:
    called = an_action(K.STATE_LATE, date(2022, 7, 1))

    assert after(called, task=a_task("")).is_late(TODAY)
    assert not after(called, an_action(K.CONFIRM, done_on="2022-08-01"), task=a_task("")).is_late(TODAY)
    assert not after(called, an_action(K.EXTEND, deadline="2023-12")).is_late(TODAY)


def test_what_its_owner_calls_done_is_done_once_it_was_confirmed() -> None:
    reported = an_action(K.REPORT_DONE, date(2022, 5, 20))
    confirmed = an_action(K.CONFIRM, date(2022, 6, 3), done_on="2022-05-20")

    assert after(reported).state is TaskState.REPORTED
    done = after(reported, confirmed)
    assert (done.state, done.done_on, done.percent) == (TaskState.DONE, date(2022, 5, 20), 100)
    assert not done.is_late(TODAY), "it was done in time, whenever it was confirmed"
    assert after(reported, confirmed, on=date(2022, 6, 1)).state is TaskState.REPORTED, "as it stood on that day"


def test_what_was_written_down_later_was_not_known_then() -> None:
    told_late = Action(K.CONFIRM, date(2022, 5, 20), datetime(2022, 9, 1, tzinfo=UTC), "VPCP", "thuky")

    assert standing_on(a_task(), [told_late], TODAY).state is TaskState.DONE
    assert standing_on(a_task(), [told_late], TODAY, known_by=datetime(2022, 8, 1, tzinfo=UTC)).state is TaskState.OPEN


def test_a_longer_deadline_holds_from_the_day_it_was_given() -> None:
    given = an_action(K.EXTEND, date(2022, 7, 1), deadline="2022-12")

    assert after(given).deadline.text == "2022-12"
    assert after(given, on=date(2022, 6, 30)).is_unreported(date(2022, 6, 30)), "until then it was overdue"
    assert not after(given).is_late(date(2022, 12, 31))


def test_an_extension_is_asked_for_and_decided() -> None:
    asked = an_action(K.ASK_EXTENSION, deadline="2023-06")
    assert after(asked).extension_asked == parse_deadline("2023-06")
    assert K.REFUSE_EXTENSION in allowed(after(asked), Side.SECRETARY)
    assert K.REFUSE_EXTENSION not in allowed(after(), Side.SECRETARY)
    assert after(asked, an_action(K.REFUSE_EXTENSION)).extension_asked is None
    assert after(asked, an_action(K.EXTEND, deadline="2023-06")).extension_asked is None


def test_sent_back_and_opened_again_it_is_open() -> None:
    assert after(an_action(K.REPORT_DONE), an_action(K.RETURN)).state is TaskState.OPEN
    opened = after(an_action(K.CONFIRM), an_action(K.REOPEN))
    assert (opened.state, opened.done_on) == (TaskState.OPEN, None)


def test_what_was_cancelled_is_never_late() -> None:
    assert not after(an_action(K.CANCEL)).is_late(TODAY)


def test_due_soon_is_within_a_fortnight_and_not_done() -> None:
    task = a_task("2023-02-28")
    assert after(task=task).is_due_soon(TODAY)
    assert not after(task=task).is_due_soon(date(2023, 2, 1))
    assert not after(an_action(K.CONFIRM), task=task).is_due_soon(TODAY)


def test_of_several_bodies_it_is_done_once_all_are_that_still_have_a_part() -> None:
    done, reported, opened, cancelled = (after(an_action(kind)) for kind in (K.CONFIRM, K.REPORT_DONE, K.REPORT, K.CANCEL))

    assert overall([done, cancelled]) is TaskState.DONE
    assert overall([done, reported]) is TaskState.REPORTED
    assert overall([done, reported, opened]) is TaskState.OPEN
    assert overall([cancelled]) is TaskState.CANCELLED


@pytest.mark.parametrize("before", TaskState)
@pytest.mark.parametrize("kind", ActionKind)
@pytest.mark.parametrize("side", Side)
def test_only_what_the_table_says_may_be_done(before: TaskState, kind: ActionKind, side: Side) -> None:
    led = {
        TaskState.OPEN: [],
        TaskState.REPORTED: [an_action(K.REPORT_DONE)],
        TaskState.DONE: [an_action(K.CONFIRM)],
        TaskState.CANCELLED: [an_action(K.CANCEL)],
    }[before]
    if kind is K.REFUSE_EXTENSION and before is TaskState.OPEN:
        led = [an_action(K.ASK_EXTENSION, deadline="2023-06")]
    may = any((step.before, step.kind, step.side) == (before, kind, side) for step in STEPS)
    data = {"deadline": "2023-06"} if kind in (K.EXTEND, K.ASK_EXTENSION) else {}
    if may:
        check_action(a_task(), led, an_action(kind, **data), side, TODAY)
        return
    with pytest.raises(Conflict):
        check_action(a_task(), led, an_action(kind, **data), side, TODAY)


@pytest.mark.parametrize(
    ("action", "field"),
    [
        (an_action(K.REPORT, text="x"), "text"),
        (an_action(K.REPORT, on=date(2023, 2, 20)), "on"),
        (an_action(K.REPORT, on=date(2021, 12, 31)), "on"),
        (an_action(K.REPORT, percent=100), "percent"),
        (an_action(K.ASK_EXTENSION, deadline="2022-04"), "deadline"),
        (an_action(K.ASK_EXTENSION, deadline=""), "deadline"),
        (an_action(K.ASK_EXTENSION, deadline="mai"), "deadline"),
    ],
)
def test_wrong_input_names_its_field(action: Action, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        check_action(a_task(), [], action, Side.OWNER, TODAY)

    assert refusal.value.field == field


def test_done_before_it_was_assigned_is_refused() -> None:
    with pytest.raises(Invalid) as refusal:
        check_action(a_task(), [], an_action(K.CONFIRM, done_on="2021-01-01"), Side.SECRETARY, TODAY)

    assert refusal.value.field == "done_on"
