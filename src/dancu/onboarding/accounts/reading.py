"""From the bytes of an upload to the rows of an account list. Whatever the bytes are, the outcome is a list or a clear refusal.

The kind of a file is told by what is in it, never by its name. Nothing is evaluated, nothing is fetched.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from dancu.kernel.errors import Invalid
from dancu.onboarding.accounts import opening
from dancu.onboarding.accounts.columns import ORDINAL, REQUIRED
from dancu.onboarding.accounts.domain import SheetRow, too_many_rows
from dancu.onboarding.accounts.headers import Header, find_header
from dancu.onboarding.accounts.plain_text import read_text
from dancu.onboarding.accounts.sheets import HEIGHT_MAX, Sheet

BYTES_MAX = 10_000_000
UNPACKED_MAX = 200_000_000
PARTS_MAX = 2_000
RATIO_MAX = 200  # unpacked to packed, of a part above a megabyte; sheets of equal rows reach some 60
OWN_SHEETS = ("Lỗi", "Danh mục")  # of the workbooks we write ourselves
FILLS_MAX = 200_000

_ZIP, _COMPOUND = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_CELLS_OF_OLD = ("Workbook".encode("utf-16-le"), "Book".encode("utf-16-le"))
_OPEN_DOCUMENT = b"application/vnd.oasis.opendocument.spreadsheet"
_OTHER_KINDS = (b"PK", b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"{\\rtf", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"MZ")


@dataclass(frozen=True, slots=True)
class UploadedList:
    """A list as it was read from a file (*danh sách đã gửi*): where it stood, what it held, what was done about it."""

    sheet: Sheet = field(repr=False)  # it is about people
    header: Header = field(repr=False)
    rows: tuple[SheetRow, ...] = field(repr=False)
    notes: tuple[str, ...] = ()  # what whoever sent it should know: another sheet left out, a column not used


def read(data: bytes) -> UploadedList:
    """Read an uploaded list (*đọc danh sách tài khoản*). Raises `Invalid` for a file that holds none, or may not be opened."""
    if not data.strip(b"\0 \t\r\n"):
        raise Invalid("accounts.empty", "Tệp trống. Chọn lại tệp danh sách rồi gửi.", "The file is empty.", field="file")
    if len(data) > BYTES_MAX:
        raise Invalid(
            "accounts.file_size",
            f"Tệp lớn quá {BYTES_MAX // 1_000_000} MB. Bỏ hình ảnh và các trang khác, hoặc tách thành nhiều tệp.",
            f"The file has more than {BYTES_MAX // 1_000_000} MB. Take pictures and other sheets out, or split it.",
            field="file",
        )
    notes: list[str] = []
    if data.startswith((_ZIP, _COMPOUND)):
        check_outside = _check_compound if data.startswith(_COMPOUND) else _check_archive
        check_outside(data)
        sheets = _sheets_of(data)
    else:
        sheet, code_page = _text_sheet(data)
        sheets = [sheet]
        if code_page:
            notes.append(f"Tệp viết theo bảng mã {code_page}; đã đổi sang Unicode. Xem lại các tên trước khi dùng.")
    sheet, header = _with_list(sheets, notes)
    _check_columns(header)
    notes += _notes_on(header)
    sheet = _unmerged(sheet, header, notes)
    return UploadedList(sheet, header, tuple(_rows(sheet, header)), tuple(notes))


def _wrong_kind() -> Invalid:
    return Invalid(
        "accounts.kind",
        "Tệp này không phải bảng tính. Gửi tệp .xlsx, .xls, .ods hoặc .csv; nên dùng mẫu tải từ trang này.",
        "This is not a spreadsheet. Send .xlsx, .xls, .ods or .csv; best is the template of this page.",
        field="file",
    )


def _check_compound(data: bytes) -> None:
    if _ENCRYPTED in data:
        raise _locked()
    if not any(name in data for name in _CELLS_OF_OLD):
        raise _wrong_kind()


def _locked() -> Invalid:
    return Invalid(
        "accounts.password",
        "Tệp đặt mật khẩu nên không mở được. Bỏ mật khẩu mở tệp, lưu lại rồi gửi.",
        "The file is locked with a password. Take the password off and send it again.",
        field="file",
    )


def _check_archive(data: bytes) -> None:
    """Look at the directory before anything is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            kind = archive.open("mimetype").read(100) if "mimetype" in archive.namelist() else b""
    except (zipfile.BadZipFile, zlib.error, ValueError, OSError, RuntimeError, EOFError) as wrong:
        raise _unreadable() from wrong
    swollen = any(p.file_size > 1_000_000 and p.file_size > RATIO_MAX * max(p.compress_size, 1) for p in parts)
    if len(parts) > PARTS_MAX or sum(part.file_size for part in parts) > UNPACKED_MAX or swollen:
        raise _too_big()
    names = {part.filename for part in parts}
    if "xl/workbook.xml" not in names and not ("content.xml" in names and kind.startswith(_OPEN_DOCUMENT)):
        raise _wrong_kind()


def _too_big() -> Invalid:
    return Invalid(
        "accounts.unpacked_size",
        "Tệp mở ra lớn quá mức của một danh sách. Chép riêng bảng danh sách sang mẫu mới rồi gửi lại.",
        "The file unpacks to more than a list can hold. Copy the table into a new template and send that.",
        field="file",
    )


