"""A list as a workbook (.xlsx): checked before anything is unpacked by others, then read by the compiled reader.

The compiled reader makes room for every cell between the first and the last. So the parts are unpacked here first, in pieces that
are thrown away: their real size, whatever the archive declares, and the last cell of each sheet are known before it may open them.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from itertools import islice
from pathlib import Path

import python_calamine

from dancu.kernel.errors import Invalid
from dancu.kernel.spreadsheets import cell_text
from dancu.reconcile.reading import refusals
from dancu.reconcile.reading.limits import HEADER_SEARCHED_ROWS, MIB, SAMPLE_ROWS, Limits

_PIECE = 1024 * 1024
_LOCAL_HEADER = struct.Struct("<4s5H3L2H")
_WIDE_CELL = re.compile(rb"""r\s*=\s*["']([A-Za-z]{2,3})\d""")
_ROW = re.compile(rb"""<(?:\w+:)?row\s[^>]*?\br\s*=\s*["'](\d{1,9})""")
_CELL_ROW = re.compile(rb"""r\s*=\s*["'][A-Za-z]{1,3}(\d{6,9})["']""")  # a far cell in a row that does not say its number
_SHEET = re.compile(r"xl/worksheets/.*\.xml", re.IGNORECASE)
_OVERLAP = 256
_BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, ValueError, OSError, RuntimeError, EOFError, NotImplementedError)
# Serial days a birth date can be, 1 January 1910 to 31 December 2099; days are counted from this one.
_SERIAL_MIN, _SERIAL_MAX, _SERIAL_ZERO = 3654, 73050, date(1899, 12, 30)


@dataclass(frozen=True, slots=True)
class SheetSource:
    """Which sheet of a workbook, and where its rows begin (*trang tính*)."""

    path: Path
    sheet: str
    first_row: int


@dataclass(frozen=True, slots=True)
class BookHead:
    """The first rows of the first sheet that has some."""

    sheet: str
    rows: tuple[tuple[str, ...], ...] = field(repr=False)
    notes: tuple[str, ...]


def is_workbook(path: Path) -> bool:
    """A ZIP archive with a workbook in it; another archive is no list."""
    try:
        with zipfile.ZipFile(path) as archive:
            return any(name.lower() == "xl/workbook.xml" for name in archive.namelist())
    except _BROKEN:
        with path.open("rb") as file:
            return b"xl/" in file.read(4096)  # a workbook that was cut off: it is said to be damaged


def check_archive(path: Path, limits: Limits) -> None:
    """Declared sizes first, then the real ones, piece by piece (*kiểm tra tệp nén*). Raises `Invalid`."""
    try:
        with zipfile.ZipFile(path) as archive, path.open("rb") as file:
            parts = archive.infolist()
            if len(parts) > limits.parts_max or sum(part.file_size for part in parts) > limits.unpacked_bytes_max:
                raise refusals.swollen()
            if any(part.flag_bits & 1 for part in parts):
                raise refusals.locked()
            total = 0
            for part in parts:
                total += _unpacked(file, part, limits, limits.unpacked_bytes_max - total)
    except Invalid:
        raise
    except _BROKEN as broken:
        raise refusals.damaged_workbook() from broken


def _unpacked(file: object, part: zipfile.ZipInfo, limits: Limits, left: int) -> int:
    """The real size of a part; sheets are searched for their last cell on the way."""
    size, cells, tail = 0, _Extent(), b""
    is_sheet = _SHEET.fullmatch(part.filename) is not None
    for piece in _pieces(file, part):
        size += len(piece)
        if size > left or (size > MIB and size > limits.unpacked_ratio_max * max(part.compress_size, 1)):
            raise refusals.swollen()
        if is_sheet:
            window = tail + piece
            cells.look_at(window)
            tail = window[-_OVERLAP:]
            if cells.count > limits.cells_max:
                raise refusals.swollen()
    return size


