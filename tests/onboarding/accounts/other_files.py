"""The same lists in the other files offices send: OpenDocument, the 97-2003 format, text. Written by hand, byte by byte."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from xml.sax.saxutils import escape

from tests.onboarding.accounts.lists import Formula, Value

_NAMESPACES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for short, name in (("office", "office"), ("table", "table"), ("text", "text"))
)


def zipped(parts: Mapping[str, bytes | str]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return held.getvalue()


def open_document_of(lines: Sequence[Sequence[Value]], kind: str = "spreadsheet") -> bytes:
    """An .ods with one sheet; empty cells run together, as offices write them."""
    rows = "".join(f"<table:table-row>{''.join(_cells(line))}</table:table-row>" for line in lines)
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_NAMESPACES} office:version="1.2"><office:body>'
        f'<office:spreadsheet><table:table table:name="Trang 1">{rows}</table:table></office:spreadsheet>'
        "</office:body></office:document-content>"
    )
    manifest = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    parts = {"mimetype": f"application/vnd.oasis.opendocument.{kind}", "META-INF/manifest.xml": manifest, "content.xml": content}
    return zipped(parts)


def _cells(line: Sequence[Value]) -> Iterable[str]:
    empty = 0
    for value in line:
        if value == "":
            empty += 1
            continue
        if empty:
            yield f'<table:table-cell table:number-columns-repeated="{empty}"/>'
            empty = 0
        formula = f' table:formula="of:{escape(value.text)}"' if isinstance(value, Formula) else ""
        text = value.value if isinstance(value, Formula) else str(value)
        yield f'<table:table-cell{formula} office:value-type="string"><text:p>{escape(text)}</text:p></table:table-cell>'


def old_workbook_of(lines: Sequence[Sequence[Value]], name: str = "Trang 1", after_begin: bytes = b"") -> bytes:
    """An .xls: the records of one sheet, in the one stream of a compound file; `after_begin`: a further record of the whole."""
    sheet = _record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0))
    for row, line in enumerate(lines):
        for column, value in enumerate(line):
            sheet += _cell(row, column, value)
    sheet += _record(0x0A, b"")
    begin = _record(0x809, struct.pack("<HHHHII", 0x600, 0x05, 0, 0, 0, 0)) + after_begin
    told = name.encode("utf-16-le")
    place = len(begin) + 4 + 8 + len(told) + 4
    told_sheet = _record(0x85, struct.pack("<IHBB", place, 0, len(name), 1) + told)
    return _compound(begin + told_sheet + _record(0x0A, b"") + sheet)


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _cell(row: int, column: int, value: Value) -> bytes:
    if value == "":
        return b""
    if isinstance(value, int):
        return _record(0x203, struct.pack("<HHHd", row, column, 0, value))
    text = value.value if isinstance(value, Formula) else str(value)
    string = struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")
    if isinstance(value, Formula):  # gives a string: the record behind it holds what
        result = struct.pack("<BBBBBBH", 0, 0, 0, 0, 0, 0, 0xFFFF)
        formula = _record(0x06, struct.pack("<HHH", row, column, 0) + result + struct.pack("<HIH", 0, 0, 0))
        return formula + _record(0x207, string)
    return _record(0x204, struct.pack("<HHH", row, column, 0) + string)


def _compound(stream: bytes) -> bytes:
    """A compound file: header, table of sectors, directory, the stream of cells in sectors one behind the other."""
    stream = stream.ljust(4096, b"\0")
    sectors = -(-len(stream) // 512)
    tables = -(-(sectors + 2 + 200) // 128)
    first = tables + 1  # behind the tables and the directory
    following = [0xFFFFFFFD] * tables + [0xFFFFFFFE] + [first + at + 1 for at in range(sectors - 1)] + [0xFFFFFFFE]
    following += [0xFFFFFFFF] * (tables * 128 - len(following))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, tables, tables, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += struct.pack("<109I", *range(tables), *[0xFFFFFFFF] * (109 - tables))
    directory = _entry("Root Entry", 5, 0xFFFFFFFE, 0, child=1) + _entry("Workbook", 2, first, len(stream)) + bytes(256)
    return header + struct.pack(f"<{tables * 128}I", *following) + directory + stream.ljust(sectors * 512, b"\0")


def _entry(name: str, kind: int, start: int, size: int, child: int = 0xFFFFFFFF) -> bytes:
    told = name.encode("utf-16-le") + b"\0\0"
    return (
        told.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(told), kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
        + bytes(36)
        + struct.pack("<III", start, size, 0)
    )


def text_of(lines: Sequence[Sequence[Value]], separator: str = ",") -> str:
    return "\r\n".join(separator.join('"' + str(v).replace('"', '""') + '"' if v else "" for v in line) for line in lines) + "\r\n"
