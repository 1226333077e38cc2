"""Indicators: what is counted, for whom and when; values that are never changed, only followed by a corrected version. Pure."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from dancu.kernel.errors import Conflict, Invalid

REASON_LENGTH_MIN, REASON_LENGTH_MAX = 5, 1000
_MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
_QUARTER = re.compile(r"(\d{4})-Q([1-4])", re.ASCII)
_WEEK = re.compile(r"(\d{4})-W(\d{2})", re.ASCII)


class Level(StrEnum):
    """Of what an indicator speaks (*cấp của chỉ số*)."""

    NATION = "nation"
    MINISTRY = "ministry"
    PROVINCE = "province"
    COMMUNE = "commune"


class Direction(StrEnum):
    """Which way is good (*chiều tốt của chỉ số*)."""

    UP = "up"
    DOWN = "down"
    NONE = "none"


class Formula(StrEnum):
    """How an indicator follows from others (*công thức của chỉ số*)."""

    NONE = "none"  # entered with its source, or counted by a room
    RATIO = "ratio"  # the first over the second
    SUM = "sum"
    DIFFERENCE = "difference"  # the first without the others


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be reached by when (*mục tiêu*)."""

    value: Decimal
    by: date
    source: str


@dataclass(frozen=True, slots=True)
class Indicator:
    """What is counted (*chỉ số theo dõi*). `operands` are codes of other indicators; `live` names a counter of a room."""

    code: str
    name: tuple[str, str]
    unit: tuple[str, str]
    level: Level
    direction: Direction = Direction.UP
    formula: Formula = Formula.NONE
    operands: tuple[str, ...] = ()
    live: str = ""
    decimals: int = 0
    target: Target | None = None

    @property
    def is_share(self) -> bool:
        return self.formula is Formula.RATIO


@dataclass(frozen=True, slots=True)
class Period:
    """Until the end of which day a value holds, and how long a step to the one before is (*kỳ số liệu*)."""

    code: str  # 2023-02-18, 2023-02, 2023-W07, 2023-Q1, 2023
    end: date

    @property
    def kind(self) -> str:
        return {10: "day", 8: "week", 7: "quarter" if "Q" in self.code else "month", 4: "year"}[len(self.code)]


@dataclass(frozen=True, slots=True)
class Value:
    """One figure (*số liệu của chỉ số*): of a body (empty: the nation) at the end of a period, where it comes from.

    Never changed: what was wrong is followed by a version with a reason.
    """

    indicator: str
    body: str
    period: Period
    value: Decimal
    source: str
    recorded_at: datetime
    version: int = 1
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a figure since another period (*mức tăng, giảm*)."""

    now: Value
    before: Value
    is_share: bool

    @property
    def amount(self) -> Decimal:
        """In the unit; of shares in percentage points."""
        raw = self.now.value - self.before.value
        return raw * 100 if self.is_share else raw

    @property
    def rate(self) -> Decimal | None:
        """By how much of what it was; None from nothing."""
        return None if self.before.value == 0 else (self.now.value - self.before.value) / self.before.value

    def is_good(self, direction: Direction) -> bool | None:
        """None where it stood still or no way is better."""
        if self.amount == 0 or direction is Direction.NONE:
            return None
        return (self.amount > 0) == (direction is Direction.UP)


def parse_period(code: str) -> Period:
    """A period from its code (*đọc kỳ số liệu*). Raises `Invalid`."""
    try:
        if len(code) == 10:
            return Period(code, date.fromisoformat(code))
        if found := _QUARTER.fullmatch(code):
            return Period(code, _month_end(int(found[1]), int(found[2]) * 3))
        if found := _WEEK.fullmatch(code):
            return Period(code, date.fromisocalendar(int(found[1]), int(found[2]), 7))
        if found := _MONTH.fullmatch(code):
            return Period(code, _month_end(int(found[1]), int(found[2])))
        if re.fullmatch(r"\d{4}", code, re.ASCII):
            return Period(code, date(int(code), 12, 31))
    except ValueError:
        pass
    raise Invalid(
        "steering.period",
        f"Không đọc được kỳ số liệu “{code}”. Viết 2023-02-18, 2023-W07, 2023-02, 2023-Q1 hoặc 2023.",
        f"Cannot read the period “{code}”. Write 2023-02-18, 2023-W07, 2023-02, 2023-Q1 or 2023.",
        field="period",
    )


def computed(indicator: Indicator, operands: Sequence[Decimal]) -> Decimal | None:
    """The value of a formula (*giá trị theo công thức*); None where it divides by nothing."""
    assert len(operands) == len(indicator.operands)
    match indicator.formula:
        case Formula.RATIO:
            return None if operands[1] == 0 else operands[0] / operands[1]
        case Formula.SUM:
            return sum(operands, Decimal(0))
        case Formula.DIFFERENCE:
            return operands[0] - sum(operands[1:], Decimal(0))
    raise ValueError(f"{indicator.code} has no formula")


def newest(values: Iterable[Value], *, known_by: datetime | None = None) -> dict[tuple[str, str, str], Value]:
    """Of every indicator, body and period the version in force (*số liệu có hiệu lực*); `known_by`: as it was known then."""
    found: dict[tuple[str, str, str], Value] = {}
    for each in values:
        key = (each.indicator, each.body, each.period.code)
        if (known_by is None or each.recorded_at <= known_by) and (key not in found or found[key].version < each.version):
            found[key] = each
    return found


def before(values: Iterable[Value], of: Value) -> Value | None:
    """The newest value of an earlier period of the same kind (*kỳ trước*)."""
    return _latest(each for each in values if _is_comparable(each, of) and each.period.end < of.period.end)


def a_year_before(values: Iterable[Value], of: Value) -> Value | None:
    """The value of the same period of the year before (*cùng kỳ năm trước*)."""
    wanted = f"{int(of.period.code[:4]) - 1}{of.period.code[4:]}"
    return _latest(each for each in values if _is_comparable(each, of) and each.period.code == wanted)


def ranked(values: Iterable[Value], direction: Direction = Direction.UP) -> list[Value]:
    """Bodies from the best to the last (*xếp hạng*); of equals the code decides, so that the order is always the same."""
    best = -1 if direction is not Direction.DOWN else 1
    return sorted(values, key=lambda each: (best * each.value, each.body))


def check_correction(old: Value, value: Decimal, reason: str) -> None:
    """Raises `Conflict` for the same figure again, `Invalid` without a reason."""
    if value == old.value:
        raise Conflict("steering.same_value", "Số liệu mới giống số liệu đang có.", "The figure is the one that is there.")
    if not REASON_LENGTH_MIN <= len(reason.strip()) <= REASON_LENGTH_MAX:
        raise Invalid(
            "steering.reason",
            f"Nêu lý do sửa, từ {REASON_LENGTH_MIN} đến {REASON_LENGTH_MAX} ký tự.",
            "Say why the figure is corrected.",
            field="reason",
        )


def _is_comparable(one: Value, other: Value) -> bool:
    return (one.indicator, one.body, one.period.kind) == (other.indicator, other.body, other.period.kind)


def _latest(values: Iterable[Value]) -> Value | None:
    return max(values, key=lambda each: (each.period.end, each.version), default=None)


def _month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])
