"""Lists for the tests of reading: written in any form, small, and always the same."""

from __future__ import annotations

import codecs
import zipfile
from collections.abc import Sequence
from pathlib import Path

import xlsxwriter

from dancu.reconcile.reading.batches import ListBatch
from dancu.reconcile.reading.legacy_tables import tcvn3_letters, viscii_table, vni_letters

HEADINGS = ("Số CCCD", "Họ và tên", "Ngày sinh")
PEOPLE = (
    ("001090000017", "Nguyễn Văn Đạt", "24/11/1990"),
    ("001190000025", "Trần Thị Hường", "02/09/1955"),
    ("024080000033", "Lê Hữu Phước", "1980"),
    ("031185000041", "Phạm Thuỷ Tiên", "06/1985"),
    ("079099000058", "Võ Quốc Bửu", "30/04/1999"),
)
BOOK = ("xl/workbook.xml", b"<workbook/>")


def csv_text(
    rows: Sequence[Sequence[str]] = PEOPLE, headings: Sequence[str] = HEADINGS, delimiter: str = ",", end: str = "\n"
) -> str:
    return "".join(delimiter.join(row) + end for row in ([headings] if headings else []) + list(rows))


def many(count: int) -> list[tuple[str, str, str]]:
    """Different numbers, names and dates in turn."""
    return [
        (f"0010900{at:05d}", PEOPLE[at % len(PEOPLE)][1], f"{at % 28 + 1:02d}/{at % 12 + 1:02d}/{1940 + at % 70}")
        for at in range(count)
    ]


def put(folder: Path, content: str | bytes, name: str = "list.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    return path


def a_book(path: Path, sheets: dict[str, Sequence[Sequence[object]]]) -> Path:
    with xlsxwriter.Workbook(str(path), {"default_date_format": "dd/mm/yyyy"}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)
    return path


def an_archive(path: Path, *parts: tuple[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts:
            archive.writestr(name, content)
    return path


def as_tcvn3(text: str) -> bytes:
    """Small letters stand for the capitals that alphabet does not have."""
    codes = {letter: code for code, letter in tcvn3_letters().items()}
    return bytes(codes.get(c) or codes.get(c.lower()) or ord(c) for c in text)


def as_vni(text: str) -> bytes:
    pairs = {letter: pair for pair, letter in vni_letters().items() if pair == pair.lower() or pair == pair.upper()}
    return "".join(pairs.get(c, c) for c in text).encode("latin-1")


def as_viscii(text: str) -> bytes:
    return codecs.charmap_encode(text, "strict", codecs.charmap_build(viscii_table()))[0]


def as_windows_1258(text: str) -> bytes:
    """The vowel composed, the tone apart, as Windows wrote it."""
    from dancu.synth.errors import _half

    return "".join(map(_half, text)).encode("cp1258")


def rows_of(batch: ListBatch) -> list[tuple[str, str, str]]:
    """Number, name and date of each record of a batch."""
    records = batch.records
    columns = (
        (records.numbers, records.number_offsets),
        (records.names, records.name_offsets),
        (records.dates, records.date_offsets),
    )
    return [tuple(data[at[i] : at[i + 1]].tobytes().decode("utf-8") for data, at in columns) for i in range(len(records))]  # type: ignore[misc]
