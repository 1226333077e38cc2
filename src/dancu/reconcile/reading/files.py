"""Open what somebody sends: told by what is in it, never by its name. The outcome is a list to read, or a clear refusal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from dancu.reconcile.reading import parquet_source, refusals, text_source, workbook_source
from dancu.reconcile.reading.headings import find_header
from dancu.reconcile.reading.limits import SAMPLE_ROWS, Limits
from dancu.reconcile.reading.parquet_source import ParquetSource
from dancu.reconcile.reading.text_source import TextHead, TextSource
from dancu.reconcile.reading.workbook_source import SheetSource

_ZIP, _COMPOUND, _PARQUET = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PAR1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_COMPOUND_SEARCHED = 64 * 1024 * 1024
_OTHER_KINDS = {
    b"%PDF": ("tệp PDF", "a PDF"),
    b"\x89PNG": ("hình ảnh", "a picture"),
    b"\xff\xd8\xff": ("hình ảnh", "a picture"),
    b"GIF8": ("hình ảnh", "a picture"),
    b"II*\0": ("hình ảnh", "a picture"),
    b"MM\0*": ("hình ảnh", "a picture"),
    b"{\\rtf": ("văn bản RTF", "an RTF document"),
    b"PK\x03\x04": ("tệp nén", "an archive"),
    b"PK\x05\x06": ("tệp nén", "an archive"),
    b"Rar!": ("tệp nén", "an archive"),
    b"7z\xbc\xaf": ("tệp nén", "an archive"),
    b"\x1f\x8b": ("tệp nén", "an archive"),
    b"BZh": ("tệp nén", "an archive"),
    b"\xfd7zXZ": ("tệp nén", "an archive"),
    b"\x28\xb5\x2f\xfd": ("tệp nén", "an archive"),
    b"MZ\x90": ("chương trình", "a program"),
    b"\x7fELF": ("chương trình", "a program"),
    b"SQLite format 3": ("cơ sở dữ liệu", "a database"),
    b"<": ("trang web hoặc XML", "a web page or XML"),
    b"{": ("tệp JSON", "JSON"),
    b"[": ("tệp JSON", "JSON"),
}


class Kind(StrEnum):
    """What a list is written in (*dạng tệp*)."""

    TEXT = "text"
    WORKBOOK = "workbook"
    PARQUET = "parquet"


@dataclass(frozen=True, slots=True)
class OpenedList:
    """A list that can be read (*danh sách đã mở*): its columns, its first rows, what whoever sent it should know."""

    path: Path
    kind: Kind
    source: TextSource | SheetSource | ParquetSource
    headings: tuple[str, ...]
    has_header: bool
    first_row: int  # number of the first row of the list, as a spreadsheet shows it
    sample: tuple[tuple[str, ...], ...] = field(repr=False)  # it is about people
    limits: Limits
    notes: tuple[str, ...] = ()


def open_list(path: Path, *, limits: Limits | None = None) -> OpenedList:
    """Open a list (*mở tệp danh sách*). Raises `Invalid` with what to do for anything that is none, or may not be opened."""
    limits = limits or Limits()
    if not path.stat().st_size:
        raise refusals.empty()
    with path.open("rb") as file:
        head = file.read(64)
    if head.startswith(_PARQUET):
        return _open_parquet(path, limits)
    if head.startswith(_COMPOUND):
        raise _compound(path)
    if head.startswith(_ZIP) and workbook_source.is_workbook(path):
        return _open_workbook(path, limits)
    bare = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    for start, (what, what_en) in _OTHER_KINDS.items():
        if bare.startswith(start):
            raise refusals.no_list(what, what_en)
    return _open_text(path, limits)


def _compound(path: Path) -> Exception:
    """The container of Office before 2007; a workbook with a password is put into one as a whole."""
    with path.open("rb") as file:
        return refusals.locked() if _ENCRYPTED in file.read(_COMPOUND_SEARCHED) else refusals.old_workbook()


def _open_text(path: Path, limits: Limits) -> OpenedList:
    head = text_source.read_head(path, limits)
    rows = [line.fields for line in head.lines]
    header = find_header(rows)
    body = 0 if header is None else header + 1
    sample = [row for row in rows[body:] if any(text.strip() for text in row)]
    if not sample:
        raise refusals.header_only()
    headings = _headings(rows[header] if header is not None else (), head.fields)
    source = TextSource(
        path,
        head.encoding,
        head.mark_length,
        head.delimiter,
        head.newline,
        head.fields,
        _offset_of(head, body),
        body + 1,
    )
    notes = _about_letters(head)
    return OpenedList(path, Kind.TEXT, source, headings, header is not None, body + 1, _even(sample, head.fields), limits, notes)


def _offset_of(head: TextHead, row: int) -> int:
    return head.lines[row].offset if row < len(head.lines) else head.end


def _about_letters(head: TextHead) -> tuple[str, ...]:
    if head.encoding.value.startswith("utf"):
        return ()
    return (f"Tệp viết theo bảng mã {head.encoding.shown}; đã đổi sang Unicode. Bạn xem lại các tên ở phần xem trước.",)


def _open_workbook(path: Path, limits: Limits) -> OpenedList:
    workbook_source.check_archive(path, limits)
    book = workbook_source.read_head(path, limits)
    header = find_header(book.rows)
    body = 0 if header is None else header + 1
    sample = [row for row in book.rows[body:] if any(text.strip() for text in row)]
    if not sample:
        raise refusals.header_only()
    width = max(len(row) for row in book.rows)
    if width > limits.columns_max:
        raise refusals.many_columns(width, limits.columns_max)
    headings = _headings(book.rows[header] if header is not None else (), width)
    source = SheetSource(path, book.sheet, body + 1)
    return OpenedList(path, Kind.WORKBOOK, source, headings, header is not None, body + 1, _even(sample, width), limits, book.notes)


def _open_parquet(path: Path, limits: Limits) -> OpenedList:
    head = parquet_source.read_head(path, limits)
    source = ParquetSource(path, head.rows)
    return OpenedList(path, Kind.PARQUET, source, head.headings, True, 1, head.sample, limits)


def _headings(row: Sequence[str], width: int) -> tuple[str, ...]:
    """One for each column; a column nobody named has its number."""
    given = [" ".join(text.split()) for text in row[:width]] + [""] * (width - len(row))
    return tuple(text or f"Cột {at}" for at, text in enumerate(given, start=1))


def _even(rows: Sequence[Sequence[str]], width: int) -> tuple[tuple[str, ...], ...]:
    return tuple((*row[:width], *[""] * (width - len(row))) for row in rows[:SAMPLE_ROWS])
