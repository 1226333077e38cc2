"""The papers as documents: the form of Decree 30/2020/NĐ-CP, what they say, and the same bytes for the same paper."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from datetime import date, datetime

import docx
import pytest
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph

from dancu.kernel.errors import NotFound
from dancu.onboarding.papers.documents import paper_docx
from dancu.onboarding.papers.domain import PaperContext, PaperKind
from dancu.onboarding.papers.printed import Printed, PrintedTable, Role, printed
from tests.onboarding.papers.samples import CONTEXT, DAY, GENERATED, LONG_NAME, a_form, accounts, lines_for, services

K = PaperKind
WIDE = {K.ACCOUNT_LIST, K.SERVICE_REGISTRATION}


def opened(kind: PaperKind, count: int = 3, **changed: str | list[str]) -> Document:
    return docx.Document(io.BytesIO(paper_docx(kind, CONTEXT, a_form(kind, **changed), lines_for(kind, count))))


def words(document: Document) -> str:
    return "\n".join(Paragraph(each, document._body).text for each in document.element.body.iter(qn("w:p")))


def texts(paper: Printed, role: Role) -> list[str]:
    return [line.text for line in paper.lines if line.role is role]


@pytest.mark.parametrize("kind", GENERATED)
def test_the_same_paper_is_the_same_bytes_in_another_process_too(kind: PaperKind) -> None:
    script = (
        "import hashlib, sys; from dancu.onboarding.papers.documents import paper_docx;"
        "from dancu.onboarding.papers.domain import PaperKind; from tests.onboarding.papers.samples import *;"
        f"k = PaperKind('{kind}'); print(hashlib.sha256(paper_docx(k, CONTEXT, a_form(k), lines_for(k, 30))).hexdigest())"
    )

    digests = set()
    for seed in ("1", "2"):
        environment = {"PYTHONPATH": ":".join(sys.path), "PYTHONHASHSEED": seed}
        digests.add(subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, env=environment).stdout)

    assert len(digests) == 1


@pytest.mark.parametrize("kind", GENERATED)
def test_nothing_in_a_paper_tells_when_or_where_it_was_written(kind: PaperKind) -> None:
    data = paper_docx(kind, CONTEXT, a_form(kind), lines_for(kind, 3))

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert not any(b"rsid" in archive.read(name) for name in archive.namelist())
        assert not any("thumbnail" in name or "theme" in name for name in archive.namelist())


def test_another_word_is_other_bytes_and_another_code() -> None:
    one = printed(K.UNDERTAKING, CONTEXT, a_form(K.UNDERTAKING))
    other = printed(K.UNDERTAKING, CONTEXT, a_form(K.UNDERTAKING, representative_title="Phó Giám đốc"))

    assert one.digest != other.digest
    assert one.code != other.code


@pytest.mark.parametrize("kind", GENERATED)
def test_a_paper_carries_its_dossier_and_the_digest_of_what_it_says(kind: PaperKind) -> None:
    paper = printed(kind, CONTEXT, a_form(kind), lines_for(kind, 3))

    document = opened(kind)

    about = document.core_properties
    assert (about.identifier, about.keywords, about.language) == (CONTEXT.dossier, f"{kind} {paper.digest}", "vi-VN")
    assert about.title == paper.title
    assert about.created.replace(tzinfo=None) == about.modified.replace(tzinfo=None) == datetime(2026, 2, 5)
    for footer in (document.sections[0].footer, document.sections[0].first_page_footer):
        assert footer.paragraphs[0].text == f"Hồ sơ HSKN-2026-0007 · bản in {paper.code} · Dữ liệu mô phỏng"


@pytest.mark.parametrize("kind", GENERATED)
def test_page_and_margins_are_those_of_the_decree(kind: PaperKind) -> None:
    section = opened(kind).sections[0]

    sizes = (section.page_width, section.page_height)
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)

    assert [round(size.mm) for size in sizes] == ([297, 210] if kind in WIDE else [210, 297])
    assert section.orientation == (WD_ORIENT.LANDSCAPE if kind in WIDE else WD_ORIENT.PORTRAIT)
    assert [round(margin.mm) for margin in margins] == [20, 20, 30, 15]
    assert section.header_distance < Mm(20)


@pytest.mark.parametrize("kind", GENERATED)
def test_every_letter_is_times_new_roman_and_black(kind: PaperKind) -> None:
    document = opened(kind)
    defaults = document.styles.element.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
    assert defaults is not None
    fonts = defaults.find(qn("w:rFonts"))
    assert fonts is not None

    assert {fonts.get(qn(f"w:{each}")) for each in ("ascii", "hAnsi", "eastAsia", "cs")} == {"Times New Roman"}
    assert {str(each.get(qn("w:val"))) for each in document.styles.element.iter(qn("w:color"))} == {"000000"}
    # The only other font is for the boxes, which it lacks.
    assert {str(each.get(qn("w:ascii"))) for each in document.element.body.iter(qn("w:rFonts"))} <= {"Segoe UI Symbol"}


def test_sizes_are_those_of_the_decree() -> None:
    styles = opened(K.UNDERTAKING).styles
    sizes = {style.style_id: style.font.size or Pt(14) for style in styles if style.type == 1}  # type: ignore[attr-defined]

    assert {each: sizes[each].pt for each in ("superior", "agency", "nation", "motto", "number", "place")} == {
        "superior": 12, "agency": 12, "nation": 12, "motto": 13, "number": 13, "place": 13,
    }  # fmt: skip
    assert {sizes[each].pt for each in ("title", "subject", "body", "item", "authority", "name", "pageNumber")} == {14}
    assert (sizes["copies"].pt, sizes["copy"].pt) == (12, 11)


@pytest.mark.parametrize("kind", GENERATED)
def test_the_head_has_both_sides_and_a_rule_under_each(kind: PaperKind) -> None:
    head = opened(kind).tables[0]
    left, right = head.rows[0].cells[0], head.rows[0].cells[-1]

    assert left.text.replace("\n", " ").split("SỞ")[0].strip() == "ỦY BAN NHÂN DÂN TỈNH NINH BÌNH"
    assert right.text.startswith("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc")
    assert [len(list(cell._tc.iter(qn("w:pBdr")))) for cell in (left, right)] == [1, 1]
    assert head.rows[1].cells[-1].text == "Ninh Bình, ngày 05 tháng 02 năm 2026"


@pytest.mark.parametrize(
    ("signed_on", "said"),
    [
        ("01/01/2026", "ngày 01 tháng 01 năm 2026"),
        ("09/03/2026", "ngày 09 tháng 3 năm 2026"),
        ("24/11/2026", "ngày 24 tháng 11 năm 2026"),
    ],
)
def test_days_below_ten_and_the_first_two_months_get_a_nought(signed_on: str, said: str) -> None:
    paper = printed(K.UNDERTAKING, CONTEXT, a_form(K.UNDERTAKING, signed_on=signed_on))

    assert texts(paper, Role.PLACE) == [f"Ninh Bình, {said}"]


@pytest.mark.parametrize(
    ("authority", "of", "title", "said"),
    [
        ("own", "", "Giám đốc", ["GIÁM ĐỐC"]),
        ("KT.", "Giám đốc", "Phó Giám đốc", ["KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"]),
        ("TM.", "Ủy ban nhân dân", "Chủ tịch", ["TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"]),
        ("Q.", "", "Giám đốc", ["Q. GIÁM ĐỐC"]),
    ],
)
def test_the_signature_says_by_what_right_it_is_given(authority: str, of: str, title: str, said: list[str]) -> None:
    paper = printed(K.UNDERTAKING, CONTEXT, a_form(K.UNDERTAKING, authority=authority, authority_of=of, signer_title=title))

    assert texts(paper, Role.AUTHORITY) == said
    assert texts(paper, Role.NAME) == ["Trần Văn Mẫu"]


def test_the_undertaking_lists_the_duties_of_its_day_with_their_law() -> None:
    now = words(opened(K.UNDERTAKING))
    then = printed(
        K.UNDERTAKING,
        PaperContext(dossier="HS-1", day=date(2022, 3, 23)),
        a_form(K.UNDERTAKING),
    )

    assert "13. Chấp nhận việc tạm dừng" in now
    assert "Căn cứ Luật Bảo vệ dữ liệu cá nhân số 91/2025/QH15;" in now
    assert "(Thông tư 46/2022/TT-BCA; Hướng dẫn 1552/BTTTT-THH)" in now
    assert any("bản cam kết của từng cá nhân" in text for text in texts(then, Role.BODY))
    assert not any("Luật Căn cước số 26/2023" in text for text in texts(then, Role.RECITAL))


def test_several_addressees_stand_one_below_the_other() -> None:
    context = PaperContext(dossier="HS-1", day=DAY, addressees=("Cục A", "Cục B"), recipients=("Sở C", "Lưu: VT"))

    paper = printed(K.UNDERTAKING, context, a_form(K.UNDERTAKING))

    assert texts(paper, Role.ADDRESSEE) == ["Kính gửi:", "- Cục A;", "- Cục B."]
    assert texts(paper, Role.COPY) == ["- Sở C;", "- Lưu: VT."]


@pytest.mark.parametrize("kind", GENERATED)
def test_the_page_number_stands_above_the_text_from_the_second_page_on(kind: PaperKind) -> None:
    section = opened(kind).sections[0]

    assert section.different_first_page_header_footer
    assert [each.text for each in section.header._element.iter(qn("w:instrText"))] == [" PAGE "]
    assert not list(section.first_page_header._element.iter(qn("w:instrText")))


@pytest.mark.parametrize("kind", [K.ACCOUNT_LIST, K.SERVICE_REGISTRATION, K.SURVEY])
def test_the_head_of_a_table_repeats_no_row_is_split_and_the_last_rows_stay_with_the_signature(kind: PaperKind) -> None:
    table = next(table for table in opened(kind, 60).tables if len(table.columns) in (3, 11, 13) and len(table.rows) > 10)

    rows = [row._tr for row in table.rows]

    assert [bool(list(row.iter(qn("w:tblHeader")))) for row in rows] == [True] + [False] * (len(rows) - 1)
    assert all(list(row.iter(qn("w:cantSplit"))) for row in rows)
    assert [bool(list(row.iter(qn("w:keepNext")))) for row in rows[-3:]] == [False, True, True]


def test_lines_are_numbered_and_every_cell_is_printed() -> None:
    lines = [(LONG_NAME, *line[1:]) for line in accounts(60)]

    table = docx.Document(io.BytesIO(paper_docx(K.ACCOUNT_LIST, CONTEXT, a_form(K.ACCOUNT_LIST), lines))).tables[1]
    cells = [[cell.text for cell in row.cells] for row in (table.rows[0], table.rows[1], table.rows[60])]

    assert cells[0][:3] == ["STT", "Họ và tên", "Số định danh"]
    assert cells[1] == ["1", *lines[0]]
    assert cells[2] == ["60", *lines[59]]


def test_codes_are_printed_as_words_and_numbers_in_groups() -> None:
    paper = printed(K.SERVICE_REGISTRATION, CONTEXT, a_form(K.SERVICE_REGISTRATION), services(1))
    table = paper.table
    assert table is not None

    assert table.rows[0].cells[4:6] == ("Xã", "Tra cứu thông tin công dân")
    assert table.rows[0].cells[9] == "1.200"


def test_an_answer_among_given_ones_is_printed_as_ticked_boxes() -> None:
    table = printed(K.SURVEY, CONTEXT, a_form(K.SURVEY)).table
    assert isinstance(table, PrintedTable)
    answers = {row.key: row.cells[-1] for row in table.rows}

    assert answers["level"].replace("\N{NO-BREAK SPACE}", " ").split("    ") == [
        "☐ Chưa xác định", "☐ 1", "☐ 2", "☒ 3", "☐ 4", "☐ 5",
    ]  # fmt: skip
    assert answers["network"].count("☒") == 2
    assert answers["users"] == "1.250"
    assert answers["level_decided_on"] == "01/10/2025"


@pytest.mark.parametrize("kind", GENERATED)
def test_an_empty_form_is_printed_to_be_filled_in_by_hand(kind: PaperKind) -> None:
    document = docx.Document(io.BytesIO(paper_docx(kind, CONTEXT, {})))

    said = words(document)

    assert "(Chức vụ, chữ ký, họ và tên, dấu)" in said
    assert "Ninh Bình," not in said
    if kind in WIDE:
        assert len(document.tables[1].rows) == {K.ACCOUNT_LIST: 26, K.SERVICE_REGISTRATION: 9}[kind]


@pytest.mark.parametrize("kind", [K.SECURITY_CONFIRMATION, K.INDIVIDUAL_UNDERTAKING])
def test_what_others_issue_is_never_printed_here(kind: PaperKind) -> None:
    with pytest.raises(NotFound):
        paper_docx(kind, CONTEXT, {})


def test_marks_of_xml_and_formulas_in_a_name_are_only_letters() -> None:
    name = '<w:p/> & "=1+1" ]]>'

    document = opened(K.UNDERTAKING, signer_name=name)

    assert name in words(document)
