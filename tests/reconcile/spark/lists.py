"""Lists and snapshots for a comparison on query engines, and what the engine of one machine says of them."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from bench import reconcile as drawn

from dancu.reconcile.engine.arrow import batch_of, verdict_table
from dancu.reconcile.engine.build import build
from dancu.reconcile.engine.exact import compare
from dancu.reconcile.engine.name_keys import NameKey
from dancu.reconcile.engine.parsing import DATE_MASK
from dancu.reconcile.engine.snapshot import MARK_DEAD, Snapshot, open_snapshot
from dancu.reconcile.spark.columns import RECORDS
from dancu.reconcile.spark.kernels import Terms
from tests.reconcile.engine.columns import KEY, persons

TERMS, DRAWN_TERMS = Terms(KEY, 2026), Terms(drawn.KEY, drawn.YEAR)
Record = tuple[str | None, str | None, str | None]
HOA, BA, BON, NAM, SAU = (f"04609300000{at}" for at in range(1, 6))
SHARED, ALONE, TWICE, THREE = "191000001", "191000002", "091000003", "191000004"
# Everything a number, an old number, a name or a date can lead to, also where several of them meet.
ODD_RECORDS: list[Record] = [
    (HOA, "Trần Thị Thúy Hòa", "03/02/1993"), (HOA, "Trần Thị Thuý Hoà", "03/02/1993"), (HOA, "TRAN THI THUY HOA", "02/03/1993"),
    (HOA, "Trần Thị Thùy Hòa", "1993"), (HOA, "𝐓rần Thị Thúy Hòa", "03/02/1993"), (HOA, "𝐓rần Thị Thúy Hoa", "03/02/1993"),
    (HOA, None, None), (HOA, "", ""), (HOA, " \u0300", "1/1/1950"), (HOA, "Nguyễn Văn An", "09/10/1950"), (HOA[1:], "Ƀa", "1993"),
    ("O46 093.000 001", "Hòa Trần Thị Thúy", "19930203"), (NAM, "Lê Năm", "5/5/95"), ("999999999999", "Lê Ba", "1990"),
    ("000000000000", "Lê Ba", "01/01/1990"), (SHARED, "Lê Ba", ""), (SHARED, "Ai Đó", "1991"), (SHARED, "Lê Ba", "1991"),
    (SHARED, "Ai Đó", ""), (SHARED, None, "1950"), (SHARED, "𝐋ê Ba", "01/01/1990"), (SHARED, "𝐋ê Ba", ""),
    (ALONE, "Lê Bốn", "1991"), (ALONE, "Ai Đó", "1/1/1950"),
    (TWICE, "Lê Năm", "05/05/1995"), (TWICE[1:], "Ai Đó", ""), (THREE, "Lê Sáu", "05/05/1995"),
    (THREE, "Lê Sáu", ""), (THREE, "Ai Đó", "01/01/1990"), ("191000009", "Lê Ba", "1990"), ("4.6093E+10", "Lê Ba", "1990"),
    ("mất giấy", "Lê Ba", "1990"), (None, "Lê Ba", "1990"), ("", None, None), ("046093000001234", "Lê Ba", "1990"),
]  # fmt: skip


def odd_snapshot(key: NameKey = KEY) -> Snapshot:
    """Old numbers of one person, of several, of nobody in particular, and one that stands twice beside the same person."""
    known = persons(
        (HOA, "Trần Thị Thúy Hòa", "1993-02-03"), (BA, "Lê Ba", "1990-01-01"), (BON, "Lê Bốn", "1991"),
        (NAM, "Lê Năm", "1995-05-05"), (SAU, "Lê Sáu", "1995-05-05"), ("999999999999", "Lê Ba", "1990-01-01"),
        ("000000000000", "", ""), marks={NAM: MARK_DEAD},
    )  # fmt: skip
    old = [(SHARED, 1), (SHARED, 2), (ALONE, 2), (TWICE, 3), (TWICE, 3), (THREE, 1), (THREE, 3), (THREE, 4), (SHARED, 6)]
    numbers, whose = np.array([int(each) for each, _ in old], np.uint32), np.array([at for _, at in old], np.int64)
    made = build([replace(known, old_numbers=numbers, old_of=whose)], key, "lạ")
    made.rows[:, 7] |= np.uint32(DATE_MASK + 1)  # the bits beside the date are nobody's yet
    return made


def write_list(file: Path, records: list[Record]) -> Path:
    columns = [pa.array(column, pa.string()) for column in zip(*records, strict=True)]
    pq.write_table(pa.table([pa.array(range(len(records)), pa.int64()), *columns], schema=RECORDS), file, row_group_size=7)
    return file


def drawn_list(folder: Path, count: int) -> tuple[Path, Snapshot]:
    """A dirty list against a drawn nation, in no order, and the nation's snapshot."""
    drawn._draw(folder, count, sys.stderr)
    drawn._mix(folder)
    drawn._take_snapshot(folder, sys.stderr)
    renamed = [pl.col(given).alias(ours) for given, ours in zip(drawn._COLUMNS, RECORDS.names[1:], strict=True)]
    lines = pl.read_parquet(folder / "mixed" / "part-*.parquet").select(renamed).with_row_index("record").cast({"record": pl.Int64})
    (folder / "numbered").mkdir()
    pq.write_table(lines.to_arrow().cast(RECORDS), folder / "numbered" / "all.parquet", row_group_size=250_000)
    return folder / "numbered" / "all.parquet", open_snapshot(folder / "snapshot")


def said_here(list_parquet: Path, snapshot: Snapshot, terms: Terms = TERMS) -> pa.Table:
    table = pq.read_table(list_parquet)
    batch = batch_of(*(table.column(name) for name in RECORDS.names[1:]))
    return verdict_table(compare(batch, snapshot, terms.key, terms.year_now))
