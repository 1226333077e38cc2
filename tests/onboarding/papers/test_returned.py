"""A paper that came back: what was changed is found, all of it and nothing else."""

from __future__ import annotations

import copy
import io
from collections.abc import Callable

import docx
import msgspec
import pytest
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement
from docx.shared import Pt, RGBColor
from docx.text.paragraph import Paragraph

from dancu.onboarding.papers.documents import docx_of
from dancu.onboarding.papers.domain import PaperKind
from dancu.onboarding.papers.printed import printed
from dancu.onboarding.papers.returned import FindingKind, read_returned
from tests.onboarding.papers.editing import (
    a_paper,
    came_back,
    edited,
    every_paragraph,
    one_with,
    removed,
    said,
    told,
)
from tests.onboarding.papers.samples import CONTEXT, GENERATED, a_form

K, F = PaperKind, FindingKind


@pytest.mark.parametrize("kind", GENERATED)
def test_a_paper_that_was_only_numbered_is_as_printed(kind: PaperKind) -> None:
    returned = came_back(a_paper(kind))

    assert returned.kind is kind
    assert told(returned) == []
    assert returned.is_as_printed
    assert returned.filled == {"number": "15"}


@pytest.mark.parametrize("kind", GENERATED)
def test_a_paper_without_its_number_is_told_and_nothing_else(kind: PaperKind) -> None:
    paper = a_paper(kind)

    returned = read_returned(docx_of(paper), paper)

    assert told(returned) == [(F.BLANK, "number", "Số, ký hiệu văn bản", "", "")]
    assert returned.findings[0].message == "Chưa điền: Số, ký hiệu văn bản."


def test_number_day_and_name_written_where_room_was_left_are_read() -> None:
    paper = a_paper(K.UNDERTAKING, signed_on="", signer_name="")
    gap = "\N{EN SPACE}" * 4

    def signed(document: Document) -> None:
        one_with(document, "PHÓ GIÁM ĐỐC").insert_paragraph_before()  # an empty line more is nothing
        last = one_with(document, "PHÓ GIÁM ĐỐC")._element
        last.addnext(copy.deepcopy(last))
        again = [each for each in every_paragraph(document) if each.text == "PHÓ GIÁM ĐỐC"][1]
        again.runs[0].text = "Lê Thị Mẫu"

    returned = came_back(paper, said(f"ngày{gap}tháng{gap}năm", "ngày 07 tháng 02 năm"), signed)

    assert told(returned) == []
    assert returned.filled == {"number": "15", "signed_on": "07/02/2026", "signer_name": "Lê Thị Mẫu"}


def test_a_second_number_is_not_taken_for_the_first() -> None:
    returned = came_back(
        a_paper(K.UNDERTAKING), lambda document: one_with(document, "Số:").insert_paragraph_before("Số: 16/CK-SKHCN")
    )

    assert [each.kind for each in returned.findings] == [F.ADDED]
    assert returned.filled == {"number": "16"}


def test_a_changed_answer_is_told_with_what_it_was() -> None:
    returned = came_back(a_paper(K.UNDERTAKING), said("Chức vụ người đại diện: Giám đốc", "Chức vụ người đại diện: Trưởng phòng"))

    assert told(returned) == [(F.CHANGED, "representative_title", "Chức vụ người đại diện", "Giám đốc", "Trưởng phòng")]
    assert returned.findings[0].message == "Chức vụ người đại diện khác bản đã in: “Giám đốc” đổi thành “Trưởng phòng”."


def test_a_duty_that_was_softened_is_told() -> None:
    returned = came_back(a_paper(K.UNDERTAKING), said("ít nhất 02 năm", "ít nhất 02 tháng"))

    (finding,) = returned.findings
    assert (finding.kind, finding.label) == (F.CHANGED, "Nội dung cam kết 8")
    assert "02 năm" in finding.old
    assert "02 tháng" in finding.new


