"""A list as a query engine takes it: whatever was read, numbered from 0 and written as Parquet."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from dancu.reconcile.engine.exact import Batch
from dancu.reconcile.spark.columns import RECORDS


def write_records(batches: Iterable[Batch], file: Path) -> int:
    """Write the records of batches one behind the other (*ghi danh sách để đối soát*); gives how many there are.

    Half a list has another name. Only the account that runs this may read it.
    """
    unfinished, count = file.with_name(f".{file.name}.unfinished"), 0
    unfinished.touch(mode=0o600)
    with pq.ParquetWriter(unfinished, RECORDS, compression="zstd", compression_level=1) as writer:
        for batch in batches:
            writer.write_batch(_numbered(batch, count))
            count += len(batch)
    unfinished.replace(file)
    return count


def _numbered(batch: Batch, first: int) -> pa.RecordBatch:
    columns = ((batch.numbers, batch.number_offsets), (batch.names, batch.name_offsets), (batch.dates, batch.date_offsets))
    texts = [_text(len(batch), *column) for column in columns]
    return pa.record_batch([np.arange(first, first + len(batch)), *texts], schema=RECORDS)


def _text(count: int, data: NDArray[np.uint8], offsets: NDArray[np.int64]) -> pa.StringArray:
    places, texts = np.ascontiguousarray(offsets), np.ascontiguousarray(data)
    return pa.LargeStringArray.from_buffers(count, pa.py_buffer(places), pa.py_buffer(texts)).cast(pa.string())
