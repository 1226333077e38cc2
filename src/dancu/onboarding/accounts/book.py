"""How our workbooks look: fonts, fills, page, the hidden sheet of choices. Alike for template, returned and approved list."""

from __future__ import annotations

import io
from collections.abc import Sequence

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from dancu.kernel.spreadsheets import harmless
from dancu.onboarding.accounts.columns import COLUMNS, LEVELS, ROWS_MAX, Column
from dancu.onboarding.accounts.domain import ListContext

LIST_SHEET, FAULT_SHEET, CHOICE_SHEET = "Danh sách", "Lỗi", "Danh mục"
TEXT_LENGTH_MAX = 32_000  # what one cell of a spreadsheet can hold, nearly
_INK, _MUTED, _LINE, _HEAD = "#1B1A17", "#5C574E", "#B9B2A6", "#F6F4F0"
LINE_HEIGHT, LINES_SHOWN_MAX = 15, 20
BAD_FILL, WARN_FILL = "#F9DEDC", "#FBEFD5"
_BAD, _WARN = "#A3201A", "#8A5A00"
_TEXT = 49  # the built-in format of texts
_CELL = {"border": 1, "border_color": _LINE, "valign": "top", "num_format": _TEXT}
_FORMATS: dict[str, dict[str, object]] = {
    "text": {"num_format": _TEXT, "valign": "top"},
    "cell": {**_CELL, "text_wrap": True},
    "center": {**_CELL, "align": "center"},
    "bad": {**_CELL, "text_wrap": True, "bg_color": BAD_FILL, "font_color": _BAD},
    "warn": {**_CELL, "text_wrap": True, "bg_color": WARN_FILL, "font_color": _WARN},
    "head": {**_CELL, "bold": True, "text_wrap": True, "bg_color": _HEAD, "align": "center", "valign": "vcenter"},
    "fix_head": {**_CELL, "bold": True, "bg_color": _BAD, "font_color": "#FFFFFF", "valign": "vcenter"},
    "fix": {**_CELL, "text_wrap": True, "font_color": _BAD},
    "link": {**_CELL, "font_color": "#7A1518", "underline": 1},
    "title": {"bold": True, "font_size": 14, "align": "center", "valign": "vcenter", "text_wrap": True},
    "heading": {"bold": True, "font_size": 14},
    "motto": {"bold": True, "align": "center", "text_wrap": True},
    "middle": {"align": "center", "italic": True, "font_color": _MUTED},
    "above": {"num_format": _TEXT, "bold": True},
    "note": {"italic": True, "indent": 1, "font_color": _MUTED},
    "label": {**_CELL, "bg_color": _HEAD},
    "count": {**_CELL, "num_format": "#,##0", "bold": True, "align": "right"},
}
# The choices behind each column that offers some, in this order on the hidden sheet.
_OFFERED = ("level", "role", "services")


class ListBook:
    """A workbook that is being written, with its formats (*tệp bảng tính*)."""

    def __init__(self) -> None:
        self._bytes = io.BytesIO()
        # Never a file beside us: the list is about people.
        self._book = xlsxwriter.Workbook(self._bytes, {"in_memory": True})
        self._book.set_size(2400, 1400)
        self._formats: dict[str, Format] = {}

    def look(self, name: str) -> Format:
        if name not in self._formats:
            about = {"font_name": "Times New Roman", "font_size": 11, "font_color": _INK, **_FORMATS[name]}
            self._formats[name] = self._book.add_format(about)
        return self._formats[name]

    def sheet(self, name: str) -> Worksheet:
        """A sheet for A4 across: as wide as the page, any number of pages long."""
        sheet: Worksheet = self._book.add_worksheet(name)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.set_margins(0.4, 0.4, 0.5, 0.6)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&C&10Trang &P/&N")
        sheet.hide_gridlines(2)
        # Numbers of people are kept as texts, and that is no mistake.
        sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
        return sheet

    def write(self, sheet: Worksheet, row: int, column: int, text: str, look: str = "cell") -> None:
        """Write a text so that no spreadsheet takes it for a formula. Row and column from 0."""
        if text:
            sheet.write_string(row, column, harmless(text[:TEXT_LENGTH_MAX]), self.look(look))
        else:
            sheet.write_blank(row, column, None, self.look(look))

    def fit_height(self, sheet: Worksheet, row: int, texts: Sequence[tuple[str, int]], least: int = 1) -> None:
        """Room for the longest of the texts, each given with the width of its column: not every program wraps a row by itself."""
        lines = max((_lines(text, width) for text, width in texts), default=1)
        if max(lines, least) > 1:
            sheet.set_row(row, min(max(lines, least), LINES_SHOWN_MAX) * LINE_HEIGHT)

    def set_columns(self, sheet: Worksheet, places: Sequence[tuple[int, Column]]) -> None:
        """Widths, and text as the format of every cell, also of those that are typed later: a number keeps its zeros."""
        for at, column in places:
            sheet.set_column(at, at, column.width, self.look("text"))

    def add_choices(self, context: ListContext) -> None:
        """The hidden sheet the lists of choices point to."""
        sheet = self._book.add_worksheet(CHOICE_SHEET)
        for at, choices in enumerate((LEVELS, context.roles, context.services)):
            sheet.write_string(0, at, next(c.words for c in COLUMNS if c.key == _OFFERED[at]))
            for row, choice in enumerate(choices, start=1):
                sheet.write_string(row, at, harmless(choice.shown))
        sheet.hide()

    def offer_choices(self, sheet: Worksheet, first_row: int, places: dict[str, int], context: ListContext) -> None:
        """Lists to choose from below the header. Several services fit in a cell, so there the list only helps."""
        for at, (key, choices) in enumerate(zip(_OFFERED, (LEVELS, context.roles, context.services), strict=True)):
            if key in places and choices:
                letter = "ABC"[at]
                sheet.data_validation(
                    first_row,
                    places[key],
                    first_row + ROWS_MAX - 1,
                    places[key],
                    {
                        "validate": "list",
                        "source": f"='{CHOICE_SHEET}'!${letter}$2:${letter}${len(choices) + 1}",
                        "error_title": "Chọn trong danh sách",
                        "error_message": "Giá trị này không có trong danh sách. Bấm mũi tên ở ô để chọn.",
                        "show_error": key != "services",
                    },
                )

    def done(self) -> bytes:
        self._book.close()
        return self._bytes.getvalue()


def _lines(text: str, width: int) -> int:
    """How many lines a text takes in a column: five letters to four units of width, words broken early counted in."""
    return sum(-(-len(part) * 4 // (width * 5)) or 1 for part in text.split("\n"))
