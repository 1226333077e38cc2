"""Persons a second drawn into five tables, against only writing those tables again with as many processes."""

from __future__ import annotations

import multiprocessing
import os
import platform
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

import polars as pl

from dancu.synth.api import Order, Source, check_nation, write_nation
from dancu.synth.files import write_table
from dancu.synth.frames import TABLES

UNITS = Path(__file__).resolve().parent.parent / "src/dancu/population/data/units.csv"
_MEGABYTE = 1024


def run(*, quick: bool) -> dict[str, Any]:
    size, workers = (200_000 if quick else 2_000_000), os.cpu_count() or 1
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "nation"
        began = time.monotonic()
        write_nation(Order(Source(1, UNITS), size, None), folder, workers)
        drawn = time.monotonic() - began
        # One part alone is drawn in this process, several by the workers.
        of_workers = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * workers
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss + of_workers
        rewritten = _rewrite(folder, workers)
        violations = sum(check_nation(folder).counts.values())
    return {
        "name": "synth",
        "value": round(size / drawn),
        "unit": "persons/s",
        "limit": round(size / rewritten),
        "ratio": round(rewritten / drawn, 3),
        "size": size,
        "machine": f"{platform.machine()}, {workers} processors",
        "memory_megabytes": memory // _MEGABYTE,
        "violations": violations,
    }


def _rewrite(folder: Path, workers: int) -> float:
    files = [file for table in TABLES for file in sorted((folder / table).glob("part-*.parquet"))]
    began = time.monotonic()
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        pool.map(_copy, files)
    return time.monotonic() - began


def _copy(file: Path) -> None:
    write_table(pl.read_parquet(file), file.with_suffix(".copy.parquet"))
    file.with_suffix(".copy.parquet").unlink()
