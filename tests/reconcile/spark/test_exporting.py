"""A snapshot as Parquet: every person by her number, every old number with its persons, bits as they were."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dancu.reconcile.engine.snapshot import Snapshot
from dancu.reconcile.spark import exporting
from dancu.reconcile.spark.exporting import export_parquet
from tests.reconcile.engine.columns import snapshot
from tests.reconcile.spark.lists import odd_snapshot

NAME, BORN = "Trần Văn Thử", "1993-02-03"


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "ROWS_A_GROUP", 700)
    monkeypatch.setattr(exporting, "ROWS_A_FILE", 2000)


def words_of(table: pa.Table) -> np.ndarray:
    """The eight words of each exported row as the engine has them."""
    key = table["key"].to_numpy().view(np.uint64)
    rest = [table[name].to_numpy().view(np.uint32) for name in ("marks", "bare", "soft", "any_order", "ends", "birth")]
    return np.column_stack([rest[0], key.astype(np.uint32), (key >> np.uint64(32)).astype(np.uint32), *rest[1:]])


def crowded() -> tuple[list[str], Snapshot]:
    chance = random.Random(5)
    numbers = {f"001093{at:06d}" for at in range(3000)} | {f"{chance.randrange(10**12):012d}" for _ in range(3000)}
    ordered = sorted(numbers | {"000000000000", "999999999999"})
    old = {number: f"{at + 10_000_000:09d}" for at, number in enumerate(ordered) if at % 3 == 0}
    names = (f"Lê {chr(97 + at % 26)}{chr(97 + at // 26 % 26)}" for at in range(len(ordered)))
    return ordered, snapshot(*((number, name, BORN) for number, name in zip(ordered, names, strict=True)), old=old)


def test_every_person_is_exported_by_her_number_with_the_words_of_her_row(tmp_path: Path) -> None:
    numbers, known = crowded()

    export_parquet(known, tmp_path / "out")

    persons = pq.read_table(tmp_path / "out" / "persons")
    assert persons["number"].to_pylist() == [int(number) for number in numbers]
    assert persons["row"].to_pylist() == list(range(len(numbers)))
    np.testing.assert_array_equal(words_of(persons), known.rows)
    assert len(list((tmp_path / "out" / "persons").iterdir())) > 2, "large snapshots become several files"


def test_every_old_number_is_exported_with_each_of_its_persons(tmp_path: Path) -> None:
    known = odd_snapshot()

    export_parquet(known, tmp_path / "out")

    old = pq.read_table(tmp_path / "out" / "old")
    assert old["old"].to_pylist() == known.old.tolist()
    assert old["row"].to_pylist() == known.old_rows.tolist()
    np.testing.assert_array_equal(words_of(old), known.rows[known.old_rows])


def test_of_rows_with_one_number_the_first_is_exported_as_a_look_up_finds_it(tmp_path: Path) -> None:
    numbers = [f"001093{at // 2:06d}" for at in range(3000)]
    known = snapshot(*((number, f"{NAME} {chr(97 + at % 26)}", BORN) for at, number in enumerate(numbers)))

    export_parquet(known, tmp_path / "out")

    assert pq.read_table(tmp_path / "out" / "persons")["row"].to_pylist() == list(range(0, 3000, 2))


def test_an_export_says_of_which_snapshot_it_is(tmp_path: Path) -> None:
    export_parquet(odd_snapshot(), tmp_path / "out")

    assert (tmp_path / "out").stat().st_mode & 0o077 == 0, "it holds numbers and dates of the registry"
    described = json.loads((tmp_path / "out" / "exported.json").read_text(encoding="utf-8"))
    assert described == {"format": exporting.FORMAT, "version": "lạ", "persons": 7}


def test_nobody_is_exported_as_tables_without_rows(tmp_path: Path) -> None:
    known = odd_snapshot()

    export_parquet(replace(known, old=known.old[:0], old_rows=known.old_rows[:0]), tmp_path / "out")

    assert pq.read_table(tmp_path / "out" / "old").schema.names[0] == "old"


def test_half_an_export_is_none_and_leaves_the_one_before(tmp_path: Path) -> None:
    known = odd_snapshot()
    export_parquet(known, tmp_path / "out")

    with pytest.raises(IndexError):
        export_parquet(replace(known, old_rows=known.old_rows + np.uint32(99)), tmp_path / "out")
    with pytest.raises(IndexError):
        export_parquet(replace(known, old_rows=known.old_rows + np.uint32(99)), tmp_path / "other")

    assert pq.read_table(tmp_path / "out" / "old").num_rows == len(known.old)
    assert not (tmp_path / "other").exists()

    export_parquet(known, tmp_path / "other")
    assert pq.read_table(tmp_path / "other" / "persons").num_rows == 7
