"""The results as a workbook: row by row, never in memory as a whole; a sheet takes a million rows."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from dancu.kernel.spreadsheets import harmless
from dancu.reconcile.running import words as w
from dancu.reconcile.running.folder import RESULTS, WORK, finished
from dancu.reconcile.running.results import WORDED, Rows, Wording

ROWS_A_SHEET = 1_000_000
_WIDTHS = (8, 20, 22, 20, 20, 44, 60, 28, 44)
_SHEET = "Kết quả"


@contextmanager
def workbook_file(
    folder: Path, wording: Wording, day: datetime.date, rows_a_sheet: int = ROWS_A_SHEET
) -> Iterator[Callable[[Rows], None]]:
    """Results as a workbook (*kết quả dạng XLSX*), to be added to. `day` is its date: the same job writes the same bytes."""
    scratch = folder / WORK / "workbook"
    scratch.mkdir(parents=True, exist_ok=True)
    with finished(folder / RESULTS["xlsx"]) as file:
        options = {
            "constant_memory": True, "tmpdir": str(scratch), "strings_to_formulas": False, "strings_to_numbers": False,
            "strings_to_urls": False,
        }  # fmt: skip
        book = xlsxwriter.Workbook(file, options)
        book.use_zip64()
        book.set_properties({"created": datetime.datetime.combine(day, datetime.time(), datetime.UTC)})
        sheets = _Sheets(book, rows_a_sheet)

        def add(rows: Rows) -> None:
            for number, *texts in people_table(rows, wording).iter_rows():
                sheets.write(number, texts)

        yield add
        try:
            book.close()
        except xlsxwriter.exceptions.FileCreateError as failure:
            raise _disk_error(failure) from failure
    scratch.rmdir()


def people_table(rows: Rows, wording: Wording) -> pl.DataFrame:
    """Results as people read them: the columns of `HEADINGS`, every text harmless to a spreadsheet."""
    worded = [wording.of(saying) for saying in rows.sayings]
    indices = pl.Series(rows.saying)
    said = {name: pl.Series([harmless(each[at]) or None for each in worded], dtype=pl.String) for at, name in enumerate(WORDED)}
    texts = {name: words.gather(indices) for name, words in said.items()}
    frame = pl.DataFrame({"list_row": rows.list_row, "reference": rows.references(), **texts, "row": rows.repeated_row})
    repeated = pl.col("repeated").str.replace("{row}", pl.col("row").cast(pl.String), literal=True)
    return frame.with_columns(repeated).select(*w.HEADINGS)


def _disk_error(failure: Exception) -> OSError:
    """The error of the disk that the library wraps."""
    inner = failure.args[0] if failure.args else None
    return inner if isinstance(inner, OSError) else OSError(str(failure))


class _Sheets:
    """Begins a sheet when the one before is full."""

    def __init__(self, book: xlsxwriter.Workbook, rows_a_sheet: int) -> None:
        self._book, self._most, self._at, self._count = book, rows_a_sheet, 0, 0
        self._bold = book.add_format({"bold": True})
        self._sheet = self._begin()

    def _begin(self) -> Worksheet:
        self._count += 1
        sheet = self._book.add_worksheet(_SHEET if self._count == 1 else f"{_SHEET} {self._count}")
        sheet.freeze_panes(1, 0)
        for at, (heading, width) in enumerate(zip(w.HEADINGS.values(), _WIDTHS, strict=True)):
            sheet.set_column(at, at, width)
            sheet.write_string(0, at, heading, self._bold)
        self._at = 0
        return sheet

    def write(self, number: int, texts: list[str]) -> None:
        if self._at == self._most:
            self._sheet = self._begin()
        self._at += 1
        self._sheet.write_number(self._at, 0, number)
        for column, text in enumerate(texts, start=1):
            if text:
                self._sheet.write_string(self._at, column, text)
