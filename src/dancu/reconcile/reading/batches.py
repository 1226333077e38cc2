"""Batches for the engine from a list of any kind, from any row on: the same list and place always give the same batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dancu.kernel.spreadsheets import cell_text
from dancu.reconcile.engine.exact import Batch
from dancu.reconcile.reading import refusals
from dancu.reconcile.reading.columns import BIRTH_PARTS, Mapping
from dancu.reconcile.reading.encodings import Legacy, converted
from dancu.reconcile.reading.files import OpenedList
from dancu.reconcile.reading.headings import Role
from dancu.reconcile.reading.parquet_source import ParquetSource, read_batches
from dancu.reconcile.reading.quarantine import Quarantine
from dancu.reconcile.reading.splitting import join_dates
from dancu.reconcile.reading.text_rows import Column, RawBatch, TextRows
from dancu.reconcile.reading.text_source import TextSource
from dancu.reconcile.reading.workbook_source import SheetSource, date_text, open_book

BATCH_ROWS = 1_000_000
PIECE_ROWS = 32 * 1024  # of a workbook
CellText = Callable[[object], str]
_READ = (Role.NUMBER, Role.NAME, Role.BIRTH_DATE, *BIRTH_PARTS)


@dataclass(frozen=True, slots=True)
class Position:
    """Where a batch begins (*điểm tiếp tục*): kept with its result, so that a killed job goes on behind it."""

    row: int  # as a spreadsheet numbers it
    offset: int  # bytes of UTF-8 in a text, rows in anything else
    bad_rows: int = 0  # met before


@dataclass(frozen=True, slots=True)
class ListBatch:
    """A batch of a list (*lô của danh sách*): what the engine compares, whose rows they are, what was left out."""

    records: Batch = field(repr=False)
    rows: NDArray[np.int64] = field(repr=False)  # the row number of each record
    bad_rows: int  # of this batch
    start: Position
    end: Position  # give this to go on
    more: dict[Role, Column] = field(repr=False)  # the other columns that were asked for


def batches(
    opened: OpenedList,
    mapping: Mapping,
    rows: int = BATCH_ROWS,
    *,
    start: Position | None = None,
    quarantine: Quarantine | None = None,
    also: Sequence[Role] = (),
) -> Iterator[ListBatch]:
    """Batches of exactly `rows` records, the last of fewer (*đọc danh sách theo lô*). Bad rows are put aside and counted.

    `also`: roles the caller wants besides number, name and birth date. Raises `Invalid` for a `start` that is not of this list.
    """
    start = start or first_position(opened)
    _check_start(opened, start)
    wanted = {role: at for role in dict.fromkeys((*_READ, *also)) if (at := mapping.at(role)) is not None}
    places = sorted(set(wanted.values()))
    raw = _raw_batches(opened, mapping, places, rows, start, quarantine or Quarantine())
    for batch in raw:
        end = Position(batch.next_row, batch.next_offset, start.bad_rows + batch.bad_rows)
        columns = {role: batch.columns[places.index(at)] for role, at in wanted.items()}
        for role in columns:
            if legacy := mapping.columns[role].legacy:
                columns[role] = _in_unicode(columns[role], legacy)
        records = _records(columns, len(batch.rows))
        yield ListBatch(records, batch.rows, batch.bad_rows, start, end, {role: columns[role] for role in also if role in columns})
        start = end


def first_position(opened: OpenedList) -> Position:
    """Where the rows of a list begin."""
    offset = opened.source.body_offset if isinstance(opened.source, TextSource) else 0
    return Position(opened.first_row, offset)


def _check_start(opened: OpenedList, start: Position) -> None:
    first = first_position(opened)
    if start.row < first.row or start.offset < first.offset or start.bad_rows < 0:
        raise refusals.other_place()
    if not isinstance(opened.source, TextSource) and start.row - first.row != start.offset:
        raise refusals.other_place()
    if isinstance(opened.source, TextSource) and start.offset > first.offset and not _is_behind_line(opened.source, start.offset):
        raise refusals.other_place()


def _is_behind_line(source: TextSource, offset: int) -> bool:
    """A batch ends where a row does: the byte before it is the end of a line, or it is the end of the file."""
    buffer = bytearray(2)
    with source.stream(offset - 1) as stream:
        got = stream.read_into(memoryview(buffer))
    return got == 1 or (got == 2 and buffer[:1] == source.newline.encode())


def _raw_batches(
    opened: OpenedList, mapping: Mapping, places: list[int], rows: int, start: Position, quarantine: Quarantine
) -> Iterator[RawBatch]:
    match opened.source:
        case TextSource() as text:
            return TextRows(text, places, opened.limits, quarantine).batches(rows, start.row, start.offset)
        case SheetSource() as sheet:
            return _sheet_batches(sheet, mapping, places, rows, start)
        case ParquetSource() as parquet:
            return _parquet_batches(parquet, places, rows, start)


def _sheet_batches(source: SheetSource, mapping: Mapping, places: list[int], rows: int, start: Position) -> Iterator[RawBatch]:
    """Rows of cells as texts; an empty row is passed over, and has its number."""
    dates = {mapping.at(Role.BIRTH_DATE)}
    turned: list[tuple[int, CellText]] = [(at, date_text if at in dates else cell_text) for at in places]
    for numbers, *columns in _in_batches(_sheet_pieces(source, turned, start), rows):
        row = numbers[-1].as_py() + 1
        yield RawBatch([_column_of(column) for column in columns], numbers.to_numpy(), 0, row, row - source.first_row)


def _sheet_pieces(source: SheetSource, turned: list[tuple[int, CellText]], start: Position) -> Iterator[list[pa.Array]]:
    """Some rows at a time, so that their cells are not in memory together: row numbers, and the columns."""
    cells = enumerate(islice(open_book(source), start.offset, None), start=start.row)
    filled = ((number, row) for number, row in cells if any(value not in ("", None) for value in row))
    while taken := list(islice(filled, PIECE_ROWS)):
        texts = [[turn(row[at]) if at < len(row) else "" for _number, row in taken] for at, turn in turned]
        yield [pa.array([number for number, _row in taken], pa.int64()), *(pa.array(each, pa.large_string()) for each in texts)]


def _parquet_batches(source: ParquetSource, places: list[int], rows: int, start: Position) -> Iterator[RawBatch]:
    offset = start.offset
    for columns in _in_batches(read_batches(source, places, offset), rows):
        size = len(columns[0])
        numbers = np.arange(offset + 1, offset + size + 1, dtype=np.int64)
        offset += size
        yield RawBatch([_column_of(column) for column in columns], numbers, 0, offset + 1, offset)


def _in_batches(pieces: Iterator[list[pa.Array]], rows: int) -> Iterator[list[pa.Array]]:
    """Pieces put together to batches of the wanted size, whatever size they come in."""
    waiting: list[list[pa.Array]] = []
    count = 0
    for piece in pieces:
        waiting.append(piece)
        count += len(piece[0])
        while count >= rows:
            columns, waiting = _cut(waiting, rows)
            count -= rows
            yield columns
    if count:
        yield _cut(waiting, count)[0]


def _cut(waiting: list[list[pa.Array]], size: int) -> tuple[list[pa.Array], list[list[pa.Array]]]:
    """The first `size` rows of the pieces, each column in one, and the pieces that are left."""
    taken: list[list[pa.Array]] = []
    left = size
    while left:
        piece, *waiting = waiting
        taken.append([column.slice(0, left) for column in piece])
        if len(piece[0]) > left:
            waiting = [[column.slice(left) for column in piece], *waiting]
        left -= len(taken[-1][0])
    if len(taken) == 1:
        return taken[0], waiting
    return [pa.concat_arrays([each.cast(_wide(each.type)) for each in column]) for column in zip(*taken, strict=True)], waiting


def _wide(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_integer(kind):
        return kind
    is_bytes = pa.types.is_binary(kind) or pa.types.is_large_binary(kind)
    return pa.large_binary() if is_bytes else pa.large_string()


def _column_of(texts: pa.Array) -> Column:
    """Arrow's own bytes and offsets; offsets of four bytes are made eight, bytes are not copied."""
    is_wide = pa.types.is_large_string(texts.type) or pa.types.is_large_binary(texts.type)
    _valid, offsets, data = texts.buffers()
    kept = np.frombuffer(offsets, np.int64 if is_wide else np.int32)[texts.offset : texts.offset + len(texts) + 1]
    bytes_of = np.frombuffer(data, np.uint8) if data is not None and data.size else np.empty(0, np.uint8)
    return Column(bytes_of, kept.astype(np.int64, copy=False))


