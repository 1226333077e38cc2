"""The search for the persons of records no number leads to: how many are found, how often rightly, and how long it takes.

Truth is planted (`bench/planting.py`) with seeds the weights were not fitted on. Recall counts the records whose person is in the
registry; `decidable` is the share of them no other row agrees with exactly as well in everything the record says: the ceiling.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from bench.planting import Errors
from bench.reconcile import KEY, YEAR, _draw, _take_snapshot
from bench.unresolved import records_of, unresolved_of
from dancu.reconcile.candidates.deciding import Candidates, Kept, Rule, decide
from dancu.reconcile.candidates.finding import THREADS, weigh
from dancu.reconcile.candidates.pairs import levels_of_pairs
from dancu.reconcile.candidates.records import Unresolved, ready
from dancu.reconcile.candidates.weights import read_weights
from dancu.reconcile.engine.lookup import NO_ROW
from dancu.reconcile.engine.snapshot import Snapshot, open_snapshot

SEED = 100
QUICK, FULL = (200_000,), (1_000_000, 10_000_000, 100_000_000)
GOALS = {1_000_000: (0.998, 0.97), 10_000_000: (0.998, 0.97), 100_000_000: (0.995, 0.95)}  # precision, recall
THRESHOLDS = (0.5, 0.8, 0.9, 0.95, 0.99)
SECONDS_FULL, RECORDS_FULL, PERSONS_FULL = 120.0, 4_400_000, 100_000_000


def run(
    *, quick: bool, sizes: tuple[int, ...] = (), data: Path | None = None, times: float = 1.0, out: Any = sys.stderr
) -> dict[str, Any]:
    """Measure; gives the result that is printed as the last line."""
    scratch = Path(tempfile.mkdtemp(prefix="dancu-bench-", dir="/var/tmp"))
    try:
        made = [_at_size(data or scratch, persons, times, out) for persons in sizes or (QUICK if quick else FULL)]
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    last = made[-1]
    precision, recall = GOALS.get(last["persons"], (0.998, 0.97))
    return {
        "name": "candidates", "value": last["recall"], "unit": "recall", "limit": recall,
        "ratio": round(last["recall"] / recall, 3),
        "size": {"persons": last["persons"], "records": last["records"]}, "precision": last["precision"],
        "precision_limit": precision,
        "sizes": made,
        "memory_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 2), "machine": {"threads": THREADS},
    }  # fmt: skip


def _at_size(root: Path, persons: int, times: float, out: Any) -> dict[str, Any]:
    folder = root / f"{persons}"
    folder.mkdir(parents=True, exist_ok=True)
    _draw(folder, persons, out)
    _take_snapshot(folder, out)
    snapshot = open_snapshot(folder / "snapshot")
    frame = _unresolved(folder, snapshot, times)
    records = records_of(frame)
    _weigh(Unresolved(records.places[:0], records_of(frame[:0]).texts, records.sexes[:0], records.communes[:0]), snapshot)
    started, worked = time.perf_counter(), time.process_time()
    kept = _weigh(records, snapshot)
    found = decide(kept, Rule(), one_to_one=False)
    seconds, worked = time.perf_counter() - started, time.process_time() - worked
    made = {
        "persons": persons, "records": len(frame), "seconds": round(seconds, 1), "cpu_seconds": round(worked, 1),
        "memory_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 2),
        **_judged(frame, snapshot, records, kept, found),
    }  # fmt: skip
    print(json.dumps(made), file=out, flush=True)
    return made


def _weigh(records: Unresolved, snapshot: Snapshot) -> Kept:
    return weigh(records, snapshot, KEY, YEAR, read_weights())


def _unresolved(folder: Path, snapshot: Snapshot, times: float) -> pl.DataFrame:
    file = folder / f"unresolved-{times}.parquet"
    if not file.is_file():
        unresolved_of(sorted((folder / "list").glob("part-*.parquet")), snapshot, SEED, Errors(times)).write_parquet(file)
    return pl.read_parquet(file)


def _judged(frame: pl.DataFrame, snapshot: Snapshot, records: Unresolved, kept: Kept, found: Candidates) -> dict[str, Any]:
    true = _true_rows(frame, snapshot)
    is_known, right = true >= 0, (found.row == true.astype(np.uint32)) & (true >= 0)
    known = int(is_known.sum())

    def at(is_clear: NDArray[np.bool_]) -> dict[str, float]:
        hits = int((right & is_clear).sum())
        return {"precision": round(hits / max(int(is_clear.sum()), 1), 5), "recall": round(hits / max(known, 1), 5)}

    curve = {str(p): at((found.row != NO_ROW) & (found.probability >= p) & (found.margin >= 0)) for p in THRESHOLDS}
    kinds = frame["what"].to_numpy()
    by_kind = {}
    for what in sorted(set(kinds) - {"stranger"}):
        of_kind = (kinds == what) & is_known
        by_kind[what] = round(float((right & found.is_clear)[of_kind].mean()), 5)
    strangers = found.is_clear[~is_known]
    alike = _has_identical_rival(snapshot, records, kept, true)
    return {
        **at(found.is_clear), "decidable": round(float(1 - alike[is_known].mean()), 5), "recall_by_kind": by_kind,
        "strangers": len(strangers), "strangers_clear": int(strangers.sum()), "curve": curve,
    }  # fmt: skip


def _true_rows(frame: pl.DataFrame, snapshot: Snapshot) -> NDArray[np.int64]:
    """The row of each record's person, -1 for strangers; cell by cell, because numbers of a nation do not fit beside everything."""
    numbers = frame["true_personal_id"].replace("", "-1").cast(pl.Int64).to_numpy()
    order, rows = np.argsort(numbers), np.full(len(numbers), -1, np.int64)
    step = 4_000_000
    for begin in range(0, snapshot.persons, step):
        here = snapshot.numbers_of(np.arange(begin, min(begin + step, snapshot.persons)))
        first, last = np.searchsorted(numbers[order], [here[0], here[-1] + 1])
        asked = order[first:last]
        places = np.searchsorted(here, numbers[asked])
        rows[asked] = np.where(here[places] == numbers[asked], places + begin, -1)
    assert not ((rows < 0) & (numbers >= 0)).any()
    return rows


def _has_identical_rival(snapshot: Snapshot, records: Unresolved, kept: Kept, true: NDArray[np.int64]) -> NDArray[np.bool_]:
    prepared, found = ready(records, KEY, YEAR), np.zeros(len(true), np.bool_)
    hers = levels_of_pairs(prepared, snapshot, np.arange(len(true)), np.maximum(true, 0))
    for place in range(kept.rows.shape[1]):
        rows = kept.rows[:, place].astype(np.int64)
        others = np.flatnonzero((rows != NO_ROW) & (rows != true) & (true >= 0))
        found[others] |= (levels_of_pairs(prepared, snapshot, others, rows[others]) == hers[others]).all(axis=1)
    return found


if __name__ == "__main__":
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--persons", type=int, nargs="*", default=[])
    given.add_argument("--data", type=Path, help="folder that keeps what was drawn, one folder a size")
    given.add_argument("--times", type=float, default=1.0, help="how many times as many errors in name, date and address")
    given.add_argument("--quick", action="store_true")
    asked = given.parse_args()
    print(json.dumps(run(quick=asked.quick, sizes=tuple(asked.persons), data=asked.data, times=asked.times)))
