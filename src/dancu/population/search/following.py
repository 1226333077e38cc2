"""The index of names follows the registry: single changes through the feed, loaded files by their batches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Sum

from dancu.population.feed import Announcement, consume
from dancu.population.history import ChangeKind
from dancu.population.models import LoadBatch
from dancu.population.search.index import index_persons, refresh_search

CONSUMER = "search"
ANNOUNCEMENTS_AT_ONCE = 1000
FILING_COST = 8  # filing a person in place costs as much as this many in a build of the whole index
LEFT_BEHIND = timedelta(minutes=10)  # a load that has not filed its persons by then was stopped: the worker does it
_FILED_BY = {
    "full_name",
    "other_name",
    "birth_year",
    "birth_month",
    "birth_day",
    "permanent_version",
    "permanent_code",
    "number_state",
}


def follow_changes() -> int:
    """File everybody whose record changed since the last time (*cập nhật chỉ mục theo thay đổi*); gives how many were read."""
    done = 0
    while taken := consume(CONSUMER, _take, ANNOUNCEMENTS_AT_ONCE):
        done += taken
    return done


def _take(news: Sequence[Announcement]) -> None:
    numbers = {each.personal_no for each in news if each.kind is ChangeKind.FIRST or _FILED_BY & set(each.columns)}
    if numbers:
        index_persons(sorted(numbers))


def index_loaded(
    *,
    now: datetime,
    owner_url: str = "",
    left_behind: bool = False,
    progress: Callable[[int], None] = lambda persons: None,
) -> int:
    """File the persons of loaded files that are not filed yet (*lập chỉ mục cho tệp đã nạp*); gives how many were looked at.

    `left_behind`: only files whose own load did not come to it. Safe to repeat. Raises `Conflict` while the whole is being built.
    """
    waiting = LoadBatch.objects.filter(kind="persons", finished_at__isnull=False, indexed_at=None).order_by("pk")
    if left_behind:
        waiting = waiting.filter(finished_at__lt=now - LEFT_BEHIND)
    batches = list(waiting.values_list("pk", flat=True)[:10_000])
    if not batches:
        return 0
    persons = LoadBatch.objects.filter(pk__in=batches).aggregate(sum=Sum("loaded"))["sum"] or 0
    if owner_url and persons * FILING_COST >= _persons_about():
        done = refresh_search(owner_url=owner_url, progress=progress)
        LoadBatch.objects.filter(pk__in=batches).update(indexed_at=now)
        return done
    done = 0
    for batch in batches:
        done += refresh_search(batch, progress=progress)
        LoadBatch.objects.filter(pk=batch).update(indexed_at=now)
    return done


def _persons_about() -> int:
    """How many persons the registry has, as the server last counted; the load has just let it count."""
    with connection.cursor() as cursor:
        cursor.execute("select reltuples::bigint from pg_class where oid = 'population_person'::regclass")
        return int(cursor.fetchone()[0])
