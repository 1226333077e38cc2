"""Reminders count working days: nothing is said on a day off, and what falls into Tết is said before or right after it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from dancu.kernel.work_days import work_calendar
from dancu.onboarding.reminders.domain import DECIDE, MEND, Deadline, days_before, due_today, policies

CALENDAR = work_calendar()
# Lunar new year of 2027 is on 6 February; the days off on file.
TET = [date(2027, 1, 30) + timedelta(days=n) for n in range(20) if not CALENDAR.is_working(date(2027, 1, 30) + timedelta(days=n))]


def a_deadline(due: date, cause: str = "finding") -> Deadline:
    return Deadline(cause, "kt-1", "H57", "he-thong", due, "bổ sung sau kiểm tra", "the supplement after an inspection")


def told(due: date, start: date, days: int, cause: str = "finding") -> dict[date, str]:
    """A morning job every day, as it runs: what it says on which day."""
    sent: set[str] = set()
    said = {}
    for day in (start + timedelta(days=n) for n in range(days)):
        for each in due_today(day, [a_deadline(due, cause)], CALENDAR, lambda _d, stage: stage in sent):
            sent.add(each.stage)
            said[day] = each.stage
    return said


def test_the_calendar_on_file_has_a_tet_in_it() -> None:
    assert {date(2027, 2, 5), date(2027, 2, 8), date(2027, 2, 9)} <= set(TET)


def test_a_finding_due_right_after_tet_is_spoken_of_before_and_never_in_it() -> None:
    due = CALENDAR.after(date(2027, 2, 10), 1)

    said = told(due, date(2027, 1, 20), 60)

    assert all(CALENDAR.is_working(day) for day in said)
    assert list(said.values()) == ["before-5", "before-1", MEND, DECIDE]
    first, second, mend, decide = said
    assert first == days_before(due, 5, CALENDAR) < date(2027, 2, 5)
    assert second == days_before(due, 1, CALENDAR)
    assert mend == CALENDAR.after(due, 1)
    assert decide == CALENDAR.after(CALENDAR.after(due, policies()["finding"].mend), 1)


def test_a_deadline_within_tet_asks_to_mend_on_the_first_day_back() -> None:
    due = date(2027, 2, 8)

    said = told(due, date(2027, 1, 20), 40)

    back = CALENDAR.after(due, 1)
    assert said[back] == MEND
    assert not set(said) & set(TET)


def test_what_was_missed_is_said_once_and_only_the_latest() -> None:
    due = date(2026, 6, 12)

    assert told(due, days_before(due, 1, CALENDAR), 1) == {days_before(due, 1, CALENDAR): "before-1"}


@pytest.mark.parametrize("day", [date(2027, 2, 6), date(2026, 4, 30), date(2026, 9, 2), date(2026, 11, 22), date(2026, 11, 21)])
def test_nothing_is_said_on_a_day_off(day: date) -> None:
    assert due_today(day, [a_deadline(day + timedelta(days=1))], CALENDAR, lambda _d, _s: False) == []


@pytest.mark.parametrize("cause", sorted(policies()))
def test_every_cause_ends_with_a_decision_by_somebody(cause: str) -> None:
    said = told(date(2026, 8, 14), date(2026, 3, 1), 300, cause)

    stages = list(said.values())
    assert stages[-1] == DECIDE
    assert stages[: len(policies()[cause].before)] == [f"before-{n}" for n in policies()[cause].before]
    assert policies()[cause].decides
