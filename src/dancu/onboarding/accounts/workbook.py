"""The workbooks around an account list: the empty template, and the list that was approved. The returned one is in `returned`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from xlsxwriter.worksheet import Worksheet

from dancu.onboarding.accounts.book import LIST_SHEET, ListBook
from dancu.onboarding.accounts.columns import COLUMNS, LEVELS, ORDINAL, Choice
from dancu.onboarding.accounts.domain import AccountRow, ListContext

EMPTY_ROWS = 30  # drawn in the template; more can be filled, and all are texts
_LAST = len(COLUMNS) - 1
_HALF = 6  # where the right half of the head begins
_HEADER_ROW = 6
_ROOMY = 21  # points, for a row that is filled in by hand


@dataclass(frozen=True, slots=True)
class Approval:
    """Under what a list was approved (*căn cứ duyệt danh sách*)."""

    organisation: str
    on: date
    reference: str = ""  # number of the dossier or of the decision


def write_template(context: ListContext, organisation: str = "") -> bytes:
    """The empty list to fill in (*mẫu danh sách tài khoản*), with the choices of this dossier."""
    book = ListBook()
    sheet = book.sheet(LIST_SHEET)
    _head(
        book,
        sheet,
        organisation or "TÊN CƠ QUAN, TỔ CHỨC",
        "DANH SÁCH TÀI KHOẢN ĐĂNG KÝ SỬ DỤNG KHAI THÁC DỊCH VỤ DÂN CƯ",
        "(Theo Công văn số 1658/CV-TCTTKĐA ngày 24/03/2022 của Tổ công tác triển khai Đề án 06)",
    )
    sheet.write_string(
        _HEADER_ROW - 1,
        0,
        "Điền các cột có dấu *. Trỏ chuột vào tiêu đề cột để xem cách ghi. Mỗi người một dòng.",
        book.look("note"),
    )
    _header(book, sheet, mark_required=True)
    for row in range(_HEADER_ROW + 1, _HEADER_ROW + 1 + EMPTY_ROWS):
        sheet.set_row(row, _ROOMY)
        for at in range(len(COLUMNS)):
            book.write(sheet, row, at, "", _look_of(at))
    for at, column in enumerate(COLUMNS):
        sheet.write_comment(_HEADER_ROW, at, column.hint, {"width": 240, "height": 80, "font_size": 10})
    book.add_choices(context)
    book.offer_choices(sheet, _HEADER_ROW + 1, {column.key: at for at, column in enumerate(COLUMNS)}, context)
    return book.done()


def write_approved(rows: Sequence[AccountRow], context: ListContext, approval: Approval) -> bytes:
    """The approved list to keep or print (*danh sách tài khoản được duyệt*)."""
    book = ListBook()
    sheet = book.sheet(LIST_SHEET)
    said = f"Duyệt ngày {approval.on:%d/%m/%Y}" + (f", {approval.reference}" if approval.reference else "")
    _head(
        book, sheet, approval.organisation, "DANH SÁCH TÀI KHOẢN ĐƯỢC KHAI THÁC DỊCH VỤ DÂN CƯ", f"({said}; {len(rows)} tài khoản)"
    )
    _header(book, sheet)
    roles, levels = _by_code(context.roles), _by_code(LEVELS)
    for number, row in enumerate(rows, start=1):
        values = (
            str(number),
            row.full_name,
            row.personal_id.digits,
            str(row.birth_date),
            row.position,
            row.unit,
            levels.get(row.level, row.level),
            row.phone,
            row.mail,
            row.account,
            roles.get(row.role, row.role),
            "; ".join(row.services),
            row.note,
        )
        for at, value in enumerate(values):
            book.write(sheet, _HEADER_ROW + number, at, value, _look_of(at))
        book.fit_height(sheet, _HEADER_ROW + number, [(v, c.width) for v, c in zip(values, COLUMNS, strict=True)])
    return book.done()


def _by_code(choices: Sequence[Choice]) -> dict[str, str]:
    return {choice.code: choice.words for choice in choices}


def _look_of(at: int) -> str:
    return "center" if COLUMNS[at].key in (ORDINAL, "personal_id", "birth_date") else "cell"


def _head(book: ListBook, sheet: Worksheet, organisation: str, title: str, below: str) -> None:
    """The head of an official paper (Decree 30/2020/NĐ-CP): who writes on the left, the State on the right."""
    sheet.merge_range(0, 0, 0, _HALF - 2, "", book.look("motto"))
    book.write(sheet, 0, 0, organisation.upper(), "motto")
    sheet.merge_range(0, _HALF, 0, _LAST, "CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM", book.look("motto"))
    sheet.merge_range(1, _HALF, 1, _LAST, "Độc lập - Tự do - Hạnh phúc", book.look("motto"))
    sheet.merge_range(3, 0, 3, _LAST, title, book.look("title"))
    sheet.merge_range(4, 0, 4, _LAST, "", book.look("middle"))
    book.write(sheet, 4, 0, below, "middle")
    sheet.set_row(3, 26)


def _header(book: ListBook, sheet: Worksheet, *, mark_required: bool = False) -> None:
    book.set_columns(sheet, list(enumerate(COLUMNS)))
    sheet.set_row(_HEADER_ROW, 36)
    for at, column in enumerate(COLUMNS):
        star = " *" if mark_required and column.is_required else ""
        book.write(sheet, _HEADER_ROW, at, column.words + star, "head")
    sheet.freeze_panes(_HEADER_ROW + 1, 2)
    sheet.repeat_rows(_HEADER_ROW)
