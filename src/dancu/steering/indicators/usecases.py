"""Figures are entered with their source, counted by rooms at the end of a period, corrected by a version with a reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from dancu.kernel.clock import local
from dancu.kernel.errors import Invalid, NotFound
from dancu.ledger import api as ledger
from dancu.steering.indicators import store
from dancu.steering.indicators.domain import Formula, Indicator, Period, Value, check_correction, computed

SYSTEM = "theo-doi"
SOURCE_LENGTH_MIN = 5
# What a room counts: per body (empty: the nation) how many at this moment.
Counter = Callable[[], Mapping[str, Decimal]]


def enter(indicator: Indicator, body: str, period: Period, value: Decimal, source: str, account: str, *, now: datetime) -> Value:
    """Enter a figure by hand, with where it comes from (*nhập số liệu*).

    Raises `Invalid` for an indicator that is counted or computed, a period that has not ended, a source that says nothing;
    `Conflict` where there is one already.
    """
    if indicator.live or indicator.formula is not Formula.NONE:
        raise _invalid("indicator", "Chỉ số này được tính tự động, không nhập tay.", "This indicator is counted, not entered.")
    _check_ended(period, now)
    if len(source.strip()) < SOURCE_LENGTH_MIN:
        raise _invalid("source", "Nêu nguồn của số liệu: văn bản, mục.", "Say where the figure comes from.")
    made = Value(indicator.code, body, period, value, source.strip(), now)
    with transaction.atomic():
        store.add([made], account)
        _record(f"steering.figure:{indicator.code}:{body}:{period.code}:1", account, now)
    return made


def correct(indicator: str, body: str, period: Period, value: Decimal, reason: str, account: str, *, now: datetime) -> Value:
    """Follow a figure by a corrected one (*sửa số liệu*); the old one stays to be seen.

    Raises `NotFound` where there is none, `Conflict` for the same figure, `Invalid` without a reason.
    """
    known = store.versions(indicator, body, period.code)
    if not known:
        raise NotFound("steering.no_figure", "Chưa có số liệu của kỳ này.", "There is no figure for this period.")
    check_correction(known[-1], value, reason)
    made = replace(known[-1], value=value, reason=reason.strip(), recorded_at=now, version=known[-1].version + 1)
    with transaction.atomic():
        store.add([made], account)
        _record(f"steering.figure:{indicator}:{body}:{period.code}:{made.version}", account, now)
    return made


def take_snapshot(
    indicators: Iterable[Indicator], counters: Mapping[str, Counter], period: Period, account: str, *, now: datetime
) -> int:
    """Count what rooms count and keep it for a period (*chốt số liệu của kỳ*); gives how many figures are new. Safe to repeat.

    What was kept for the period before never changes: a counter that has moved on since is not asked again.
    """
    _check_ended(period, now)
    live = [each for each in indicators if each.live in counters]
    known = {(each.indicator, each.body) for each in store.newest([each.code for each in live], period.end, period.end)}
    made = [
        Value(indicator.code, body, period, value, f"đếm bởi {indicator.live}", now)
        for indicator in live
        for body, value in counters[indicator.live]().items()
        if (indicator.code, body) not in known
    ]
    if made:
        with transaction.atomic():
            store.add(made, account)
            _record(f"steering.snapshot:{period.code}:{len(made)}", account, now)
    return len(made)


def with_formulas(indicators: Iterable[Indicator], values: Iterable[Value]) -> list[Value]:
    """Values with those that follow from them (*số liệu theo công thức*): of each body and period that has all operands."""
    found = {(each.indicator, each.body, each.period.code): each for each in values}
    for indicator in indicators:
        if indicator.formula is Formula.NONE:
            continue
        for _code, body, period in [key for key in found if key[0] == indicator.operands[0]]:
            operands = [found.get((code, body, period)) for code in indicator.operands]
            if any(each is None for each in operands):
                continue
            parts = [each for each in operands if each is not None]
            value = computed(indicator, [each.value for each in parts])
            if value is not None:
                last = max(parts, key=lambda each: each.recorded_at)
                words = f"tính từ {', '.join(indicator.operands)}"
                found[indicator.code, body, period] = Value(indicator.code, body, last.period, value, words, last.recorded_at)
    return list(found.values())


def _check_ended(period: Period, now: datetime) -> None:
    if period.end > local(now).date():
        raise _invalid("period", "Kỳ này chưa kết thúc.", "This period has not ended.")


def _invalid(field: str, message: str, message_en: str) -> Invalid:
    return Invalid(f"steering.{field}", message, message_en, field=field)


def _record(outcome: str, account: str, now: datetime) -> None:
    act = ledger.Act(ledger.ActKind.ADMINISTER, outcome, "", SYSTEM, account, legal_basis="Quyết định 06/QĐ-TTg")
    ledger.record(act, now=now)
