"""Fit the weights of the search for candidates with Splink on a simulated list, and write them beside the code.

Not needed to run anything: `python -m venv`, install `requirements/fitting.txt` there, and `python -m bench.fitting --data FOLDER`.
The nation and the errors are of seeds no measurement uses. The levels Splink sees are those the search itself computes: it is asked
for them pair by pair. m comes from the truth the simulation keeps, u from random pairs; where those are too few (six equal digits),
u is counted out.
"""

from __future__ import annotations

import argparse
import json
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa

from bench.reconcile import KEY, THREADS, YEAR, _persons
from bench.unresolved import records_of, unresolved_of
from dancu.cli.synth import _units
from dancu.reconcile.candidates.levels import PLACE_LEVELS, DateLevel, NameLevel, SequenceLevel, SexLevel
from dancu.reconcile.candidates.pairs import COMPARISONS, levels_of_pairs
from dancu.reconcile.candidates.records import Ready, ready
from dancu.reconcile.candidates.weights import FITTED
from dancu.reconcile.engine.build import build
from dancu.reconcile.engine.loose_keys import WORDS_MASK
from dancu.reconcile.engine.snapshot import Snapshot
from dancu.synth.api import Against, Order, Source, rates_of, write_against

SEED, PERSONS, SHARE, PAIRS = 7331, 600_000, 0.881, 3_000_000
SHARE_KNOWN = 0.95  # of unresolved records; not fitted: every list is another
LEVELS: dict[str, list[tuple[str, int]]] = {
    "name": [(each.name.lower(), int(each)) for each in NameLevel if each != NameLevel.UNSEEN],
    "date": [(each.name.lower(), int(each)) for each in DateLevel],
    "sequence": [(each.name.lower(), int(each)) for each in SequenceLevel],
    "place": [(str(each), each) for each in range(PLACE_LEVELS)],
    "sex": [(each.name.lower(), int(each)) for each in SexLevel],
}


def fit(folder: Path) -> dict[str, Any]:
    """Draw, spoil, compare by number, and let Splink estimate."""
    source = Source(SEED, _units())
    write_against(Against(Order(source, PERSONS, None), SHARE, rates_of(source.read()[0], "subscribers")), folder, THREADS)
    snapshot = build(_persons(folder), KEY, "fitting")
    frame = unresolved_of(sorted((folder / "list").glob("part-*.parquet")), snapshot, SEED)
    records = ready(records_of(frame), KEY, YEAR)
    linker = _linker(frame, records, snapshot)
    linker.training.estimate_u_using_random_sampling(max_pairs=PAIRS, seed=SEED, min_count_per_level=None)
    linker.training.estimate_m_from_label_column("number")
    found = {name: _pairs(linker, name) for name in COMPARISONS}
    _count_out(found["sequence"])
    return {
        **found,
        "alike": _alike(snapshot),
        "share_known": SHARE_KNOWN,
        "how": {
            "script": "bench/fitting.py", "seed": str(SEED), "persons": str(snapshot.persons), "records": str(len(frame)),
            "pairs": str(PAIRS), "splink": version("splink"), "duckdb": version("duckdb"),
            "profile": "subscribers and bench/planting.py",
        },
    }  # fmt: skip


def _linker(frame: pl.DataFrame, records: Ready, snapshot: Snapshot) -> Any:
    import duckdb
    import splink.comparison_level_library as levels
    import splink.comparison_library as comparisons
    from splink import DuckDBAPI, Linker, SettingsCreator

    def packed(which: pa.Array, rows: pa.Array) -> pa.Array:
        made = levels_of_pairs(records, snapshot, which.to_numpy(), rows.to_numpy()).astype(np.int64)
        return pa.array(made @ (32 ** np.arange(len(COMPARISONS))))

    con = duckdb.connect()
    con.create_function("levels", packed, ["BIGINT", "BIGINT"], "BIGINT", type="arrow")
    numbers = snapshot.numbers_of(np.arange(snapshot.persons))
    truth = frame["true_personal_id"].replace("", None).cast(pl.Int64)
    con.register(
        "lists", pl.DataFrame({"unique_id": np.arange(len(frame)), "place": np.arange(len(frame)), "number": truth}).to_arrow()
    )
    con.register(
        "registry",
        pl.DataFrame({"unique_id": np.arange(len(numbers)), "place": np.arange(len(numbers)), "number": numbers}).to_arrow(),
    )
    api = DuckDBAPI(con)
    asked = []
    for at, name in enumerate(COMPARISONS):
        level = f"(levels(place_l, place_r) // {32**at}) % 32"
        known = [levels.CustomLevel(f"{level} = {number}", label) for label, number in LEVELS[name] if number]
        asked.append(comparisons.CustomComparison([*known, levels.ElseLevel()], output_column_name=name))
    settings = SettingsCreator(link_type="link_only", comparisons=asked, retain_intermediate_calculation_columns=False)
    tables = [api.register("lists", dataset_display_name="a_lists"), api.register("registry", dataset_display_name="b_registry")]
    return Linker(tables, settings)


def _pairs(linker: Any, name: str) -> dict[str, dict[str, float]]:
    model = linker.misc.save_model_to_json()
    comparison = next(each for each in model["comparisons"] if each["output_column_name"] == name)
    made = {}
    for level in comparison["comparison_levels"]:
        label = level.get("label_for_charts", "")
        if label in dict(LEVELS[name]):
            made[label] = {"m": _kept(level.get("m_probability")), "u": _kept(level.get("u_probability"))}
    return made


def _kept(value: float | None) -> float:
    """What was never seen is rare, not impossible."""
    return round(max(value or 0.0, 1e-5 if value is None or value == 0 else value), 9)


def _count_out(sequence: dict[str, dict[str, float]]) -> None:
    """Six digits that are equal, or one edit apart, by chance: too rare for a sample, and some of its pairs are one person."""
    read = sum(pair["u"] for pair in sequence.values())
    sequence["equal"]["u"] = round(read * 1e-6, 9)
    sequence["one_edit"]["u"] = round(read * (6 * 9 + 5 * 0.9) * 1e-6, 9)


def _alike(snapshot: Snapshot) -> dict[str, float]:
    """The chance that two persons share a name, by each of its keys."""
    masks = {"name": (1, 0xFFFFFFFF), "bare": (3, 0xFFFFFFFF), "any_order": (5, 0xFFFFFFFF), "ends": (6, 0xFFFFFFFF & ~WORDS_MASK)}
    made = {}
    for name, (column, mask) in masks.items():
        counts = np.unique(snapshot.rows[:, column] & np.uint32(mask), return_counts=True)[1].astype(np.float64)
        made[name] = round(float(((counts / snapshot.persons) ** 2).sum()), 9)
    return made


if __name__ == "__main__":
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--data", type=Path, required=True, help="folder that keeps what was drawn")
    fitted = fit(given.parse_args().data)
    FITTED.write_text(json.dumps(fitted, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(fitted, indent=1), file=sys.stderr)
