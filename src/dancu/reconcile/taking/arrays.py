"""The arrays of the engine, written part by part: never whole in memory, the same bytes as if they had been."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dancu.reconcile.engine.arrow import text_column
from dancu.reconcile.engine.snapshot import MARK_CANCELLED, NAMES_A_BLOCK, OLD_SHIFT, WORDS, index_numbers
from dancu.reconcile.taking.parts import distinct, rows_from

OLD_SPAN = 40_000_000  # old numbers are sorted in stretches of so many
OLD_NUMBERS = 1_000_000_000
_PAIR = np.dtype([("old", "<u4"), ("holder", "<i8")])
_MARK_SHIFT = 20


class GrowingArray:
    """A `.npy` file that is appended to; its header says how much there is when it is closed."""

    def __init__(self, file: Path, kind: Any, row: tuple[int, ...] = ()) -> None:
        self._file, self._kind, self._row, self._count = file.open("w+b"), np.dtype(kind), row, 0
        self._header()

    def append(self, values: NDArray[Any]) -> None:
        assert values.shape[1:] == self._row
        self._file.write(np.ascontiguousarray(values, self._kind).data)
        self._count += len(values)

    def close(self) -> None:
        begin = self._file.tell() - self._count * self._kind.itemsize * int(np.prod(self._row, dtype=np.int64))
        self._file.seek(0)
        self._header()
        assert self._file.tell() == begin, "numpy leaves room in the header for an array to grow"
        self._file.close()

    def _header(self) -> None:
        described = {"descr": self._kind.str, "fortran_order": False, "shape": (self._count, *self._row)}
        np.lib.format.write_array_header_1_0(self._file, described)


class ArraysWriter:
    """Takes the parts in the order of their numbers (*ghi các mảng của bản chụp*)."""

    def __init__(self, folder: Path, scratch: Path) -> None:
        self._folder, self._scratch = folder, scratch
        self._rows = self._growing("rows", np.uint32, (WORDS,))
        self._communes = self._growing("communes", np.uint32)
        self._names, self._lengths = self._growing("names", np.uint8), self._growing("name_lengths", np.uint16)
        self._blocks = self._growing("name_blocks", np.int64)
        self._blocks.append(np.zeros(1, np.int64))
        self._numbers = (scratch / "numbers").open("wb")
        self._old = [(scratch / f"old-{at:02d}").open("wb") for at in range(OLD_NUMBERS // OLD_SPAN)]
        self.persons, self._name_bytes = 0, 0

    def add(self, part: pa.Table) -> None:
        names, offsets = text_column(part.column("name"))
        numbers, lengths = part.column("number").to_numpy(), np.diff(offsets)
        self._rows.append(rows_from(part))
        self._communes.append(part.column("commune").to_numpy().view(np.uint32))
        self._names.append(names[offsets[0] : offsets[-1]])
        self._lengths.append(lengths)
        ends = np.cumsum(lengths) + self._name_bytes
        self._blocks.append(ends[NAMES_A_BLOCK - 1 - self.persons % NAMES_A_BLOCK :: NAMES_A_BLOCK])
        self._numbers.write(numbers.data)
        self._add_old(part, numbers)
        self._name_bytes += int(lengths.sum())
        self.persons += part.num_rows

    def finish(self) -> None:
        """Find the rows of numbers: the table of the new ones, the sorted list of the old ones."""
        for array in (self._rows, self._communes, self._names, self._lengths, self._blocks):
            array.close()
        for file in (self._numbers, *self._old):
            file.close()
        mapped = np.memmap(self._scratch / "numbers", np.int64, "r+") if self.persons else np.zeros(0, np.int64)
        numbers = np.asarray(mapped)
        cell_starts, table = index_numbers(numbers)
        np.save(self._folder / "cell_starts.npy", cell_starts)
        np.save(self._folder / "table.npy", table)
        del table
        self._index_old(numbers)

    def _growing(self, name: str, kind: Any, row: tuple[int, ...] = ()) -> GrowingArray:
        return GrowingArray(self._folder / f"{name}.npy", kind, row)

    def _add_old(self, part: pa.Table, numbers: NDArray[np.int64]) -> None:
        """An old number leads to who holds it now: of a replaced number to the successor, of a cancelled one to nobody."""
        lists = part.column("old_numbers").combine_chunks()
        old = lists.flatten().to_numpy()
        if not len(old):
            return
        successors = part.column("successor").to_numpy()
        is_cancelled = (part.column("marks").to_numpy() & (MARK_CANCELLED >> _MARK_SHIFT)) != 0
        holders = np.where(successors > 0, successors, np.where(is_cancelled, -1, numbers))
        of = np.repeat(holders, np.diff(lists.offsets.to_numpy()))
        pairs = np.empty(len(old), _PAIR)
        pairs["old"], pairs["holder"] = old, of
        pairs = pairs[of >= 0]
        spans = pairs["old"] // OLD_SPAN
        for span in np.unique(spans):
            self._old[int(span)].write(pairs[spans == span].tobytes())

    def _index_old(self, numbers: NDArray[np.int64]) -> None:
        old, rows, buckets = (self._growing(name, np.uint32) for name in ("old", "old_rows", "old_buckets"))
        done = 0
        for span in range(len(self._old)):
            pairs = np.fromfile(self._scratch / f"old-{span:02d}", _PAIR)
            sorted_old, their_rows = _with_rows(pairs, numbers)
            counts = np.bincount((sorted_old - np.uint32(span * OLD_SPAN)) >> OLD_SHIFT, minlength=OLD_SPAN >> OLD_SHIFT)
            ends = np.cumsum(counts)
            buckets.append(ends - counts + done)
            old.append(sorted_old)
            rows.append(their_rows)
            done += len(sorted_old)
        buckets.append(np.full(2, done))
        for each in (old, rows, buckets):
            each.close()


def _with_rows(pairs: NDArray[Any], numbers: NDArray[np.int64]) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Old numbers sorted, each once a holder, with the holder's row; a holder who is not in the snapshot has none."""
    if not len(pairs) or not len(numbers):
        return np.zeros(0, np.uint32), np.zeros(0, np.uint32)
    rows = np.minimum(np.searchsorted(numbers, pairs["holder"]), len(numbers) - 1)
    is_here = numbers[rows] == pairs["holder"]
    both = distinct(pairs["old"][is_here].astype(np.int64) << 32 | rows[is_here])
    return (both >> 32).astype(np.uint32), both.astype(np.uint32)
