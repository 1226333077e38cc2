"""Rows of usage become fewer: those of a day's writers one, those of a month's days one. Exact, whoever writes meanwhile.

A row leaves in the statement that adds it elsewhere. A writer that comes late makes a new row, and the next round takes it.
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from dancu.exchange.models import Usage
from dancu.exchange.usage import ADDED, ENDINGS, KEYS, Ending
from dancu.exchange.usage_period import first_day_kept
from dancu.kernel.clock import local

ROWS_A_STATEMENT = 10_000
_SUMS = ", ".join(f"sum({name})::bigint" for name in Ending)
_PLACE = f"on conflict (grain, day, {KEYS}, writer) do update set {ADDED}"
_MERGE = f"""with gone as (
    delete from exchange_usage where ctid = any(array(
        select ctid from exchange_usage where day < %s and writer <> '' limit %s for update skip locked))
    returning day, {KEYS}, {ENDINGS}
), days as (
    insert into exchange_usage as kept (grain, day, writer, {KEYS}, {ENDINGS})
    select 'day', day, '', {KEYS}, {_SUMS} from gone group by day, {KEYS} order by day, {KEYS} {_PLACE}
), months as (
    insert into exchange_usage as kept (grain, day, writer, {KEYS}, {ENDINGS})
    select 'month', date_trunc('month', day)::date, '', {KEYS}, {_SUMS} from gone group by 2, {KEYS} order by 2, {KEYS} {_PLACE}
)
select count(*) from gone"""  # noqa: S608 - our own columns


def merge_usage(*, now: datetime) -> int:
    """Make one row of every finished day's rows and add them to their month (*gộp số đếm lưu lượng*). Gives how many were
    merged; may be stopped anywhere, and run beside itself and beside writers."""
    merged = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_MERGE, [local(now).date(), ROWS_A_STATEMENT])
            taken = int(cursor.fetchone()[0])
        merged += taken
        if taken < ROWS_A_STATEMENT:
            return merged


def forget_days(*, now: datetime) -> int:
    """Delete merged days that are older than thirteen months; their months have them (*xoá số đếm ngày đã cũ*)."""
    return int(Usage.objects.filter(grain="day", writer="", day__lt=first_day_kept(local(now).date())).delete()[0])
