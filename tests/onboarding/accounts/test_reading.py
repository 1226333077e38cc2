"""From bytes to rows: every kind of file, headers as offices draw them, what is said about what was left out."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Callable, Sequence
from datetime import datetime

import pytest
import xlsxwriter

from dancu.onboarding.accounts.domain import check
from dancu.onboarding.accounts.reading import UploadedList, read
from tests.onboarding.accounts.lists import (
    KEYS,
    LABELS,
    Formula,
    Row,
    Value,
    a_context,
    first_row,
    rows_by_seed,
    table_of,
    workbook_of,
)
from tests.onboarding.accounts.other_files import old_workbook_of, open_document_of, text_of

Lines = Sequence[Sequence[Value]]
ROWS = 40
_AS_FILES: dict[str, Callable[[Lines], bytes]] = {
    "xlsx": lambda lines: workbook_of(lines),
    "ods": open_document_of,
    "xls": old_workbook_of,
    "csv, UTF-8": lambda lines: text_of(lines).encode(),
    "csv, UTF-8 with mark": lambda lines: text_of(lines).encode("utf-8-sig"),
    "csv, semicolons": lambda lines: text_of(lines, ";").encode(),
    "text, tabs, UTF-16": lambda lines: text_of(lines, "\t").encode("utf-16"),
    "text, tabs, UTF-16 without mark": lambda lines: text_of(lines, "\t").encode("utf-16-le"),
    "text, tabs, UTF-16 big end first": lambda lines: text_of(lines, "\t").encode("utf-16-be"),
}


def plain_rows(count: int = ROWS) -> list[Row]:
    return rows_by_seed(count, seed=3)


def passes(uploaded: UploadedList) -> bool:
    told = check(uploaded.rows, a_context())
    assert [(f.row, f.column, f.code) for f in (*told.faults, *told.warnings)] == []
    return told.is_whole


@pytest.mark.parametrize("kind", _AS_FILES)
def test_the_same_list_is_read_from_every_kind_of_file(kind: str) -> None:
    rows = plain_rows()

    uploaded = read(_AS_FILES[kind](table_of(rows)))

    assert [row.row for row in uploaded.rows] == list(range(first_row(), first_row() + ROWS))
    assert [[row.texts[key] for key in KEYS] for row in uploaded.rows] == [[row[key] for key in KEYS] for row in rows]
    assert uploaded.notes == ()
    assert passes(uploaded)


@pytest.mark.parametrize("kind", ["xlsx", "ods", "xls"])
def test_computed_cells_are_known_in_every_kind_of_workbook(kind: str) -> None:
    rows = plain_rows()
    rows[4]["unit"] = Formula("=A1", str(rows[4]["unit"]))
    rows[5]["ordinal"] = Formula("=ROW()-5", "6")

    uploaded = read(_AS_FILES[kind](table_of(rows)))

    told = check(uploaded.rows, a_context()).faults
    assert [(f.row, f.column, f.code) for f in told] == [(first_row() + 4, "unit", "cell.formula")]


@pytest.mark.parametrize("kind", ["xlsx", "xls"])
def test_numbers_kept_as_numbers_are_read_digit_by_digit(kind: str) -> None:
    rows = plain_rows(2)
    rows[0] |= {"account": "can.bo"}
    rows[0]["personal_id"] = int(str(rows[0]["personal_id"]))
    rows[1] |= {"ordinal": 2, "services": 37}

    told = check(read(_AS_FILES[kind](table_of(rows))).rows, a_context())

    assert [(f.code, len(f.value)) for f in told.faults] == [("personal_id.lost_zero", 10)]
    assert told.accepted[0].services == ("037",)


def test_rows_that_are_only_numbered_by_a_formula_are_no_rows() -> None:
    rows: list[Row] = [*plain_rows(2), *({"ordinal": Formula("=ROW()-5", str(at))} for at in range(3, 9))]

    told = check(read(workbook_of(table_of(rows))).rows, a_context())

    assert told.rows == 2
    assert told.is_whole


def test_days_kept_as_days_are_read_as_days() -> None:
    rows = plain_rows(1)
    rows[0]["birth_date"] = datetime.strptime(str(rows[0]["birth_date"]), "%d/%m/%Y")

    assert passes(read(workbook_of(table_of(rows))))


def test_windows_1258_is_read_and_said() -> None:
    rows = [row | {"full_name": "Nguyễn Thuý Phượng"} for row in plain_rows(3)]
    # What Windows writes: letters with hat or horn composed, tones behind them.
    half = "".join(_half_composed(c) for c in text_of(table_of(rows), ";"))

    uploaded = read(half.encode("cp1258"))

    assert uploaded.rows[0].texts["full_name"] == "Nguyễn Thuý Phượng"
    assert "Windows-1258" in uploaded.notes[0]
    assert passes(uploaded)


def _half_composed(letter: str) -> str:
    parts = unicodedata.normalize("NFD", letter)
    tones = "".join(c for c in parts if c in "\u0300\u0301\u0303\u0309\u0323")
    return unicodedata.normalize("NFC", "".join(c for c in parts if c not in tones)) + tones


def test_a_decomposed_list_is_read_like_a_composed_one() -> None:
    lines = table_of(plain_rows())
    decomposed = [[unicodedata.normalize("NFD", str(value)) for value in line] for line in lines]

    assert passes(read(workbook_of(decomposed)))
    assert passes(read(text_of(decomposed).encode()))


def test_a_header_is_known_in_any_case_without_marks_with_remarks_and_in_any_order() -> None:
    rows = plain_rows()
    labels = ["GHI CHÚ", *(f"({at}) {label.upper()} (*)" for at, label in enumerate(LABELS[1:-1], start=1))]
    labels[3] = "Ngay  sinh"
    lines: list[list[Value]] = [list(labels)]
    lines += [[row["note"], *(row[key] for key in KEYS[1:-1])] for row in rows]

    uploaded = read(workbook_of(lines))

    assert uploaded.header.last_row == 1
    assert passes(uploaded)


def test_a_header_on_the_first_row_and_one_far_below_titles_are_found() -> None:
    for titles in ((), tuple(f"Dòng đầu {at}" for at in range(30))):
        uploaded = read(workbook_of(table_of(plain_rows(), titles)))

        assert uploaded.header.last_row == len(titles) + 1
        assert passes(uploaded)


def test_the_row_of_column_numbers_below_a_header_is_no_row_of_the_list() -> None:
    lines = table_of(plain_rows())
    numbers: list[Value] = [f"({at})" for at in range(1, len(KEYS) + 1)]

    uploaded = read(workbook_of([*lines[:5], numbers, *lines[5:]]))

    assert len(uploaded.rows) == ROWS
    assert passes(uploaded)


def _with_merged_header(rows: list[Row]) -> bytes:
    """Two rows of header: "Tài khoản" over three columns, the rest merged down; the name in two columns under one label."""
    held = io.BytesIO()
    book = xlsxwriter.Workbook(held, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.merge_range(0, 0, 0, 13, "DANH SÁCH TÀI KHOẢN")
    at = 0
    for key, label in zip(KEYS, LABELS, strict=True):
        if key == "full_name":
            sheet.merge_range(2, at, 3, at + 1, label)
            at += 1
        elif key in ("account", "role", "services"):
            if key == "account":
                sheet.merge_range(2, at, 2, at + 2, "Thông tin tài khoản")
            sheet.write(3, at, label)
        else:
            sheet.merge_range(2, at, 3, at, label)
        at += 1
    for row, values in enumerate(rows, start=4):
        family, _, rest = str(values["full_name"]).partition(" ")
        for column, text in enumerate([values["ordinal"], family, rest, *(values[key] for key in KEYS[2:])]):
            sheet.write_string(row, column, str(text))
    sheet.set_column(3, 3, 10, None, {"hidden": True})
    sheet.set_row(6, None, None, {"hidden": True})
    book.close()
    return held.getvalue()


def test_merged_headers_of_two_rows_are_read_hidden_columns_and_rows_too() -> None:
    rows = plain_rows()

    uploaded = read(_with_merged_header(rows))

    assert (uploaded.header.first_row, uploaded.header.last_row) == (3, 4)
    assert uploaded.header.columns["full_name"] == (1, 2)
    assert [row.texts["full_name"] for row in uploaded.rows] == [row["full_name"] for row in rows]
    assert passes(uploaded)


def test_a_cell_merged_over_rows_counts_for_each_of_them() -> None:
    rows = plain_rows(4)
    held = io.BytesIO()
    book = xlsxwriter.Workbook(held, {"in_memory": True})
    sheet = book.add_worksheet()
    for at, line in enumerate(table_of(rows, ())):
        for column, text in enumerate(line):
            if column != 5 or at == 0:
                sheet.write_string(at, column, str(text))
    sheet.merge_range(1, 5, 4, 5, "Sở Thử nghiệm")
    book.close()

    uploaded = read(held.getvalue())

    assert {row.texts["unit"] for row in uploaded.rows} == {"Sở Thử nghiệm"}
    assert "Ô gộp" in uploaded.notes[0]
    assert passes(uploaded)


def test_columns_the_list_does_not_know_are_left_out_and_named() -> None:
    lines = [[*line, extra] for line, extra in zip(table_of(plain_rows(2), ()), ("Mã số riêng", "7", "8"), strict=True)]

    uploaded = read(workbook_of(lines))

    assert uploaded.notes == ("Không dùng các cột: “Mã số riêng”.",)
    assert passes(uploaded)


def test_of_two_columns_with_one_meaning_the_first_is_read_and_it_is_said() -> None:
    lines = [[*line, extra] for line, extra in zip(table_of(plain_rows(2), ()), ("Email", "x", "y"), strict=True)]

    uploaded = read(workbook_of(lines))

    assert uploaded.notes == ("Có hai cột “Email”: chỉ đọc cột đứng trước.",)
    assert passes(uploaded)


def test_the_first_sheet_with_a_list_is_read_and_the_others_are_named() -> None:
    first, second = table_of(plain_rows(2)), table_of(plain_rows(3))

    uploaded = read(workbook_of([["Hướng dẫn"]], first, second, names=("Bìa", "Huyện", "Xã")))

    assert uploaded.sheet.name == "Huyện"
    assert len(uploaded.rows) == 2
    assert uploaded.notes == ("Chỉ đọc trang “Huyện”. Không đọc: “Bìa”, “Xã”.",)


def test_a_hidden_sheet_is_neither_read_nor_named() -> None:
    held = io.BytesIO()
    book = xlsxwriter.Workbook(held, {"in_memory": True})
    for name, lines in (("Ẩn", table_of(plain_rows(9))), ("Thật", table_of(plain_rows(2)))):
        sheet = book.add_worksheet(name)
        for at, line in enumerate(lines):
            sheet.write_row(at, 0, line)
        if name == "Ẩn":
            sheet.hide()
        else:
            sheet.activate()
            sheet.set_first_sheet()
    book.close()

    uploaded = read(held.getvalue())

    assert (uploaded.sheet.name, len(uploaded.rows), uploaded.notes) == ("Thật", 2, ())


def test_text_in_the_last_row_of_a_sheet_is_told_and_not_lost() -> None:
    lines = {at: line for at, line in enumerate(table_of(plain_rows(2)))}
    held = io.BytesIO()
    book = xlsxwriter.Workbook(held, {"in_memory": True})
    sheet = book.add_worksheet()
    for at, line in lines.items():
        sheet.write_row(at, 0, line)
    sheet.write_string(59_999, 1, "xoá sau")
    book.close()

    told = check(read(held.getvalue()).rows, a_context())

    assert [(f.row, f.column, f.code) for f in told.faults] == [(60_000, "full_name", "row.stray")]


def test_nothing_about_a_person_stands_in_what_is_logged_of_a_list() -> None:
    rows = plain_rows(1)

    assert str(rows[0]["full_name"]) not in repr(read(workbook_of(table_of(rows))))
