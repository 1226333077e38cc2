"""A snapshot laid out on disk, for a registry that does not fit into memory twice: parts are written as they come, then ordered.

Beside the page cache it takes some sixty bytes a person. The order is by number; of two persons with one number (there is none in
a registry) the earlier comes first. The same persons in the same order give the same bytes.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dancu.reconcile.engine.build import PartRows, Persons, blocks_of, gather_names, rows_of
from dancu.reconcile.engine.name_keys import NameKey
from dancu.reconcile.engine.snapshot import WORDS, describe, index_numbers, index_old

ROWS_AT_ONCE = 2_000_000


class _Spool:
    """What the parts become, in the order they came."""

    def __init__(self, folder: Path) -> None:
        self._rows, self._names = (folder / "rows.bin").open("wb"), (folder / "names.bin").open("wb")
        self.folder, self.count = folder, 0
        self.numbers: list[NDArray[np.int64]] = []
        self.lengths: list[NDArray[np.uint16]] = []
        self.communes: list[NDArray[np.uint32]] = []
        self.old: list[tuple[NDArray[np.uint32], NDArray[np.int64]]] = []

    def put(self, part: Persons, made: PartRows) -> None:
        in_turn = np.empty(len(made.names), np.uint8)
        gather_names(made.names, made.starts, made.lengths, np.arange(len(made.lengths)), in_turn, 0)
        made.rows.tofile(self._rows)
        in_turn.tofile(self._names)
        self.numbers.append(part.numbers)
        self.lengths.append(made.lengths)
        self.communes.append(part.communes)
        self.old.append((part.old_numbers, part.old_of + self.count))
        self.count += len(part.numbers)

    def close(self) -> None:
        self._rows.close()
        self._names.close()

    def mapped(self, name: str, kind: type[Any]) -> NDArray[Any]:
        file = self.folder / name
        return np.memmap(file, kind, "r") if file.stat().st_size else np.empty(0, kind)


def lay_out(folder: Path, parts: Iterable[Persons], key: NameKey, version: str, more: dict[str, object]) -> int:
    """Write a snapshot to an empty folder from parts in any order (*lập bản chụp trên đĩa*); gives how many persons it has.

    `more` is said of it in its description, which is written last: a folder without one is no snapshot.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # it says as much of people as the registry does
    working = folder / "unfinished"
    working.mkdir()
    spool = _Spool(working)
    for part in parts:
        spool.put(part, rows_of(part, key))
    spool.close()
    _put_in_order(folder, spool)
    describe(folder, version, spool.count, more)
    shutil.rmtree(working)
    return spool.count


def _put_in_order(folder: Path, spool: _Spool) -> None:
    numbers = np.concatenate([np.empty(0, np.int64), *spool.numbers])
    spool.numbers.clear()
    order = np.argsort(numbers, kind="stable")
    _write_rows(folder, spool, order)
    _write_names(folder, spool, order)
    np.save(folder / "communes.npy", np.concatenate([np.empty(0, np.uint32), *spool.communes])[order])
    cell_starts, table = index_numbers(numbers[order])
    np.save(folder / "cell_starts.npy", cell_starts)
    np.save(folder / "table.npy", table)
    del cell_starts, table, numbers
    place = np.empty(spool.count, np.uint32)
    place[order] = np.arange(spool.count, dtype=np.uint32)
    old_numbers = np.concatenate([np.empty(0, np.uint32), *(each for each, _of in spool.old)])
    old_of = np.concatenate([np.empty(0, np.int64), *(of for _each, of in spool.old)])
    for name, array in zip(("old", "old_rows", "old_buckets"), index_old(old_numbers, place[old_of]), strict=True):
        np.save(folder / f"{name}.npy", array)


def _write_rows(folder: Path, spool: _Spool, order: NDArray[np.int64]) -> None:
    came = spool.mapped("rows.bin", np.uint32).reshape(-1, WORDS)
    out = np.lib.format.open_memmap(folder / "rows.npy", "w+", np.uint32, (spool.count, WORDS))
    for begin in range(0, spool.count, ROWS_AT_ONCE):
        out[begin : begin + ROWS_AT_ONCE] = came[order[begin : begin + ROWS_AT_ONCE]]
    out.flush()


def _write_names(folder: Path, spool: _Spool, order: NDArray[np.int64]) -> None:
    came = spool.mapped("names.bin", np.uint8)
    lengths = np.concatenate([np.empty(0, np.uint16), *spool.lengths])
    starts = np.cumsum(lengths, dtype=np.int64) - lengths
    out = np.lib.format.open_memmap(folder / "names.npy", "w+", np.uint8, (len(came),))
    gather_names(came, starts, lengths, order, out, 0)
    out.flush()
    np.save(folder / "name_lengths.npy", lengths[order])
    np.save(folder / "name_blocks.npy", blocks_of(lengths[order]))
