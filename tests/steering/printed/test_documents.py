"""What the file says: the rules of Decree 30/2020/NĐ-CP, Appendix I, as they can be read in it; the same bytes each time."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import pytest
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from dancu.kernel.errors import Invalid
from dancu.steering.printed.body import ended
from dancu.steering.printed.domain import (
    IssueDay,
    Note,
    NumberRun,
    OfficialDocument,
    Paragraph,
    Row,
    Section,
    Signature,
    Table,
    TextRun,
    runs_of,
    words,
)
from dancu.steering.printed.numbering import number_line, part_number, place_line
from dancu.steering.printed.writing import FOOTNOTES_PART, numbers_in, write_docx
from tests.steering.printed.samples import a_report, a_table

_MM = 1440 / 25.4


def part(data: bytes, name: str = "word/document.xml") -> etree._Element:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return etree.fromstring(package.read(name))


def names_in(data: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return package.namelist()


def value(element: etree._Element | None, name: str = "val") -> str:
    return "" if element is None else str(element.get(qn(f"w:{name}")))


def text_of(element: etree._Element) -> str:
    return "".join(t.text or "" for t in element.iter(qn("w:t")))


def paragraphs(data: bytes, style: str) -> list[str]:
    found = part(data).iter(qn("w:p"))
    return [text_of(each) for each in found if value(each.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")) == style]


def lines_of(data: bytes, style: str) -> list[str]:
    """The lines of the first paragraph of a style, as broken by the writer."""
    found = next(each for each in part(data).iter(qn("w:p")) if value(each.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")) == style)
    return [text.text or "" for text in found.iter(qn("w:t"))]


def style_of(data: bytes, name: str) -> etree._Element:
    styles = part(data, "word/styles.xml").iter(qn("w:style"))
    return next(each for each in styles if each.get(qn("w:styleId")) == name)


def sections(data: bytes) -> list[etree._Element]:
    return list(part(data).iter(qn("w:sectPr")))


def test_the_same_document_is_the_same_bytes() -> None:
    assert write_docx(a_report()) == write_docx(a_report())
    assert write_docx(a_report(subject="Tên khác")) != write_docx(a_report())


def test_no_file_says_when_or_by_whom_it_was_written() -> None:
    data = write_docx(a_report())

    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert {each.date_time for each in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    about = etree.tostring(part(data, "docProps/core.xml"), encoding="unicode")
    assert all(word not in about for word in ("created", "modified", "lastModifiedBy", "python-docx", "creator"))


def test_pages_are_a4_with_the_margins_of_the_decree() -> None:
    for section in sections(write_docx(a_report())):
        size, margins = section.find(qn("w:pgSz")), section.find(qn("w:pgMar"))
        sides = sorted(round(int(value(size, side)) / _MM) for side in "wh")
        found = {side: int(value(margins, side)) / _MM for side in ("top", "bottom", "left", "right")}

        assert sides == [210, 297]
        assert all(19.9 <= found[side] <= 25 for side in ("top", "bottom"))
        assert 29.9 <= found["left"] <= 35
        assert 14.9 <= found["right"] <= 20


def test_the_face_is_times_new_roman_in_black_throughout() -> None:
    data = write_docx(a_report())

    fonts = [each for name in ("word/styles.xml", "word/document.xml") for each in part(data, name).iter(qn("w:rFonts"))]
    assert {value(each, kind) for each in fonts for kind in ("ascii", "hAnsi", "cs")} == {"Times New Roman"}
    assert {value(each) for each in part(data, "word/styles.xml").iter(qn("w:color"))} == {"000000"}


@pytest.mark.parametrize(
    ("style", "smallest", "largest", "is_bold", "is_italic"),
    [
        ("superior", 12, 13, False, False),
        ("issuer", 12, 13, True, False),
        ("nation", 12, 13, True, False),
        ("motto", 13, 14, True, False),
        ("number", 13, 13, False, False),
        ("about", 12, 13, False, False),
        ("place", 13, 14, False, True),
        ("kind", 13, 14, True, False),
        ("subject", 13, 14, True, False),
        ("body", 13, 14, False, False),
        ("footnote", 10, 11, False, False),
        ("authority", 13, 14, True, False),
        ("name", 13, 14, True, False),
        ("copies", 12, 12, True, True),
        ("copy", 11, 11, False, False),
        ("appendix", 14, 14, True, False),
        ("pageNumber", 13, 14, False, False),
    ],
)
def test_each_part_has_the_size_and_face_of_the_decree(
    style: str, smallest: int, largest: int, is_bold: bool, is_italic: bool
) -> None:
    found = style_of(write_docx(a_report()), style)

    assert smallest * 2 <= int(value(next(found.iter(qn("w:sz"))))) <= largest * 2
    assert (next(found.iter(qn("w:b")), None) is not None) is is_bold
    assert (next(found.iter(qn("w:i")), None) is not None) is is_italic


def test_the_body_is_justified_with_an_indent_of_one_centimetre_and_six_points_between() -> None:
    about = style_of(write_docx(a_report()), "body").find(qn("w:pPr"))
    assert about is not None
    spacing = about.find(qn("w:spacing"))

    assert value(about.find(qn("w:jc"))) == "both"
    assert int(value(about.find(qn("w:ind")), "firstLine")) == round(10 * _MM)
    assert int(value(spacing, "after")) >= 6 * 20
    assert 240 <= int(value(spacing, "line")) <= 360


def test_pages_are_numbered_in_the_middle_above_from_the_second_on() -> None:
    data = write_docx(a_report())
    first, *_rest = sections(data)
    targets = {
        value(each, "type"): str(each.get(qn("r:id"))) for each in first.iter(qn("w:headerReference"))
    }  # the relation names the part
    relations = {str(each.get("Id")): str(each.get("Target")) for each in part(data, "word/_rels/document.xml.rels")}
    shown = {kind: "".join(part(data, f"word/{relations[key]}").itertext()) for kind, key in targets.items()}

    assert all(each.find(qn("w:titlePg")) is not None for each in sections(data))
    assert "PAGE" in shown["default"]
    assert shown["first"].strip() == ""
    assert value(next(style_of(data, "pageNumber").iter(qn("w:jc")))) == "center"


def test_an_appendix_counts_its_pages_anew_and_may_lie_across() -> None:
    body, first, second = sections(write_docx(a_report()))

    assert body.find(qn("w:pgNumType")) is None
    assert [value(each.find(qn("w:pgNumType")), "start") for each in (first, second)] == ["1", "1"]
    assert [value(each.find(qn("w:pgSz")), "orient") for each in (body, first, second)] == ["None", "None", "landscape"]


def test_the_head_names_the_nation_the_issuer_the_number_and_the_day() -> None:
    data = write_docx(a_report(number="8", day=IssueDay(2023, 2, 3)))

    assert paragraphs(data, "nation") == ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"]
    assert paragraphs(data, "motto") == ["Độc lập - Tự do - Hạnh phúc"]
    assert paragraphs(data, "superior") == ["CƠ QUAN CHỦ QUẢN MẪU"]
    assert paragraphs(data, "number") == ["Số: 08/BC-TCTM"]
    assert paragraphs(data, "place") == ["Hà Nội, ngày 03 tháng 02 năm 2023"]
    assert paragraphs(data, "kind") == ["BÁO CÁO"]


def test_a_letter_has_its_subject_below_the_number_and_no_title() -> None:
    data = write_docx(a_report(kind="", subject="đôn đốc tiến độ", period=""))

    assert paragraphs(data, "about") == ["V/v đôn đốc tiến độ"]
    assert paragraphs(data, "kind") == paragraphs(data, "subject") == []


@pytest.mark.parametrize(
    ("number", "day", "line", "place"),
    [
        ("8402", IssueDay(2022, 12, 2), "Số: 8402/BC-TCTM", "Hà Nội, ngày 02 tháng 12 năm 2022"),
        ("8", IssueDay(2024, 5, 28), "Số: 08/BC-TCTM", "Hà Nội, ngày 28 tháng 5 năm 2024"),
        ("08a", IssueDay(2024, 1, 9), "Số: 08a/BC-TCTM", "Hà Nội, ngày 09 tháng 01 năm 2024"),
        ("", IssueDay(2023, 2), "Số: /BC-TCTM", "Hà Nội, ngày tháng 02 năm 2023"),
        ("", IssueDay(2023), "Số: /BC-TCTM", "Hà Nội, ngày tháng năm 2023"),
    ],
)
def test_number_and_day_are_written_as_the_decree_wants_or_left_open(number: str, day: IssueDay, line: str, place: str) -> None:
    document = a_report(number=number, day=day)

    assert " ".join(number_line(document).split()) == line
    assert " ".join(place_line(document).split()) == place


def test_parts_are_numbered_by_their_depth() -> None:
    assert [part_number(depth, 4) for depth in range(5)] == ["IV.", "4.", "(4)", "d)", "d)"]
    assert [part_number(0, at) for at in (1, 9, 14, 40)] == ["I.", "IX.", "XIV.", "XL."]
    assert [part_number(3, at) for at in (5, 6, 23, 24)] == ["đ)", "e)", "y)", "aa)"]


def test_parts_keep_their_numbers_when_paragraphs_stand_between() -> None:
    blocks = (Section(words("MỘT")), Paragraph(words("Xen giữa.")), Section(words("HAI"), (Section(words("Tiểu mục")),)))

    data = write_docx(a_report(blocks=blocks))

    assert paragraphs(data, "part0") == ["I. MỘT", "II. HAI"]
    assert paragraphs(data, "part1") == ["1. Tiểu mục./."]


def test_footnotes_are_numbered_in_the_order_they_are_referred_to() -> None:
    data = write_docx(a_report())

    referred = [value(each, "id") for each in part(data).iter(qn("w:footnoteReference"))]
    notes = {value(each, "id"): text_of(each) for each in part(data, FOOTNOTES_PART).iter(qn("w:footnote"))}
    assert referred == ["1", "2"]
    assert notes["1"].strip() == "Số liệu mẫu do hệ thống tính từ danh mục dùng thử."
    assert notes["2"].strip() == "Theo kế hoạch mẫu."
    assert {"-1", "0"} <= set(notes)  # the rules above them, which Word wants


def test_a_document_without_footnotes_has_no_such_part() -> None:
    data = write_docx(a_report(blocks=(Paragraph(words("Nội dung")),), appendices=()))

    assert FOOTNOTES_PART not in names_in(data)
    assert list(part(data, "word/settings.xml").iter(qn("w:footnotePr"))) == []


def test_every_number_stays_traceable_also_in_tables_and_footnotes() -> None:
    note = Note((TextRun("So với "), NumberRun("12", "chu-thich.so")))
    document = a_report(blocks=(Paragraph((NumberRun("98,51%", "2.2/luu-tru"), note)), a_table()), appendices=())

    found = numbers_in(write_docx(document))

    assert found[0] == ("2.2/luu-tru", "98,51%")
    assert ("bang.tong", "15.962") in found
    assert found[-1] == ("chu-thich.so", "12")
    assert len(found) == 8


@pytest.mark.parametrize("key", ["", "a b", "x" * 35, "a" + "." * 17, "a\x00", "số"])
def test_a_key_that_a_file_cannot_carry_is_refused(key: str) -> None:
    with pytest.raises(Invalid) as refused:
        NumberRun("1", key)

    assert refused.value.field == "key"


def test_a_key_comes_back_as_it_went_in() -> None:
    keys = ("a_d", "a.d", "2.1/dong-bo", "a__b", "n1_x", "a:b_", "x" * 34)
    blocks = (Paragraph(tuple(NumberRun("1", key) for key in (*keys, *keys))),)

    data = write_docx(a_report(blocks=blocks, appendices=()))

    assert [key for key, _text in numbers_in(data)] == [*keys, *keys]
    marks = [value(each, "name") for each in part(data).iter(qn("w:bookmarkStart"))]
    assert len(set(marks)) == len(marks)
    assert max(map(len, marks)) <= 40


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"%PDF-1.4"])
def test_what_is_no_word_file_has_no_numbers_to_read(data: bytes) -> None:
    with pytest.raises(Invalid):
        numbers_in(data)


@pytest.mark.parametrize(
    ("last", "ends"),
    [
        (Paragraph(words("Xong.")), "Xong./."),
        (Paragraph(words("Xong./.")), "Xong./."),
        (Paragraph(words("Xong")), "Xong./."),
        (Paragraph((TextRun("Có "), NumberRun("5", "k"))), "Có 5./."),
        (Section(words("MỤC"), (Paragraph(words("Xong.")),)), "Xong./."),
        (a_table(), "./."),
    ],
)
def test_the_body_ends_with_the_sign_of_the_end(last: Paragraph | Section | Table, ends: str) -> None:
    *_before, closing = [block for block in ended((last,))]
    while isinstance(closing, Section):
        closing = closing.blocks[-1]

    assert isinstance(closing, Paragraph)
    assert "".join(run.text for run in closing.runs if not isinstance(run, Note)) == ends


def test_recipients_and_the_signature_stand_side_by_side() -> None:
    data = write_docx(a_report())

    assert paragraphs(data, "copies") == ["Nơi nhận:"]
    assert paragraphs(data, "copy")[0] == "- Như trên;"
    assert paragraphs(data, "copy")[-1] == "- Lưu: VT, TCT."
    assert paragraphs(data, "authority")[:2] == ["KT. TỔ TRƯỞNG", "TỔ PHÓ THƯỜNG TRỰC"]
    assert paragraphs(data, "name") == ["THỨ TRƯỞNG CƠ QUAN MẪU"]


def test_a_signature_of_ones_own_has_no_prefix_and_an_open_name() -> None:
    data = write_docx(a_report(signature=Signature("Cục trưởng")))

    assert paragraphs(data, "authority") == ["CỤC TRƯỞNG"]
    assert paragraphs(data, "name") == [""]


def test_an_unknown_authority_to_sign_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        Signature("Cục trưởng", prefix="XX.")

    assert refused.value.code == "steering.signing_prefix"


def test_several_addressees_stand_in_lines_of_their_own() -> None:
    data = write_docx(a_report(addressees=("Bộ A", "UBND tỉnh B")))

    assert paragraphs(data, "addressees") == ["Kính gửi:"]
    assert paragraphs(data, "addresseeLine") == ["- Bộ A;", "- UBND tỉnh B."]


def test_a_long_name_is_broken_in_lines_that_fit_and_the_callers_breaks_are_kept_where_they_do() -> None:
    named = "TỔ CÔNG TÁC TRIỂN KHAI CHƯƠNG TRÌNH"
    kept, broken_again = f"{named[:15]}\n{named[16:]}", f"{named} {named}\n{named}"

    texts = [lines_of(write_docx(a_report(issuer=name)), "issuer") for name in (kept, broken_again)]

    assert texts[0] == kept.split("\n")
    assert len(texts[1]) > 3
    assert " ".join(texts[1]) == broken_again.replace("\n", " ")


def test_a_table_repeats_its_head_and_keeps_its_rows_whole() -> None:
    tables = [
        each for each in part(write_docx(a_report())).iter(qn("w:tbl")) if next(each.iter(qn("w:tblHeader")), None) is not None
    ]

    assert len(tables) == 2
    for table in tables:
        rows = list(table.iter(qn("w:tr")))
        assert next(rows[0].iter(qn("w:tblHeader")), None) is not None
        assert all(next(row.iter(qn("w:cantSplit")), None) is not None for row in rows)


def test_a_row_without_a_cell_for_a_column_is_no_row() -> None:
    with pytest.raises(AssertionError):
        replace(a_table(), rows=(Row((words("1"), words("2"))),))


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60))
def test_any_words_can_be_written(said: str, name: str) -> None:
    document = a_report(issuer=name, subject=said, blocks=(Paragraph(words(said)),), appendices=())

    assert numbers_in(write_docx(document)) == ()


def test_a_subject_longer_than_a_file_may_be_called_is_written_whole() -> None:
    data = write_docx(a_report(subject="Nội dung " * 60))

    assert "".join(paragraphs(data, "subject")).count("Nội") == 60


def test_runs_are_found_wherever_they_stand() -> None:
    document: OfficialDocument = a_report()

    keys = [run.key for run in runs_of(document.blocks) if isinstance(run, NumberRun)]

    assert keys == ["2.1/dong-bo", "2.1/tang"]
