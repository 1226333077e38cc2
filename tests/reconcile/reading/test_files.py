"""A file is told by its content, and whatever it is, the outcome is a list or a refusal that says what to do."""

from __future__ import annotations

import codecs
import struct
import zipfile
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dancu.kernel.errors import Invalid
from dancu.reconcile.reading.encodings import Encoding
from dancu.reconcile.reading.files import Kind, OpenedList, open_list
from dancu.reconcile.reading.limits import Limits
from dancu.reconcile.reading.text_source import TextSource
from tests.reconcile.reading.lists import (
    BOOK,
    HEADINGS,
    PEOPLE,
    a_book,
    an_archive,
    as_tcvn3,
    as_viscii,
    as_vni,
    as_windows_1258,
    csv_text,
    put,
)

SMALL = Limits(columns_max=20, row_bytes_max=1000)


def refused(path: Path, limits: Limits = SMALL) -> Invalid:
    with pytest.raises(Invalid) as caught:
        open_list(path, limits=limits)
    assert caught.value.field == "file"
    assert caught.value.message
    assert caught.value.message_en != caught.value.message
    return caught.value


def text_of(opened: OpenedList) -> TextSource:
    assert isinstance(opened.source, TextSource)
    return opened.source


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_text_is_split_by_any_delimiter_and_end_of_line(tmp_path: Path, delimiter: str, end: str) -> None:
    opened = open_list(put(tmp_path, csv_text(delimiter=delimiter, end=end), "list.doc"))

    assert opened.kind is Kind.TEXT
    assert (text_of(opened).delimiter, opened.headings, opened.first_row) == (delimiter, HEADINGS, 2)
    assert opened.sample == PEOPLE


def test_commas_in_addresses_do_not_split_a_list_of_semicolons(tmp_path: Path) -> None:
    rows = [(*row, "Số 1, phố Huế, Hà Nội") for row in PEOPLE]

    opened = open_list(put(tmp_path, csv_text(rows, (*HEADINGS, "Địa chỉ"), ";")))

    assert opened.sample == tuple(rows)


def test_quoted_fields_hold_delimiters_marks_and_ends_of_lines(tmp_path: Path) -> None:
    opened = open_list(put(tmp_path, 'Số CCCD,Họ và tên,Địa chỉ\n001090000017,"H""Hen, Niê","Thôn 1\nXã 2"\n'))

    assert opened.sample == (("001090000017", 'H"Hen, Niê', "Thôn 1\nXã 2"),)


def test_a_list_without_headings_begins_with_its_first_row(tmp_path: Path) -> None:
    opened = open_list(put(tmp_path, csv_text(headings=())))

    assert not opened.has_header
    assert (opened.first_row, opened.headings) == (1, ("Cột 1", "Cột 2", "Cột 3"))
    assert opened.sample == PEOPLE


def test_headings_nobody_knows_stand_above_rows_of_numbers(tmp_path: Path) -> None:
    opened = open_list(put(tmp_path, csv_text(headings=("A1", "B2", "C3"))))

    assert opened.headings == ("A1", "B2", "C3")


def test_titles_above_the_headings_are_passed_over(tmp_path: Path) -> None:
    opened = open_list(put(tmp_path, "DANH SÁCH HỘI VIÊN,,\nNăm 2024,,\n" + csv_text()))

    assert (opened.headings, opened.first_row) == (HEADINGS, 4)


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (csv_text().encode("utf-8-sig"), Encoding.UTF_8),
        (codecs.BOM_UTF16_LE + csv_text().encode("utf-16-le"), Encoding.UTF_16_LE),
        (codecs.BOM_UTF16_BE + csv_text().encode("utf-16-be"), Encoding.UTF_16_BE),
        (csv_text().encode("utf-16-le"), Encoding.UTF_16_LE),
        (csv_text().encode("utf-16-be"), Encoding.UTF_16_BE),
        (as_tcvn3(csv_text()), Encoding.TCVN3),
        (as_vni(csv_text()), Encoding.VNI),
        (as_viscii(csv_text()), Encoding.VISCII),
        (as_windows_1258(csv_text()), Encoding.WINDOWS_1258),
    ],
    ids=["utf-8 mark", "16le mark", "16be mark", "16le", "16be", "tcvn3", "vni", "viscii", "1258"],
)
def test_text_of_any_letters_is_brought_to_unicode(tmp_path: Path, data: bytes, encoding: Encoding) -> None:
    opened = open_list(put(tmp_path, data))

    assert text_of(opened).encoding is encoding
    assert [tuple(map(str.casefold, row)) for row in opened.sample] == [tuple(map(str.casefold, row)) for row in PEOPLE]
    assert bool(opened.notes) is not encoding.value.startswith("utf")


