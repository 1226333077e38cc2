"""Pieces of WordprocessingML that python-docx has no words for: paragraphs by style, rules, fields, boxes, styles, settings."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import cast

from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

_STYLES = Path(__file__).parent.parent / "data" / "paper_styles.xml"
_PARTS = re.compile(r"([☒☐]|\n|\t|(?<=[A-ZĐ])-(?=[A-ZĐ]))")  # the last: document numbers are not broken at the end of a line
_BOX_FONT = "Segoe UI Symbol"  # Times New Roman has no boxes
TWIPS_PER_MM = 1440 / 25.4


def tag(name: str, /, *children: BaseOxmlElement, **attributes: object) -> BaseOxmlElement:
    """An element of the main namespace with its children."""
    element = cast(BaseOxmlElement, OxmlElement(f"w:{name}"))  # the library promises less than it makes
    for key, value in attributes.items():
        element.set(qn(f"w:{key}"), str(value))
    element.extend(children)
    return element


def twips(millimetres: float) -> int:
    return round(millimetres * TWIPS_PER_MM)


def paragraph(
    style: str,
    text: str = "",
    *,
    content: list[BaseOxmlElement] | None = None,
    keep: bool = False,
    leader: int = 0,
    rule: float | None = None,
    after: int = 0,
    centred: bool = False,
) -> BaseOxmlElement:
    """A paragraph of a style. `leader`: dots up to so many millimetres; `rule`: a line so far from both edges."""
    about = tag("pPr", tag("pStyle", val=style))
    if keep:
        about.append(tag("keepNext"))
    if rule is not None:
        about.append(tag("pBdr", tag("top", val="single", sz=6, space=1, color="000000")))
    if leader:
        about.append(tag("tabs", tag("tab", val="right", leader="dot", pos=twips(leader))))
    if after:
        about.append(tag("spacing", after=after))
    if rule is not None:
        about.append(tag("ind", left=twips(rule), right=twips(rule)))
    if centred:
        about.append(tag("jc", val="center"))
    return tag("p", about, *(runs(text) if content is None else content))


def runs(text: str) -> list[BaseOxmlElement]:
    """A text as runs: line breaks, leaders, and boxes in a font that has them."""
    return [_run(part) for part in _PARTS.split(text) if part]


def _run(part: str) -> BaseOxmlElement:
    if part == "\n":
        return tag("r", tag("br"))
    if part == "\t":
        return tag("r", tag("tab"))
    if part == "-":
        return tag("r", tag("noBreakHyphen"))
    words = tag("t")
    words.text = part
    words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    if part in "☒☐":
        fonts = tag("rFonts", ascii=_BOX_FONT, hAnsi=_BOX_FONT, eastAsia=_BOX_FONT, cs=_BOX_FONT)
        return tag("r", tag("rPr", fonts), words)
    return tag("r", words)


def field(name: str) -> list[BaseOxmlElement]:
    """A field that the reader's program fills in, for example PAGE."""
    said = tag("instrText")
    said.text = f" {name} "
    shown = tag("t")
    shown.text = "2"
    return [
        tag("r", tag("fldChar", fldCharType="begin")),
        tag("r", said),
        tag("r", tag("fldChar", fldCharType="separate")),
        tag("r", shown),
        tag("r", tag("fldChar", fldCharType="end")),
    ]


def paper_styles() -> list[BaseOxmlElement]:
    """Our styles, a fresh copy: they are moved into the document."""
    return [cast(BaseOxmlElement, style) for style in parse_xml(_styles_text()).iterchildren()]


@cache
def _styles_text() -> bytes:
    return _STYLES.read_bytes()


def paper_settings() -> list[BaseOxmlElement]:
    compatible = tag("compatSetting", name="compatibilityMode", uri="http://schemas.microsoft.com/office/word", val=15)
    return [
        tag("zoom", percent=100),
        tag("defaultTabStop", val=720),
        tag("characterSpacingControl", val="doNotCompress"),
        tag("compat", compatible),
        tag("themeFontLang", val="vi-VN"),
        tag("decimalSymbol", val=","),
        tag("listSeparator", val=";"),
    ]