def _too_far() -> Invalid:
    last = f"{HEIGHT_MAX:,}".replace(",", ".")
    return Invalid(
        "accounts.far_cell",
        f"Có ô nằm xa bảng, dưới dòng {last}. Xoá các dòng xa dưới bảng, hoặc chép bảng sang mẫu mới rồi gửi lại.",
        f"A cell stands below row {HEIGHT_MAX}. Delete the rows far below the table and send it again.",
        field="file",
    )


def _unreadable() -> Invalid:
    return Invalid(
        "accounts.unreadable",
        "Không mở được tệp: tệp hỏng, hoặc có ô nằm rất xa bảng. Chép riêng bảng danh sách sang mẫu mới rồi gửi lại.",
        "The file cannot be opened: it is damaged, or a cell stands very far from the table. Copy the table into a new template.",
        field="file",
    )


def _sheets_of(data: bytes) -> list[Sheet]:
    opened = opening.open_workbook(data)
    match opened.problem:
        case "":
            return opened.sheets
        case opening.PASSWORD:
            raise _locked()
        case opening.TOO_BIG:
            raise _too_big()
        case opening.TOO_FAR:
            raise _too_far()
        case _:
            raise _unreadable()


def _text_sheet(data: bytes) -> tuple[Sheet, str]:
    # Reports are often HTML under the name .xls; spreadsheets open them, and so nobody notices.
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"<", *_OTHER_KINDS)):
        raise _wrong_kind()
    return read_text(data)


def _with_list(sheets: Sequence[Sheet], notes: list[str]) -> tuple[Sheet, Header]:
    """The first sheet that holds a list; the others are named."""
    found = [(sheet, header) for sheet in sheets if not sheet.is_hidden and (header := find_header(sheet))]
    if not found:
        raise Invalid(
            "accounts.no_header",
            "Không thấy hàng tiêu đề của danh sách (Họ và tên, Số định danh, Ngày sinh, …). Dùng mẫu tải từ trang này.",
            "There is no header of an account list in the file. Use the template of this page.",
            field="file",
        )
    sheet, header = found[0]
    others = [s.name for s in sheets if s.lines and s is not sheet and not s.is_hidden and s.name not in OWN_SHEETS]
    if others:
        notes.append(f"Chỉ đọc trang “{sheet.name}”. Không đọc: {', '.join(f'“{name}”' for name in others)}.")
    if sheet.is_cut:
        raise too_many_rows()
    return sheet, header


def _check_columns(header: Header) -> None:
    missing = [column for column in REQUIRED if column.key not in header.columns]
    if missing:
        words = ", ".join(column.words for column in missing)
        raise Invalid(
            "accounts.columns_missing",
            f"Danh sách thiếu cột: {words}. Thêm các cột này vào hàng tiêu đề (dòng {header.last_row}), hoặc dùng mẫu.",
            f"The list has no column for: {', '.join(c.key for c in missing)}. Add them to row {header.last_row}.",
            field="file",
            details={"missing": [column.key for column in missing]},
        )


def _notes_on(header: Header) -> list[str]:
    notes = [f"Có hai cột “{label}”: chỉ đọc cột đứng trước." for label in header.repeated]
    if header.unknown:
        notes.append(f"Không dùng các cột: {', '.join(f'“{label[:60]}”' for label in header.unknown[:20])}.")
    return notes


def _unmerged(sheet: Sheet, header: Header, notes: list[str]) -> Sheet:
    """A merged cell below the header says the same for all its rows; and what we wrote beside the list goes."""
    lines = {row: list(texts) for row, texts in sheet.lines.items()}
    fills = 0
    for first, column, last, _ in sheet.merged:
        if first <= header.last_row or first == last or column not in _used(header):
            continue
        text = _at(lines.get(first, ()), column)
        for row in range(first + 1, min(last, max(lines, default=0)) + 1):
            fills += 1
            if fills > FILLS_MAX:
                break
            if row in lines and not _at(lines[row], column).strip():
                lines[row] += [""] * (column + 1 - len(lines[row]))
                lines[row][column] = text
    if fills:
        notes.append("Ô gộp nhiều dòng được hiểu là ghi cho từng dòng.")
    for row in lines:
        lines[row] = ["" if at in header.fix else text for at, text in enumerate(lines[row])]
    return Sheet(sheet.name, lines, sheet.is_hidden, sheet.merged, sheet.formulas)


def _used(header: Header) -> set[int]:
    return {at for columns in header.columns.values() for at in columns}


def _at(texts: Sequence[str], column: int) -> str:
    return texts[column] if column < len(texts) else ""


def _rows(sheet: Sheet, header: Header) -> list[SheetRow]:
    used = _used(header)
    computed: dict[int, set[int]] = {}
    for row, column in sheet.formulas:
        computed.setdefault(row, set()).add(column)
    rows = []
    for row, texts in sheet.lines.items():
        if row > header.last_row:
            found = {key: " ".join(filter(None, (_at(texts, c) for c in cs))) for key, cs in header.columns.items()}
            formulas = frozenset(k for k, cs in header.columns.items() if k != ORDINAL and computed.get(row, set()) & set(cs))
            beside = tuple(text for at, text in enumerate(texts) if at not in used and text.strip())
            rows.append(SheetRow(row, found, formulas, beside))
    return rows
