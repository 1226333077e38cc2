"""A snapshot as Parquet, for engines that cannot map arrays: persons by number and by old number, names only as keys."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from dancu.reconcile.engine.snapshot import Snapshot
from dancu.reconcile.spark.columns import OLD, PERSONS

FORMAT = 1
ROWS_A_FILE, ROWS_A_GROUP = 4_000_000, 500_000
Rows = NDArray[np.int64]


def export_parquet(snapshot: Snapshot, folder: Path) -> None:
    """Write `persons/`, sorted by number, and `old/`, sorted by old number (*xuất bản chụp*). Half an export has another name."""
    unfinished = folder.with_name(f".{folder.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700, parents=True)  # numbers and birth dates; who else runs workers opens it to them
    _write(unfinished / "persons", PERSONS, (_persons(snapshot, rows) for rows in _pieces(snapshot.persons)))
    _write(unfinished / "old", OLD, (_old(snapshot, places) for places in _pieces(len(snapshot.old))))
    described = {"format": FORMAT, "version": snapshot.version, "persons": snapshot.persons}
    (unfinished / "exported.json").write_text(json.dumps(described, indent=1, sort_keys=True), encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    unfinished.rename(folder)


def _pieces(count: int) -> Iterator[Rows]:
    return (np.arange(start, min(start + ROWS_A_GROUP, count)) for start in range(0, count, ROWS_A_GROUP))


def _persons(snapshot: Snapshot, rows: Rows) -> pa.RecordBatch:
    """Of rows with one number the first only: it is the one a look-up stops at, and a join would find all."""
    numbers = snapshot.numbers_of(rows)
    before = snapshot.numbers_of(rows[:1] - 1) if rows[0] else np.full(1, -1)
    is_first = np.diff(numbers, prepend=before) != 0
    kept = rows[is_first]
    return pa.record_batch([numbers[is_first], *_words(snapshot, kept)], schema=PERSONS)


def _old(snapshot: Snapshot, places: Rows) -> pa.RecordBatch:
    rows = snapshot.old_rows[places].astype(np.int64)
    return pa.record_batch([snapshot.old[places].astype(np.int64), *_words(snapshot, rows)], schema=OLD)


def _words(snapshot: Snapshot, rows: Rows) -> list[NDArray[np.signedinteger]]:
    words = snapshot.rows[rows]
    key = words[:, 1].astype(np.uint64) | (words[:, 2].astype(np.uint64) << np.uint64(32))
    rest = np.ascontiguousarray(words.T).view(np.int32)
    return [rows, rest[0], key.view(np.int64), *rest[3:]]


def _write(folder: Path, schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> None:
    folder.mkdir(parents=True)
    sizes = {"compression": "zstd", "compression_level": 1, "use_dictionary": False}
    writer, written, files = None, 0, 0
    for batch in batches:
        if writer is None or written + len(batch) > ROWS_A_FILE:
            if writer is not None:
                writer.close()
            writer, written, files = pq.ParquetWriter(folder / f"part-{files:05d}.parquet", schema, **sizes), 0, files + 1
        writer.write_batch(batch)
        written += len(batch)
    if writer is None:  # nobody: an engine still wants to see the columns
        writer = pq.ParquetWriter(folder / "part-00000.parquet", schema, **sizes)
    writer.close()
