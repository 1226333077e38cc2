"""A list of the nation's subscribers as its owner sends it, CSV, to the complete report: every stage of a job, all files written.

Duplicates and candidates are looked for. The job runs in a process of its own, so that its memory is its own. The limit is the
list read once and written once by a data-frame library, which compares nothing.
"""

from __future__ import annotations

import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from bench.reconcile import KEY, ROWS_A_FILE, prepared
from dancu.reconcile.alone import get_profile, needed_of, others_of
from dancu.reconcile.running.folder import REPORT
from dancu.reconcile.running.job import run as run_job
from dancu.reconcile.running.job import timing_of
from dancu.reconcile.running.plan import Plan, mapping_for, open_listed, prepare, read_plan
from dancu.reconcile.running.progress import Wish

LIMIT_SECONDS_FULL, FULL_RECORDS = 300.0, 88_100_000
DAY, FORMATS = date(2026, 11, 24), ("parquet", "csv")
LIST = "list.csv"


def run(*, quick: bool, persons: int = 0, records: int = 0, data: Path | None = None, out: Any = sys.stderr) -> dict[str, Any]:
    """Measure; gives the result that is printed as the last line."""
    scratch = Path(tempfile.mkdtemp(prefix="dancu-bench-", dir="/var/tmp"))
    try:
        folder = prepared(persons or (300_000 if quick else 100_000_000), records, data or scratch / "data", out)
        _write_list(folder)
        runs = [_job(folder, scratch, out) for _ in range(3 if quick else 1)]
        limit, size = _limit(folder, scratch), (folder / LIST).stat().st_size
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    value, report = statistics.median(sum(each["seconds"].values()) for each in runs), runs[-1]["report"]
    allowed = LIMIT_SECONDS_FULL * report["readable"] / FULL_RECORDS
    return {
        "name": "reconcile-whole", "value": round(value, 2), "unit": "s", "limit": round(allowed, 2),
        "ratio": round(allowed / value, 3), "size": {"records": report["readable"], "bytes": size},
        "of_its_limit": round(value / limit, 2), "limit_seconds": round(limit, 2),
        "rows_per_second": round(report["readable"] / value), "seconds": runs[-1]["seconds"],
        "memory_gb": max(each["memory_gb"] for each in runs), "grades": report["grades"], "candidates": report["candidates"],
        "duplicates": report["duplicates"],
    }  # fmt: skip


def _write_list(folder: Path) -> None:
    if (folder / LIST).exists():
        return
    unfinished = folder / f"{LIST}.unfinished"
    with unfinished.open("wb") as file:
        file.write(b"so_thue_bao,so_cccd,ho_ten,ngay_sinh\n")
        for at, part in enumerate(sorted((folder / "mixed").glob("part-*.parquet"))):
            lines = pl.read_parquet(part, columns=["paper_no", "full_name", "birth_date"])
            phones = pl.Series("phone", np.arange(len(lines)) + 900_000_000 + at * 2 * ROWS_A_FILE % 90_000_000).cast(pl.String)
            lines.select("0" + phones, "paper_no", "full_name", "birth_date").write_csv(file, include_header=False)
    unfinished.rename(folder / LIST)


def _job(folder: Path, scratch: Path, out: Any) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.reconcile_whole", str(folder), str(scratch / "job")]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, stderr=out)
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    print(told["seconds"], file=out, flush=True)
    return told


def _limit(folder: Path, scratch: Path) -> float:
    started = time.perf_counter()
    pl.scan_csv(folder / LIST, infer_schema=False).sink_parquet(scratch / "limit.parquet", compression="lz4")
    return time.perf_counter() - started


def _run_one(folder: Path, job: Path) -> dict[str, Any]:
    shutil.rmtree(job, ignore_errors=True)
    kind, listed = get_profile("subscribers"), folder / LIST
    mapping = mapping_for(open_listed(listed), {}, ())
    plan = Plan(
        list_file=str(listed), snapshot=str(folder / "snapshot"), day=DAY, mapping=mapping, profile=kind.code,
        formats=FORMATS, required=needed_of(kind, mapping), candidates=True,
    )  # fmt: skip
    prepare(job, plan, KEY)
    run_job(job, KEY, lambda _progress: Wish.GO_ON, others_of(read_plan(job), KEY))
    memory = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 2)
    report = json.loads((job / REPORT).read_text(encoding="utf-8"))
    return {"seconds": timing_of(job), "memory_gb": memory, "report": report}


if __name__ == "__main__":
    print(json.dumps(_run_one(Path(sys.argv[1]), Path(sys.argv[2]))))
