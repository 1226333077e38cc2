"""What a reader of a returned workbook sees, taken from the file itself: fills, remarks, texts; and a hand that mends cells."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping

from lxml import etree

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
SHEET_1 = "xl/worksheets/sheet1.xml"


def part(data: bytes, name: str) -> etree._Element:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return etree.fromstring(archive.read(name))


def filled_cells(data: bytes, color: str, sheet: str = SHEET_1) -> set[str]:
    """The cells whose fill has the colour (RRGGBB)."""
    styles = part(data, "xl/styles.xml")
    fills = [
        (fill.find(f".//{_MAIN}fgColor").get("rgb", "") if fill.find(f".//{_MAIN}fgColor") is not None else "")
        for fill in styles.find(f"{_MAIN}fills")
    ]
    looks = [fills[int(xf.get("fillId", "0"))] for xf in styles.find(f"{_MAIN}cellXfs")]
    wanted = f"FF{color.lstrip('#').upper()}"
    return {cell.get("r", "") for cell in part(data, sheet).iter(f"{_MAIN}c") if looks[int(cell.get("s", "0"))] == wanted}


def remarks(data: bytes) -> dict[str, str]:
    """The remark of each cell of the first sheet."""
    comments = part(data, "xl/comments1.xml")
    return {c.get("ref", ""): "".join(c.itertext()) for c in comments.iter(f"{_MAIN}comment")}


def texts(data: bytes, sheet: str = SHEET_1) -> dict[str, str]:
    """The shared strings of a sheet, by cell."""
    strings = ["".join(each.itertext()) for each in part(data, "xl/sharedStrings.xml")]
    found = {}
    for cell in part(data, sheet).iter(f"{_MAIN}c"):
        value = cell.findtext(f"{_MAIN}v")
        if value is not None:
            found[cell.get("r", "")] = strings[int(value)] if cell.get("t") == "s" else value
    return found


def links(data: bytes, sheet: str) -> dict[str, str]:
    return {link.get("ref", ""): link.get("location", "") for link in part(data, sheet).iter(f"{_MAIN}hyperlink")}


def mended(data: bytes, changes: Mapping[str, str]) -> bytes:
    """The same file with other texts in some cells, as if typed there; all else is byte for byte as it was."""
    tree = part(data, SHEET_1)
    cells = {cell.get("r"): cell for cell in tree.iter(f"{_MAIN}c")}
    for reference, text in changes.items():
        cell = cells[reference] if reference in cells else _new_cell(tree, reference)
        for child in list(cell):
            cell.remove(child)
        cell.attrib.pop("t", None)
        if text:
            cell.set("t", "inlineStr")
            etree.SubElement(etree.SubElement(cell, f"{_MAIN}is"), f"{_MAIN}t").text = text
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as written:
        for info in archive.infolist():
            written.writestr(info, etree.tostring(tree) if info.filename == SHEET_1 else archive.read(info))
    return out.getvalue()


def _new_cell(tree: etree._Element, reference: str) -> etree._Element:
    number = re.sub(r"\D", "", reference)
    row = next(r for r in tree.iter(f"{_MAIN}row") if r.get("r") == number)
    return etree.SubElement(row, f"{_MAIN}c", r=reference)
