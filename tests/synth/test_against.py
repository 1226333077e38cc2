"""A nation to compare lists with: the same people, fewer columns, and a list beside each part."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from dancu.population.api import UNITS_FILE
from dancu.synth.api import Against, Order, Source, rates_of, write_against, write_nation

COUNT = 3000


def drawn(folder: Path, workers: int = 1) -> Path:
    order = Order(Source(5, UNITS_FILE), COUNT)
    write_against(Against(order, 0.5, rates_of(order.source.read()[0], "subscribers")), folder, workers)
    return folder


def test_the_people_are_those_of_the_whole_nation(tmp_path: Path) -> None:
    register = pl.read_parquet(drawn(tmp_path / "a") / "register" / "*.parquet")
    write_nation(Order(Source(5, UNITS_FILE), COUNT), tmp_path / "n", 1)
    whole = pl.read_parquet(tmp_path / "n" / "persons" / "*.parquet")
    said = ["personal_id", "full_name", "birth_date", "sex", "old_id_no"]
    in_force = pl.col("number_state") == "0"

    both = register.filter(in_force).select(said).join(whole.filter(in_force).select(said), on=said)

    assert len(both) == register.filter(in_force).height > 0.9 * COUNT


def test_a_list_names_people_of_its_register_and_says_what_is_wrong(tmp_path: Path) -> None:
    folder = drawn(tmp_path)
    register, lines = (pl.read_parquet(folder / name / "*.parquet") for name in ("register", "list"))

    assert lines.height == round(register.height * 0.5)
    assert set(lines["true_personal_id"]) <= set(register["personal_id"])
    assert 0.05 < (lines["causes"] != "").mean() < 0.6


def test_what_is_there_is_not_made_again(tmp_path: Path) -> None:
    made = drawn(tmp_path) / "list" / "part-00000.parquet"
    before = made.stat().st_mtime_ns

    drawn(tmp_path)

    assert made.stat().st_mtime_ns == before
