"""Pieces of WordprocessingML: elements, paragraphs by style, rules, fields, cells, tables."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import cast

from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

_STYLES = Path(__file__).parent / "data" / "styles.xml"
_TWIPS_PER_MM = 1440 / 25.4
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_SIDES = ("top", "left", "bottom", "right")
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
Elements = list[BaseOxmlElement]


def tag(name: str, /, *children: BaseOxmlElement, **attributes: object) -> BaseOxmlElement:
    """An element of the main namespace with its children."""
    element = cast(BaseOxmlElement, OxmlElement(f"w:{name}"))  # the library promises less than it makes
    for key, value in attributes.items():
        element.set(qn(f"w:{key}"), str(value))
    element.extend(children)
    return element


def writable(text: str) -> str:
    """A text without the signs that XML has no form for."""
    return _UNWRITABLE.sub("", text)


def twips(millimetres: float) -> int:
    return round(millimetres * _TWIPS_PER_MM)


def paragraph(style: str, content: Elements, *, keep: bool = False, rule: float | None = None, align: str = "") -> BaseOxmlElement:
    """A paragraph of a style. `rule`: a line above it, so many millimetres from both edges."""
    about = tag("pPr", tag("pStyle", val=style))
    if keep:
        about.append(tag("keepNext"))
    if rule is not None:
        about.append(tag("pBdr", tag("top", val="single", sz=6, space=1, color="000000")))
        about.append(tag("ind", left=twips(rule), right=twips(rule)))
    if align:
        about.append(tag("jc", val=align))
    return tag("p", about, *content)


def text_run(text: str, *, bold: bool = False, italic: bool = False, style: str = "") -> BaseOxmlElement:
    """Words in a run; a line break where the text has one."""
    about = tag("rPr")
    if style:
        about.append(tag("rStyle", val=style))
    if bold:
        about.extend((tag("b"), tag("bCs")))
    if italic:
        about.extend((tag("i"), tag("iCs")))
    run = tag("r", about) if len(about) else tag("r")
    for at, line in enumerate(text.split("\n")):
        if at:
            run.append(tag("br"))
        run.append(_words(line))
    return run


def kept_with_next(element: BaseOxmlElement) -> BaseOxmlElement:
    """A paragraph that never ends a page before what follows it."""
    about = element.find(qn("w:pPr"))
    if about is not None and about.find(qn("w:keepNext")) is None:
        about.insert(1, tag("keepNext"))  # after the style, as the schema has it
    return element


def plain(style: str, text: str, *, keep: bool = False) -> BaseOxmlElement:
    return paragraph(style, [text_run(text)], keep=keep)


def traced(run: BaseOxmlElement, name: str, number: int) -> Elements:
    """A run inside a bookmark, which stays with it when the text around is edited."""
    return [tag("bookmarkStart", id=number, name=name), run, tag("bookmarkEnd", id=number)]


def page_field() -> Elements:
    """The number of the page, filled in by the reader's program."""
    said = tag("instrText")
    said.text = " PAGE "
    begin, separate, end = (tag("r", tag("fldChar", fldCharType=kind)) for kind in ("begin", "separate", "end"))
    return [begin, tag("r", said), separate, text_run("2"), end]


def side_by_side(rows: Sequence[tuple[Elements, Elements]], widths: tuple[int, int]) -> BaseOxmlElement:
    """Texts beside each other without rules: the head and the foot of a letter."""
    made = [tag("tr", *(cell(words, width) for words, width in zip(row, widths, strict=True))) for row in rows]
    return table(widths, made, ruled=False)


def cell(content: Elements, width: float, *, span: int = 1, shade: str = "") -> BaseOxmlElement:
    about = tag("tcPr", tag("tcW", w=twips(width), type="dxa"))
    if span > 1:
        about.append(tag("gridSpan", val=span))
    if shade:
        about.append(tag("shd", val="clear", color="auto", fill=shade))
    about.append(tag("vAlign", val="center" if shade else "top"))
    return tag("tc", about, *content)


def table(widths: Sequence[float], rows: Elements, *, ruled: bool) -> BaseOxmlElement:
    about = tag("tblPr", tag("tblW", w=twips(sum(widths)), type="dxa"))
    if ruled:
        sides = (*_SIDES, "insideH", "insideV")
        about.append(tag("tblBorders", *(tag(side, val="single", sz=4, space=0, color="000000") for side in sides)))
    about.append(tag("tblLayout", type="fixed"))
    inside = {"top": 0.6, "left": 1.4, "bottom": 0.6, "right": 1.4} if ruled else dict.fromkeys(_SIDES, 0.0)
    about.append(tag("tblCellMar", *(tag(side, w=twips(size), type="dxa") for side, size in inside.items())))
    grid = tag("tblGrid", *(tag("gridCol", w=twips(width)) for width in widths))
    return tag("tbl", about, grid, *rows)


def document_styles() -> list[BaseOxmlElement]:
    """The styles, a fresh copy: they are moved into the document."""
    return [cast(BaseOxmlElement, style) for style in parse_xml(_styles_text()).iterchildren()]


@cache
def _styles_text() -> bytes:
    return _STYLES.read_bytes()


def document_settings() -> list[BaseOxmlElement]:
    compatible = tag("compatSetting", name="compatibilityMode", uri="http://schemas.microsoft.com/office/word", val=15)
    return [
        tag("zoom", percent=100),
        tag("defaultTabStop", val=567),
        tag("characterSpacingControl", val="doNotCompress"),
        tag("footnotePr", tag("footnote", id=-1), tag("footnote", id=0)),
        tag("compat", compatible),
        tag("themeFontLang", val="vi-VN"),
        tag("decimalSymbol", val=","),
        tag("listSeparator", val=";"),
    ]


def _words(text: str) -> BaseOxmlElement:
    element = tag("t")
    element.text = writable(text)
    element.set(_SPACE, "preserve")
    return element
