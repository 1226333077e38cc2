"""From blocks in any order to a sorted nation in bounded memory: sorted runs on disk, then a stretch of numbers from each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from dancu.population.api import BulkRows
from dancu.reconcile.engine.snapshot import MARK_CANCELLED, MARK_DEAD, MARK_REPLACED
from dancu.reconcile.taking.communes import Communes

RUN_ROWS = 1_500_000  # in memory before they are sorted and put down: some 150 MB
# Of `domain.NumberState` and `domain.LifeStatus`: how the registry keeps them in its table.
_REPLACED, _CANCELLED, _DEAD = 1, 2, 1


class RunWriter:
    """Takes blocks of one reader and puts them down in sorted runs (*ghi từng chuỗi đã sắp xếp*). One a thread."""

    def __init__(self, folder: Path, name: str, communes: Communes, left_out: NDArray[np.int64]) -> None:
        self._folder, self._name, self._communes, self._left_out = folder, name, communes, left_out
        self._people: list[pl.DataFrame] = []
        self._pairs: list[pl.DataFrame] = []
        self._rows, self._runs = 0, 0

    def add(self, block: BulkRows) -> int:
        """Gives how many persons it brought."""
        people = block.people
        marks = _marks_of(people)
        people = people.select("number", "date", "name", "old_number").with_columns(
            pl.Series("marks", marks), pl.Series("commune", self._communes.of(block.people["place"]))
        )
        if len(self._left_out):
            people = people.filter(~pl.Series(np.isin(people["number"].to_numpy(), self._left_out)))
        self._people.append(people)
        for kind, pairs in (("successor", block.successors), ("card", block.card_numbers)):
            if len(pairs):
                self._pairs.append(pairs.with_columns(pl.lit(kind == "card").alias("is_card")))
        self._rows += len(people)
        if self._rows >= RUN_ROWS:
            self.finish()
        return len(people)

    def finish(self) -> None:
        if not self._rows:
            return
        name = f"{self._name}-{self._runs:04d}"
        _put_down(pl.concat(self._people).sort("number"), self._folder / f"{name}.people")
        if self._pairs:
            _put_down(pl.concat(self._pairs), self._folder / f"{name}.pairs")
        self._people, self._pairs, self._rows, self._runs = [], [], 0, self._runs + 1


class Runs:
    """All runs of a folder, mapped, cut at the same numbers (*các chuỗi đã sắp xếp*)."""

    def __init__(self, folder: Path, bounds: Sequence[int]) -> None:
        self._people = [_mapped(file) for file in sorted(folder.glob("*.people"))]
        self._cuts = [np.searchsorted(each.column("number").to_numpy(), bounds).tolist() for each in self._people]
        pairs = [pl.DataFrame(pl.from_arrow(_mapped(file))) for file in sorted(folder.glob("*.pairs"))]
        nobody = pl.DataFrame(schema={"number": pl.Int64, "value": pl.Int64, "is_card": pl.Boolean})
        self._pairs = pl.concat([nobody, *pairs]).sort("number", "is_card", "value")
        self._bounds = bounds

    def part(self, place: int) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Persons between two bounds in the order of their numbers, and the pairs of numbers that belong to them."""
        stretches = [
            pl.DataFrame(pl.from_arrow(each.slice(cuts[place], cuts[place + 1] - cuts[place])))
            for each, cuts in zip(self._people, self._cuts, strict=True)
            if cuts[place + 1] > cuts[place]
        ]
        begin, end = np.searchsorted(self._pairs["number"].to_numpy(), self._bounds[place : place + 2]).tolist()
        people = pl.concat(stretches).sort("number") if stretches else _nobody()
        return people, self._pairs.slice(begin, end - begin)


def numbers_of(folder: Path) -> NDArray[np.int64]:
    """Everybody's in the runs there are, sorted."""
    found = [_mapped(file).column("number").to_numpy() for file in sorted(folder.glob("*.people"))]
    return np.sort(np.concatenate(found)) if found else np.zeros(0, np.int64)


def cut(sample: NDArray[np.int64], people_about: int, rows_a_part: int) -> list[int]:
    """Where to cut the nation into parts of about so many: at the beginning of a cell of a million numbers."""
    pieces = max(1, round(people_about / rows_a_part))
    places = np.arange(1, pieces) * len(sample) // pieces
    inner = {int(number) // 1_000_000 * 1_000_000 for number in sample[places]} if len(sample) else set()
    return [0, *sorted(inner - {0}), 10**12]


def _marks_of(people: pl.DataFrame) -> NDArray[np.uint32]:
    state, life = people["state"].to_numpy(), people["life"].to_numpy()
    marks: NDArray[np.uint32] = (life == _DEAD) * np.uint32(MARK_DEAD)
    marks |= (state == _REPLACED) * np.uint32(MARK_REPLACED)
    marks |= (state == _CANCELLED) * np.uint32(MARK_CANCELLED)
    return marks.astype(np.uint32)


def _put_down(frame: pl.DataFrame, file: Path) -> None:
    frame.rechunk().write_ipc(file, compression="uncompressed")


def _mapped(file: Path) -> pa.Table:
    return pa.ipc.open_file(pa.memory_map(str(file))).read_all()


def _nobody() -> pl.DataFrame:
    numbers = {"number": pl.Int64, "date": pl.UInt32, "name": pl.String}
    return pl.DataFrame(schema={**numbers, "old_number": pl.UInt32, "marks": pl.UInt32, "commune": pl.UInt32})
