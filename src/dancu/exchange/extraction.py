"""Limits on extraction: what was counted goes in, a verdict comes out. Pure; the lines themselves are data.

Read by the gateway, which counts in memory, and by the desk, which counts in the database.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import IntEnum, StrEnum
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).parent / "data" / "extraction_limits.toml"
_VIET_NAM_SECONDS = 7 * 3600

# What is counted of every question under a warrant, in the order of every tally.
COUNTS = ("calls", "unknown", "differs", "explained", "undated", "learned", "planted")
CALLS, UNKNOWN, DIFFERS, EXPLAINED, UNDATED, LEARNED, PLANTED = range(len(COUNTS))
MISSES = "misses"  # unknown and differs together, planted persons weighed in

Tally = Sequence[int]


class Level(StrEnum):
    """Whose questions are counted together (*cấp tính hạn mức*)."""

    OFFICER = "officer"
    SYSTEM = "system"
    ORGANISATION = "organisation"


class Channel(StrEnum):
    """Which way the questions come: a system through the gateway, a signed-in officer at our own pages (*kênh khai thác*)."""

    SYSTEM = "system"
    DESK = "desk"


class Window(IntEnum):
    """How long is counted together, in minutes (*kỳ tính hạn mức*). The first three begin on the clock of Viet Nam."""

    FIVE_MINUTES = 5
    HOUR = 60
    DAY = 1440
    THIRTY_DAYS = 43200  # today and the twenty-nine days before


class Verdict(IntEnum):
    """What follows from a crossed line, mildest first (*xử lý khi vượt hạn mức*)."""

    OK = 0
    ALARM = 1  # the operator is told
    WHOLE_DATE = 2  # questions without day and month of birth are refused
    THROTTLE = 3  # refused until the window ends
    SUSPEND = 4  # the system is closed until somebody opens it again


GRAINS = (Window.FIVE_MINUTES, Window.HOUR, Window.DAY)  # what is kept; thirty days are a sum of days
_WINDOWS = {"5 minutes": Window.FIVE_MINUTES, "hour": Window.HOUR, "day": Window.DAY, "30 days": Window.THIRTY_DAYS}


@dataclass(frozen=True, slots=True)
class Line:
    """One line that may be crossed, as written down (*ngưỡng*)."""

    code: str
    level: Level
    window: Window
    count: str
    at_least: int
    verdict: Verdict
    of_volume: float = 0.0
    share: float = 0.0
    calls: int = 0
    channel: Channel | None = None


@dataclass(frozen=True, slots=True)
class DrawnLine:
    """A line as it stands for one caller: its volume and its past are in the number (*ngưỡng áp dụng*)."""

    line: Line
    number: float

    def is_crossed(self, tally: Tally, planted_weighs: int) -> bool:
        amount = amount_of(tally, self.line.count, planted_weighs)
        if amount < self.number:
            return False
        calls = tally[CALLS]
        return calls >= self.line.calls and amount >= self.line.share * calls


@dataclass(frozen=True, slots=True)
class Crossing:
    """A line that was crossed, and until when that holds (*vượt ngưỡng*)."""

    code: str
    level: Level
    verdict: Verdict
    until: datetime

    def retry_after_seconds(self, now: datetime) -> int:
        return max(1, int((self.until - now).total_seconds()) + 1)


@dataclass(frozen=True, slots=True)
class Volume:
    """New persons a day that grants register (*lưu lượng đăng ký*); 0 where none does."""

    system: int = 0
    organisation: int = 0
    officer: int = 0


@dataclass(frozen=True, slots=True)
class Limits:
    """All lines that hold on a day, with what belongs to them (*hạn mức khai thác*)."""

    valid_from: date
    source: str
    author: str
    lines: tuple[Line, ...]
    planted_weighs: int
    tightened_by: int
    tightened_at_most: int
    attempts_a_day: int
    attempts_in_thirty_days: int
    never_suspended: frozenset[str]
    volume: Mapping[str, int]

    def drawn(self, level: Level, channel: Channel, volume: Volume, suspensions: int = 0) -> tuple[DrawnLine, ...]:
        """The lines for one caller: scaled by the volume it registered, closer after each suspension of the last year."""
        return _drawn(self.valid_from, level, channel, self.volume_of(level, channel, volume), suspensions)

    def volume_of(self, level: Level, channel: Channel, registered: Volume) -> int:
        number = {Level.SYSTEM: registered.system, Level.ORGANISATION: registered.organisation, Level.OFFICER: registered.officer}
        return number[level] or self.volume[f"officer_of_{channel}" if level is Level.OFFICER else level]


@cache
def _all_limits() -> tuple[Limits, ...]:
    rows = tomllib.loads(_FILE.read_text(encoding="utf-8"))["limits"]
    return tuple(_limits(row) for row in rows)


def _limits(row: dict[str, Any]) -> Limits:
    lines = tuple(_line(each) for each in row["line"])
    rest = {name: row[name] for name in Limits.__dataclass_fields__ if name in row}
    return Limits(**{**rest, "lines": lines, "never_suspended": frozenset(row["never_suspended"])})


def _line(row: dict[str, Any]) -> Line:
    assert row["count"] in (*COUNTS, MISSES), row["count"]
    made = {"level": Level(row["level"]), "window": _WINDOWS[row["window"]], "verdict": Verdict[row["verdict"].upper()]}
    return Line(**{**row, **made, "channel": Channel(row["channel"]) if "channel" in row else None})


@lru_cache(maxsize=16)
def limits_on(day: date) -> Limits:
    """The limits that hold on a day."""
    return max((each for each in _all_limits() if each.valid_from <= day), key=lambda each: each.valid_from)


@lru_cache(maxsize=4096)
def _drawn(valid_from: date, level: Level, channel: Channel, volume: int, suspensions: int) -> tuple[DrawnLine, ...]:
    limits = limits_on(valid_from)
    closer = min(limits.tightened_by**suspensions, limits.tightened_at_most)
    return tuple(
        DrawnLine(line, max(1.0, max(line.at_least, line.of_volume * volume) / (1 if line.count == "planted" else closer)))
        for line in limits.lines
        if line.level is level and line.channel in (None, channel)
    )


def amount_of(tally: Tally, count: str, planted_weighs: int) -> int:
    """How much of one thing a tally holds."""
    if count == MISSES:
        return tally[UNKNOWN] + tally[DIFFERS] + planted_weighs * tally[PLANTED]
    return tally[COUNTS.index(count)]


def crossed(
    lines: Iterable[DrawnLine], tallies: Mapping[Window, Tally], limits: Limits, now: datetime
) -> tuple[Crossing | None, tuple[Crossing, ...]]:
    """The gravest crossed line that closes something, if any; and lines that only tell the operator."""
    found = [
        Crossing(drawn.line.code, drawn.line.level, drawn.line.verdict, end_of(drawn.line.window, now))
        for drawn in lines
        if drawn.is_crossed(tallies[drawn.line.window], limits.planted_weighs)
    ]
    alarms = tuple(each for each in found if each.verdict is Verdict.ALARM)
    closing = [each for each in found if each.verdict is not Verdict.ALARM]
    return (max(closing, key=lambda each: (each.verdict, each.until)) if closing else None), alarms


def gravest(crossings: Iterable[Crossing | None]) -> Crossing | None:
    """Of what officer, system and organisation crossed, what is done."""
    return max((each for each in crossings if each is not None), key=lambda each: (each.verdict, each.until), default=None)


def refuses(crossing: Crossing, *, has_whole_date: bool) -> bool:
    """Whether a question is refused under a crossed line."""
    return crossing.verdict >= Verdict.THROTTLE or (crossing.verdict is Verdict.WHOLE_DATE and not has_whole_date)


def slot_of(window: Window, now: datetime) -> int:
    """When the window began that a moment lies in, in seconds since 1970. Thirty days begin with their last day."""
    length = 60 * min(window, Window.DAY)
    moved = int(now.timestamp()) + _VIET_NAM_SECONDS
    return moved - moved % length - _VIET_NAM_SECONDS


def end_of(window: Window, now: datetime) -> datetime:
    """When the window ends; thirty days move on with each day."""
    return datetime.fromtimestamp(slot_of(window, now) + 60 * min(window, Window.DAY), UTC)


def moment_of(slot: int) -> datetime:
    return datetime.fromtimestamp(slot, UTC)


TIGHTENED_FOR = timedelta(days=365)
REASON = "extraction"  # why a system was suspended


def system_scope(client_id: str, suspensions: int) -> str:
    """The name counts of a system stand under: after a suspension a new one, so that they begin anew and the old ones stay."""
    return f"{Level.SYSTEM}:{client_id}#{suspensions}"


def organisation_scope(organisation: str, suspensions: int) -> str:
    return f"{Level.ORGANISATION}:{organisation}#{suspensions}"


def officer_scope(organisation: str, officer: str) -> str:
    return f"{Level.OFFICER}:{organisation}/{officer}"