def _in_unicode(column: Column, legacy: Legacy) -> Column:
    """Each different text once."""
    data = pa.py_buffer(np.ascontiguousarray(column.data))
    texts = pa.LargeBinaryArray.from_buffers(pa.large_binary(), len(column), [None, pa.py_buffer(column.offsets), data])
    different = texts.dictionary_encode()
    brought = [converted(each.decode("utf-8", "replace"), legacy) for each in different.dictionary.to_pylist()]
    return _column_of(pa.array(brought, pa.large_string()).take(different.indices))


def _records(columns: dict[Role, Column], count: int) -> Batch:
    none = Column(np.empty(0, np.uint8), np.zeros(count + 1, np.int64))
    number, name = columns.get(Role.NUMBER, none), columns.get(Role.NAME, none)
    date = columns.get(Role.BIRTH_DATE) or _joined_dates(columns, none)
    return Batch(number.data, number.offsets, name.data, name.offsets, date.data, date.offsets)


def _joined_dates(columns: dict[Role, Column], none: Column) -> Column:
    day, month, year = (columns.get(role, none) for role in BIRTH_PARTS)
    if year is none:
        return none
    sizes = sum(int(each.offsets[-1] - each.offsets[0]) for each in (day, month, year))
    data, offsets = np.empty(sizes + 2 * len(year), np.uint8), np.zeros(len(year) + 1, np.int64)
    join_dates(day.data, day.offsets, month.data, month.offsets, year.data, year.offsets, data, offsets)
    return Column(data[: offsets[-1]], offsets)
