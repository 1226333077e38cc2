"""How far the tree lags behind the entries, and what may still be told meanwhile. Pure; the limits are data."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path

from dancu.kernel.clock import local

_LIMITS = Path(__file__).parent / "data" / "staleness.toml"


class Freshness(StrEnum):
    """How much is told while entries wait for the tree (*mức chậm của sổ*)."""

    FRESH = "fresh"
    WARN = "warn"  # everything is told, operators are warned
    NARROW = "narrow"  # no sensitive fields
    STOP = "stop"  # nothing but what a grant marks as emergency


@dataclass(frozen=True, slots=True)
class Staleness:
    """The present state and the age of the oldest entry outside the tree (*độ chậm của sổ*)."""

    state: Freshness
    age_seconds: int


@dataclass(frozen=True, slots=True)
class Limits:
    """From which age on each state holds (*ngưỡng chậm*)."""

    valid_from: date
    warn_seconds: int
    narrow_seconds: int
    stop_seconds: int


@cache
def limits_on(day: date) -> Limits:
    """The limits that hold on a day; the first ones for days before all of them."""
    rows = tomllib.loads(_LIMITS.read_text(encoding="utf-8"))["limits"]
    known = sorted(
        (Limits(row["valid_from"], row["warn_seconds"], row["narrow_seconds"], row["stop_seconds"]) for row in rows),
        key=lambda each: each.valid_from,
    )
    return [known[0], *(each for each in known if each.valid_from <= day)][-1]


def staleness_of(oldest_waiting: datetime | None, now: datetime) -> Staleness:
    """What the age of the oldest entry outside the tree means (*xét độ chậm*); nothing waits: fresh."""
    age = max(now - oldest_waiting, timedelta(0)) if oldest_waiting else timedelta(0)
    limits, seconds = limits_on(local(now).date()), int(age.total_seconds())
    for state, least in (
        (Freshness.STOP, limits.stop_seconds),
        (Freshness.NARROW, limits.narrow_seconds),
        (Freshness.WARN, limits.warn_seconds),
    ):
        if seconds >= least:
            return Staleness(state, seconds)
    return Staleness(Freshness.FRESH, seconds)
