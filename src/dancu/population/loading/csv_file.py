"""CSV in blocks. A block whose quotes stand as RFC 4180 wants them is cut up by its columns all at once; any other stretch goes
through Python's strict reader, which also finds the words for what is wrong. Both give the same rows and line numbers."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import numpy as np
import polars as pl

from dancu.kernel.errors import Invalid
from dancu.population.loading import files
from dancu.population.loading.files import BROKEN, Chunk, Position, Row, as_frame

BLOCK_BYTES = 1 << 24
_RECORD_BYTES_MAX = 1 << 17  # the strict reader's limit of a field
_MARK = b"\xef\xbb\xbf"
_END = "~"
_QUOTE, _LINE, _RETURN = b'"\n\r'
_Positions = np.ndarray[Any, np.dtype[np.int64]]
_T = TypeVar("_T")


class CsvFile:
    """UTF-8, commas, a line of names first. Raises `Invalid` where the file stops being that."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.size = file.stat().st_size
        with file.open("rb") as source:
            mark = source.read(3) == _MARK
            records = _Records(source, Position(3 if mark else 0))
            self.names: list[str] = self._readable(lambda: next(records, (0, []))[1])
            self._first = records.position

    def chunks(self, start: Position) -> Iterator[Chunk]:
        with self._file.open("rb") as source:
            at = max(start, self._first)
            while at.offset < self.size:
                source.seek(at.offset)
                block = source.read(BLOCK_BYTES)
                found = list(self._cut(block, at)) or [self._strictly(source, at)]
                yield from (chunk for chunk in found if chunk.count)
                at = found[-1].end

    def _cut(self, block: bytes, at: Position) -> Iterator[Chunk]:
        """The rows of a block, nothing when its quotes, line ends or letters are not regular."""
        if at.offset + len(block) == self.size and not block.endswith(b"\n"):
            block += b"\n"
        marks = _Marks(block)
        if not marks.regular:
            return
        pieces = -(-len(marks.ends) // files.CHUNK_ROWS)
        step = -(-len(marks.ends) // pieces)
        for first in range(0, len(marks.ends), step):
            chunk = self._columns(block, marks, slice(first, first + step), at)
            if chunk is None:
                return
            yield chunk

    def _columns(self, block: bytes, marks: _Marks, rows: slice, at: Position) -> Chunk | None:
        starts, ends, lines = marks.starts[rows], marks.ends[rows], marks.lines[rows] + at.line
        filled = ends - starts > marks.returns
        places = zip(starts[filled].tolist(), (ends[filled] - marks.returns).tolist(), strict=True)
        frame = _read([block[start:end] for start, end in places], len(self.names))
        if frame is None or frame.height != filled.sum():
            return None
        frame = frame.with_columns(pl.Series("line", lines[filled], dtype=pl.Int64))
        whole = pl.col(f"c{len(self.names)}").eq_missing(_END)
        odd = dict.fromkeys(frame.filter(~whole)["line"].to_list(), BROKEN)
        texts = (pl.col(f"c{at}").alias(name) for name, at in self._aliases().items())
        end = Position(min(at.offset + int(ends[-1]) + 1, self.size), int(lines[-1]))
        return Chunk(frame.filter(whole).select("line", *texts), end, odd)

    def _aliases(self) -> dict[str, int]:
        return {name: at for at, name in enumerate(self.names)}  # of a name given twice, the last counts

    def _strictly(self, source: BinaryIO, at: Position) -> Chunk:
        source.seek(at.offset)
        records = _Records(source, at)
        rows: list[tuple[int, list[str]]] = []
        odd: dict[int, Row] = {}
        while len(rows) + len(odd) < files.CHUNK_ROWS:
            line, record = self._readable(lambda: next(records, (0, None)))
            if record is None:
                break
            if len(record) == len(self.names):
                rows.append((line, record))
            elif record:
                odd[line] = BROKEN
        columns = {name: [record[at] for _, record in rows] for name, at in self._aliases().items()}
        return Chunk(as_frame([line for line, _ in rows], columns), records.position, odd)

    def _readable(self, read: Callable[[], _T]) -> _T:
        name = self._file.name
        try:
            return read()
        except UnicodeDecodeError as failure:
            raise Invalid(
                "load.encoding", f"Tệp {name} không phải UTF-8. Lưu lại theo UTF-8 rồi nạp.", f"The file {name} is not UTF-8."
            ) from failure
        except csv.Error as failure:
            raise Invalid("load.csv", f"Tệp {name} không đúng dạng CSV: {failure}.", str(failure)) from failure


def _read(records: list[bytes], count: int) -> pl.DataFrame | None:
    """One column more than the file has: where the mark is not in it, the record was short. None for a longer or unreadable one."""
    schema = {f"c{at}": pl.String for at in range(count + 1)}
    if not records:
        return pl.DataFrame(schema=schema)
    if records[0].startswith(_MARK):  # would be taken for the mark of a whole file
        return None
    end = f",{_END}\n".encode()
    try:
        return pl.read_csv(end.join([*records, b""]), has_header=False, schema=schema)
    except pl.exceptions.PolarsError:
        return None  # the strict reader says what is wrong


class _Marks:
    """Where the records of a block end, and whether any reader of CSV sees it so."""

    def __init__(self, block: bytes) -> None:
        letters = np.frombuffer(block, np.uint8)
        quotes, newlines = np.flatnonzero(letters == _QUOTE), np.flatnonzero(letters == _LINE)
        self.ends = _outside(newlines, quotes)
        self.regular = False
        if not len(self.ends):
            return
        last = int(self.ends[-1])
        quotes = quotes[: np.searchsorted(quotes, last)]
        self.starts = np.concatenate([[0], self.ends[:-1] + 1])
        self.lines = np.searchsorted(newlines, self.ends, "right")
        returns = block.count(b"\r", 0, last + 1)
        self.returns = int(returns > 0)
        same_ends = returns == 0 or (returns == len(self.ends) and bool((letters[self.ends - 1] == _RETURN).all()))
        short = int((self.ends - self.starts).max()) < _RECORD_BYTES_MAX
        self.regular = same_ends and short and _well_quoted(letters, quotes)


def _outside(places: _Positions, quotes: _Positions) -> _Positions:
    """Those before which an even number of quotes stands."""
    inside: np.ndarray[Any, np.dtype[np.bool_]] = np.searchsorted(quotes, places) % 2 == 1
    outside: _Positions = places[~inside]
    return outside


def _well_quoted(letters: np.ndarray[Any, np.dtype[np.uint8]], quotes: _Positions) -> bool:
    """Every quote opens at the start of a field, closes at its end, or is one of two that stand together."""
    opening, closing = quotes[0::2], quotes[1::2]
    opened = _BEFORE_OPENING[letters[np.maximum(opening - 1, 0)]] | (opening == 0)
    return bool(opened.all() and _AFTER_CLOSING[letters[closing + 1]].all())


def _letters(among: bytes) -> np.ndarray[Any, np.dtype[np.bool_]]:
    table = np.zeros(256, np.bool_)
    table[list(among)] = True
    return table


_BEFORE_OPENING, _AFTER_CLOSING = _letters(b',\n"'), _letters(b',\n\r"')


class _Records:
    """Records of Python's strict reader, each with the line it ends on; `position` is behind the last one taken."""

    def __init__(self, source: BinaryIO, start: Position) -> None:
        source.seek(start.offset)
        self._source, self._start, self._taken = source, start, 0
        self._reader = csv.reader(self._lines(), strict=True)

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        return self

    def __next__(self) -> tuple[int, list[str]]:
        record = next(self._reader)
        return self.position.line, record

    @property
    def position(self) -> Position:
        return Position(self._start.offset + self._taken, self._start.line + self._reader.line_num)

    def _lines(self) -> Iterator[str]:
        for raw in self._source:
            text = raw.decode()
            for line in io.StringIO(text, newline="") if "\r" in text else (text,):
                self._taken += len(line.encode())
                yield line
