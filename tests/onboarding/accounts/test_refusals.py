"""Files that are refused, each with its own sentence: before it is opened where possible, and never at the cost of the server."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Sequence
from types import SimpleNamespace

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dancu.kernel.errors import DancuError, Invalid
from dancu.onboarding.accounts import opening, reading, sheets
from dancu.onboarding.accounts.domain import check
from dancu.onboarding.accounts.reading import read
from dancu.onboarding.accounts.returned import write_returned
from tests.onboarding.accounts.lists import LABELS, Value, a_context, rows_by_seed, table_of, workbook_of
from tests.onboarding.accounts.other_files import old_workbook_of, open_document_of, text_of, zipped

LINES = table_of(rows_by_seed(3))


def refusal(data: bytes) -> Invalid:
    with pytest.raises(Invalid) as refused:
        read(data)
    assert refused.value.field == "file"
    assert refused.value.message.endswith(".")
    assert refused.value.message_en.isascii()
    return refused.value


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("data", [b"", b" \r\n\t", b"\0" * 100])
def test_an_empty_file_is_refused(data: bytes) -> None:
    assert refusal(data).code == "accounts.empty"


def test_a_file_above_the_limit_is_refused_before_anything_is_done_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "BYTES_MAX", 100)
    monkeypatch.setattr(opening, "open_workbook", lambda data: pytest.fail("it was opened"))

    assert refusal(workbook_of(LINES)).code == "accounts.file_size"


def test_the_limit_of_ten_megabytes_stands() -> None:
    assert reading.BYTES_MAX == 10_000_000
    assert refusal(b"a" * 10_000_001).code == "accounts.file_size"


@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.7 \n",
        b"\x89PNG\r\n\x1a\n",
        b"{\\rtf1 ",
        b"<html><table><tr><td>STT</td></tr></table></html>",
        b'\xef\xbb\xbf<?xml version="1.0"?><Workbook/>',
        b"PK\x05\x06" + bytes(18),
        zipped({"word/document.xml": "<w/>", "[Content_Types].xml": "<t/>"}),
        open_document_of(LINES, kind="text"),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "WordDocument".encode("utf-16-le"),
    ],
    ids=["pdf", "picture", "rtf", "html", "xml", "empty zip", "docx", "odt", "doc"],
)
def test_what_is_no_spreadsheet_is_refused_whatever_its_name(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "open_workbook", lambda data: pytest.fail("it was opened"))

    assert refusal(data).code == "accounts.kind"


def test_a_workbook_locked_with_a_password_is_refused_with_what_to_do() -> None:
    locked = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le")

    refused = refusal(locked)

    assert refused.code == "accounts.password"
    assert "Bỏ mật khẩu" in refused.message


def test_an_open_document_locked_with_a_password_is_refused_alike() -> None:
    entry = '<manifest:file-entry manifest:full-path="content.xml"><manifest:encryption-data/></manifest:file-entry>'
    name = 'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"'
    manifest = f"<manifest:manifest {name}>{entry}</manifest:manifest>"

    locked = zipped({**parts_of(open_document_of(LINES)), "META-INF/manifest.xml": manifest, "content.xml": b"\x8f\x02"})

    assert refusal(locked).code == "accounts.password"


def test_a_workbook_of_the_old_format_locked_with_a_password_is_refused_alike() -> None:
    lock = b"\x2f\x00\x36\x00\x01\x00\x01\x00\x01\x00" + bytes(48)

    assert refusal(old_workbook_of(LINES, after_begin=lock)).code == "accounts.password"


def test_an_archive_that_unpacks_too_far_is_refused_by_its_directory_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "open_workbook", lambda data: pytest.fail("it was opened"))
    parts = parts_of(workbook_of(LINES))

    swollen = zipped({**parts, "xl/media/a.bin": bytes(2_000_000)})
    many = zipped({**parts, **{f"xl/{at}": b"" for at in range(reading.PARTS_MAX)}})

    assert refusal(swollen).code == "accounts.unpacked_size"
    assert refusal(many).code == "accounts.unpacked_size"
    monkeypatch.setattr(reading, "UNPACKED_MAX", 1_000)
    assert refusal(workbook_of(LINES)).code == "accounts.unpacked_size"


def test_a_damaged_workbook_is_refused() -> None:
    whole = workbook_of(LINES)
    parts = parts_of(whole)

    assert refusal(whole[: len(whole) // 2]).code == "accounts.unreadable"
    assert refusal(zipped({**parts, "xl/workbook.xml": b"<workbook"})).code == "accounts.unreadable"
    assert refusal(old_workbook_of(LINES)[:3000]).code == "accounts.unreadable"


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        (1_048_575, 16_383, "accounts.unreadable"),
        (90_000, 600, "accounts.unreadable"),  # would take more than a gigabyte
        (100_000, 2, "accounts.far_cell"),
    ],
)
def test_a_cell_far_from_the_table_costs_a_child_and_not_the_server(row: int, column: int, code: str) -> None:
    """Sixteen thousand million cells lie between the first and the last corner of a sheet."""
    held = io.BytesIO()
    book = xlsxwriter.Workbook(held, {"in_memory": True})
    sheet = book.add_worksheet()
    for at, line in enumerate(LINES):
        sheet.write_row(at, 0, line)
    sheet.write_string(row, column, "x")
    book.close()

    refused = refusal(held.getvalue())

    assert refused.code == code
    assert "xa" in refused.message


def test_a_repeated_cell_of_an_open_document_costs_a_child_and_not_the_server() -> None:
    parts = parts_of(open_document_of(LINES))
    cell = (
        '<table:table-cell table:number-columns-repeated="16384" office:value-type="string"><text:p>x</text:p></table:table-cell>'
    )
    row = f'<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row></table:table>'
    content = parts["content.xml"].decode().replace("</table:table>", row)

    assert refusal(zipped({**parts, "content.xml": content})).code == "accounts.unreadable"


def test_one_long_text_in_every_cell_is_refused_by_the_sum() -> None:
    lines: list[Sequence[Value]] = [LABELS] + [["x" * 30_000] * 13] * 60

    assert sheets.TEXT_MAX < 30_000 * 13 * 60
    assert refusal(workbook_of(lines)).code == "accounts.unpacked_size"


def test_a_child_that_does_not_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "WALL_SECONDS_MAX", 0.0001)

    assert refusal(workbook_of(LINES)).code == "accounts.unreadable"


def test_the_child_knows_nothing_of_the_servers_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://somebody:secret@host/db")
    handed: list[dict[str, str]] = []
    run = opening.subprocess.run
    monkeypatch.setattr(opening.subprocess, "run", lambda *a, **k: (handed.append(k["env"]), run(*a, **k))[1])

    read(workbook_of(LINES))

    assert handed
    assert all("DATABASE_URL" not in environment for environment in handed)


def test_a_panic_of_the_compiled_reader_is_only_an_unreadable_file(monkeypatch: pytest.MonkeyPatch) -> None:
    class PanicError(BaseException):
        """As the compiled library raises it: no Exception."""

    def panic(data: object) -> None:
        raise PanicError

    monkeypatch.setattr(opening.python_calamine, "CalamineWorkbook", SimpleNamespace(from_filelike=panic))

    assert opening.opened(b"x").problem == opening.UNREADABLE


def test_a_file_without_the_header_of_a_list_is_refused() -> None:
    assert refusal(workbook_of([["Một", "bảng", "khác", "hẳn"], ["1", "2", "3", "4"]])).code == "accounts.no_header"
    assert refusal(b"a,b,c\n1,2,3\n").code == "accounts.no_header"


def test_missing_columns_are_named() -> None:
    kept = [at for at, label in enumerate(LABELS) if label not in ("Số định danh", "Tên tài khoản", "Ghi chú")]
    lines = [[line[at] for at in kept] if len(line) > 1 else line for line in LINES]

    refused = refusal(workbook_of(lines))

    assert refused.code == "accounts.columns_missing"
    assert "thiếu cột: Số định danh, Tên tài khoản." in refused.message
    assert refused.details == {"missing": ["personal_id", "account"]}


def test_columns_that_need_not_be_there_need_not_be_there() -> None:
    kept = [at for at, label in enumerate(LABELS) if label not in ("STT", "Điện thoại cơ quan", "Ghi chú")]
    uploaded = read(workbook_of([[line[at] for at in kept] if len(line) > 1 else line for line in LINES]))

    assert check(uploaded.rows, a_context()).is_whole


def test_text_in_unknown_letters_is_refused_and_not_guessed() -> None:
    # The marks of an old font under the labels of that font.
    lines = "STT;Hä vµ tªn;Sè ®Þnh danh;Ngµy sinh;Chøc vô;§¬n vÞ\n1;NguyÔn V¨n An;005090000001;24/11/1990;;\n"

    for data in (lines.encode("latin-1"), "Họ và tên;Số định danh;Ngày sinh;Chức vụ".encode() + b"\xff\xfe\x81;"):
        refused = refusal(data)
        assert refused.code == "accounts.letters"
        assert ".xlsx" in refused.message


def test_more_rows_than_a_file_may_have_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    held = text_of([LABELS, *[["1", "x"]] * (sheets.LINES_MAX + 1)])

    assert refusal(held.encode()).code == "accounts.too_many"


def test_the_same_holds_for_a_workbook() -> None:
    lines: list[Sequence[Value]] = [LABELS, *[["1", "x"]] * (sheets.LINES_MAX + 1)]

    assert refusal(workbook_of(lines)).code == "accounts.too_many"


def judged(data: bytes) -> None:
    """The whole way; whatever the bytes are, only our own errors end it."""
    try:
        uploaded = read(data)
        told = check(uploaded.rows, a_context())
        write_returned(uploaded, told, a_context())
    except DancuError:
        pass


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode) | st.text(max_size=200).map(lambda t: t.encode("utf-16")))
@settings(max_examples=300, deadline=None, derandomize=True)
def test_no_bytes_crash(data: bytes) -> None:
    judged(data)


@given(st.lists(st.lists(st.text(max_size=12), min_size=13, max_size=16), max_size=5), st.sampled_from(",;\t"))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_no_cells_below_a_header_crash(cells: list[list[str]], separator: str) -> None:
    judged(text_of([LABELS, *cells], separator).encode())


@given(st.sampled_from([workbook_of(LINES), open_document_of(LINES), old_workbook_of(LINES)]), st.integers(0, 2**32))
@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
def test_no_damaged_workbook_crashes(whole: bytes, seed: int) -> None:
    chance = random.Random(seed)
    spoiled = bytearray(whole)
    for _ in range(chance.randint(1, 12)):
        at = chance.randrange(len(spoiled))
        spoiled[at : at + chance.choice((1, 1, 1, 4, 50))] = chance.randbytes(chance.choice((1, 1, 4, 0)))

    judged(bytes(spoiled))


@given(st.sampled_from(["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"]), st.integers(0, 2**32))
@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
def test_no_damaged_part_of_a_workbook_crashes(name: str, seed: int) -> None:
    chance = random.Random(seed)
    parts = parts_of(workbook_of(LINES))
    text = bytearray(parts[name])
    for _ in range(chance.randint(1, 6)):
        text[chance.randrange(len(text))] = chance.choice(b'<>/"0129AZ\x00\xff')

    judged(zipped({**parts, name: bytes(text)}))
