"""Until when a request is to be decided, in working days. Pure; the registry's own, Monday to Friday without holidays."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

DAYS_AHEAD_MAX = 60


def due_on(handed_in: date, working_days: int, holidays: Collection[date]) -> date:
    """The last day to decide: so many working days after the day it was handed in (*hạn xử lý đề nghị*)."""
    day = handed_in
    for _ in range(DAYS_AHEAD_MAX):
        if working_days == 0:
            break
        day += timedelta(days=1)
        working_days -= _is_worked(day, holidays)
    return day


def days_left(today: date, due: date, holidays: Collection[date]) -> int:
    """Working days until the due day; negative once it is past (*còn, quá hạn bao nhiêu ngày làm việc*)."""
    first, last = sorted((today, due))
    between = sum(_is_worked(first + timedelta(days=n), holidays) for n in range(1, (last - first).days + 1))
    return between if due >= today else -between


def _is_worked(day: date, holidays: Collection[date]) -> bool:
    return day.weekday() < 5 and day not in holidays
