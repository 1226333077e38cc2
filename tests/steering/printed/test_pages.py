"""Official documents as pages, laid out by LibreOffice: what is said and where it stands; and as PDF/A."""

from __future__ import annotations

import re
import stat
import subprocess
from pathlib import Path

import pytest

from dancu.kernel.errors import Unavailable
from dancu.steering.printed.domain import Paragraph, words
from dancu.steering.printed.pdf import to_pdf_a
from dancu.steering.printed.writing import BOTTOM, LEFT, LONG, RIGHT, SHORT, TOP, numbers_in, write_docx
from tests.onboarding.papers.office import MARKS, converted, ink, page_images, page_texts
from tests.steering.printed.samples import a_report

slow, needs_office = MARKS
_LENGTHS = range(12, 22)  # lines of the body: somewhere here the signature just fits on the first page, and just does not


@pytest.fixture(scope="module")
def pdfs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    papers = {"report": write_docx(a_report())}
    for count in _LENGTHS:
        blocks = tuple(Paragraph(words(f"Dòng nội dung mẫu số {each}.")) for each in range(1, count + 1))
        papers[f"lines-{count}"] = write_docx(a_report(blocks=blocks, appendices=()))
    return converted(tmp_path_factory.mktemp("documents"), papers)


@slow
@needs_office
def test_the_sample_has_two_pages_and_two_appendices(pdfs: dict[str, Path]) -> None:
    pages = page_texts(pdfs["report"])

    assert len(pages) == 4
    assert pages[0].startswith("CƠ QUAN CHỦ QUẢN MẪU CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")
    assert pages[1].startswith("2 ")
    assert "THỨ TRƯỞNG CƠ QUAN MẪU" in pages[1]
    assert pages[2].startswith("Phụ lục I KẾT QUẢ THEO CHỈ TIÊU (Kèm theo Báo cáo số")
    assert pages[3].startswith("Phụ lục II")
    assert "1 Số liệu mẫu do hệ thống tính từ danh mục dùng thử." in pages[0]
    assert "2 Theo kế hoạch mẫu." in pages[1]


@slow
@needs_office
def test_nothing_stands_in_the_margins_but_the_page_number(pdfs: dict[str, Path]) -> None:
    first, second, _third, across = page_images(pdfs["report"])

    for page, height, width in ((first, LONG, SHORT), (second, LONG, SHORT), (across, SHORT, LONG)):
        assert ink(page, right=LEFT - 1) == 0
        assert ink(page, left=width - RIGHT + 1) == 0
        assert ink(page, top=height - BOTTOM + 1) == 0
    assert ink(first, bottom=TOP - 1) == 0
    middle = LEFT + (SHORT - LEFT - RIGHT) / 2
    assert ink(second, bottom=TOP - 1) == ink(second, left=middle - 5, right=middle + 5, bottom=TOP - 1) > 0


@slow
@needs_office
def test_the_signature_never_stands_on_a_page_alone(pdfs: dict[str, Path]) -> None:
    counts = set()
    for count in _LENGTHS:
        pages = page_texts(pdfs[f"lines-{count}"])
        counts.add(len(pages))
        signed = next(page for page in pages if "KT. TỔ TRƯỞNG" in page)
        assert "Dòng nội dung mẫu" in signed, count
        assert pages[-1] is signed, "no empty page follows"
        assert "THỨ TRƯỞNG CƠ QUAN MẪU" in signed, count

    assert counts == {1, 2}, "the lengths tried lie on both sides of the edge"


@slow
@needs_office
def test_an_office_may_save_it_again_and_the_numbers_are_still_traced(tmp_path: Path) -> None:
    data = write_docx(a_report())

    saved = converted(tmp_path, {"report": data}, "docx")["report"].read_bytes()

    assert numbers_in(saved) == numbers_in(data)


@slow
@needs_office
@pytest.mark.parametrize("part", [1, 2])
def test_a_pdf_a_says_so_and_carries_its_fonts_and_colours(part: int, tmp_path: Path) -> None:
    data = to_pdf_a(write_docx(a_report()), part=part)

    (tmp_path / "a.pdf").write_bytes(data)
    fonts = subprocess.run(["pdffonts", str(tmp_path / "a.pdf")], check=True, capture_output=True, timeout=60).stdout.decode()
    rows = fonts.splitlines()[2:]
    assert f"<pdfaid:part>{part}</pdfaid:part>".encode() in data
    assert b"/GTS_PDFA1" in data
    assert b"/AcroForm" not in data
    assert rows
    assert all(re.search(r"\s(yes|no)\s+(yes|no)\s+(yes|no)\s+\d+", row).group(1) == "yes" for row in rows)  # type: ignore[union-attr]
    assert len(page_texts(tmp_path / "a.pdf")) == 4


def program(folder: Path, script: str) -> str:
    path = folder / "office"
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def test_without_an_office_the_pdf_is_refused_with_a_way_out() -> None:
    with pytest.raises(Unavailable) as refused:
        to_pdf_a(b"", office="no-such-office-program")

    assert refused.value.code == "steering.no_office"


def is_running(process: str) -> bool:
    """Not gone, and not only waiting to be counted as gone."""
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_an_office_that_hangs_is_ended_with_its_children(tmp_path: Path) -> None:
    child = tmp_path / "child"

    with pytest.raises(Unavailable) as refused:
        to_pdf_a(b"", office=program(tmp_path, f"sleep 60 & echo $! > {child}; wait"), seconds_max=2)

    process = child.read_text(encoding="utf-8").strip()
    assert refused.value.code == "steering.office_slow"
    assert not all(is_running(process) for _look in range(100_000))


@pytest.mark.parametrize("script", ["exit 1", "exit 0", 'for last in "$@"; do :; done; printf "%%PDF-1.7" > "${last%.docx}.pdf"'])
def test_an_office_that_makes_no_pdf_a_is_not_believed(tmp_path: Path, script: str) -> None:
    with pytest.raises(Unavailable) as refused:
        to_pdf_a(b"", office=program(tmp_path, script))

    assert refused.value.code == "steering.no_pdf"
