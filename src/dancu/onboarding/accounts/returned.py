"""The list sent back: every row as it came and where it stood, the cells to mend marked, and a second sheet that says what to do.

The officer mends this very file and sends it again, so reading it gives the same rows. A mark is never a colour alone: the cell has
a remark with the sentence, and the last column says it once more for the row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from dancu.onboarding.accounts.book import FAULT_SHEET, LINE_HEIGHT, LIST_SHEET, ListBook
from dancu.onboarding.accounts.columns import BY_KEY, FIX_WORDS, ORDINAL
from dancu.onboarding.accounts.domain import Checked, ListContext
from dancu.onboarding.accounts.faults import RowFault
from dancu.onboarding.accounts.headers import Header
from dancu.onboarding.accounts.reading import UploadedList

REMARKS_MAX = 5_000  # a spreadsheet becomes slow with more; the last column has every sentence
LISTED_MAX = 10_000
_FIX_WIDTH, _PLAIN_WIDTH = 60, 8
_FREEZE_COLUMN_MAX = 4
_FAULT_COLUMNS = (("Ô", 8), ("Dòng", 7), ("Cột", 22), ("Mức", 11), ("Đang ghi", 30), ("Sai gì", 52), ("Cần làm gì", 52))
_MUST, _MAY = "Phải sửa", "Nên xem lại"


def write_returned(uploaded: UploadedList, checked: Checked, context: ListContext) -> bytes:
    """The uploaded list with its faults marked (*danh sách trả lại để sửa*)."""
    book = ListBook()
    sheet, faults_sheet = book.sheet(LIST_SHEET), book.sheet(FAULT_SHEET)
    found = sorted((*checked.faults, *checked.warnings), key=lambda f: (f.row, _place(f, uploaded)))
    places = {key: columns[0] for key, columns in uploaded.header.columns.items()}
    book.set_columns(sheet, [(at, BY_KEY[key]) for key, at in places.items()])
    _write_lines(book, sheet, uploaded, found, checked.last_row)
    book.add_choices(context)
    book.offer_choices(sheet, uploaded.header.last_row, places, context)
    _write_summary(book, faults_sheet, uploaded, checked)
    _write_faults(book, faults_sheet, uploaded, found)
    return book.done()


def _place(fault: RowFault, uploaded: UploadedList) -> int:
    """The column, from 0, where a fault is marked: its own, or the first filled cell of a row that is none."""
    if fault.column:
        return uploaded.header.columns[fault.column][0] if fault.column in uploaded.header.columns else 0
    return next((at for at, text in enumerate(uploaded.sheet.lines.get(fault.row, ())) if text.strip()), 0)


def _width(uploaded: UploadedList) -> int:
    """The first column right of all that was sent."""
    filled = (at for texts in uploaded.sheet.lines.values() for at, text in enumerate(texts) if text.strip())
    return max(*filled, *(at for columns in uploaded.header.columns.values() for at in columns)) + 1


def _write_lines(book: ListBook, sheet: Worksheet, uploaded: UploadedList, found: Sequence[RowFault], last_row: int) -> None:
    header, width = uploaded.header, _width(uploaded)
    of_row: dict[int, list[RowFault]] = defaultdict(list)
    for fault in found:
        of_row[fault.row].append(fault)
    widths = {at: BY_KEY[key].width for key, (at, *_) in header.columns.items()}
    centered = frozenset(at for key in (ORDINAL, "personal_id", "birth_date") for at in header.columns.get(key, ()))
    remarks = 0
    for row, texts in uploaded.sheet.lines.items():
        marks = {_place(fault, uploaded): fault for fault in of_row.get(row, ())}
        is_data = header.last_row < row <= last_row
        for at in range(width):
            text = texts[at] if at < len(texts) else ""
            look = _look(row, at, marks, uploaded.header, centered if is_data else None)
            if text or is_data or header.first_row <= row <= header.last_row:
                book.write(sheet, row - 1, at, text, look)
            if at in marks and remarks < REMARKS_MAX:
                remarks += 1
                _write_remark(sheet, row - 1, at, marks[at])
        if is_data:
            sentences = "\n".join(map(_sentence, of_row.get(row, ())))
            book.write(sheet, row - 1, width, sentences, "fix")
            shown = [(text, widths.get(at, _PLAIN_WIDTH)) for at, text in enumerate(texts)]
            book.fit_height(sheet, row - 1, [*shown, (sentences, _FIX_WIDTH)])
    sheet.set_column(width, width, _FIX_WIDTH, book.look("text"))
    sheet.set_row(header.last_row - 1, 2 * LINE_HEIGHT)
    book.write(sheet, header.last_row - 1, width, FIX_WORDS, "fix_head")
    name = header.columns["full_name"][-1] + 1
    sheet.freeze_panes(header.last_row, name if name <= _FREEZE_COLUMN_MAX else 0)
    sheet.repeat_rows(header.first_row - 1, header.last_row - 1)


def _look(row: int, at: int, marks: dict[int, RowFault], header: Header, centered: frozenset[int] | None) -> str:
    """How a cell is written; `centered`: of a row of the list, the columns in the middle of their cells."""
    if at in marks:
        return "warn" if marks[at].is_warning else "bad"
    if centered is not None:
        return "center" if at in centered else "cell"
    return "head" if header.first_row <= row <= header.last_row else "above"


def _write_remark(sheet: Worksheet, row: int, column: int, fault: RowFault) -> None:
    begin = _MAY if fault.is_warning else _MUST
    sheet.write_comment(row, column, f"{begin}: {fault.message}", {"width": 300, "height": 90, "font_size": 10})


def _sentence(fault: RowFault) -> str:
    column = f"{BY_KEY[fault.column].words}: " if fault.column else ""
    return f"{_MAY if fault.is_warning else _MUST}. {column}{fault.message}"


def _write_summary(book: ListBook, sheet: Worksheet, uploaded: UploadedList, checked: Checked) -> None:
    book.write(sheet, 0, 0, "Kết quả kiểm danh sách tài khoản", "heading")
    counts = (
        ("Số dòng đã đọc", checked.rows),
        ("Số dòng dùng được", len(checked.accepted)),
        ("Số dòng phải sửa", checked.rows_to_mend),
        ("Số chỗ phải sửa", len(checked.faults)),
        ("Số chỗ nên xem lại", len(checked.warnings)),
    )
    for row, (words, count) in enumerate(counts, start=2):
        sheet.merge_range(row, 0, row, 2, words, book.look("label"))
        sheet.write_number(row, 3, count, book.look("count"))
    lines = (
        "Sửa ngay trên trang “Danh sách” của tệp này rồi gửi lại cả tệp. Các dòng đã đúng cứ để nguyên.",
        "Nền đỏ và chữ “Phải sửa”: chưa nhận được dòng này. Nền vàng và chữ “Nên xem lại”: dòng vẫn nhận được.",
        *uploaded.notes,
    )
    for row, line in enumerate(lines[:5], start=2):
        book.write(sheet, row, 4, line, "note")


def _write_faults(book: ListBook, sheet: Worksheet, uploaded: UploadedList, found: Sequence[RowFault]) -> None:
    top = 8
    for at, (words, width) in enumerate(_FAULT_COLUMNS):
        sheet.set_column(at, at, width)
        book.write(sheet, top, at, words, "head")
    if not found:
        book.write(sheet, top + 1, 0, "Không có chỗ nào phải sửa.", "note")
    for row, fault in enumerate(found[:LISTED_MAX], start=top + 1):
        cell = xl_rowcol_to_cell(fault.row - 1, _place(fault, uploaded))
        sheet.write_url(row, 0, f"internal:'{LIST_SHEET}'!{cell}", book.look("link"), cell)
        sheet.write_number(row, 1, fault.row, book.look("center"))
        column = BY_KEY[fault.column].words if fault.column else "Ngoài bảng"
        must = _MAY if fault.is_warning else _MUST
        for at, text in enumerate((column, must, fault.value, fault.what, fault.to_do), start=2):
            book.write(sheet, row, at, text, ("warn" if fault.is_warning else "bad") if at == 3 else "cell")
        widths = [width for _, width in _FAULT_COLUMNS[4:]]
        book.fit_height(sheet, row, list(zip((fault.value, fault.what, fault.to_do), widths, strict=True)))
    if len(found) > LISTED_MAX:
        book.write(
            sheet, top + 1 + LISTED_MAX, 0, f"Còn {len(found) - LISTED_MAX} chỗ nữa: xem cột “{FIX_WORDS}” của danh sách.", "note"
        )
    if found:
        sheet.autofilter(top, 0, top + min(len(found), LISTED_MAX), len(_FAULT_COLUMNS) - 1)
    sheet.freeze_panes(top + 1, 0)
    sheet.repeat_rows(top)
