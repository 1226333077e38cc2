"""Thirty thousand simulated persons, a list against them with mistakes planted, and the truth beside it: how many are found.

Seeds are others than those the weights were fitted on. Floors stand somewhat below what was seen: precision 0.9998, recall 0.99.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from bench.reconcile import KEY, YEAR, _persons
from bench.unresolved import records_of, unresolved_of

from dancu.population.api import UNITS_FILE
from dancu.reconcile.candidates import streaming
from dancu.reconcile.candidates.deciding import Candidates
from dancu.reconcile.candidates.finding import find
from dancu.reconcile.candidates.weights import read_weights
from dancu.reconcile.engine.build import build
from dancu.reconcile.engine.lookup import NO_ROW
from dancu.reconcile.engine.snapshot import Snapshot
from dancu.synth.api import Against, Order, Source, rates_of, write_against

PERSONS, SEED = 30_000, 23
ARRAYS = ("row", "probability", "margin", "how_many", "is_clear")


@dataclass(frozen=True)
class Planted:
    snapshot: Snapshot
    frame: pl.DataFrame

    def found(self, *, one_to_one: bool = False, threads: int = 2) -> Candidates:
        records = records_of(self.frame)
        return find(records, self.snapshot, KEY, YEAR, read_weights(), one_to_one=one_to_one, threads=threads)


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Planted:
    folder = tmp_path_factory.mktemp("nation")
    source = Source(SEED, UNITS_FILE)
    write_against(Against(Order(source, PERSONS, None), 0.9, rates_of(source.read()[0], "subscribers")), folder, 1)
    snapshot = build(_persons(folder), KEY, "thử")
    return Planted(snapshot, unresolved_of(_lists(folder), snapshot, SEED))


def _lists(folder: Path) -> list[Path]:
    return sorted((folder / "list").glob("part-*.parquet"))


def test_most_persons_are_found_and_hardly_anybody_wrongly(planted: Planted) -> None:
    made = planted.found()

    true = planted.frame["true_personal_id"].replace("", "-1").cast(pl.Int64).to_numpy()
    right = (planted.snapshot.numbers_of(np.where(made.row == NO_ROW, 0, made.row)) == true) & made.is_clear
    assert len(true) > 1000
    assert right.sum() / made.is_clear.sum() >= 0.998
    assert right.sum() / (true >= 0).sum() >= 0.98


def test_a_probability_is_what_it_says(planted: Planted) -> None:
    made = planted.found()

    true = planted.frame["true_personal_id"].replace("", "-1").cast(pl.Int64).to_numpy()
    has = made.row != NO_ROW
    right = planted.snapshot.numbers_of(made.row[has]) == true[has]
    assert abs(right.mean() - made.probability[has].mean()) < 0.01


def test_in_a_list_of_everybody_once_nobody_is_the_candidate_of_two(planted: Planted) -> None:
    made = planted.found(one_to_one=True)

    rows = made.row[made.row != NO_ROW]
    assert len(rows) > 1000
    assert len(np.unique(rows)) == len(rows)


def test_the_same_is_found_however_the_registry_is_shared_out(planted: Planted, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = planted.found(threads=1)
    monkeypatch.setattr(streaming, "ROWS_A_PIECE", 777)

    shared = planted.found(threads=3)

    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(shared, name), getattr(alone, name))
