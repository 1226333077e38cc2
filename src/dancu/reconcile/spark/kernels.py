"""The two ends of a comparison on a query engine: records read, and joined rows judged, by the same compiled functions as on one
machine. Each takes and gives a stream of Arrow batches, so that it runs in a worker of Spark as in this process.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dancu.reconcile.compiling import compiled
from dancu.reconcile.engine.arrow import batch_of, text_column
from dancu.reconcile.engine.exact import Batch, Verdicts, judge, judge_slow_names, read_texts
from dancu.reconcile.engine.judging import reason_of_mends
from dancu.reconcile.engine.letters import Letters, letters
from dancu.reconcile.engine.lookup import NO_ROW
from dancu.reconcile.engine.name_keys import LENGTH_MAX, NameKey
from dancu.reconcile.engine.parsing import parse_number
from dancu.reconcile.engine.snapshot import WORDS
from dancu.reconcile.spark.columns import JOINED, PERSON, READ, VERDICT

_NO_TEXT = (np.zeros(1, np.uint8), np.zeros(1, np.int64))


@dataclass(frozen=True, slots=True)
class Terms:
    """What a comparison has to know besides its data (*điều kiện đối soát*): the installation's key of names, the present year."""

    key: NameKey = field(repr=False)
    year_now: int

    @property
    def secret(self) -> tuple[np.uint64, np.uint64]:
        return np.uint64(self.key.first), np.uint64(self.key.second)


def read_records(batches: Iterable[pa.RecordBatch], terms: Terms) -> Iterator[pa.RecordBatch]:
    """Records as `RECORDS` become records as `READ`."""
    for batch in batches:
        yield _read(batch, terms)


def judge_joined(batches: Iterable[pa.RecordBatch], terms: Terms) -> Iterator[pa.RecordBatch]:
    """Records beside the rows they led to, as `JOINED`, become `VERDICT`s."""
    for batch in batches:
        yield _judged(batch.cast(JOINED), terms)  # engines widen small numbers as they like


def _read(table: pa.RecordBatch, terms: Terms) -> pa.RecordBatch:
    batch, count = batch_of(*(table.column(name) for name in ("number", "name", "birth_date"))), len(table)
    kinds, values, mended = np.empty(count, np.int8), np.empty(count, np.int64), np.empty(count, np.uint32)
    _read_numbers(batch.numbers, batch.number_offsets, kinds, values, mended)
    name_keys, placed, dates = np.empty(count, np.uint64), np.empty(count, np.uint32), np.empty(count, np.uint32)
    out = np.empty(LENGTH_MAX, np.uint16)
    read_texts(_texts(batch), 0, count, _tables(letters()), terms.secret, terms.year_now, out, name_keys, placed, dates)
    signed = (each.view(np.int32) for each in (placed, dates))
    columns = [table.column("record"), kinds, values, mended.view(np.int32), name_keys.view(np.int64), *signed]
    return pa.record_batch([*columns, table.column("name")], schema=READ)


@compiled
def _read_numbers(data, offsets, kinds, values, mended):  # type: ignore[no-untyped-def]
    for at in range(len(kinds)):
        kinds[at], values[at], mends = parse_number(data, offsets[at], offsets[at + 1])
        mended[at] = reason_of_mends(mends)


def _judged(table: pa.RecordBatch, terms: Terms) -> pa.RecordBatch:
    column = {name: table.column(name) for name in JOINED.names}
    count, rows = len(table), _rows(column)
    batch = Batch(*_NO_TEXT, *text_column(column["name"]), *_NO_TEXT)
    name_keys = _bits(column["name_key"], np.uint64)
    placed, dates, mended = (_bits(column[name], np.uint32) for name in ("placed", "date", "mended"))
    # Each record's row lies at its own place; where it lies in the snapshot is only handed on.
    places = np.where(column["row"].is_valid().to_numpy(zero_copy_only=False), np.arange(count), NO_ROW).astype(np.uint32)
    made = Verdicts(places, _bits(column["found"], np.uint8), np.zeros(count, np.uint8), mended.copy())
    buffers = np.empty(LENGTH_MAX, np.uint16), np.empty(LENGTH_MAX, np.uint16), np.empty(4, np.uint32)
    mending = letters(repairing=True)
    judge(
        0, count, name_keys, placed, dates, _texts(batch), rows, (*_tables(mending), mending.bare), terms.secret, buffers,
        (made.row, made.found, made.differs, made.reason),
    )  # fmt: skip
    judge_slow_names(batch, rows, terms.key, made)
    row = column["row"].fill_null(NO_ROW)
    signed = made.found.view(np.int8), made.differs.view(np.int8), made.reason.view(np.int32)
    return pa.record_batch([column["record"], row, *signed], schema=VERDICT)


def _rows(column: dict[str, pa.Array]) -> NDArray[np.uint32]:
    """The eight words of each joined row, in the engine's order."""
    rows, key = np.empty((len(column["row"]), WORDS), np.uint32), _bits(column["key"], np.uint64)
    rows[:, 0] = _bits(column["marks"], np.uint32)
    rows[:, 1], rows[:, 2] = key & np.uint64(0xFFFFFFFF), key >> np.uint64(32)
    for at, name in enumerate(PERSON.names[3:], start=3):
        rows[:, at] = _bits(column[name], np.uint32)
    return rows


def _bits(column: pa.Array, kind: type[np.unsignedinteger[Any]]) -> NDArray[Any]:
    """A column of signed numbers as the unsigned ones they were; 0 for what is not there."""
    return np.asarray(column.fill_null(0).to_numpy(zero_copy_only=False)).view(kind)


def _texts(batch: Batch) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.uint8], NDArray[np.int64]]:
    return batch.names, batch.name_offsets, batch.dates, batch.date_offsets


def _tables(tables: Letters) -> tuple[NDArray[np.uint32], NDArray[np.uint16]]:
    return tables.added, tables.composed
