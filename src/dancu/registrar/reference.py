"""Reference data of the room, read from its files: how long a decision may take, public holidays."""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from functools import cache
from pathlib import Path

import holidays

from dancu.kernel.clock import local
from dancu.registrar.domain import deadlines

_DATA = Path(__file__).parent / "data"
_YEARS = range(2020, 2041)


@cache
def _limits() -> tuple[tuple[date, int], ...]:
    rows = tomllib.loads((_DATA / "decision_days.toml").read_text(encoding="utf-8"))["limit"]
    return tuple(sorted((row["valid_from"], row["working_days"]) for row in rows))


@cache
def public_holidays() -> frozenset[date]:
    """Public holidays of Viet Nam (Labour Code 2019, Article 112)."""
    return frozenset(holidays.country_holidays("VN", years=_YEARS))


def due_of(handed_in: datetime, now: datetime) -> tuple[date, int]:
    """The last day to decide and the working days left."""
    day = local(handed_in).date()
    allowed = [days for since, days in _limits() if since <= day]
    due = deadlines.due_on(day, allowed[-1] if allowed else _limits()[0][1], public_holidays())
    return due, deadlines.days_left(local(now).date(), due, public_holidays())
