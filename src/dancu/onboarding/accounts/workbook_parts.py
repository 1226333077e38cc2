"""What the reader of cells does not tell of a workbook: where formulas stand, and whether a password locks it.

Runs in the process that opens the file, under its limits. Nothing is evaluated.
"""

from __future__ import annotations

import io
import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator

from lxml import etree

FORMULAS_MAX = 100_000
_Cells = list[tuple[int, int]]  # row from 1, column from 0

_SPREADSHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_HAS_FORMULA = re.compile(rb"<(\w+:)?f[\s>/]")
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})", re.ASCII)
_SHEET, _FORMULA, _LOCK, _BEGINS, _ENDS = 0x85, 0x06, 0x2F, (0x09, 0x209, 0x409, 0x809), 0x0A  # records of the 97-2003 format
_SECTOR_END = 0xFFFFFFFA  # from here on no sector, but what a sector is not


def formulas_in(data: bytes, names: list[str]) -> list[_Cells]:
    """For each sheet, in order, the cells that hold a formula."""
    if not zipfile.is_zipfile(io.BytesIO(data)):
        found = _of_old_workbook(data)
        return [found[at] if at < len(found) else [] for at in range(len(names))]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = set(archive.namelist())
        if "content.xml" in parts:
            by_name = _of_open_document(archive.read("content.xml"))
        else:
            by_name = {name: _of_part(archive.read(part)) for name, part in _parts_of_sheets(archive) if part in parts}
    return [by_name.get(name, []) for name in names]


def is_locked(data: bytes) -> bool:
    """Does a password lock it? Of a workbook that could not be opened; one that is only damaged is not locked."""
    try:
        if not zipfile.is_zipfile(io.BytesIO(data)):
            return any(kind == _LOCK for kind, _ in _records(_workbook_stream(data), 0))
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return b"encryption-data" in archive.read("META-INF/manifest.xml")
    except (struct.error, KeyError, zipfile.BadZipFile, zlib.error):
        return False


def _parsed(xml: bytes) -> etree._Element:
    return etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True))


def _parts_of_sheets(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    relations = _parsed(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {each.get("Id"): each.get("Target", "") for each in relations}
    for sheet in _parsed(archive.read("xl/workbook.xml")).iter(f"{_SPREADSHEET}sheet"):
        target = targets.get(sheet.get(_RELATION), "")
        yield sheet.get("name", ""), target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")


def _of_part(xml: bytes) -> _Cells:
    if not _HAS_FORMULA.search(xml):
        return []
    found: _Cells = []
    # Row by row, so that a large sheet takes no more memory than a row.
    tags = (f"{_SPREADSHEET}row", f"{_SPREADSHEET}f")
    for _, element in etree.iterparse(io.BytesIO(xml), tag=tags, resolve_entities=False, no_network=True):
        if element.tag == tags[0]:
            element.clear()
        elif (cell := element.getparent()) is not None and len(found) < FORMULAS_MAX:
            at = _REFERENCE.fullmatch(cell.get("r", ""))
            found += [(int(at[2]), _column(at[1]))] if at else []
    return found


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _of_open_document(xml: bytes) -> dict[str, _Cells]:
    if b":formula" not in xml:
        return {}
    return {table.get(f"{_TABLE}name", ""): _of_table(table) for table in _parsed(xml).iter(f"{_TABLE}table")}


def _of_table(table: etree._Element) -> _Cells:
    found: _Cells = []
    row = 1
    for line in table.iter(f"{_TABLE}table-row"):
        column = 0
        for cell in line.iter(f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
            if cell.get(f"{_TABLE}formula") is not None and len(found) < FORMULAS_MAX:
                found.append((row, column))
            column += int(cell.get(f"{_TABLE}number-columns-repeated", "1"))
        row += int(line.get(f"{_TABLE}number-rows-repeated", "1"))
    return found


def _of_old_workbook(data: bytes) -> list[_Cells]:
    """Of the 97-2003 format. A layout we do not follow has no formulas: their values are read as values, and do no harm."""
    try:
        return list(_of_stream(_workbook_stream(data)))
    except struct.error:
        return []


def _of_stream(stream: bytes) -> Iterator[_Cells]:
    """The records: a directory of sheets, then each sheet from its own place on."""
    for kind, body in _records(stream, 0):
        if kind == _SHEET and len(body) >= 4:
            inside = _records(stream, struct.unpack_from("<I", body)[0])
            cells = [struct.unpack_from("<HH", at) for inner, at in inside if inner == _FORMULA and len(at) >= 4]
            yield [(row + 1, column) for row, column in cells[:FORMULAS_MAX]]


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    depth = 0
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        # A chart inside a sheet is a part of its own.
        depth += (kind in _BEGINS) - (kind == _ENDS)
        yield kind, stream[at + 4 : at + 4 + size]
        at += 4 + size
        if depth <= 0:
            return


def _workbook_stream(data: bytes) -> bytes:
    """The stream of cells in the compound file around it; empty where there is none, or a very small one."""
    size = 1 << struct.unpack_from("<H", data, 30)[0]
    if size not in (512, 4096):
        return b""
    first_directory, *_ = struct.unpack_from("<I", data, 48)
    in_header = struct.unpack_from("<109I", data, 76)
    tables = [sector for sector in in_header if sector < _SECTOR_END]
    further, count = struct.unpack_from("<2I", data, 68)
    for _ in range(min(count, len(data) // size)):
        entries = struct.unpack_from(f"<{size // 4}I", data, (further + 1) * size)
        tables += [sector for sector in entries[:-1] if sector < _SECTOR_END]
        further = entries[-1]
    following = [entry for table in tables for entry in struct.unpack_from(f"<{size // 4}I", data, (table + 1) * size)]
    directory = _chain(data, following, first_directory, size)
    for at in range(0, len(directory) - 127, 128):
        name = directory[at : at + 64].decode("utf-16-le", "replace").partition("\0")[0]
        start, length = struct.unpack_from("<II", directory, at + 116)
        if name in ("Workbook", "Book") and length >= 4096:
            return _chain(data, following, start, size)[:length]
    return b""


def _chain(data: bytes, following: list[int], sector: int, size: int) -> bytes:
    parts: list[bytes] = []
    while sector < len(following) and len(parts) <= len(following):
        parts.append(data[(sector + 1) * size : (sector + 2) * size])
        sector = following[sector]
    return b"".join(parts)
