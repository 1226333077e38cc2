"""The proof of the whole: 5,000 made-up rows with 200 planted faults over all kinds give back exactly these, in the file too.

The list goes the way of a real one: an .xlsx in, rows read in a process of their own, checked, returned as a workbook whose marks
are then read from the file itself; the cells are mended in that very file, and it passes whole.
"""

from __future__ import annotations

from collections import Counter

import pytest
from xlsxwriter.utility import xl_rowcol_to_cell

from dancu.onboarding.accounts.book import BAD_FILL, WARN_FILL
from dancu.onboarding.accounts.columns import BY_KEY, tidy
from dancu.onboarding.accounts.domain import Checked, SheetRow, check
from dancu.onboarding.accounts.faults import KINDS
from dancu.onboarding.accounts.reading import UploadedList, read
from dancu.onboarding.accounts.returned import write_returned
from tests.onboarding.accounts.lists import KEYS, Row, a_context, first_row, rows_by_seed, table_of, workbook_of
from tests.onboarding.accounts.marks import filled_cells, links, mended, remarks, texts
from tests.onboarding.accounts.planting import Planted, plant

ROWS, FAULTS = 5_000, 200
_BESIDE = len(KEYS) + 2


class Course:
    """One list on its way, worked once for all tests of this file."""

    def __init__(self) -> None:
        self.good = rows_by_seed(ROWS)
        self.spoiled, self.planted = plant(self.good, FAULTS)
        self.uploaded: UploadedList = read(workbook_of(table_of(self.spoiled)))
        self.checked: Checked = check(self.uploaded.rows, a_context())
        self.returned: bytes = write_returned(self.uploaded, self.checked, a_context())

    def cell(self, planted: Planted) -> str:
        return xl_rowcol_to_cell(first_row() - 1 + planted.at, KEYS.index(planted.column) if planted.column else _BESIDE)


def as_read(row: SheetRow) -> tuple[int, dict[str, str], tuple[str, ...]]:
    return row.row, {key: tidy(text) for key, text in row.texts.items()}, row.beside


@pytest.fixture(scope="module")
def course() -> Course:
    return Course()


def test_the_list_without_faults_passes_whole() -> None:
    checked = check(read(workbook_of(table_of(rows_by_seed(ROWS)))).rows, a_context())

    assert (checked.rows, len(checked.accepted)) == (ROWS, ROWS)
    assert checked.faults == checked.warnings == ()
    assert checked.is_whole


def test_exactly_the_planted_faults_are_found(course: Course) -> None:
    times = Counter(planted.code for planted in course.planted)
    assert set(times) == set(KINDS), "every kind is planted"
    assert min(times.values()) >= 5
    assert len(course.planted) == FAULTS

    found = {(f.row, f.column, f.code) for f in (*course.checked.faults, *course.checked.warnings)}

    assert found == {(first_row() + planted.at, planted.column, planted.code) for planted in course.planted}
    assert len(course.checked.faults) + len(course.checked.warnings) == FAULTS
    assert len(course.checked.accepted) == ROWS - len(course.checked.faults)


def test_every_sentence_is_vietnamese_and_whole(course: Course) -> None:
    for fault in (*course.checked.faults, *course.checked.warnings):
        for sentence in (fault.what, fault.to_do):
            assert sentence[0].isupper(), sentence
            assert sentence.endswith("."), sentence
            assert "{" not in sentence, sentence
        assert any(ord(c) > 0x1E00 for c in fault.message), "Vietnamese has its letters"
        assert fault.message_en.isascii() or fault.value
        assert "{" not in fault.message_en


def test_exactly_the_faulty_cells_are_marked_in_the_returned_workbook(course: Course) -> None:
    must = {course.cell(p) for p in course.planted if not KINDS[p.code].is_warning}
    may = {course.cell(p) for p in course.planted if KINDS[p.code].is_warning}

    assert filled_cells(course.returned, BAD_FILL) == must
    assert filled_cells(course.returned, WARN_FILL) == may
    said = remarks(course.returned)
    assert set(said) == must | may
    assert all(said[cell].startswith("Phải sửa: ") for cell in must)
    assert all(said[cell].startswith("Nên xem lại: ") for cell in may)


def test_the_last_column_and_the_second_sheet_say_the_same_in_words(course: Course) -> None:
    said, listed = texts(course.returned), texts(course.returned, "xl/worksheets/sheet2.xml")
    pointers = links(course.returned, "xl/worksheets/sheet2.xml")

    fix = xl_rowcol_to_cell(0, _BESIDE + 1).rstrip("1")
    assert said[f"{fix}{first_row() - 1}"] == "Cần sửa"
    for fault in (*course.checked.faults, *course.checked.warnings):
        words = f"{BY_KEY[fault.column].words}: " if fault.column else ""
        begin = "Nên xem lại" if fault.is_warning else "Phải sửa"
        assert said[f"{fix}{fault.row}"] == f"{begin}. {words}{fault.message}"
    assert sorted(pointers.values()) == sorted(f"'Danh sách'!{course.cell(p)}" for p in course.planted)
    assert listed["D3"] == str(ROWS)
    assert listed["D4"] == str(len(course.checked.accepted))
    assert listed["D6"] == str(len(course.checked.faults))
    assert listed["D7"] == str(len(course.checked.warnings))


def test_the_returned_workbook_reads_back_as_what_was_sent(course: Course) -> None:
    again = read(course.returned)

    # A formula comes back as what it last gave: it is shown, and mended by typing.
    assert [as_read(row) for row in again.rows] == [as_read(row) for row in course.uploaded.rows]
    assert again.notes == course.uploaded.notes


def test_the_mended_file_passes_whole(course: Course) -> None:
    changes: dict[str, str] = {}
    for planted in course.planted:
        good: Row = course.good[planted.at]
        for key in KEYS if planted.code == "row.stray" else (planted.column, "birth_date"):
            changes[course.cell(planted._replace(column=key))] = str(good[key])

    checked = check(read(mended(course.returned, changes)).rows, a_context())

    assert [(f.row, f.column, f.code) for f in (*checked.faults, *checked.warnings)] == []
    assert len(checked.accepted) == ROWS