def test_a_duty_that_was_taken_out_and_a_sentence_put_in_are_told() -> None:
    paper = a_paper(K.UNDERTAKING)

    gone = came_back(paper, removed("3. Xây dựng, vận hành"))
    more = came_back(
        paper, lambda document: one_with(document, "4. Kết nối").insert_paragraph_before("Trừ trường hợp bất khả kháng.")
    )

    assert [(each.kind, each.label) for each in gone.findings] == [(F.MISSING, "Nội dung cam kết 3")]
    assert told(more) == [(F.ADDED, "", "", "", "Trừ trường hợp bất khả kháng.")]


def test_the_signer_and_the_office_cannot_be_exchanged_unseen() -> None:
    returned = came_back(a_paper(K.UNDERTAKING), said("Trần Văn Mẫu", "Phạm Văn Khác"), said("SỞ KHOA HỌC VÀ CÔNG NGHỆ", "SỞ KHÁC"))

    assert told(returned) == [
        (F.CHANGED, "organisation", "Cơ quan ban hành", "SỞ KHOA HỌC VÀ CÔNG NGHỆ", "SỞ KHÁC"),
        (F.CHANGED, "signer_name", "Họ và tên người ký", "Trần Văn Mẫu", "Phạm Văn Khác"),
    ]


def test_only_composition_spaces_and_line_breaks_may_differ() -> None:
    returned = came_back(
        a_paper(K.UNDERTAKING),
        said("Địa chỉ trụ sở: Số 1,", "Địa  chỉ\N{NO-BREAK SPACE}trụ sở: Số\n1,"),
        said("Mã hệ thống", "Ma\u0303 hệ thống"),
    )

    assert returned.is_as_printed


@pytest.mark.parametrize(
    ("hide", "trace"),
    [
        (lambda run: setattr(run.font, "hidden", True), "hidden"),
        (lambda run: setattr(run.font.color, "rgb", RGBColor(255, 255, 255)), "hidden"),
        (lambda run: setattr(run.font, "size", Pt(1)), "hidden"),
        (lambda run: setattr(run.font, "strike", True), "struck"),
        (lambda run: setattr(run.font, "double_strike", True), "struck"),
    ],
)
def test_words_that_nobody_sees_do_not_count_as_said(hide: Callable[[object], None], trace: str) -> None:
    returned = came_back(a_paper(K.UNDERTAKING), lambda document: [hide(run) for run in one_with(document, "3. Xây dựng").runs])

    assert [(each.kind, each.label) for each in returned.findings] == [(F.TRACE, trace), (F.MISSING, "Nội dung cam kết 3")]


def test_words_hidden_by_the_style_of_a_run_do_not_count_either() -> None:
    def hide(document: Document) -> None:
        style = document.styles.add_style("unseen", WD_STYLE_TYPE.CHARACTER)
        style.font.hidden = True  # type: ignore[attr-defined]
        for run in one_with(document, "3. Xây dựng").runs:
            run.style = style  # type: ignore[assignment]

    returned = came_back(a_paper(K.UNDERTAKING), hide)

    assert [each.kind for each in returned.findings] == [F.TRACE, F.MISSING]


def test_words_hidden_by_a_style_do_not_count_either() -> None:
    def hide(document: Document) -> None:
        document.styles["Paper Section"].font.hidden = True

    returned = came_back(a_paper(K.UNDERTAKING), hide)

    assert [each.label for each in returned.findings if each.kind is F.MISSING] == ["Tên phần I", "Tên phần II"]


def test_tracked_changes_comments_and_text_boxes_are_told() -> None:
    def tracked(document: Document) -> None:
        run = one_with(document, "3. Xây dựng").runs[0]._element
        inserted = OxmlElement("w:ins")
        run.addprevious(inserted)
        inserted.append(run)

    def boxed(document: Document) -> None:
        drawing, content, paragraph = OxmlElement("w:pict"), OxmlElement("w:txbxContent"), OxmlElement("w:p")
        one_with(document, "4. Kết nối").runs[0]._element.append(drawing)
        drawing.append(content)
        content.append(paragraph)
        Paragraph(paragraph, document._body).add_run("trừ Internet")

    def commented(document: Document) -> None:
        document.add_comment(one_with(document, "5. Cấp cho").runs, "xem lại", author="x")

    returned = came_back(a_paper(K.UNDERTAKING), tracked, boxed, commented)

    assert [(each.kind, each.label) for each in returned.findings] == [
        (F.TRACE, "tracked"),
        (F.TRACE, "text_box"),
        (F.TRACE, "comment"),
    ]
    assert "trừ Internet" in returned.findings[1].message


