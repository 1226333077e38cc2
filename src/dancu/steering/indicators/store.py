"""Figures as rows: added, never changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from django.db import IntegrityError, connection, transaction

from dancu.kernel.errors import Conflict
from dancu.steering.indicators.domain import Value, parse_period
from dancu.steering.models import Figure

ROWS_MAX = 50_000
# Of every body and period the last version.
_NEWEST = """
select distinct on (indicator, body, period) indicator, body, period, value, source, recorded_at, version, reason
from steering_figure where indicator = any(%(indicators)s) and (%(bodies)s::text[] is null or body = any(%(bodies)s))
and "end" between %(since)s and %(until)s
order by indicator, body, period, version desc limit %(limit)s"""


def add(values: Iterable[Value], account: str) -> int:
    """Add figures. Raises `Conflict` where one of the same version is there: somebody was faster."""
    rows = [
        Figure(
            indicator=each.indicator,
            body=each.body,
            period=each.period.code,
            version=each.version,
            end=each.period.end,
            value=each.value,
            source=each.source,
            reason=each.reason,
            recorded_at=each.recorded_at,
            account=account,
        )
        for each in values
    ]
    try:
        with transaction.atomic():
            Figure.objects.bulk_create(rows, batch_size=2_000)
    except IntegrityError:
        raise Conflict(
            "steering.figure_there",
            "Kỳ này đã có số liệu. Bạn tải lại trang rồi sửa số liệu đang có.",
            "There is a figure for this period already. Load the page again and correct it.",
            field="value",
        ) from None
    return len(rows)


def newest(indicators: Collection[str], since: date, until: date, bodies: Collection[str] | None = None) -> list[Value]:
    """The figures in force of some indicators between two days, by indicator, body and period."""
    wanted = {
        "indicators": list(indicators),
        "bodies": None if bodies is None else list(bodies),
        "since": since,
        "until": until,
        "limit": ROWS_MAX,
    }
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST, wanted)
        rows = cursor.fetchall()
    return [
        Value(indicator, body, parse_period(period), value.normalize() + 0, source, recorded_at, version, reason)
        for indicator, body, period, value, source, recorded_at, version, reason in rows
    ]


def versions(indicator: str, body: str, period: str) -> list[Value]:
    """Every version of one figure, the first one first."""
    rows = Figure.objects.filter(indicator=indicator, body=body, period=period).order_by("version")
    return [
        Value(
            row.indicator,
            row.body,
            parse_period(row.period),
            row.value.normalize() + 0,
            row.source,
            row.recorded_at,
            row.version,
            row.reason,
        )
        for row in rows
    ]
