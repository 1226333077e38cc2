"""Usage as it is looked at: totals, over time, by one of its sides, for what was filtered; lines for a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import partial
from typing import Any

from django.db import connection

from dancu.exchange.usage import ENDINGS, KEYS, MATCHED, MISSED, REFUSED, THROTTLED, Ending
from dancu.exchange.usage_period import NOTHING, Period, first_day_kept, next_month

LINES_MAX = 500
Stretches = tuple[tuple[date, date], tuple[date, date]]


class Side(StrEnum):
    """By what usage is told apart (*chiều số liệu*)."""

    ORGANISATION = "organisation"
    SYSTEM = "system"
    SERVICE = "service"
    PROCEDURE = "procedure"


# Two columns each: what a line is about, and what must be said with it.
_COLUMNS = {
    Side.ORGANISATION: ("organisation", "''"),
    Side.SYSTEM: ("system", "organisation"),
    Side.SERVICE: ("integration", "kind"),
    Side.PROCEDURE: ("procedure", "''"),
}


@dataclass(frozen=True, slots=True)
class UsageFilter:
    """Which calls are looked at (*điều kiện lọc lưu lượng*); what is empty is not asked for."""

    period: Period
    organisation: str = ""
    system: str = ""
    integration: str | None = None  # None: any; an empty code is one too
    kind: str = ""
    procedure: str | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """How often, by how it ended (*số lượt theo kết cục*)."""

    numbers: Sequence[int] = (0,) * len(Ending)

    @property
    def total(self) -> int:
        return sum(self.numbers)

    @property
    def answered(self) -> int:
        return self.numbers[MATCHED] + self.numbers[MISSED]

    @property
    def matched(self) -> int:
        return self.numbers[MATCHED]

    @property
    def missed(self) -> int:
        return self.numbers[MISSED]

    @property
    def refused(self) -> int:
        return self.numbers[REFUSED]

    @property
    def throttled(self) -> int:
        return self.numbers[THROTTLED]

    def __add__(self, other: Counted) -> Counted:
        return Counted([one + two for one, two in zip(self.numbers, other.numbers, strict=True)])


@dataclass(frozen=True, slots=True)
class UsageLine:
    """One value of a side, with the period before (*dòng số liệu*)."""

    name: str
    more: str  # the organisation of a system, the kind of a service
    counted: Counted
    before: Counted = field(default_factory=Counted)


@dataclass(frozen=True, slots=True)
class Figures:
    """What a filter finds (*số liệu lưu lượng*)."""

    total: Counted
    before: Counted
    over_time: Sequence[tuple[date, Counted]]
    over_time_before: Sequence[Counted]
    lines: Sequence[UsageLine]  # the busiest first
    count: int  # of all lines


def figures(asked: UsageFilter, side: Side) -> Figures:
    """Totals, over time, by one side, and the same of the period before (*xem lưu lượng*)."""
    times, names = _grouped(asked, side)
    before = asked.period.before
    times_before, names_before = _grouped(replace(asked, period=before), side)
    lines = [UsageLine(*key, counted, names_before.get(key, Counted())) for key, counted in names.items()]
    lines += [UsageLine(*key, Counted(), counted) for key, counted in names_before.items() if key not in names]
    lines.sort(key=lambda line: (-line.counted.total, -line.before.total, line.name, line.more))
    return Figures(
        _sum(times.values()),
        _sum(times_before.values()),
        [(slot, times.get(slot, Counted())) for slot in asked.period.slots],
        [times_before.get(slot, Counted()) for slot in before.slots],
        lines[:LINES_MAX],
        len(lines),
    )


def exported(asked: UsageFilter) -> Iterator[Callable[[], list[tuple[Any, ...]]]]:
    """Every row of what was filtered: day or month, keys, endings. One read for each day or month: a year is never held whole."""
    period = asked.period
    for slot in period.slots:
        until = next_month(slot) - timedelta(days=1) if period.is_by_month else slot
        if slot in period.months:
            yield partial(_read_slot, asked, [slot], (NOTHING, NOTHING))
        else:
            yield partial(_read_slot, asked, [], ((max(slot, period.since), min(until, period.until)), NOTHING))


def _read_slot(asked: UsageFilter, months: list[date], days: Stretches) -> list[tuple[Any, ...]]:
    rows, arguments = _rows(asked, months, days)
    query = f"select slot, {KEYS}, {_sums()} from ({rows}) as asked group by slot, {KEYS} order by slot, {KEYS}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(query, arguments)
        return cursor.fetchall()  # type: ignore[no-any-return]


_SAID = {"day": "slot", "organisation": "organisation", "system": "system", "service": "integration", "kind": "kind"}
_SAID["procedure"] = "procedure"
ENDING_NAMES = tuple(Ending)


def usage_between(since: date, until: date, sides: Sequence[str], *, today: date) -> list[tuple[Any, ...]]:
    """Sums over some days by the sides named, months where the days are gone; the busiest first (*số liệu lưu lượng theo kỳ*)."""
    asked = UsageFilter(Period(since, until, today, first_day_kept(today)))
    rows, arguments = _rows(asked, asked.period.months, asked.period.days)
    columns = ", ".join(_SAID[side] for side in sides)
    query = f"select {columns}{', ' if columns else ''}{_sums()} from ({rows}) as asked"  # noqa: S608 - our own columns
    if columns:
        first = "slot, " if "day" in sides else ""
        query += f" group by {columns} order by {first}sum({' + '.join(Ending)}) desc, {columns}"
    with connection.cursor() as cursor:
        cursor.execute(query, arguments)
        return cursor.fetchall()  # type: ignore[no-any-return]


def today_by_system(today: date) -> dict[str, Counted]:
    """What each system has asked since midnight (*lưu lượng hôm nay*)."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"select system, {_sums()} from exchange_usage where grain = 'day' and day = %s group by 1",  # noqa: S608
            [today],
        )
        return {system: Counted(numbers) for system, *numbers in cursor.fetchall()}