def test_another_dossiers_paper_is_named_and_not_compared() -> None:
    mine = a_paper(K.UNDERTAKING)
    context = msgspec.structs.replace(CONTEXT, dossier="HSKN-2026-0008")

    returned = read_returned(docx_of(printed(K.UNDERTAKING, context, a_form(K.UNDERTAKING))), mine)

    assert told(returned) == [(F.OTHER_DOSSIER, "", "", "HSKN-2026-0007", "HSKN-2026-0008")]


def test_another_paper_of_the_same_dossier_is_named() -> None:
    returned = read_returned(docx_of(a_paper(K.SURVEY)), a_paper(K.UNDERTAKING))

    assert returned.kind is K.SURVEY
    assert [each.kind for each in returned.findings] == [F.OTHER_PAPER]


def test_a_print_of_older_content_is_told_with_the_difference() -> None:
    old, now = a_paper(K.UNDERTAKING), a_paper(K.UNDERTAKING, representative_title="Quyền Giám đốc")

    returned = read_returned(edited(old), now)

    assert told(returned) == [
        (F.OLDER_PRINT, "", "", "", ""),
        (F.CHANGED, "representative_title", "Chức vụ người đại diện", "Quyền Giám đốc", "Giám đốc"),
    ]


def test_the_mark_is_not_believed_over_the_words() -> None:
    """Somebody writes a paper anew and puts our mark in."""
    paper = a_paper(K.UNDERTAKING)

    returned = came_back(paper, *(removed(f"{number}. ") for number in range(13, 0, -1)))

    assert len([each for each in returned.findings if each.kind is F.MISSING]) == 13


def test_a_paper_that_lost_its_mark_is_compared_all_the_same() -> None:
    paper = a_paper(K.UNDERTAKING)

    def unmark(document: Document) -> None:
        relations = document.part.package.rels
        for key in [key for key, each in relations.items() if each.reltype.endswith("custom-properties")]:
            del relations[key]

    assert [each.kind for each in came_back(paper, unmark).findings] == [F.UNMARKED]
    assert [each.kind for each in came_back(paper, unmark, removed("BẢN CAM KẾT")).findings] == [F.NOT_OURS]


def test_any_other_document_is_not_ours() -> None:
    target = io.BytesIO()
    docx.Document().save(target)

    returned = read_returned(target.getvalue(), a_paper(K.SURVEY))

    assert (returned.kind, [each.kind for each in returned.findings]) == (None, [F.NOT_OURS])


def test_our_paper_stuffed_with_pages_of_other_text_is_not_ours() -> None:
    def stuffed(document: Document) -> None:
        for number in range(300):
            document.add_paragraph(f"thêm {number}")

    assert [each.kind for each in came_back(a_paper(K.UNDERTAKING), stuffed).findings] == [F.NOT_OURS]


def test_a_scan_is_left_to_an_officer_with_the_code_to_look_for() -> None:
    paper = a_paper(K.UNDERTAKING)

    returned = read_returned(b"%PDF-1.7\n...", paper)

    assert returned.kind is K.UNDERTAKING
    assert [each.kind for each in returned.findings] == [F.UNREAD]
    assert paper.code in returned.findings[0].message


def test_every_finding_speaks_both_languages() -> None:
    paper = a_paper(K.UNDERTAKING)

    found = [*came_back(paper, said("ít nhất 02 năm", "ít nhất")).findings, *read_returned(b"%PDF-", paper).findings]

    assert all(each.message and each.message_en and each.message != each.message_en for each in found)
