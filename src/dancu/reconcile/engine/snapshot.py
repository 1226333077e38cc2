"""The registry as sorted arrays on disk, mapped into memory: a second job on the same snapshot starts at once.

A row is eight words of four bytes, half a line of memory: sequence and marks; the name's key (two words); the keys of its letters
without marks, of its looser form, of its words in order of letters, of its first and last word; the birth date with the rest.
Twelve digits are found through the six before the sequence: each of those cells is cut into buckets of some three persons.
Beside the rows stand what only a second look needs: the canonical forms of the names, and the commune a person lives in.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dancu.reconcile.compiling import compiled

CELLS = 1_000_000  # province, century and sex, year: the six digits before the sequence
SEQUENCES = 1_000_000
ROWS_A_BUCKET = 3
OLD_SHIFT = 5  # thirty-two old numbers a bucket: two or three persons
SEQUENCE_MASK = (1 << 20) - 1
MARK_DEAD, MARK_REPLACED, MARK_CANCELLED = 1 << 20, 1 << 21, 1 << 22
FORMAT = 2
WORDS = 8
NAMES_A_BLOCK = 64
_FILES = (
    "rows", "first_bucket", "shift", "buckets", "old", "old_rows", "old_buckets",
    "communes", "names", "name_lengths", "name_blocks",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A registry at one moment, to compare lists with (*bản chụp dân cư*). Arrays are read-only maps of files."""

    rows: NDArray[np.uint32]  # (persons, 8), sorted by number
    first_bucket: NDArray[np.uint32]  # per cell
    shift: NDArray[np.uint8]  # per cell: sequence >> shift is the bucket
    buckets: NDArray[np.uint32]  # where the rows of a bucket begin
    old: NDArray[np.uint32]  # sorted nine-digit numbers
    old_rows: NDArray[np.uint32]  # and whose they are
    old_buckets: NDArray[np.uint32]
    communes: NDArray[np.uint32]  # the code of the present commune, 0 where none is known
    names: NDArray[np.uint8]  # canonical forms in UTF-8, end to end
    name_lengths: NDArray[np.uint16]  # bytes
    name_blocks: NDArray[np.int64]  # where each block of sixty-four names begins
    version: str = ""

    @property
    def persons(self) -> int:
        return len(self.rows)

    def name_of(self, row: int) -> str:
        """The canonical form of a registered name."""
        block = row // NAMES_A_BLOCK
        start = int(self.name_blocks[block]) + int(self.name_lengths[block * NAMES_A_BLOCK : row].sum())
        return self.names[start : start + int(self.name_lengths[row])].tobytes().decode("utf-8")

    def numbers_of(self, rows: NDArray[np.integer[Any]]) -> NDArray[np.int64]:
        """The personal numbers of rows; the six leading digits are the cell whose rows they lie among."""
        cells = np.searchsorted(self.buckets[self.first_bucket], rows, side="right") - 1
        sequences: NDArray[np.int64] = (self.rows[rows, 0] & np.uint32(SEQUENCE_MASK)).astype(np.int64)
        return cells * SEQUENCES + sequences


def save_arrays(folder: Path, snapshot: Snapshot, more: dict[str, object]) -> None:
    """Write a snapshot's arrays; the description is written last, so that half a snapshot is none."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in _FILES:
        np.save(folder / f"{name}.npy", getattr(snapshot, name))
    described = {"format": FORMAT, "version": snapshot.version, "persons": snapshot.persons, **more}
    (folder / "snapshot.json").write_text(json.dumps(described, indent=1, sort_keys=True), encoding="utf-8")


def open_snapshot(folder: Path) -> Snapshot:
    """Map a snapshot into memory. Raises `FileNotFoundError` where there is none."""
    described = json.loads((folder / "snapshot.json").read_text(encoding="utf-8"))
    if described["format"] != FORMAT:
        raise ValueError(f"snapshot format {described['format']}, this program reads {FORMAT}")
    arrays = {name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in _FILES}
    return Snapshot(**arrays, version=str(described["version"]))


@compiled
def _index_cells(numbers, first_bucket, shift, buckets, is_counting):  # type: ignore[no-untyped-def]
    """Cut every cell into buckets; gives how many there are. `numbers` is sorted. Counting first, then writing."""
    used, at, count = 0, 0, len(numbers)
    for cell in range(CELLS):
        start = at
        while at < count and numbers[at] // SEQUENCES == cell:
            at += 1
        size = at - start
        first_bucket[cell] = used
        width = 0
        if size > 0:
            spread = SEQUENCES // (size // ROWS_A_BUCKET + 1)
            while (1 << (width + 1)) <= spread and width < 19:
                width += 1
        else:
            width = 31
        shift[cell] = width
        pieces = ((SEQUENCES - 1) >> width) + 1
        if not is_counting:
            row = start
            for piece in range(pieces):
                while row < at and ((numbers[row] % SEQUENCES) >> width) < piece:
                    row += 1
                buckets[used + piece] = row
            buckets[used + pieces] = at
        used += pieces + 1
    return used


def index_cells(numbers: NDArray[np.int64]) -> tuple[NDArray[np.uint32], NDArray[np.uint8], NDArray[np.uint32]]:
    """First buckets, shifts and buckets of sorted twelve-digit numbers."""
    first_bucket, shift = np.empty(CELLS, np.uint32), np.empty(CELLS, np.uint8)
    used = _index_cells(numbers, first_bucket, shift, np.empty(0, np.uint32), True)
    buckets = np.empty(used, np.uint32)
    _index_cells(numbers, first_bucket, shift, buckets, False)
    return first_bucket, shift, buckets


def index_old(old: NDArray[np.uint32], rows: NDArray[np.uint32]) -> tuple[NDArray[np.uint32], ...]:
    """Nine-digit numbers with the rows they belong to, sorted, and where each bucket of them begins."""
    order = np.argsort(old, kind="stable")
    old, rows = old[order], rows[order]
    edges = np.arange((1_000_000_000 >> OLD_SHIFT) + 2, dtype=np.uint64) << OLD_SHIFT
    return old, rows, np.searchsorted(old, edges).astype(np.uint32)
