"""Working days: which days are worked, when something is due, how much is left; and the calendar of the announcements on file."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path

import holidays

from dancu.kernel.clock import VIET_NAM, local

_OVERRIDES = Path(__file__).parent / "data" / "working_days.toml"
_YEARS = range(2020, 2041)
RETURN_TIME = time(16, 30)
DAYS_AHEAD_MAX = 400


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Which days are worked: Monday to Friday without public holidays, and declared working Saturdays (*lịch làm việc*)."""

    holidays: frozenset[date]
    working_saturdays: frozenset[date] = frozenset()

    def is_working(self, day: date) -> bool:
        return day in self.working_saturdays or (day.weekday() < 5 and day not in self.holidays)

    def after(self, day: date, working_days: int) -> date:
        """The n-th working day after a day; the first working day from it on when n is 0."""
        current, left = day, working_days
        for _ in range(DAYS_AHEAD_MAX):
            if self.is_working(current) and (left == 0 or (current > day and (left := left - 1) == 0)):
                return current
            current += timedelta(days=1)
        raise ValueError("the calendar has no working day in reach")


def due_at(received_at: datetime, working_days: int, calendar: WorkCalendar, cutoff: time = time(15)) -> datetime:
    """When the result is due (*ngày hẹn trả*); `working_days` 0 is the same working day.

    Received after `cutoff`, or on a day that is not worked, counts as received on the next working day
    (for civil status 15:00: Law on Civil Status 60/2014, Article 16).
    """
    moment = local(received_at)
    counted_from = calendar.after(moment.date(), 0)
    if counted_from == moment.date() and moment.time() >= cutoff:
        counted_from = calendar.after(moment.date(), 1)
    return datetime.combine(calendar.after(counted_from, working_days), RETURN_TIME, VIET_NAM)


def working_days_left(now: datetime, due: datetime, calendar: WorkCalendar) -> int:
    """How many working days until the due day; negative once it is past (*còn / quá hạn … ngày làm việc*)."""
    today, last = local(now).date(), local(due).date()
    sign, start, end = (1, today, last) if last >= today else (-1, last, today)
    days = (start + timedelta(days=i) for i in range(1, (end - start).days + 1))
    return sign * sum(calendar.is_working(day) for day in days)


@cache
def work_calendar() -> WorkCalendar:
    """Public holidays of Viet Nam (Labour Code 2019, Article 112), corrected by the announcements on file."""
    overrides = tomllib.loads(_OVERRIDES.read_text(encoding="utf-8"))["override"]
    days = set(holidays.country_holidays("VN", years=_YEARS)) | {o["day"] for o in overrides if not o["worked"]}
    worked = {o["day"] for o in overrides if o["worked"]}
    return WorkCalendar(frozenset(days - worked), frozenset(d for d in worked if d.weekday() >= 5))