def _pieces(file, part: zipfile.ZipInfo) -> Iterator[bytes]:  # type: ignore[no-untyped-def]  # any binary file
    """What a part really unpacks to: not cut off at the size the archive declares for it."""
    file.seek(part.header_offset)
    header = _LOCAL_HEADER.unpack(file.read(_LOCAL_HEADER.size))
    file.seek(header[9] + header[10], 1)
    left = part.compress_size
    if part.compress_type == zipfile.ZIP_STORED:
        while left and (data := file.read(min(left, _PIECE))):
            left -= len(data)
            yield data
        return
    if part.compress_type != zipfile.ZIP_DEFLATED:
        raise zipfile.BadZipFile("method")
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    while left and (data := file.read(min(left, 64 * 1024))):
        left -= len(data)
        while data:
            yield inflate.decompress(data, _PIECE)
            data = inflate.unconsumed_tail


class _Extent:
    """The furthest row and column a sheet names."""

    def __init__(self) -> None:
        self.rows, self.columns = 1, 1

    @property
    def count(self) -> int:
        return self.rows * self.columns

    def look_at(self, piece: bytes) -> None:
        rows = _ROW.findall(piece)
        far = _CELL_ROW.findall(piece)
        self.rows = max(self.rows, int(rows[-1]) if rows else 1, max(map(int, rows), default=1), max(map(int, far), default=1))
        for letters in set(_WIDE_CELL.findall(piece)):
            self.columns = max(self.columns, _column_number(letters.upper()))
        while self.columns < 26 and (found := _beyond(self.columns).search(piece)):
            self.columns = _column_number(found[1].upper())


@cache
def _beyond(column: int) -> re.Pattern[bytes]:
    """A cell in a column of one letter behind this one."""
    return re.compile(rb"""r\s*=\s*["']([%c-Z%c-z])\d""" % (65 + column, 97 + column))


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def read_head(path: Path, limits: Limits) -> BookHead:
    """The first sheet with rows, and which it was (*xem đầu bảng tính*). Raises `Invalid`."""
    book = _opened(path)
    names = [
        name
        for name, about in zip(book.sheet_names, book.sheets_metadata, strict=True)
        if about.typ is python_calamine.SheetTypeEnum.WorkSheet
    ]
    for at, name in enumerate(names):
        rows = tuple(islice(_rows(book, name), SAMPLE_ROWS + HEADER_SEARCHED_ROWS))
        if any(any(text.strip() for text in row) for row in rows):
            notes: tuple[str, ...] = ()
            if len(names) > 1 or at:
                notes = (f"Tệp có {len(names)} trang tính; chỉ đọc trang “{name}”, trang đầu tiên có dữ liệu.",)
            return BookHead(name, rows, notes)
    raise refusals.empty()


def _rows(book: python_calamine.CalamineWorkbook, name: str) -> Iterator[tuple[str, ...]]:
    for row in cells_of(book, name):
        yield tuple(map(cell_text, row))


def cells_of(book: python_calamine.CalamineWorkbook, name: str) -> Iterator[Sequence[object]]:
    """Rows of cells from the first row and column of the sheet on, whether they hold something or not."""
    try:
        sheet = book.get_sheet_by_name(name)
        before = [""] * (sheet.start[1] if sheet.start else 0)
        for row in sheet.iter_rows():
            yield [*before, *row] if before else row
    except (KeyboardInterrupt, GeneratorExit):
        raise
    except BaseException as broken:  # a panic of the compiled reader is no Exception
        raise refusals.damaged_workbook() from broken


def open_book(source: SheetSource) -> Iterator[Sequence[object]]:
    """The rows of cells of the list, headings left out."""
    return islice(cells_of(_opened(source.path), source.sheet), source.first_row - 1, None)


def _opened(path: Path) -> python_calamine.CalamineWorkbook:
    try:
        return python_calamine.CalamineWorkbook.from_path(str(path))
    except python_calamine.PasswordError as locked:
        raise refusals.locked() from locked
    except (KeyboardInterrupt, GeneratorExit):
        raise
    except BaseException as broken:
        raise refusals.damaged_workbook() from broken


def date_text(value: object) -> str:
    """A cell of a date column: a number there is the serial day whose format was lost, unless it is a year."""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and _SERIAL_MIN <= value <= _SERIAL_MAX:
        return cell_text(_SERIAL_ZERO + timedelta(days=int(value)))
    return cell_text(value)
