"""The registry as sorted arrays on disk, mapped into memory: a second job on the same snapshot starts at once.

A row is eight words of four bytes, half a line of memory: sequence and marks; the name's key (two words); the keys of its letters
without marks, of its looser form, of its words in order of letters, of its first and last word; the birth date with the rest.
A number is found through a table of lines as long as the processor's: each slot is the place of a row among those with the same six
digits before the sequence, and some bits of the number. However unevenly numbers were given, one line is read, then one row.
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
SLOTS = 16  # of a line of sixty-four bytes
NUMBERS_A_LINE = 12  # on average: three lines in four need no other
EMPTY = 0xFFFFFFFF
OLD_SHIFT = 5  # thirty-two old numbers a bucket: two or three persons
SEQUENCE_MASK = (1 << 20) - 1
MARK_DEAD, MARK_REPLACED, MARK_CANCELLED = 1 << 20, 1 << 21, 1 << 22
FORMAT = 3
WORDS = 8
NAMES_A_BLOCK = 64
_FILES = (
    "rows", "cell_starts", "table", "old", "old_rows", "old_buckets",
    "communes", "names", "name_lengths", "name_blocks",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A registry at one moment, to compare lists with (*bản chụp dân cư*). Arrays are read-only maps of files."""

    rows: NDArray[np.uint32]  # (persons, 8), sorted by number
    cell_starts: NDArray[np.uint32]  # the first row of each cell, and one more
    table: NDArray[np.uint32]  # lines of slots: the place of a row in its cell, and a mark of its number
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
        cells = np.searchsorted(self.cell_starts, rows, side="right") - 1
        sequences: NDArray[np.int64] = (self.rows[rows, 0] & np.uint32(SEQUENCE_MASK)).astype(np.int64)
        return cells * SEQUENCES + sequences


def save_arrays(folder: Path, snapshot: Snapshot, more: dict[str, object]) -> None:
    """Write a snapshot's arrays; the description is written last, so that half a snapshot is none."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in _FILES:
        np.save(folder / f"{name}.npy", getattr(snapshot, name))
    describe(folder, snapshot.version, snapshot.persons, more)


def describe(folder: Path, version: str, persons: int, more: dict[str, object]) -> None:
    """Say what a folder of arrays is; without this it is no snapshot."""
    described = {"format": FORMAT, "version": version, "persons": persons, **more}
    unfinished = folder / "snapshot.json.unfinished"
    unfinished.write_text(json.dumps(described, indent=1, sort_keys=True), encoding="utf-8")
    unfinished.replace(folder / "snapshot.json")


def open_snapshot(folder: Path) -> Snapshot:
    """Map a snapshot into memory. Raises `FileNotFoundError` where there is none."""
    described = json.loads((folder / "snapshot.json").read_text(encoding="utf-8"))
    if described["format"] != FORMAT:
        raise ValueError(f"snapshot format {described['format']}, this program reads {FORMAT}")
    arrays = {name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in _FILES}
    return Snapshot(**arrays, version=str(described["version"]))


@compiled
def home_of(number, lines, offset_bits):  # type: ignore[no-untyped-def]
    """The line of the table a number belongs to, and the mark that tells it from others there (SplitMix64's mixing)."""
    mixed = np.uint64(number)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    line = np.int64(((mixed >> np.uint64(32)) * np.uint64(lines)) >> np.uint64(32))
    return line, np.uint32((mixed & np.uint64(0xFFFFFFFF)) >> np.uint64(offset_bits))


@compiled
def _fill(numbers, cell_starts, table, lines, offset_bits):  # type: ignore[no-untyped-def]
    for row in range(len(numbers)):
        line, mark = home_of(numbers[row], lines, offset_bits)
        at = line * SLOTS
        while table[at] != EMPTY:
            at = at + 1 if at + 1 < len(table) else 0
        offset = row - cell_starts[numbers[row] // SEQUENCES]
        table[at] = np.uint32(offset) | (mark << np.uint32(offset_bits))


def index_numbers(numbers: NDArray[np.int64]) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Where each cell of sorted twelve-digit numbers begins, and the table that leads from a number to its row."""
    cell_starts = np.searchsorted(numbers, np.arange(CELLS + 1) * SEQUENCES).astype(np.uint32)
    lines = len(numbers) // NUMBERS_A_LINE + 1
    table = np.full(lines * SLOTS, EMPTY, np.uint32)
    _fill(numbers, cell_starts, table, lines, offset_bits_of(cell_starts))
    return cell_starts, table


def offset_bits_of(cell_starts: NDArray[np.uint32]) -> int:
    """How many bits the place of a row in its cell takes; the other bits of a slot are the number's mark."""
    return max(1, int(np.diff(cell_starts).max()).bit_length())


def index_old(old: NDArray[np.uint32], rows: NDArray[np.uint32]) -> tuple[NDArray[np.uint32], ...]:
    """Nine-digit numbers with the rows they belong to, sorted, and where each bucket of them begins."""
    order = np.argsort(old, kind="stable")
    old, rows = old[order], rows[order]
    starts = np.empty((1_000_000_000 >> OLD_SHIFT) + 2, np.uint32)
    _bucket_starts(old, starts)
    return old, rows, starts


@compiled
def _bucket_starts(old, starts):  # type: ignore[no-untyped-def]
    bucket = 0
    for at in range(len(old)):
        while bucket <= old[at] >> OLD_SHIFT:
            starts[bucket] = at
            bucket += 1
    starts[bucket:] = len(old)