def test_letters_of_a_file_are_told_also_where_its_first_lines_have_no_marks(tmp_path: Path) -> None:
    plain = csv_text([("001090000017", "NGUYEN VAN AN", "1990")] * 50_000)

    opened = open_list(put(tmp_path, plain.encode() + as_tcvn3(csv_text(PEOPLE * 2000, ()))))

    assert text_of(opened).encoding is Encoding.TCVN3


def test_a_workbook_is_read_from_its_first_sheet_with_rows(tmp_path: Path) -> None:
    path = a_book(tmp_path / "list.csv", {"Trống": [], "Thuê bao": [HEADINGS, *PEOPLE], "Khác": [["x"]]})

    opened = open_list(path)

    assert opened.kind is Kind.WORKBOOK
    assert (opened.headings, opened.first_row, opened.sample) == (HEADINGS, 2, PEOPLE)
    assert "“Thuê bao”" in opened.notes[0]
    assert "3 trang" in opened.notes[0]


def test_one_sheet_needs_no_note(tmp_path: Path) -> None:
    assert open_list(a_book(tmp_path / "list.xlsx", {"A": [HEADINGS, *PEOPLE]})).notes == ()


def test_parquet_is_read_by_its_names(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    pq.write_table(pa.table(dict(zip(HEADINGS, zip(*PEOPLE, strict=True), strict=True))), path)

    opened = open_list(path)

    assert (opened.kind, opened.headings, opened.sample) == (Kind.PARQUET, HEADINGS, PEOPLE)


@pytest.mark.parametrize("data", [b"", b"\n\n \t\r\n", b"\xef\xbb\xbf", b"\xff\xfe"])
def test_an_empty_file_is_refused(tmp_path: Path, data: bytes) -> None:
    assert refused(put(tmp_path, data)).code == "list.empty"


def test_headings_alone_are_refused(tmp_path: Path) -> None:
    assert refused(put(tmp_path, csv_text(()))).code == "list.header_only"
    assert refused(a_book(tmp_path / "a.xlsx", {"A": [HEADINGS]})).code == "list.header_only"
    pq.write_table(pa.table({"ho_ten": pa.array([], pa.string())}), tmp_path / "a.parquet")
    assert refused(tmp_path / "a.parquet").code == "list.header_only"


def test_an_empty_workbook_is_refused(tmp_path: Path) -> None:
    assert refused(a_book(tmp_path / "a.xlsx", {"A": [], "B": []})).code == "list.empty"


def test_a_password_and_an_old_workbook_are_told_apart(tmp_path: Path) -> None:
    compound = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000

    assert refused(put(tmp_path, compound + "EncryptedPackage".encode("utf-16-le"))).code == "list.password"
    assert refused(put(tmp_path, compound + "Workbook".encode("utf-16-le"))).code == "list.old_workbook"


def test_what_is_no_list_is_named(tmp_path: Path) -> None:
    said = {
        "PDF": put(tmp_path, b"%PDF-1.7\n1 0 obj", "a.csv"),
        "picture": put(tmp_path, b"\x89PNG\r\n\x1a\n\0\0", "b.csv"),
        "archive": an_archive(tmp_path / "c.xlsx", ("list.csv", b"a,b\n1,2\n")),
        "JSON": put(tmp_path, b'[{"a": 1}]', "d.csv"),
        "web page": put(tmp_path, b"\xef\xbb\xbf <!DOCTYPE html>", "e.csv"),
        "binary": put(tmp_path, b"abc,\x01\x03\x04" * 200, "f.csv"),
    }

    for word, path in said.items():
        error = refused(path)
        assert error.code == "list.kind"
        assert word in error.message_en


def test_letters_nobody_can_tell_are_refused(tmp_path: Path) -> None:
    rows = [("1", "Müller", "Jérôme"), ("2", "Ångström", "Citroën")]

    assert refused(put(tmp_path, csv_text(rows).encode("utf-8").decode().encode("latin-1", "ignore"))).code == "list.letters"


def test_too_many_columns_are_refused(tmp_path: Path) -> None:
    wide = ["x" * 3] * 21

    assert refused(put(tmp_path, csv_text([wide, wide], wide))).code == "list.columns_many"
    assert refused(a_book(tmp_path / "a.xlsx", {"A": [wide, wide]})).code == "list.columns_many"
    pq.write_table(pa.table({f"c{at}": ["x"] for at in range(21)}), tmp_path / "a.parquet")
    assert refused(tmp_path / "a.parquet").code == "list.columns_many"


def test_a_line_past_the_limit_is_refused_with_its_number(tmp_path: Path) -> None:
    error = refused(put(tmp_path, csv_text([("1" * 12, "x" * 1001, "")])))

    assert error.code == "list.line_length"
    assert "Dòng 2" in error.message


def test_a_workbook_that_swells_is_refused_by_its_declared_and_by_its_real_size(tmp_path: Path) -> None:
    sheet = ("xl/worksheets/sheet1.xml", b"<row>" + b" " * 3_000_000)
    loose = replace(SMALL, unpacked_ratio_max=10**9)

    by_ratio = an_archive(tmp_path / "ratio.xlsx", BOOK, sheet)
    assert refused(by_ratio).code == "list.unpacked_size"
    assert refused(by_ratio, replace(loose, unpacked_bytes_max=2_000_000)).code == "list.unpacked_size"
    assert refused(by_ratio, replace(loose, parts_max=1)).code == "list.unpacked_size"
    declared_small = _declaring(by_ratio, 100)
    assert refused(declared_small, replace(loose, unpacked_bytes_max=2_000_000)).code == "list.unpacked_size"
    assert refused(declared_small).code == "list.unpacked_size"


def test_a_workbook_is_refused_by_what_it_declares_before_anything_is_unpacked(tmp_path: Path) -> None:
    honest = an_archive(tmp_path / "a.xlsx", BOOK, ("xl/worksheets/sheet1.xml", b"<row>" + b"x" * 700))

    assert refused(_declaring(honest, 2_000_000_000), replace(SMALL, unpacked_bytes_max=10**9)).code == "list.unpacked_size"


def _declaring(path: Path, size: int) -> Path:
    """The same archive with another size written in its directory for its last part."""
    with zipfile.ZipFile(path) as archive:
        real = archive.infolist()[-1].file_size
    data = path.read_bytes()
    path.write_bytes(data.replace(struct.pack("<L", real), struct.pack("<L", size)))
    return path


@pytest.mark.parametrize("cell", [b'<c r="XFD1048576"', b"<c r='A1048576'", b'<c  r = "XFD1"', b'<row r="1048576"><c r="ZZ1"'])
def test_one_cell_far_out_does_not_make_room_for_all_before_it(tmp_path: Path, cell: bytes) -> None:
    limits = replace(SMALL, cells_max=200_000)
    sheet = ("xl/worksheets/sheet1.xml", b"<sheetData><row>" + cell + b"><v>1</v></c></row></sheetData>")
    if cell == b'<c  r = "XFD1"':
        limits = replace(SMALL, cells_max=10_000)

    assert refused(an_archive(tmp_path / "far.xlsx", BOOK, sheet), limits).code == "list.unpacked_size"


def test_a_damaged_workbook_is_refused(tmp_path: Path) -> None:
    good = a_book(tmp_path / "a.xlsx", {"A": [HEADINGS, *PEOPLE]}).read_bytes()

    assert refused(an_archive(tmp_path / "b.xlsx", BOOK)).code == "list.workbook_damaged"
    assert refused(put(tmp_path, good[: len(good) // 2], "c.xlsx")).code in ("list.workbook_damaged", "list.kind")
    assert refused(put(tmp_path, good[:900] + bytes(300) + good[1200:], "d.xlsx")).code == "list.workbook_damaged"


def test_a_damaged_parquet_or_one_without_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"ho_ten": ["Nguyễn Văn An"] * 1000}), path)
    data = path.read_bytes()

    assert refused(put(tmp_path, data[: len(data) // 2], "cut")).code == "list.parquet_damaged"
    assert refused(put(tmp_path, data[:20] + b"\xff" * 40 + data[60:], "hit")).code == "list.parquet_damaged"
    pq.write_table(pa.table({"n": [1, 2]}), path)
    assert refused(path).code == "list.parquet_columns"
