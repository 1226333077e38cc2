"""The rows of a text list in columns: blocks of the file, the compiled splitter, bad rows put aside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dancu.reconcile.reading.encodings import Encoding
from dancu.reconcile.reading.limits import Limits
from dancu.reconcile.reading.quarantine import Quarantine
from dancu.reconcile.reading.splitting import (
    BAD_LENGTH,
    CHECK_NOTHING,
    CHECK_REPLACED,
    CHECK_UTF_8,
    gather,
    split_rows,
    width_of,
)
from dancu.reconcile.reading.text_source import TextSource
from dancu.reconcile.reading.utf8_stream import Utf8Stream

BAD_AT_ONCE = 4096
ROWS_AT_ONCE = 256 * 1024
_LONG_HEAD = 4096  # of a line that has no end within a block, kept for the quarantine


@dataclass(frozen=True, slots=True)
class Column:
    """Texts as UTF-8 bytes end to end, with n + 1 offsets (*cột văn bản*)."""

    data: NDArray[np.uint8]
    offsets: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def text(self, at: int) -> str:
        return self.data[self.offsets[at] : self.offsets[at + 1]].tobytes().decode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class RawBatch:
    """Some good rows of a list, by column as wanted, and where the next one begins."""

    columns: list[Column]
    rows: NDArray[np.int64]
    bad_rows: int
    next_row: int
    next_offset: int


class _Growing:
    """A column that is being filled."""

    def __init__(self, rows: int) -> None:
        self.data = np.empty(rows * 16, np.uint8)
        self.offsets = np.zeros(rows + 1, np.int64)

    def take(self, block: NDArray[np.uint8], spans: NDArray[np.int32], count: int, slot: int, filled: int) -> None:
        needed = int(self.offsets[filled]) + int(width_of(spans, count, slot))
        if needed > len(self.data):
            larger = np.empty(max(needed, len(self.data) * 3 // 2), np.uint8)
            larger[: self.offsets[filled]] = self.data[: self.offsets[filled]]
            self.data = larger
        gather(block, spans, count, slot, self.data, self.offsets, filled)

    def column(self, count: int) -> Column:
        offsets = self.offsets[: count + 1]
        return Column(self.data[: offsets[count]], offsets)


class TextRows:
    """Reads on from a place; one object is one pass (*đọc danh sách văn bản*)."""

    def __init__(self, source: TextSource, wanted: Sequence[int], limits: Limits, quarantine: Quarantine) -> None:
        self._source, self._wanted, self._limits, self._quarantine = source, wanted, limits, quarantine
        self._rules = (ord(source.delimiter), ord('"'), ord(source.newline), source.fields, limits.row_bytes_max)
        self._slots = np.full(source.fields, -1, np.int8)
        self._slots[list(wanted)] = np.arange(len(wanted))
        self._block = np.empty(limits.block_bytes + limits.row_bytes_max, np.uint8)
        self._spans = np.empty((ROWS_AT_ONCE, len(wanted), 2), np.int32)
        self._bad = np.empty((BAD_AT_ONCE, 4), np.int64)
        self._at = self._whole = self._end = 0  # of the block: read so far, end of its last whole line, end of what is in it
        self._is_last, self._check = False, CHECK_NOTHING
        self._has_no_end = self._is_skipping = False  # a line longer than a block, and being in the midst of one

    def batches(self, rows: int, row: int, offset: int) -> Iterator[RawBatch]:
        """Batches of exactly `rows` good rows, the last one of fewer."""
        with self._source.stream(offset) as stream:
            while True:
                growing, numbers = [_Growing(rows) for _ in self._wanted], np.empty(rows, np.int64)
                filled = bad_rows = 0
                while filled < rows and (self._at < self._whole or self._more(stream)):
                    good, bad, row, read = self._step(numbers, filled, rows - filled, row, growing)
                    filled, bad_rows, offset = filled + good, bad_rows + bad, offset + read
                if filled or bad_rows:
                    self._quarantine.flush()
                    yield RawBatch([each.column(filled) for each in growing], numbers[:filled], bad_rows, row, offset)
                if filled < rows:
                    return

    def _step(
        self, numbers: NDArray[np.int64], filled: int, wanted: int, row: int, growing: list[_Growing]
    ) -> tuple[int, int, int, int]:
        """One call of the compiled splitter; gives good and bad rows, the next row's number, and the bytes they took."""
        if self._has_no_end or self._is_skipping:
            return self._give_up_line(row)
        begin = self._at
        self._at, good, bad, next_row = split_rows(
            self._block,
            begin,
            self._whole,
            self._is_last,
            self._rules,
            self._check,
            self._slots,
            self._spans,
            numbers[filled:],
            min(wanted, ROWS_AT_ONCE),
            row,
            self._bad,
        )
        for slot, column in enumerate(growing):
            column.take(self._block, self._spans, good, slot, filled)
        for number, start, end, reason in self._bad[:bad].tolist():
            self._quarantine.put(number, self._block[start : min(end, start + _LONG_HEAD)].tobytes(), reason)
        if not good and not bad and next_row == row:
            self._whole = self._at  # the rest of the block is a quotation that goes on in the next
        return good, bad, next_row, self._at - begin

    def _more(self, stream: Utf8Stream) -> bool:
        """Fill the block behind what is left of it; False at the end of the list."""
        if self._is_last:
            return False
        left = self._end - self._at
        self._block[:left] = self._block[self._at : self._end]
        room = min(len(self._block) - left, self._limits.block_bytes)
        got = stream.read_into(memoryview(self._block.data)[left : left + room])
        self._at, self._end = 0, left + got
        self._is_last = got < room
        self._whole = self._end if self._is_last else self._last_line_end()
        self._has_no_end = not self._whole
        if self._has_no_end:
            self._whole = self._end
        self._check = self._what_to_check()
        return self._whole > 0

    def _last_line_end(self) -> int:
        newline = ord(self._source.newline)
        step = self._limits.row_bytes_max
        for low in range(self._end, 0, -step):
            found = np.flatnonzero(self._block[max(low - step, 0) : low] == newline)
            if len(found):
                return max(low - step, 0) + int(found[-1]) + 1
        return 0

    def _give_up_line(self, row: int) -> tuple[int, int, int, int]:
        """A line longer than a block: its beginning goes to the quarantine, all of it is read past. Counted when it begins."""
        begin, is_new = self._at, not self._is_skipping
        if is_new:
            self._quarantine.put(row, self._block[begin : begin + _LONG_HEAD].tobytes(), BAD_LENGTH)
        ends = np.flatnonzero(self._block[begin : self._end] == ord(self._source.newline))
        self._is_skipping, self._has_no_end = not ends.size, False
        self._at = begin + int(ends[0]) + 1 if ends.size else self._end
        self._whole = max(self._whole, self._at)
        return 0, int(is_new), row + int(is_new), self._at - begin

    def _what_to_check(self) -> int:
        if self._source.encoding is not Encoding.UTF_8:
            return CHECK_REPLACED
        return CHECK_NOTHING if _is_utf_8(self._block[self._at : self._whole]) else CHECK_UTF_8


def _is_utf_8(data: NDArray[np.uint8]) -> bool:
    offsets = pa.py_buffer(np.array([0, len(data)], np.int64))
    text = pa.LargeStringArray.from_buffers(1, offsets, pa.py_buffer(data))
    try:
        text.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True
