"""The exact part of a comparison of a list with the whole nation: read, find, compare, write one verdict a record.

The nation and the list are drawn once (`--data` keeps them); the snapshot is resident. The limit is the work nobody can leave out:
the same rows read, their names hashed, as many bytes written.
"""

from __future__ import annotations

import math
import resource
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import get_ident
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from dancu.cli.synth import _units
from dancu.reconcile.engine.arrow import batch_of, text_column, verdict_table
from dancu.reconcile.engine.build import Persons
from dancu.reconcile.engine.exact import Verdicts, compare
from dancu.reconcile.engine.laying import lay_out
from dancu.reconcile.engine.name_keys import NameKey, keys_of_column
from dancu.reconcile.engine.reasons import Found
from dancu.reconcile.engine.snapshot import MARK_CANCELLED, MARK_DEAD, MARK_REPLACED, Snapshot, open_snapshot
from dancu.synth.api import Against, Order, Source, rates_of, write_against

LIMIT_SECONDS_FULL, FULL_RECORDS = 30.0, 88_100_000
SHARE, YEAR, THREADS = 0.881, 2026, 2
ROWS_A_FILE, ROWS_A_BATCH = 1_000_000, 250_000
KEY = NameKey(0x6D75_6F6E_2D74_6875, 0x6461_6E63_752D_6265)
_REGISTERED = ["personal_id", "full_name", "birth_date", "old_id_no", "life_status", "number_state", "permanent_code"]
_COLUMNS = ["paper_no", "full_name", "birth_date"]
_NARROWED = (  # the truth, and what only a second look reads, in few bytes
    pl.col("true_personal_id").cast(pl.Int64),
    pl.col("sex").cast(pl.UInt8, strict=False),
    pl.col("area_code").cast(pl.UInt32, strict=False),
    pl.col("area_version").cast(pl.Categorical),
    pl.col("causes").cast(pl.Categorical),
)
Piece = tuple[Path, list[int]]  # a file and some of its row groups


def run(*, quick: bool, persons: int = 0, records: int = 0, data: Path | None = None, out: Any = sys.stderr) -> dict[str, Any]:
    """Measure; gives the result that is printed as the last line."""
    scratch = Path(tempfile.mkdtemp(prefix="dancu-bench-", dir="/var/tmp"))
    try:
        folder = prepared(persons or (300_000 if quick else 100_000_000), records, data or scratch / "data", out)
        return _measure(folder, scratch, 3 if quick else 2, out)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def prepared(persons: int, records: int, folder: Path, out: Any) -> Path:
    """The nation, its list and the snapshot in a folder; what is there already is kept."""
    _draw(folder, persons, out, records / persons or SHARE)
    _mix(folder)
    _take_snapshot(folder, out)
    return folder


def _draw(folder: Path, count: int, out: Any, share: float = SHARE) -> None:
    source = Source(1, _units())
    against = Against(Order(source, count, None), share, rates_of(source.read()[0], "subscribers"))
    write_against(against, folder, THREADS, lambda done, of: print(f"drawn {done} of {of}", file=out, flush=True))


def _mix(folder: Path) -> None:
    """A list as its owner keeps it, in no order the registry knows: records near each other are of people all over the nation."""
    if (folder / "mixed" / "whole").is_file():
        return
    shutil.rmtree(folder / "mixed", ignore_errors=True)
    (folder / "mixed").mkdir()
    parts = sorted((folder / "list").glob("part-*.parquet"))
    rows = sum(pq.ParquetFile(part).metadata.num_rows for part in parts)
    files: list[list[pl.DataFrame]] = [[] for _ in range(math.ceil(rows / ROWS_A_FILE))]
    chance = np.random.default_rng(1)
    for part in parts:
        lines = pl.read_parquet(part).with_columns(_NARROWED)
        to = pl.Series("to", chance.integers(0, len(files), len(lines)))
        for (number,), some in lines.with_columns(to).partition_by("to", as_dict=True, include_key=False).items():
            files[int(str(number))].append(some)
    for number, pieces in enumerate(files):
        file = folder / "mixed" / f"part-{number:05d}.parquet"
        lines = pl.concat(pieces).sample(fraction=1.0, shuffle=True, seed=number)
        pieces.clear()
        lines.write_parquet(file, compression="zstd", compression_level=1, row_group_size=ROWS_A_BATCH)
    (folder / "mixed" / "whole").touch()


def _take_snapshot(folder: Path, out: Any) -> None:
    if (folder / "snapshot" / "snapshot.json").is_file():
        return
    started = time.perf_counter()
    persons = lay_out(folder / "snapshot", _persons(folder), KEY, "bench", {})
    print(f"snapshot of {persons} in {time.perf_counter() - started:.1f} s", file=out, flush=True)


