"""Who is reminded of what today: stages before a day, a time to mend after it, then a decision. On working days only. Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from dancu.kernel.work_days import WorkCalendar

_FILE = Path(__file__).parent.parent / "data" / "reminders.toml"
MEND, DECIDE = "mend", "decide"


@dataclass(frozen=True, slots=True)
class Policy:
    """When one kind of day is spoken of (*quy định nhắc*)."""

    cause: str
    before: tuple[int, ...]  # working days before, the earliest first
    mend: int  # working days to mend after it
    to: tuple[str, ...]
    decides: str
    says: str
    basis: str


@dataclass(frozen=True, slots=True)
class Deadline:
    """A day something should have happened by (*thời hạn*)."""

    cause: str
    about: str  # what it is about, unique within the cause
    organisation: str
    client_id: str
    due_on: date
    says: str  # what it is, in words
    says_en: str
    holder: str = ""  # role, at an organisation, of whoever has it: role@organisation
    href: str = ""


@dataclass(frozen=True, slots=True)
class Due:
    """One reminder that is due today (*lời nhắc đến hạn*)."""

    deadline: Deadline
    stage: str  # before-22, mend, decide
    left: int  # working days until the day; negative after it


@cache
def policies() -> dict[str, Policy]:
    """Every policy by its cause (*quy định nhắc*)."""
    said = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return {
        row["name"]: Policy(
            row["name"],
            tuple(sorted(row["before"], reverse=True)),
            row["mend"],
            tuple(row["to"]),
            row["decides"],
            row["says"],
            row["basis"],
        )
        for row in said["cause"]
    }


def due_today(
    today: date, deadlines: Iterable[Deadline], calendar: WorkCalendar, was_sent: Callable[[Deadline, str], bool]
) -> list[Due]:
    """What is to be said today and was not said yet (*lời nhắc hôm nay*). Nothing on a day that is not worked.

    Of stages missed over a holiday only the latest is said, on the first working day after.
    """
    if not calendar.is_working(today):
        return []
    found = []
    for deadline in deadlines:
        stage = stage_on(today, deadline, calendar)
        if stage and not was_sent(deadline, stage):
            found.append(Due(deadline, stage, days_left(today, deadline.due_on, calendar)))
    return found


def stage_on(today: date, deadline: Deadline, calendar: WorkCalendar) -> str:
    """The stage a deadline has reached; empty while it is far."""
    policy = policies()[deadline.cause]
    if today > deadline.due_on:
        ends = calendar.after(deadline.due_on, policy.mend) if policy.mend else deadline.due_on
        return DECIDE if today > ends else MEND
    reached = ""
    for days in policy.before:
        if today >= days_before(deadline.due_on, days, calendar):
            reached = f"before-{days}"
    return reached


def days_before(day: date, working_days: int, calendar: WorkCalendar) -> date:
    """The n-th working day before a day."""
    current, left = day, working_days
    while left > 0:
        current -= timedelta(days=1)
        if calendar.is_working(current):
            left -= 1
    return current


def days_left(today: date, due: date, calendar: WorkCalendar) -> int:
    """Working days from today to the day; negative once it is past."""
    sign, start, end = (1, today, due) if due >= today else (-1, due, today)
    return sign * sum(calendar.is_working(start + timedelta(days=i)) for i in range(1, (end - start).days + 1))
