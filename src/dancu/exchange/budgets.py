"""How much one registry officer may search and open an hour and a day: limits as data, the decision pure."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path

from dancu.kernel.clock import local

_FILE = Path(__file__).parent / "data" / "registry_limits.toml"


@dataclass(frozen=True, slots=True)
class Use:
    """Searches made, persons listed, persons opened: done in a time, or allowed in it (*lượt sử dụng*)."""

    searched: int = 0
    listed: int = 0
    opened: int = 0


@dataclass(frozen=True, slots=True)
class Budget:
    """What one officer may do in an hour and in a day (*hạn mức tra cứu*)."""

    hour: Use
    day: Use
    valid_from: date
    source: str


@cache
def _budgets() -> tuple[Budget, ...]:
    rows = tomllib.loads(_FILE.read_text(encoding="utf-8"))["limits"]
    return tuple(Budget(Use(**row["hour"]), Use(**row["day"]), row["valid_from"], row["source"]) for row in rows)


def budget_on(day: date) -> Budget:
    """The limits that hold on a day."""
    return max((each for each in _budgets() if each.valid_from <= day), key=lambda each: each.valid_from)


def hour_and_day(now: datetime) -> tuple[datetime, datetime]:
    """When this hour and this day began, in Viet Nam."""
    hour = local(now).replace(minute=0, second=0, microsecond=0)
    return hour, hour.replace(hour=0)


def is_spent(in_hour: Use, in_day: Use, budget: Budget, *, opens: bool) -> bool:
    """Whether there is no room for one more search, or one more opening."""
    if opens:
        return in_hour.opened >= budget.hour.opened or in_day.opened >= budget.day.opened
    return any(
        done.searched >= allowed.searched or done.listed >= allowed.listed
        for done, allowed in ((in_hour, budget.hour), (in_day, budget.day))
    )
