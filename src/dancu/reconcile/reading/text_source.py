"""A list as text: its letters, its separator, how many fields a row has, where the rows begin. Told from samples of the file."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dancu.reconcile.reading import refusals
from dancu.reconcile.reading.encodings import Encoding, detect_bytes, order_mark
from dancu.reconcile.reading.legacy_tables import VISCII_CONTROLS
from dancu.reconcile.reading.limits import HEADER_SEARCHED_ROWS, SAMPLE_ROWS, Limits
from dancu.reconcile.reading.utf8_stream import Utf8Stream

HEAD_BYTES = 1024 * 1024
SAMPLE_BYTES = 256 * 1024
SAMPLES = 5  # places of a file its letters are told from: the first lines may have no marks
DELIMITERS = ",;\t|"
_CONTROLS = frozenset(range(32)) - frozenset(b"\t\n\r\f\x1a") - frozenset(VISCII_CONTROLS)
_CONTROLS_SHARE_MAX = 0.001


@dataclass(frozen=True, slots=True)
class TextSource:
    """How to read a list that is text (*danh sách dạng văn bản*)."""

    path: Path
    encoding: Encoding
    mark_length: int
    delimiter: str
    newline: str
    fields: int
    body_offset: int  # where the rows begin, in bytes of UTF-8 behind the mark
    first_row: int  # its number, as a spreadsheet would show it

    def stream(self, offset: int) -> Utf8Stream:
        return Utf8Stream(self.path, self.encoding, self.mark_length, offset)


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the sample: where it begins, and its fields."""

    offset: int
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TextHead:
    """What the beginning of a text file shows, before anybody knows which row has the headings."""

    encoding: Encoding
    mark_length: int
    delimiter: str
    newline: str
    fields: int
    lines: tuple[Line, ...]
    end: int  # behind the last line of the sample


def read_head(path: Path, limits: Limits) -> TextHead:
    """Look at samples of a text file (*xem đầu tệp*). Raises `Invalid` for what is no list."""
    encoding, mark_length = _encoding_of(path)
    text, is_whole = _head_text(path, encoding, mark_length)
    if not text.strip("\0 \t\r\n\x1a\ufeff"):
        raise refusals.empty()
    newline = "\n" if "\n" in text else "\r" if "\r" in text else "\n"
    lines = _physical_lines(text, newline, is_whole)
    # Among the first lines one that is too long says that this is no list; further down it is one bad row.
    for row, line in enumerate(lines[:HEADER_SEARCHED_ROWS], start=1):
        if _size(line) > limits.row_bytes_max:
            raise refusals.long_line(row, limits.row_bytes_max)
    lines = [line for line in lines if _size(line) <= limits.row_bytes_max]
    delimiter, fields = _delimiter_of(lines)
    if fields > limits.columns_max:
        raise refusals.many_columns(fields, limits.columns_max)
    rows, end = _rows(text, delimiter, newline, is_whole)
    shown = tuple(line if sum(map(_size, line.fields)) <= limits.row_bytes_max else Line(line.offset, ()) for line in rows)
    return TextHead(encoding, mark_length, delimiter, newline, fields, shown, end)


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogateescape"))


def _encoding_of(path: Path) -> tuple[Encoding, int]:
    samples = _samples(path)
    marked = order_mark(samples[0])
    data = b"\n".join(samples)
    if marked and marked[0] is not Encoding.UTF_8:
        return marked
    encoding = marked[0] if marked else detect_bytes(data) or detect_bytes(samples[0])
    if encoding not in (Encoding.UTF_16_LE, Encoding.UTF_16_BE):
        controls = sum(data.count(control) for control in _CONTROLS)
        if controls > _CONTROLS_SHARE_MAX * len(data):
            raise refusals.no_list("tệp nhị phân", "a binary file")
    if encoding is None:
        raise refusals.unreadable_letters()
    return marked or (encoding, 0)


def _samples(path: Path) -> list[bytes]:
    """Whole lines from places all over the file; the first from its very beginning. Even offsets, for encodings of two bytes."""
    size = path.stat().st_size
    with path.open("rb") as file:
        samples = [file.read(HEAD_BYTES)]
        if len(samples[0]) == size:
            return samples
        cut = samples[0].rfind(b"\n") + 1
        samples[0] = samples[0][: cut - cut % 2] if cut else samples[0]
        for at in range(1, SAMPLES):
            file.seek((HEAD_BYTES + (size - HEAD_BYTES) * at // SAMPLES) & ~1)
            data = file.read(SAMPLE_BYTES)
            if b"\0" not in data:
                samples.append(b"\n".join(data.split(b"\n")[1:-1]))
    return samples


def _head_text(path: Path, encoding: Encoding, mark_length: int) -> tuple[str, bool]:
    """The first lines, and whether they are the whole file."""
    buffer = bytearray(HEAD_BYTES)
    with Utf8Stream(path, encoding, mark_length) as stream:
        size = stream.read_into(memoryview(buffer))
    # A character that is not UTF-8 keeps its length: offsets are counted in this text.
    return bytes(buffer[:size]).decode("utf-8", "surrogateescape"), size < HEAD_BYTES


def _physical_lines(text: str, newline: str, is_whole: bool) -> list[str]:
    lines = text.split(newline, SAMPLE_ROWS)
    if not is_whole and len(lines) > 1:
        lines = lines[:-1]
    return [line for line in lines[:SAMPLE_ROWS] if line.strip()]


def _delimiter_of(lines: Sequence[str]) -> tuple[str, int]:
    """The separator by which most lines have the same number of fields, more than one if possible."""
    best, best_score, fields = ",", 0.0, 1
    for delimiter in DELIMITERS:
        counts = Counter(len(_fields(line, delimiter)) for line in lines)
        usual, times = max(counts.items(), key=lambda each: (each[1], each[0]))
        score = times / len(lines) if usual > 1 else 0.0
        if score > best_score + 0.05 or (score > best_score - 0.05 and usual > fields and score > 0):
            best, best_score, fields = delimiter, score, usual
    return best, fields


def _fields(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line.rstrip("\r")], delimiter=delimiter, skipinitialspace=True), [])
    except csv.Error:
        return line.split(delimiter)


def _rows(text: str, delimiter: str, newline: str, is_whole: bool) -> tuple[tuple[Line, ...], int]:
    """Rows with where they begin; a quotation may run over lines, and one never closed ends with its line."""
    rows: list[Line] = []
    at, offset = 0, 0
    while at < len(text) and len(rows) < SAMPLE_ROWS:
        end = _row_end(text, at, newline)
        if end > len(text):
            if not is_whole:
                break
            end = len(text)
        row = text[at:end]
        rows.append(Line(offset, tuple(_one_row(row, delimiter, newline))))
        at, offset = end, offset + _size(row)
    return tuple(rows), offset


def _row_end(text: str, at: int, newline: str) -> int:
    first = end = text.find(newline, at) + 1 or len(text) + 1
    for _ in range(20):
        if text.count('"', at, end) % 2 == 0 or end > len(text):
            break
        end = text.find(newline, end) + 1 or len(text) + 1
    return end if text.count('"', at, end) % 2 == 0 else first


def _one_row(row: str, delimiter: str, newline: str) -> list[str]:
    row = row.rstrip("\r\n")
    if "\n" not in row and "\r" not in row:
        return _fields(row, delimiter)
    try:
        return next(csv.reader(io.StringIO(row, newline=""), delimiter=delimiter, skipinitialspace=True), [])
    except csv.Error:
        return row.split(delimiter)
