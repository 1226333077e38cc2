"""How long the law gives, as data with validity; when something is due and how much is left. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum

import msgspec

from dancu.kernel.clock import local
from dancu.kernel.work_days import WorkCalendar, due_at, working_days_left


class TimeUnit(StrEnum):
    """How a deadline counts: running hours, or working days (*đơn vị tính thời hạn*)."""

    HOURS = "hours"
    WORKING_DAYS = "working_days"


class Confidence(StrEnum):
    """How sure a legal figure is; what is not confirmed says so beside it (*mức độ chắc chắn của căn cứ*)."""

    CONFIRMED = "confirmed"  # read in the text
    LIKELY = "likely"  # from one secondary source
    UNCONFIRMED = "unconfirmed"  # a working figure until the text is read


class ClockRule(msgspec.Struct, frozen=True):
    """How long one kind of matter may take, and by how much it may be extended once (*thời hạn theo quy định*)."""

    kind: str
    amount: int
    unit: TimeUnit
    legal_basis: str
    valid_from: date
    confidence: Confidence
    source: str
    author: str
    extension: int = 0  # in the same unit; 0: cannot be extended
    valid_to: date | None = None


class TimeLeft(msgspec.Struct, frozen=True):
    """What is left until a deadline: hours or working days, negative once it is past (*thời gian còn lại*)."""

    amount: int
    unit: TimeUnit

    @property
    def is_over(self) -> bool:
        return self.amount < 0


def rule_on(rules: Iterable[ClockRule], kind: str, day: date) -> ClockRule:
    """The rule for a kind of matter that is in force on a day, the newest of them. Raises `LookupError`."""
    in_force = [r for r in rules if r.kind == kind and r.valid_from <= day and (r.valid_to is None or day <= r.valid_to)]
    if not in_force:
        raise LookupError(f"no deadline for {kind} on {day}")
    return max(in_force, key=lambda rule: rule.valid_from)


def due_after(begin: datetime, amount: int, unit: TimeUnit, calendar: WorkCalendar) -> datetime:
    """When so much time has run out: hours run day and night, working days end with the office hours of the last."""
    if unit is TimeUnit.HOURS:
        return begin + timedelta(hours=amount)
    return due_at(begin, amount, calendar)


def extended(due: datetime, amount: int, unit: TimeUnit, calendar: WorkCalendar) -> datetime:
    """When a deadline ends that runs so much longer: working days count from the due day, however late in it it ends."""
    if unit is TimeUnit.HOURS:
        return due + timedelta(hours=amount)
    here = local(due)
    return datetime.combine(calendar.after(here.date(), amount), here.timetz())


def time_left(now: datetime, due: datetime, unit: TimeUnit, calendar: WorkCalendar) -> TimeLeft:
    """What is left; an hour that has begun to be late counts as one hour late."""
    if unit is TimeUnit.HOURS:
        return TimeLeft(int((due - now).total_seconds() // 3600), unit)
    if now > due:
        return TimeLeft(min(-1, working_days_left(now, due, calendar)), unit)
    return TimeLeft(working_days_left(now, due, calendar), unit)


def day_of(moment: datetime) -> date:
    """The day a moment falls on in Viet Nam: what decides which rule is in force."""
    return local(moment).date()
