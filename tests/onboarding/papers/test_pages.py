"""The papers as pages, laid out by LibreOffice: what is said, where it stands, and that long names and lists break nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dancu.onboarding.papers.documents import BOTTOM, LEFT, LONG, RIGHT, SHORT, TOP, docx_of, paper_docx
from dancu.onboarding.papers.domain import PaperKind
from dancu.onboarding.papers.printed import MOTTO, NATION, printed
from dancu.onboarding.papers.returned import read_returned
from tests.onboarding.papers.office import MARKS, converted, ink, page_images, page_lines, page_texts
from tests.onboarding.papers.samples import CONTEXT, GENERATED, LONG_NAME, a_form, accounts, lines_for

pytestmark = MARKS
K = PaperKind
WIDE = {K.ACCOUNT_LIST, K.SERVICE_REGISTRATION}
COUNTS = range(18, 38)  # of lines: somewhere here the last words just fit on their page, and just do not
ALMOST = 0.6  # millimetres: half a rule, and the rounding to dots
_LONG_BODY = "Ủy ban nhân dân thành phố trực thuộc trung ương có tên dài nhất trong các tên"
_LONG = {
    "superior": _LONG_BODY,
    "organisation": "Trung tâm Giám sát, điều hành đô thị thông minh và Chuyển đổi số thuộc Sở Khoa học và Công nghệ",
    "symbol": "TTGSĐHĐTTM&CĐS-SKHCN",
    "system_name": "Hệ thống thông tin giải quyết thủ tục hành chính, một cửa điện tử liên thông và quản lý hồ sơ số của tỉnh",
    "signer_name": LONG_NAME,
    "authority_of": "Giám đốc Trung tâm Giám sát, điều hành đô thị thông minh",
    "contact": "Phòng Hạ tầng số và An toàn thông tin, " + "hopthudientudungchungcuaphong" * 3 + "@tinh.example",
}


def long_paper(kind: PaperKind) -> bytes:
    """Names as long as the form takes them, and sixty lines with a word that no cell can hold."""
    lines = lines_for(kind, 60)
    if kind is K.ACCOUNT_LIST:
        mail = "mot.dia.chi.thu.cong.vu.rat.dai.khong.co.cho.ngat@donvi.tinh.example"
        lines = accounts(60, LONG_NAME, unit="Trung tâm Phục vụ hành chính công phường Hoa Lư", mail=mail, position="Phó Chủ tịch")
    if kind is K.SERVICE_REGISTRATION:
        lines = [("Tên thủ tục " * 24, *line[1:5], "Họ, chữ đệm và tên khai sinh, " * 13, *line[6:]) for line in lines]
    return paper_docx(kind, CONTEXT, a_form(kind, **_LONG), lines)


@pytest.fixture(scope="module")
def papers() -> dict[str, bytes]:
    made = {}
    for kind in GENERATED:
        made[f"{kind}-full"] = paper_docx(kind, CONTEXT, a_form(kind), lines_for(kind, 60))
        made[f"{kind}-blank"] = paper_docx(kind, CONTEXT, {})
        made[f"{kind}-long"] = long_paper(kind)
    for count in COUNTS:
        made[f"account_list-{count}"] = paper_docx(K.ACCOUNT_LIST, CONTEXT, a_form(K.ACCOUNT_LIST), short_rows(count))
        purpose = "\n".join(["Tra cứu thông tin công dân."] * (count - COUNTS[0] + 1))
        made[f"undertaking-{count}"] = paper_docx(K.UNDERTAKING, CONTEXT, a_form(K.UNDERTAKING, purpose=purpose))
    made["account_list-short"] = paper_docx(K.ACCOUNT_LIST, CONTEXT, a_form(K.ACCOUNT_LIST), short_rows(80))
    return made


def short_rows(count: int) -> list[tuple[str, ...]]:
    """Lines whose every cell is one line high."""
    return accounts(count, unit="UBND xã Mẫu", mail="cb@tinh.example")


@pytest.fixture(scope="module")
def pdfs(papers: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return converted(tmp_path_factory.mktemp("pages"), papers)


EVERY = [f"{kind}-{how}" for kind in GENERATED for how in ("full", "blank", "long")]


def kind_of(name: str) -> PaperKind:
    return K(name.rpartition("-")[0])


@pytest.mark.parametrize("name", EVERY)
def test_a_paper_says_whose_state_it_is_what_it_is_and_for_which_dossier(pdfs: dict[str, Path], name: str) -> None:
    kind = kind_of(name)
    pages = page_texts(pdfs[name])
    first = pages[0]

    assert NATION in first
    assert MOTTO in first
    assert printed(kind, CONTEXT, a_form(kind)).headings[0] in first
    assert all("Hồ sơ HSKN-2026-0007" in page and "Dữ liệu mô phỏng" in page for page in pages)
    assert "Nơi nhận:" in pages[-1]


@pytest.mark.parametrize(
    ("name", "fewest", "most"),
    [
        ("undertaking-full", 3, 3),
        ("undertaking-blank", 3, 3),
        ("survey-full", 3, 3),
        ("survey-blank", 3, 4),
        ("account_list-full", 4, 6),
        ("account_list-blank", 2, 2),
        ("service_registration-full", 6, 8),
        ("service_registration-blank", 1, 2),
    ],
)
def test_a_paper_has_as_many_pages_as_an_office_expects(pdfs: dict[str, Path], name: str, fewest: int, most: int) -> None:
    assert fewest <= len(page_texts(pdfs[name])) <= most


@pytest.mark.parametrize("name", EVERY)
def test_nothing_is_printed_in_the_margins_but_number_and_mark(pdfs: dict[str, Path], name: str) -> None:
    wide = kind_of(name) in WIDE
    width, height = (LONG, SHORT) if wide else (SHORT, LONG)
    middle = LEFT + (width - LEFT - RIGHT) / 2

    for number, page in enumerate(page_images(pdfs[name]), start=1):
        above, below = TOP - ALMOST, height - BOTTOM + ALMOST
        assert ink(page, right=LEFT - ALMOST) == 0, f"left of page {number}"
        assert ink(page, left=width - RIGHT + ALMOST) == 0, f"right of page {number}"
        number_stands = ink(page, left=middle - 6, right=middle + 6, bottom=above)
        assert ink(page, bottom=above) == number_stands, f"above page {number}"
        assert (number_stands > 0) == (number > 1), f"number of page {number}"
        assert ink(page, top=below, bottom=height - 14) == 0, f"below page {number}"
        assert ink(page, top=height - 9 + ALMOST) == 0, f"at the foot of page {number}"


@pytest.mark.parametrize("name", [name for name in EVERY if kind_of(name) in WIDE and not name.endswith("blank")])
def test_sixty_lines_stand_once_each_below_a_head_on_every_page(pdfs: dict[str, Path], name: str) -> None:
    pages = page_lines(pdfs[name])
    text = page_texts(pdfs[name])

    numbers = [int(found[1]) for page in pages for line in page if (found := re.match(r"\s{0,30}(\d{1,2})\s", line + " "))]

    assert all("STT" in page for page in text)
    assert [number for number in range(1, 61) if number not in numbers] == []


@pytest.mark.parametrize("count", COUNTS)
def test_the_signature_never_stands_on_a_page_alone_and_no_page_is_empty(pdfs: dict[str, Path], count: int) -> None:
    # Word takes the last two rows along as well; LibreOffice 7 keeps a row with the next row only.
    closings = {"account_list": f"Danh sách có {count} tài khoản.", "undertaking": "chịu trách nhiệm trước pháp luật"}

    for kind, closing in closings.items():
        last = page_texts(pdfs[f"{kind}-{count}"])[-1]
        assert closing in last, kind
        assert "PHÓ GIÁM ĐỐC" in last
        assert "Trần Văn Mẫu" in last


def test_twenty_five_lines_fill_a_page_and_no_page_has_more(pdfs: dict[str, Path]) -> None:
    rows = [len(re.findall(r"\b0002\d{8}\b", page)) for page in page_texts(pdfs["account_list-short"])]

    assert sum(rows) == 80
    assert max(rows) == 25
    assert [count for count in rows[1:] if count == 25] == [25, 25]


def test_a_long_name_is_printed_whole(pdfs: dict[str, Path]) -> None:
    text = " ".join(page_texts(pdfs["account_list-long"]))

    assert text.count("000200000031") == 1
    for word in set(LONG_NAME.split()):
        assert text.count(word) >= 60


def test_libreoffice_may_save_a_paper_again_and_it_is_still_as_printed(papers: dict[str, bytes], tmp_path: Path) -> None:
    names = [f"{kind}-full" for kind in GENERATED]

    again = converted(tmp_path, {name: papers[name] for name in names}, "docx")

    for name, path in again.items():
        kind = kind_of(name)
        expected = printed(kind, CONTEXT, a_form(kind), lines_for(kind, 60))
        assert docx_of(expected) == papers[name]
        assert [each.key for each in read_returned(path.read_bytes(), expected).findings] == ["number"], name
