"""The bulk load: documented columns, every row checked, rejects kept with line, field and reason.

A file runs through in chunks. One thread reads and judges ahead while this one writes; a chunk, its rejects and how far the run has
come are one transaction. So memory stays bounded, and a run that was stopped anywhere goes on where it was.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TextIO

import psycopg
from django.db import Error, connection, transaction

from dancu.population.loading import batches
from dancu.population.loading.ahead import ahead
from dancu.population.loading.choosing import kind_of_file, table_of
from dancu.population.loading.copying import Cursor
from dancu.population.loading.family_rows import FamilyRows
from dancu.population.loading.files import LoadFile, Position, open_file
from dancu.population.loading.kinds.kind import Kind
from dancu.population.loading.kinds.persons import PERSONS
from dancu.population.loading.persons_table import PersonsTable
from dancu.population.loading.prepare import Prepared, Reject, prepare
from dancu.population.models import LoadBatch

REJECTS_SHOWN = 20
ATTEMPTS_MAX = 5


class Progress(NamedTuple):
    """How far a run is (*tiến độ nạp*): rows read, and of what the file counts (bytes, of Parquet rows) done and all."""

    rows: int
    done: int
    size: int


@dataclass(slots=True)
class LoadResult:
    """What a load did (*kết quả nạp dữ liệu*). Of a file loaded before (`already`) nothing changed, the rest is as of then."""

    kind: str = "persons"
    read: int = 0
    changed: int = 0  # rows new or different
    rejected: int = 0
    already: datetime | None = None
    load_seconds: float = 0.0  # of this run: a run that goes on counts from where it went on
    resumed_rows: int = 0
    after_seconds: float = 0.0
    first_rejects: list[str] = field(default_factory=list)


# A chunk may take its time, and ends when this process does. Its rows are looked up one by one: a table that grew from nothing
# within the run has no statistics, and its triggers would be planned, and remembered, as if it were still empty.
_SESSION = """
set local statement_timeout = 0; set local lock_timeout = '60s';
set local client_connection_check_interval = '1s'; set local enable_seqscan = off"""
Report = Callable[[Progress], None]


def load_persons(
    file: Path, *, now: datetime, rejects: TextIO | None = None, progress: Report = lambda at: None, again: bool = False
) -> LoadResult:
    """Load persons from CSV, JSONL or Parquet (*nạp dữ liệu dân cư*). Raises `Invalid` when the file itself cannot be read so.

    A row that is wrong is rejected and said; the others are loaded. A file that was loaded before is read again only with
    `again`, and then changes nothing. Raises `Conflict` while another load runs.
    """
    return load_file(file, PERSONS, now=now, rejects=rejects, progress=progress, again=again)


def load_file(
    file: Path,
    kind: Kind | None = None,
    *,
    now: datetime,
    rejects: TextIO | None = None,
    progress: Report = lambda at: None,
    again: bool = False,
) -> LoadResult:
    """Load a file of any kind (*nạp một tệp*), found by its columns when not said; otherwise as `load_persons`."""
    began = time.monotonic()
    kind = kind or kind_of_file(file)
    source = open_file(file, kind.documents)
    if source.names is not None:
        kind.check_columns(source.names)
    with batches.only_load():
        batch = batches.open_batch(file, kind.name, now=now, again=again)
        out = _Rejects(batch, rejects)
        already, resumed = batch.finished_at, batch.read
        before = batch.loaded if already else 0
        after_seconds = 0.0
        if not already:
            _Run(source, kind, batch, now, out, progress).go()
            loaded = time.monotonic()
            _let_the_server_count("population_person" if kind is PERSONS else table_of(kind).name)
            after_seconds = time.monotonic() - loaded
            batches.finish(batch, now=now)
        out.in_order(several_passes=len(kind.passes) > 1)
        shown = [reject.sentence for reject in batches.rejects_of(batch, REJECTS_SHOWN)]
    seconds = time.monotonic() - began - after_seconds
    return LoadResult(kind.name, batch.read, batch.loaded - before, batch.rejected, already, seconds, resumed, after_seconds, shown)


class _Table(Protocol):
    """Where chunks go. What `encode` makes ahead is for `take` of the same table alone."""

    def encode(self, prepared: Prepared) -> Any: ...
    def take(self, cursor: Cursor, prepared: Prepared, encoded: Any) -> tuple[int, list[Reject]]: ...


class _Rejects:
    """The rejected rows as text, as complete as what is committed: first what a stopped run has said, then chunk by chunk."""

    def __init__(self, batch: LoadBatch, out: TextIO | None) -> None:
        self._batch, self._out = batch, out
        self._start = out.tell() if out is not None and out.seekable() else 0
        self.add(batches.rejects_of(batch))

    def add(self, rejects: Iterator[Reject]) -> None:
        if self._out is not None:
            self._out.writelines(f"{reject.sentence}\n" for reject in rejects)
            self._out.flush()

    def in_order(self, *, several_passes: bool) -> None:
        """Lines that a second pass found belong between those of the first."""
        if self._out is not None and several_passes and self._out.seekable():
            self._out.seek(self._start)
            self._out.truncate()
            self.add(batches.rejects_of(self._batch))


class _Run:
    """One run over one file, from where the batch stands."""

    def __init__(self, source: LoadFile, kind: Kind, batch: LoadBatch, now: datetime, rejects: _Rejects, progress: Report) -> None:
        self._source, self._kind, self._batch, self._rejects, self._progress = source, kind, batch, rejects, progress
        self._table: _Table = PersonsTable(batch, now) if kind is PERSONS else FamilyRows(table_of(kind), batch, now)

    def go(self) -> None:
        while True:
            for prepared, encoded in ahead(self._prepared()):
                found = self._write(prepared, encoded)
                self._rejects.add(iter(found))
                self._tell()
            if self._is_last_pass:
                return
            batches.next_pass(self._batch)

    @property
    def _is_last_pass(self) -> bool:
        return self._batch.stage == len(self._kind.passes) - 1

    def _prepared(self) -> Iterator[tuple[Prepared, Any]]:
        """Read, judge and encode; needs no database, runs in a thread of its own."""
        wanted, last = self._kind.passes[self._batch.stage], self._is_last_pass
        for chunk in self._source.chunks(Position(self._batch.offset, self._batch.line)):
            made = prepare(self._kind, chunk)
            if len(self._kind.passes) > 1:
                made = Prepared(made.frame.filter(wanted), made.rejects if last else [], made.read if last else 0, made.end)
            yield made, self._table.encode(made)

    def _write(self, prepared: Prepared, encoded: Any) -> list[Reject]:
        """One chunk, one transaction; again when somebody else's work came between."""
        for attempt in range(1, ATTEMPTS_MAX + 1):
            try:
                with transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute(_SESSION)
                    changed, more = self._table.take(cursor, prepared, encoded) if prepared.frame.height else (0, [])
                    found = sorted(prepared.rejects + more)
                    batches.keep_progress(self._batch, prepared.end, prepared.read, changed, found)
                break
            except (Error, psycopg.Error) as failure:
                if attempt == ATTEMPTS_MAX or not _may_be_repeated(failure):
                    raise
        self._batch.refresh_from_db()
        return found

    def _tell(self) -> None:
        size = self._source.size
        done = self._batch.stage * size + self._batch.offset
        self._progress(Progress(self._batch.read, done, size * len(self._kind.passes)))


def _may_be_repeated(failure: BaseException) -> bool:
    cause = failure if isinstance(failure, psycopg.Error) else failure.__cause__
    return isinstance(cause, psycopg.errors.SerializationFailure | psycopg.errors.DeadlockDetected | psycopg.errors.IntegrityError)


def _let_the_server_count(table: str) -> None:
    """Statistics for the planner; runs again when it was stopped."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"set local statement_timeout = 0; analyze {table}")
