"""A snapshot laid out on disk part by part is the one built in memory at once, byte for byte."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from dancu.reconcile.engine import laying
from dancu.reconcile.engine.build import Persons, build
from dancu.reconcile.engine.laying import lay_out
from dancu.reconcile.engine.snapshot import MARK_DEAD, open_snapshot
from tests.reconcile.engine.columns import KEY, persons

ARRAYS = ("rows", "cell_starts", "table", "old", "old_rows", "old_buckets", "communes", "names", "name_lengths", "name_blocks")


def parts() -> list[Persons]:
    known = [(f"0{at * 7919 % 96:02d}093{at * 31 % 1_000_000:06d}", f"Trần Văn 𐌰 Thử {at}", "1993-02-03") for at in range(700)]
    old, marks = {known[at][0]: f"19100{at:04d}" for at in range(0, 700, 3)}, {known[5][0]: MARK_DEAD}
    return [persons(*known[begin : begin + 100], old=old, marks=marks) for begin in range(0, 700, 100)]


def test_laid_out_or_built_a_snapshot_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(laying, "ROWS_AT_ONCE", 37)

    count = lay_out(tmp_path / "one", iter(parts()), KEY, "thử", {"key_id": "k"})

    laid, built = open_snapshot(tmp_path / "one"), build(parts(), KEY, "thử")
    assert count == laid.persons == 700
    assert (tmp_path / "one").stat().st_mode & 0o077 == 0
    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(laid, name), getattr(built, name))
    assert sorted(file.name for file in (tmp_path / "one").iterdir()) == sorted([*(f"{n}.npy" for n in ARRAYS), "snapshot.json"])


def test_a_registry_of_nobody_is_a_snapshot_too(tmp_path: Path) -> None:
    lay_out(tmp_path / "none", iter([]), KEY, "trống", {})

    assert open_snapshot(tmp_path / "none").persons == 0


def test_what_broke_off_is_no_snapshot(tmp_path: Path) -> None:
    def broken() -> Iterator[Persons]:
        yield parts()[0]
        raise ConnectionError

    with pytest.raises(ConnectionError):
        lay_out(tmp_path / "half", broken(), KEY, "thử", {})

    with pytest.raises(FileNotFoundError):
        open_snapshot(tmp_path / "half")