def _persons(folder: Path) -> Iterator[Persons]:
    for file in sorted((folder / "register").glob("part-*.parquet")):
        frame = pl.read_parquet(file, columns=_REGISTERED)
        marks = (frame["life_status"] == "1").to_numpy() * np.uint32(MARK_DEAD)
        marks |= (frame["number_state"] == "1").to_numpy() * np.uint32(MARK_REPLACED)
        marks |= (frame["number_state"] == "2").to_numpy() * np.uint32(MARK_CANCELLED)
        old = frame["old_id_no"].replace("", "0").cast(pl.UInt32).to_numpy()
        old_of = np.flatnonzero(old)
        communes = frame["permanent_code"].str.tail(5).cast(pl.UInt32, strict=False).fill_null(0).to_numpy()
        names, dates = (text_column(frame[name].to_arrow()) for name in ("full_name", "birth_date"))
        numbers = frame["personal_id"].cast(pl.Int64).to_numpy()
        yield Persons(numbers, *names, *dates, marks.astype(np.uint32), communes, old[old_of], old_of)


def _measure(folder: Path, scratch: Path, runs: int, out: Any) -> dict[str, Any]:
    started = time.perf_counter()
    snapshot = open_snapshot(folder / "snapshot")
    touched = sum(int(getattr(snapshot, name)[:: 4096 // 32].sum()) for name in ("rows", "table", "old", "old_rows"))
    loaded = time.perf_counter() - started
    pieces = _pieces(folder)
    records = sum(pq.ParquetFile(file).metadata.num_rows for file in sorted((folder / "mixed").glob("part-*.parquet")))
    _exact(pieces[:1], snapshot, scratch)  # compiled before the clock runs
    _limit(pieces[:1], scratch)
    exact, limit, counts = [], [], {}
    for _ in range(runs):
        seconds, counts = _timed(lambda: _exact(pieces, snapshot, scratch))
        exact.append(seconds)
        limit.append(_timed(lambda: _limit(pieces, scratch))[0])
        print(f"exact {exact[-1]:.2f} s, limit {limit[-1]:.2f} s", file=out, flush=True)
    value, least = statistics.median(exact), statistics.median(limit)
    allowed = LIMIT_SECONDS_FULL * records / FULL_RECORDS
    return {
        "name": "reconcile", "value": round(value, 3), "unit": "s", "limit": round(allowed, 3), "ratio": round(allowed / value, 3),
        "size": {"persons": snapshot.persons, "records": records}, "of_its_limit": round(value / least, 2),
        "rows_per_second": round(records / value), "limit_seconds": round(least, 3), "loaded_seconds": round(loaded, 2),
        "memory_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 2), "counts": counts, "touched": touched % 7,
        "machine": {"threads": THREADS},
    }  # fmt: skip


def _pieces(folder: Path) -> list[Piece]:
    """A file at a time; of a small list a row group, so that both threads have work."""
    files = [(file, pq.ParquetFile(file).metadata.num_row_groups) for file in sorted((folder / "mixed").glob("part-*.parquet"))]
    if len(files) >= 4 * THREADS:
        return [(file, list(range(groups))) for file, groups in files]
    return [(file, [group]) for file, groups in files for group in range(groups)]


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    started = time.perf_counter()
    made = work()
    return time.perf_counter() - started, made


def _exact(pieces: list[Piece], snapshot: Snapshot, scratch: Path) -> dict[str, int]:
    def one(number: int) -> tuple[int, ...]:
        file, groups = pieces[number]
        table = pq.ParquetFile(file).read_row_groups(groups, columns=_COLUMNS)
        made = compare(batch_of(*(table.column(name) for name in _COLUMNS)), snapshot, KEY, YEAR)
        pq.write_table(
            verdict_table(made), scratch / f"verdicts-{number % THREADS}.parquet", compression="lz4", use_dictionary=False
        )
        return _counts(made)

    with ThreadPoolExecutor(THREADS) as pool:
        totals = np.array(list(pool.map(one, range(len(pieces))))).sum(axis=0)
    return dict(zip(("no_number", "unusable", "nobody", "by_id", "by_old", "several", "differs"), totals.tolist(), strict=True))


def _write(table: pa.Table, scratch: Path) -> None:
    pq.write_table(table, scratch / f"{get_ident()}.parquet", compression="lz4", use_dictionary=False)


def _counts(made: Verdicts) -> tuple[int, ...]:
    return (*np.bincount(made.found, minlength=len(Found)).tolist(), int(np.count_nonzero(made.differs)))


def _limit(pieces: list[Piece], scratch: Path) -> None:
    def one(number: int) -> None:
        file, groups = pieces[number]
        table = pq.ParquetFile(file).read_row_groups(groups, columns=_COLUMNS)
        keys = keys_of_column(*text_column(table.column("full_name")), KEY)
        pq.write_table(
            pa.table({"key": keys}), scratch / f"limit-{number % THREADS}.parquet", compression="lz4", use_dictionary=False
        )

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(one, range(len(pieces))))
