"""The workbooks we write: the empty template, the approved list, and the small print of the returned one."""

from __future__ import annotations

import pytest
from lxml import etree

from dancu.kernel.errors import Invalid
from dancu.kernel.spreadsheets import harmless
from dancu.onboarding.accounts import returned
from dancu.onboarding.accounts.book import BAD_FILL, WARN_FILL
from dancu.onboarding.accounts.columns import COLUMNS
from dancu.onboarding.accounts.domain import check
from dancu.onboarding.accounts.reading import UploadedList, read
from dancu.onboarding.accounts.returned import write_returned
from dancu.onboarding.accounts.workbook import Approval, write_approved, write_template
from tests.onboarding.accounts.lists import KEYS, LABELS, ON, Row, a_context, first_row, rows_by_seed, table_of, workbook_of
from tests.onboarding.accounts.marks import SHEET_1, filled_cells, links, mended, part, remarks, texts

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
SHEET_2, SHEET_3 = SHEET_1.replace("1", "2"), SHEET_1.replace("1", "3")


def sent_back(rows: list[Row], **context: object) -> tuple[UploadedList, bytes]:
    uploaded = read(workbook_of(table_of(rows)))
    return uploaded, write_returned(uploaded, check(uploaded.rows, a_context(**context)), a_context(**context))


def validations(data: bytes, sheet: str = SHEET_1) -> dict[str, etree._Element]:
    return {each.get("sqref", ""): each for each in part(data, sheet).iter(f"{MAIN}dataValidation")}


def test_the_template_is_an_official_sheet_of_paper() -> None:
    template = write_template(a_context(), "Uỷ ban nhân dân tỉnh Mẫu")

    said, page = texts(template), part(template, SHEET_1)
    assert said["A1"] == "UỶ BAN NHÂN DÂN TỈNH MẪU"
    assert "Độc lập - Tự do - Hạnh phúc" in said.values()
    assert "DANH SÁCH TÀI KHOẢN ĐĂNG KÝ SỬ DỤNG KHAI THÁC DỊCH VỤ DÂN CƯ" in said.values()
    assert any("1658/CV-TCTTKĐA" in text for text in said.values())
    setup = page.find(f"{MAIN}pageSetup")
    assert (setup.get("orientation"), setup.get("paperSize"), setup.get("fitToHeight")) == ("landscape", "9", "0")
    pane = page.find(f".//{MAIN}pane")
    assert (pane.get("state"), pane.get("ySplit"), pane.get("xSplit")) == ("frozen", "7", "2")


def test_the_template_has_every_column_with_its_hint() -> None:
    template = write_template(a_context())

    hints, said = remarks(template), texts(template)
    for at, column in enumerate(COLUMNS):
        cell = f"{chr(ord('A') + at)}7"
        assert said[cell] == column.words + (" *" if column.is_required else "")
        assert hints[cell] == column.hint


def test_the_template_keeps_zeros_and_offers_choices() -> None:
    template = write_template(a_context())

    page, styles = part(template, SHEET_1), part(template, "xl/styles.xml")
    formats = [xf.get("numFmtId") for xf in styles.find(f"{MAIN}cellXfs")]
    for column in page.iter(f"{MAIN}col"):
        assert formats[int(column.get("style"))] == "49", "text"
    offered = {ref: each.findtext(f"{MAIN}formula1") for ref, each in validations(template).items()}
    assert offered == {
        "G8:G20007": "'Danh mục'!$A$2:$A$5",
        "K8:K20007": "'Danh mục'!$B$2:$B$3",
        "L8:L20007": "'Danh mục'!$C$2:$C$3",
    }
    # Several services fit in one cell, so the list of services only helps.
    assert [validations(template)[f"{c}8:{c}20007"].get("showErrorMessage") for c in "GKL"] == ["1", "1", None]
    assert texts(template, SHEET_2)["C2"] == "037 - Tra cứu thông tin công dân"
    assert [s.get("state") for s in part(template, "xl/workbook.xml").iter(f"{MAIN}sheet")] == [None, "hidden"]


def test_the_template_sent_back_empty_says_so_and_filled_passes() -> None:
    template = write_template(a_context())
    with pytest.raises(Invalid) as refused:
        check(read(template).rows, a_context())
    assert refused.value.code == "accounts.no_rows"

    row = rows_by_seed(1)[0]
    filled = mended(template, {f"{chr(ord('A') + at)}8": str(row[key]) for at, key in enumerate(KEYS)})
    told = check(read(filled).rows, a_context())

    assert told.is_whole
    assert told.accepted[0].row == 8


