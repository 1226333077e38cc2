"""A sheet as it was uploaded: texts where they stood. What passes between the opening of a file and the reading of a list."""

from __future__ import annotations

import msgspec

SHEETS_MAX = 20
COLUMNS_MAX = 200
HEIGHT_MAX = 100_000  # the row of the last filled cell
# Rows that hold anything: the list itself, what stands above and below it.
LINES_MAX = 20_500
TEXT_MAX = 20_000_000  # characters of one file; 20,000 full rows have some four million
MERGED_MAX = 5_000


class Sheet(msgspec.Struct, frozen=True):
    """One sheet: its filled rows, counted as the spreadsheet counts them (*trang tính đã gửi*)."""

    name: str
    lines: dict[int, list[str]]  # row, from 1 → texts from the first column on
    is_hidden: bool = False
    merged: list[tuple[int, int, int, int]] = []  # first row, first column, last row, last column; rows from 1, columns from 0
    formulas: list[tuple[int, int]] = []  # row from 1, column from 0
    is_cut: bool = False  # more rows than a file may have


class Opened(msgspec.Struct, frozen=True):
    """What came of opening a file (*tệp đã mở*): its sheets, or a word for what is in the way."""

    sheets: list[Sheet] = []
    problem: str = ""
