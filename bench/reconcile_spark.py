"""Where a comparison should move to a cluster: the same list and snapshot on one machine, on DuckDB, on a cluster of Spark here.

`python -m bench.reconcile_spark --persons N --data FOLDER`, after `make setup-spark`. Not a promise: it prints what it saw and
whether all three said the same of every record. A worker has one core: two of them are as large as the machine of the promises.
Seconds of the processor are told beside those of the clock: they say the same on a machine that others use too.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from bench import reconcile
from dancu.reconcile.engine.arrow import batch_of, verdict_table
from dancu.reconcile.engine.exact import compare
from dancu.reconcile.engine.snapshot import Snapshot, open_snapshot
from dancu.reconcile.spark.columns import RECORDS
from dancu.reconcile.spark.engines import compare_on_duckdb, compare_on_spark, read_verdicts
from dancu.reconcile.spark.exporting import export_parquet
from dancu.reconcile.spark.kernels import Terms
from dancu.reconcile.spark.standalone import HOST, Size, standalone_cluster

TERMS = Terms(reconcile.KEY, reconcile.YEAR)
SETTINGS = {"spark.driver.host": HOST, "spark.executor.memory": "2500m"}


def run(persons: int, data: Path | None) -> dict[str, Any]:
    scratch = Path(tempfile.mkdtemp(prefix="dancu-bench-", dir="/var/tmp"))
    folder = data or scratch / "data"
    try:
        reconcile._draw(folder, persons, sys.stderr)
        reconcile._mix(folder)
        reconcile._take_snapshot(folder, sys.stderr)
        return _measure(folder, scratch)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _measure(folder: Path, scratch: Path) -> dict[str, Any]:
    snapshot, seconds = open_snapshot(folder / "snapshot"), {}
    _write_lists(folder / "mixed", scratch)
    seconds["export"], _ = _timed(lambda: export_parquet(snapshot, scratch / "exported"))
    pieces = [
        (scratch / "list" / "all.parquet", at) for at in range(pq.ParquetFile(scratch / "list" / "all.parquet").num_row_groups)
    ]
    _here(snapshot, pieces[:1])
    before = time.process_time()
    seconds["here, one thread"], said = _timed(lambda: _here(snapshot, pieces))
    seconds["here, processor"] = time.process_time() - before
    told = {}
    before = time.process_time()
    seconds["duckdb"], _ = _timed(lambda: compare_on_duckdb(scratch / "list", scratch / "exported", scratch / "duckdb", TERMS))
    seconds["duckdb, processor"] = time.process_time() - before
    told["duckdb"] = read_verdicts(scratch / "duckdb")
    seconds |= _on_a_cluster(scratch)
    told["spark"] = read_verdicts(scratch / "said of list")
    size = sum(file.stat().st_size for file in (scratch / "exported").rglob("*.parquet"))
    return {
        "persons": snapshot.persons, "records": len(said), "seconds": {name: round(each, 2) for name, each in seconds.items()},
        "exported_gb": round(size / 1e9, 2), "equal": [told[name].equals(said) for name in ("duckdb", "spark")],
    }  # fmt: skip


def _on_a_cluster(scratch: Path) -> dict[str, float]:
    seconds = {}
    for name, sent in (("spark, one record", "one"), ("spark", "list")):
        before, started = _of_children(), time.perf_counter()
        with standalone_cluster(scratch / f"cluster of {sent}", Size(memory_gb=3)) as master:
            seconds[f"{name}, start"] = time.perf_counter() - started
            places = [str(scratch / each) for each in (sent, "exported", f"said of {sent}")]
            seconds[name], _ = _timed(
                lambda places=places, master=master: compare_on_spark(master, *places, TERMS, settings=SETTINGS)
            )
        seconds[f"{name}, processor"] = _of_children() - before
    return seconds


def _of_children() -> float:
    """Seconds of the processor of all processes that were started here and have ended, workers of workers too."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _write_lists(mixed: Path, scratch: Path) -> None:
    """The whole list, numbered, and one of a single record."""
    renamed = [pl.col(given).alias(ours) for given, ours in zip(reconcile._COLUMNS, RECORDS.names[1:], strict=True)]
    lines = pl.read_parquet(mixed / "part-*.parquet").select(renamed).with_row_index("record").cast({"record": pl.Int64})
    for name, frame in (("list", lines), ("one", lines.head(1))):
        (scratch / name).mkdir()
        pq.write_table(frame.to_arrow().cast(RECORDS), scratch / name / "all.parquet", row_group_size=250_000, compression="zstd")


def _here(snapshot: Snapshot, pieces: list[reconcile.Piece]) -> pa.Table:
    said = []
    for file, group in pieces:
        table = pq.ParquetFile(file).read_row_group(group)
        batch = batch_of(*(table.column(name) for name in RECORDS.names[1:]))
        said.append(verdict_table(compare(batch, snapshot, TERMS.key, TERMS.year_now)))
    return pa.concat_tables(said)


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    started = time.perf_counter()
    made = work()
    return time.perf_counter() - started, made


if __name__ == "__main__":
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--persons", type=int, default=1_000_000)
    given.add_argument("--data", type=Path, help="folder that keeps what was drawn")
    asked = given.parse_args()
    print(json.dumps(run(asked.persons, asked.data)))
