"""Lists and snapshots as files, and what the engine of one machine says of them."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from dancu.reconcile.engine.arrow import batch_of, verdict_table
from dancu.reconcile.engine.exact import compare
from dancu.reconcile.engine.snapshot import Snapshot
from dancu.reconcile.spark.columns import RECORDS
from dancu.reconcile.spark.kernels import Terms
from tests.reconcile.engine.columns import KEY

TERMS = Terms(KEY, 2026)


def write_list(file: Path, records: list[tuple[str | None, str | None, str | None]]) -> Path:
    columns = [pa.array(column, pa.string()) for column in zip(*records, strict=True)]
    pq.write_table(pa.table([pa.array(range(len(records)), pa.int64()), *columns], schema=RECORDS), file, row_group_size=7)
    return file


def said_here(list_parquet: Path, snapshot: Snapshot) -> pa.Table:
    table = pq.read_table(list_parquet)
    batch = batch_of(*(table.column(name) for name in ("number", "name", "birth_date")))
    return verdict_table(compare(batch, snapshot, TERMS.key, TERMS.year_now))