def test_the_approved_list_holds_what_was_accepted_and_reads_back() -> None:
    rows = rows_by_seed(60)
    accepted = check(read(workbook_of(table_of(rows))).rows, a_context()).accepted

    approved = write_approved(accepted, a_context(), Approval("Uỷ ban nhân dân tỉnh Mẫu", ON, "hồ sơ KN-1"))

    assert "(Duyệt ngày 24/11/2026, hồ sơ KN-1; 60 tài khoản)" in texts(approved).values()
    again = check(read(approved).rows, a_context())
    assert again.is_whole
    assert [(a.personal_id, a.account, a.level, a.role, a.services) for a in again.accepted] == [
        (a.personal_id, a.account, a.level, a.role, a.services) for a in accepted
    ]


def test_what_a_spreadsheet_would_compute_goes_out_as_text() -> None:
    rows = rows_by_seed(2)
    rows[0] |= {"note": "=cmd|'/c calc'!A1", "beside": "@SUM(A1)"}

    _, book = sent_back(rows)

    for sheet in (SHEET_1, SHEET_2):
        assert [cell for cell in part(book, sheet).iter(f"{MAIN}f") if cell.getparent().tag == f"{MAIN}c"] == []
        assert [text for text in texts(book, sheet).values() if text[:1] in ("=", "+", "-", "@")] == []
    assert texts(book)[f"M{first_row()}"] == "'=cmd|'/c calc'!A1"


def test_sending_back_twice_adds_neither_marks_nor_columns() -> None:
    rows = rows_by_seed(4)
    rows[1] |= {"note": "=1+1"}
    rows[2] |= {"phone": "0912000111"}
    _, once = sent_back(rows)

    again = read(once)
    twice = write_returned(again, check(again.rows, a_context()), a_context())

    assert texts(twice) == texts(once)
    assert remarks(twice) == remarks(once)
    assert filled_cells(twice, BAD_FILL) == {f"M{first_row() + 1}"}
    assert filled_cells(twice, WARN_FILL) == {f"H{first_row() + 2}"}
    assert [text for text in texts(twice).values() if text == "Cần sửa"] == ["Cần sửa"]


def test_titles_rows_and_the_end_of_the_paper_stand_where_they_stood() -> None:
    lines = [*table_of(rows_by_seed(3)), ["", "Tổng số: 3"], [], ["", "", "", "", "", "", "", "", "", "CHỦ TỊCH"]]
    lines[first_row()][4] = ""
    uploaded = read(workbook_of(lines))

    book = write_returned(uploaded, check(uploaded.rows, a_context()), a_context())

    sent, back = texts(workbook_of(lines)), texts(book)
    assert {cell: back[cell] for cell in sent} == {cell: harmless(text) for cell, text in sent.items()}
    assert filled_cells(book, BAD_FILL) == {f"E{first_row() + 1}"}


def test_a_list_without_faults_comes_back_unmarked_and_says_so() -> None:
    _, book = sent_back(rows_by_seed(3))

    assert filled_cells(book, BAD_FILL) == filled_cells(book, WARN_FILL) == set()
    assert "Không có chỗ nào phải sửa." in texts(book, SHEET_2).values()


def test_the_returned_list_offers_the_choices_again_and_keeps_zeros() -> None:
    _, book = sent_back(rows_by_seed(2))

    assert set(validations(book)) == {f"{c}{first_row()}:{c}{first_row() + 19_999}" for c in "GKL"}
    assert texts(book, SHEET_3)["A1"] == "Cấp"
    assert [s.get("name") for s in part(book, "xl/workbook.xml").iter(f"{MAIN}sheet")] == ["Danh sách", "Lỗi", "Danh mục"]


def test_what_was_left_out_is_said_on_the_second_sheet() -> None:
    lines = [[*line, "x"] if len(line) > 1 else line for line in table_of(rows_by_seed(2))]
    lines[first_row() - 2][-1] = "Mã số riêng"
    uploaded = read(workbook_of(lines))

    book = write_returned(uploaded, check(uploaded.rows, a_context()), a_context())

    assert "Không dùng các cột: “Mã số riêng”." in texts(book, SHEET_2).values()
    assert texts(book)[f"N{first_row()}"] == "x", "it comes back all the same"


def test_a_list_wrong_everywhere_is_still_a_workbook_that_opens_fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(returned, "REMARKS_MAX", 5)
    monkeypatch.setattr(returned, "LISTED_MAX", 7)
    rows = [row | {"position": "", "role": "?"} for row in rows_by_seed(20)]

    _, book = sent_back(rows)

    assert len(filled_cells(book, BAD_FILL)) == 40
    assert len(remarks(book)) == 5
    assert len(links(book, SHEET_2)) == 7
    assert any("Còn 33 chỗ nữa" in text for text in texts(book, SHEET_2).values())
    fixes = [text for cell, text in texts(book).items() if cell.startswith("N") and text != "Cần sửa"]
    assert len(fixes) == 20
    assert all(text.count("Phải sửa.") == 2 for text in fixes)


def test_every_column_of_the_template_is_known_to_the_reader() -> None:
    header = read(workbook_of(table_of(rows_by_seed(1)))).header

    assert set(header.columns) == set(KEYS)
    assert len(LABELS) == len(set(LABELS)) == 13
