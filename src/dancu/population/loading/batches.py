"""A run of the bulk load as the database keeps it: what is done, what was rejected, and that only one runs at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import psycopg
from django.db import connection, transaction
from django.db.models import F
from django.db.utils import InterfaceError, OperationalError

from dancu.kernel.errors import Conflict
from dancu.population.loading.files import Position
from dancu.population.loading.prepare import Reject
from dancu.population.models import LoadBatch, LoadReject, LoadUnchanged

WAIT_SECONDS_MAX = 15  # a run that was killed holds its place until the server notices
_LOCK = 7_110_001


@contextmanager
def only_load() -> Iterator[None]:
    """Hold the place of the one load that may run. Raises `Conflict` when another holds it and does not end soon."""
    with connection.cursor() as cursor:
        try:
            with transaction.atomic():
                cursor.execute(f"set local lock_timeout = '{WAIT_SECONDS_MAX}s'; set local statement_timeout = 0")
                cursor.execute("select pg_advisory_lock(%s)", [_LOCK])
        except OperationalError as failure:
            if not isinstance(failure.__cause__, psycopg.errors.LockNotAvailable):
                raise
            raise Conflict(
                "load.running",
                "Đang có một lần nạp khác chạy. Đợi lần đó xong rồi chạy lại lệnh này.",
                "Another load is running. Wait until it ends, then run this command again.",
            ) from failure
    try:
        yield
    finally:
        _release()


def _release() -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_unlock(%s)", [_LOCK])
    except (OperationalError, InterfaceError, transaction.TransactionManagementError):
        connection.close()  # the place is free when the session is gone


def open_batch(file: Path, kind: str, *, now: datetime, again: bool) -> LoadBatch:
    """The run this file belongs to: one that was stopped, one that is finished unless `again`, or a new one."""
    digest = _digest(file)
    last = LoadBatch.objects.filter(file_sha256=digest, kind=kind).order_by("-pk").first()
    if last is not None and (last.finished_at is None or not again):
        return last
    return LoadBatch.objects.create(file_name=file.name, file_sha256=digest, kind=kind, started_at=now)


def keep_progress(batch: LoadBatch, end: Position, read: int, changed: int, rejects: Sequence[Reject]) -> None:
    """Write how far the run has come; belongs into the transaction of the chunk."""
    LoadReject.objects.bulk_create(LoadReject(batch=batch.pk, line=r.line, field=r.field, message=r.message) for r in rejects)
    LoadBatch.objects.filter(pk=batch.pk).update(
        stage=batch.stage,
        offset=end.offset,
        line=end.line,
        read=F("read") + read,
        loaded=F("loaded") + changed,
        rejected=F("rejected") + len(rejects),
    )


def next_pass(batch: LoadBatch) -> None:
    LoadBatch.objects.filter(pk=batch.pk).update(stage=F("stage") + 1, offset=0, line=0)
    batch.refresh_from_db()


def finish(batch: LoadBatch, *, now: datetime) -> None:
    with transaction.atomic():
        LoadUnchanged.objects.filter(batch=batch.pk).delete()
        LoadBatch.objects.filter(pk=batch.pk).update(finished_at=now)
    batch.refresh_from_db()


def rejects_of(batch: LoadBatch, most: int | None = None) -> Iterator[Reject]:
    """What the run has rejected so far, by line."""
    rows = LoadReject.objects.filter(batch=batch.pk).order_by("line").values_list("line", "field", "message")
    for row in rows[:most] if most else rows.iterator():
        yield Reject(*row)


def _digest(file: Path) -> str:
    with file.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
