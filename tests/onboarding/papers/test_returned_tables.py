"""Tables that came back: changed cells, rows and columns are found, whatever was renumbered, split or moved."""

from __future__ import annotations

import copy

import pytest
from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from dancu.onboarding.papers import table_compare
from dancu.onboarding.papers.documents import paper_docx
from dancu.onboarding.papers.domain import PaperKind
from dancu.onboarding.papers.printed import printed
from dancu.onboarding.papers.returned import FINDINGS_MAX, FindingKind, read_returned
from tests.onboarding.papers.editing import (
    Edit,
    a_paper,
    came_back,
    cell,
    edited,
    lines_of,
    one_with,
    told,
)
from tests.onboarding.papers.samples import CONTEXT, a_form, accounts

K, F = PaperKind, FindingKind


def test_changed_cells_of_a_list_are_told_by_line_and_column() -> None:
    returned = came_back(a_paper(K.ACCOUNT_LIST, 60), cell(7, 2, "000200000099"), cell(31, 12, "nghỉ thai sản"), cell(40, 8, ""))

    assert told(returned) == [
        (F.CHANGED, "personal_id", "Dòng 7, số định danh", "000200000007", "000200000099"),
        (F.FILLED, "remark", "Dòng 31, ghi chú", "", "nghỉ thai sản"),
        (F.BLANK, "mail", "Dòng 40, thư công vụ", "canbo40@tinh.example", ""),
    ]


def without_the_third(document: Document) -> None:
    """Take a row out and number the others anew."""
    table = lines_of(document)
    table._tbl.remove(table.rows[3]._tr)
    for number, row in enumerate(table._tbl.tr_lst[1:], start=1):
        next(row.iter(qn("w:t"))).text = str(number)


@pytest.mark.parametrize("count", [8, 250])
def test_a_row_taken_out_with_the_others_renumbered_is_one_row_missing(count: int) -> None:
    returned = came_back(a_paper(K.ACCOUNT_LIST, count), without_the_third)

    (finding,) = returned.findings
    assert (finding.kind, finding.label) == (F.MISSING, "Dòng 3")
    assert "000200000003" in finding.old


def test_a_changed_row_is_found_under_its_new_number() -> None:
    returned = came_back(a_paper(K.ACCOUNT_LIST, 8), cell(5, 4, "Trưởng phòng"), without_the_third)

    assert [(each.kind, each.label) for each in returned.findings] == [(F.CHANGED, "Dòng 5, chức vụ"), (F.MISSING, "Dòng 3")]


def test_lists_that_share_nothing_are_not_compared_each_row_with_each(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_rows: object) -> int:
        raise AssertionError("every row with every row")

    monkeypatch.setattr(table_compare, "_shared", never)
    paper = a_paper(K.ACCOUNT_LIST, 250)
    other = printed(K.ACCOUNT_LIST, CONTEXT, a_form(K.ACCOUNT_LIST), accounts(250, "Phạm Văn Khác"))

    assert {each.new for each in read_returned(edited(other), paper).findings[1:]} == {"Phạm Văn Khác"}


def test_a_row_put_in_is_told_even_when_it_repeats_another() -> None:
    def with_the_second_again(document: Document) -> None:
        row = lines_of(document).rows[2]._tr
        row.addnext(copy.deepcopy(row))

    returned = came_back(a_paper(K.ACCOUNT_LIST, 4), with_the_second_again)

    assert [(each.kind, each.label) for each in returned.findings] == [(F.ADDED, "Dòng 2")]


def test_a_line_with_every_cell_changed_is_matched_by_its_number() -> None:
    edits = [cell(2, column, f"khác {column}") for column in range(1, 13)]

    returned = came_back(a_paper(K.ACCOUNT_LIST, 4), *edits)

    assert {each.label.split(",")[0] for each in returned.findings} == {"Dòng 2"}
    assert len(returned.findings) == 12


def test_a_column_taken_out_or_renamed_is_told_and_the_rest_still_compared() -> None:
    def without_birth_dates(document: Document) -> None:
        for row in lines_of(document).rows:
            row._tr.remove(row._tr.tc_lst[3])

    returned = came_back(a_paper(K.ACCOUNT_LIST, 4), without_birth_dates, cell(1, 1, "Tên Khác"))
    renamed = came_back(a_paper(K.ACCOUNT_LIST, 4), cell(0, 3, "Năm sinh"))

    assert [(each.kind, each.old, each.new) for each in returned.findings] == [
        (F.COLUMN, "Ngày sinh", ""),
        (F.CHANGED, "Lê Thị Mẫu", "Tên Khác"),
    ]
    assert [(each.kind, each.old, each.new) for each in renamed.findings][:2] == [
        (F.COLUMN, "Ngày sinh", ""),
        (F.COLUMN, "", "Năm sinh"),
    ]


def test_columns_in_another_order_are_the_same_list() -> None:
    def birth_dates_last(document: Document) -> None:
        for row in lines_of(document).rows:
            cell_ = row._tr.tc_lst[3]
            row._tr.remove(cell_)
            row._tr.append(cell_)

    assert came_back(a_paper(K.ACCOUNT_LIST, 4), birth_dates_last).is_as_printed