def _grouped(asked: UsageFilter, side: Side) -> tuple[dict[date, Counted], dict[tuple[str, str], Counted]]:
    rows, arguments = _rows(asked, asked.period.months, asked.period.days)
    one, two = _COLUMNS[side]
    query = f"""select slot, a, b, {_sums()} from (select *, {one} as a, {two} as b from ({rows}) as asked) as sided
        group by grouping sets ((slot), (a, b))"""  # noqa: S608 - our own columns
    times: dict[date, Counted] = {}
    names: dict[tuple[str, str], Counted] = {}
    with connection.cursor() as cursor:
        cursor.execute(query, arguments)
        for slot, name, more, *numbers in cursor.fetchall():
            if slot is not None:
                times[slot] = Counted(numbers)
            else:
                names[name, more] = Counted(numbers)
    return times, names


def _rows(asked: UsageFilter, months: list[date], stretches: Stretches) -> tuple[str, dict[str, Any]]:
    """The rows of the table that make up the period: whole months merged, what was not merged of them, and single days."""
    chosen, arguments = "", dict[str, Any]()
    for name in ("organisation", "system", "integration", "kind", "procedure"):
        value = getattr(asked, name)
        if value or (value == "" and name in ("integration", "procedure")):
            chosen += f" and {name} = %({name})s"
            arguments[name] = value
    (arguments["a1"], arguments["a2"]), (arguments["b1"], arguments["b2"]) = stretches
    month = "date_trunc('month', day)::date"
    slot = month if asked.period.is_by_month else "day"
    days = "(day between %(a1)s and %(a2)s or day between %(b1)s and %(b2)s)"
    rows = f"select {slot} as slot, {KEYS}, {ENDINGS} from exchange_usage where grain = 'day' and {days}{chosen}"  # noqa: S608
    if months:
        arguments["months"], arguments["first"] = months, months[0]
        rows += f" union all select day, {KEYS}, {ENDINGS} from exchange_usage"  # noqa: S608
        rows += f" where grain = 'month' and day = any(%(months)s){chosen}"
        rows += f" union all select {month}, {KEYS}, {ENDINGS} from exchange_usage"  # noqa: S608
        rows += f" where grain = 'day' and writer <> '' and day >= %(first)s and {month} = any(%(months)s){chosen}"
    return rows, arguments


def _sums() -> str:
    return ", ".join(f"sum({name})::bigint" for name in Ending)


def _sum(parts: Iterable[Counted]) -> Counted:
    found = Counted()
    for each in parts:
        found += each
    return found
