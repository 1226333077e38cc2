"""Tables of official papers: ruled ones whose heads repeat on every page, and blank ones that put texts side by side."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy

from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

from dancu.onboarding.papers.domain import PaperColumn
from dancu.onboarding.papers.oxml import paragraph, tag, twips
from dancu.onboarding.papers.printed import PrintedRow, PrintedTable

ROW_HEIGHT = 6.3  # millimetres at least: twenty-five rows and the head fill a page across
_PADDING, _PADDING_WIDE = (0.4, 0.9), (0.7, 1.6)  # millimetres above and beside the words: of small print, of answers
# Go to the next page with the signature; LibreOffice 7 heeds it between rows only, there the closing sentence goes alone.
_LAST_ROWS = 2
_SHADE = "F2F2F2"
Words = list[BaseOxmlElement]


def side_by_side(rows: Sequence[tuple[Words, Words]], widths: Sequence[int]) -> BaseOxmlElement:
    """Left and right texts of a letter's head and foot, without rules, with the stated gap between."""
    left, gap, right = widths
    made = []
    for first, second in rows:
        cells = [_cell(first, left), *([_cell([paragraph("rule")], gap)] if gap else []), _cell(second, right)]
        made.append(tag("tr", *cells))  # whole by its words: LibreOffice keeps no row with what follows that may not be split
    return _table([width for width in widths if width], made)


def lines_table(table: PrintedTable) -> BaseOxmlElement:
    """Running lines in small print, the head on every page, no row over two pages."""
    rows = [_head(table.columns, "cellHeadSmall")]
    last = len(table.rows) - _LAST_ROWS
    model = PrintedRow(("x",) * len(table.columns))
    plain_row, kept_row = (_row(model, table.columns, "cellSmall", keep=keep, height=ROW_HEIGHT) for keep in (False, True))
    rows += [_filled(kept_row if at >= last else plain_row, row) for at, row in enumerate(table.rows)]
    return _table([column.width for column in table.columns], rows, _PADDING)


def _filled(model: BaseOxmlElement, row: PrintedRow) -> BaseOxmlElement:
    """A copy of a row with other words: five times as fast as a new one, and lists have thousands."""
    made = deepcopy(model)
    for place, text in zip(list(made.iter(qn("w:t"))), row.cells, strict=True):
        place.text = text
    return made


def answers_table(table: PrintedTable) -> BaseOxmlElement:
    """Questions and answers under headings that stay with what follows them."""
    rows = [_head(table.columns, "cellHead")]
    last = len(table.rows) - _LAST_ROWS
    for at, row in enumerate(table.rows):
        rows.append(_row(row, table.columns, "cell", keep=at >= last, height=7.5))
    return _table([column.width for column in table.columns], rows, _PADDING_WIDE)


def _head(columns: Sequence[PaperColumn], style: str) -> BaseOxmlElement:
    cells = [_cell([paragraph(style, column.label)], column.width, shade=True, middle=True) for column in columns]
    return tag("tr", tag("trPr", tag("cantSplit"), tag("tblHeader")), *cells)


def _row(row: PrintedRow, columns: Sequence[PaperColumn], style: str, *, keep: bool, height: float) -> BaseOxmlElement:
    about = tag("trPr", tag("cantSplit"), tag("trHeight", val=twips(height), hRule="atLeast"))
    if len(row.cells) == 1:
        words = [paragraph("cellSection", row.cells[0], keep=True)]
        return tag("tr", about, _cell(words, sum(column.width for column in columns), span=len(columns), middle=True))
    cells = [
        _cell([paragraph(style, text, keep=keep, centred=column.align == "center")], column.width, middle=True)
        for column, text in zip(columns, row.cells, strict=True)
    ]
    return tag("tr", about, *cells)


def _cell(words: list[BaseOxmlElement], width: int, *, span: int = 1, shade: bool = False, middle: bool = False) -> BaseOxmlElement:
    about = tag("tcPr", tag("tcW", w=twips(width), type="dxa"))
    if span > 1:
        about.append(tag("gridSpan", val=span))
    if shade:
        about.append(tag("shd", val="clear", color="auto", fill=_SHADE))
    if middle:
        about.append(tag("vAlign", val="center"))
    return tag("tc", about, *words)


def _table(widths: Sequence[int], rows: list[BaseOxmlElement], ruled: tuple[float, float] | None = None) -> BaseOxmlElement:
    about = tag("tblPr", tag("tblW", w=twips(sum(widths)), type="dxa"))
    if ruled:
        sides = [tag(side, val="single", sz=4, space=0, color="000000") for side in ("top", "left", "bottom", "right")]
        inner = [tag(side, val="single", sz=4, space=0, color="000000") for side in ("insideH", "insideV")]
        about.append(tag("tblBorders", *sides, *inner))
    about.append(tag("tblLayout", type="fixed"))
    above, beside = ruled or (0, 0)
    margins = [("top", above), ("left", beside), ("bottom", above), ("right", beside)]
    about.append(tag("tblCellMar", *(tag(side, w=twips(size), type="dxa") for side, size in margins)))
    grid = tag("tblGrid", *(tag("gridCol", w=twips(width)) for width in widths))
    return tag("tbl", about, grid, *rows)
