"""Columns of Arrow as the engine takes them, and its verdicts as a table; nothing is copied that need not be."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dancu.reconcile.engine.exact import Batch, Verdicts

_NOTHING = np.zeros(1, np.uint8)
VERDICTS = pa.schema([("row", pa.uint32()), ("found", pa.uint8()), ("differs", pa.uint8()), ("reason", pa.uint32())])


def text_column(column: pa.Array | pa.ChunkedArray) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Bytes and offsets of a column of text; what is null is empty."""
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if array.null_count:
        array = array.fill_null("")
    wide = pa.types.is_large_string(array.type)
    _valid, offsets, data = array.buffers()
    places = np.frombuffer(offsets, np.int64 if wide else np.int32)[array.offset : array.offset + len(array) + 1]
    return (np.frombuffer(data, np.uint8) if data else _NOTHING), places.astype(np.int64, copy=False)


def batch_of(numbers: pa.ChunkedArray, names: pa.ChunkedArray, dates: pa.ChunkedArray) -> Batch:
    """A batch from three columns."""
    return Batch(*text_column(numbers), *text_column(names), *text_column(dates))


def verdict_table(made: Verdicts) -> pa.Table:
    """Verdicts as a table, one row a record in their order; after the second look reasons take eight bytes."""
    is_wide = made.reason.dtype == np.int64
    schema = VERDICTS.set(3, pa.field("reason", pa.int64())) if is_wide else VERDICTS
    return pa.table([made.row, made.found, made.differs, made.reason], schema=schema)