def test_a_table_that_was_split_in_two_is_still_one() -> None:
    def split(document: Document) -> None:
        table = lines_of(document)._tbl
        second = copy.deepcopy(table)
        for row in second.tr_lst[:30]:
            second.remove(row)
        for row in table.tr_lst[30:]:
            table.remove(row)
        table.addnext(second)
        table.addnext(OxmlElement("w:p"))

    assert came_back(a_paper(K.ACCOUNT_LIST, 60), split).is_as_printed


def test_a_table_without_its_head_or_gone_is_told() -> None:
    def beheaded(document: Document) -> None:
        table = lines_of(document)
        table._tbl.remove(table.rows[0]._tr)

    def without(document: Document) -> None:
        table = lines_of(document)._tbl
        table.getparent().remove(table)  # type: ignore[union-attr]

    headless = came_back(a_paper(K.ACCOUNT_LIST, 4), beheaded)
    gone = came_back(a_paper(K.ACCOUNT_LIST, 4), without)

    assert [(each.kind, each.label) for each in headless.findings] == [(F.MISSING, "Dòng đầu của bảng")]
    assert [(each.kind, each.label) for each in gone.findings] == [(F.MISSING, "Bảng")]


def test_a_tick_moved_to_another_box_is_told_as_answers() -> None:
    boxes = "☐\N{NO-BREAK SPACE}Không    ☒\N{NO-BREAK SPACE}Có"

    def moved(document: Document) -> None:
        row = next(row for row in lines_of(document).rows if "Internet trực tiếp" in row.cells[1].text)
        paragraph = row.cells[2].paragraphs[0]
        for run in paragraph.runs:
            run._element.getparent().remove(run._element)
        paragraph.add_run(boxes)

    returned = came_back(a_paper(K.SURVEY), moved)

    assert told(returned) == [(F.CHANGED, "internet", "Vùng kết nối có đường ra Internet trực tiếp", "Không", "Có")]


def test_an_answer_added_or_emptied_after_printing_is_told() -> None:
    def write(question: str, text: str) -> Edit:
        def edit(document: Document) -> None:
            row = next(row for row in lines_of(document).rows if question in row.cells[1].text)
            paragraph = row.cells[2].paragraphs[0]
            for run in paragraph.runs:
                run._element.getparent().remove(run._element)
            paragraph.add_run(text)

        return edit

    returned = came_back(a_paper(K.SURVEY), write("Kiểm thử xâm nhập", "01/02/2026"), write("Tên phần mềm", ""))

    assert told(returned) == [
        (F.FILLED, "tested_on", "Kiểm thử xâm nhập gần nhất ngày", "", "01/02/2026"),
        (F.BLANK, "software", "Tên phần mềm, phiên bản", "Phần mềm một cửa, phiên bản 5.2", ""),
    ]


def test_a_blank_form_filled_in_by_hand_tells_what_was_filled_and_what_is_still_empty() -> None:
    paper = printed(K.SERVICE_REGISTRATION, CONTEXT, {})

    def write(document: Document) -> None:
        one_with(document, "1. Cơ quan, tổ chức:").runs[0].text = "1. Cơ quan, tổ chức: Sở Mẫu"

    returned = came_back(paper, write, cell(1, 1, "Đăng ký khai sinh"))
    found = {(each.kind, each.key or each.label) for each in returned.findings}

    assert (F.FILLED, "organisation") in found
    assert (F.FILLED, "Dòng 1") in found
    assert {key for kind, key in found if kind is F.BLANK} == {
        "signed_on", "system_name", "system_code", "platform", "contact", "begins_on",
    }  # fmt: skip


def test_a_hidden_row_and_a_deletion_that_is_only_tracked_are_gone() -> None:
    def hide(document: Document) -> None:
        lines_of(document).rows[2]._tr.get_or_add_trPr().append(OxmlElement("w:hidden"))

    def delete(document: Document) -> None:
        run = one_with(document, "Danh sách có").runs[0]._element
        deleted = OxmlElement("w:del")
        run.addprevious(deleted)
        deleted.append(run)

    returned = came_back(a_paper(K.ACCOUNT_LIST, 4), hide, delete)

    assert [(each.kind, each.label) for each in returned.findings] == [
        (F.TRACE, "hidden"),
        (F.TRACE, "tracked"),
        (F.MISSING, "Lời kết"),
        (F.MISSING, "Dòng 2"),
    ]


def test_a_list_changed_throughout_tells_a_bounded_number_of_things() -> None:
    paper = a_paper(K.ACCOUNT_LIST, 60)
    lines = [tuple(f"x{each}"[:9] if at != 1 else f"9{each[1:]}" for at, each in enumerate(line)) for line in accounts(60)]
    other = printed(K.ACCOUNT_LIST, CONTEXT, a_form(K.ACCOUNT_LIST), lines)

    returned = read_returned(edited(other), paper)

    assert len(returned.findings) == FINDINGS_MAX + 1
    assert returned.findings[0].kind is F.OLDER_PRINT


def test_five_thousand_lines_are_printed_and_compared_within_bounds() -> None:
    lines = accounts(5000)
    paper = printed(K.ACCOUNT_LIST, CONTEXT, a_form(K.ACCOUNT_LIST), lines)
    changed = [*lines[:4321], (*lines[4321][:3], "Trưởng phòng", *lines[4321][4:]), *lines[4322:]]

    returned = read_returned(paper_docx(K.ACCOUNT_LIST, CONTEXT, a_form(K.ACCOUNT_LIST), changed), paper)

    assert [each.label for each in returned.findings if each.kind is F.CHANGED] == ["Dòng 4322, chức vụ"]
