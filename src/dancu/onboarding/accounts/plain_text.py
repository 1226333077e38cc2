"""A list uploaded as text: which letters, which separator. Refused clearly where the Vietnamese cannot be read with certainty."""

from __future__ import annotations

import codecs
import csv
import io
import unicodedata

from dancu.kernel.errors import Invalid
from dancu.onboarding.accounts.columns import COLUMNS, column_of
from dancu.onboarding.accounts.headers import SEARCHED_ROWS, find_header
from dancu.onboarding.accounts.sheets import COLUMNS_MAX, LINES_MAX, Sheet

_SEPARATORS = (",", ";", "\t")
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_text(data: bytes) -> tuple[Sheet, str]:
    """The lines of a text file, and the code page it was in if it was not Unicode. Raises `Invalid`."""
    text, code_page = _decoded(data)
    sheets = [_split(text, separator) for separator in _SEPARATORS]
    sheet = max(sheets, key=_columns_known)
    if code_page and not _shows_marks(sheet):
        raise _unreadable_letters()
    return sheet, code_page


def _decoded(data: bytes) -> tuple[str, str]:
    try:
        if data.startswith(_UTF_16):
            return data.decode("utf-16"), ""
        if b"\0" in data:
            return data.decode("utf-16-le" if data[1:2] == b"\0" else "utf-16-be"), ""
        return data.decode("utf-8-sig"), ""
    except UnicodeDecodeError:
        pass
    try:
        if b"\0" not in data:
            return unicodedata.normalize("NFC", data.decode("cp1258")), "Windows-1258"
    except UnicodeDecodeError:
        pass
    raise _unreadable_letters()


def _unreadable_letters() -> Invalid:
    return Invalid(
        "accounts.letters",
        "Không đọc được chữ Việt trong tệp này. Mở tệp bằng bảng tính, lưu lại dạng .xlsx hoặc “CSV UTF-8” rồi gửi lại.",
        "The letters of this text file cannot be read. Save it as .xlsx or as CSV in UTF-8 and send it again.",
        field="file",
    )


def _split(text: str, separator: str) -> Sheet:
    lines: dict[int, list[str]] = {}
    is_cut = False
    try:
        for row, texts in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=separator), start=1):
            if any(each.strip() for each in texts):
                if len(lines) == LINES_MAX:
                    is_cut = True
                    break
                lines[row] = texts[:COLUMNS_MAX]
    except csv.Error:
        return Sheet("", {})  # not split by this separator, or no list at all
    return Sheet("", lines, is_cut=is_cut)


def _columns_known(sheet: Sheet) -> int:
    header = find_header(sheet)
    return len(header.columns) if header else 0


def _shows_marks(sheet: Sheet) -> bool:
    """Do the labels read as they are written? With a wrong code page they would not, marks and all."""
    labels = {column.words.casefold() for column in COLUMNS}
    words = {" ".join(text.split()).casefold() for row in list(sheet.lines)[:SEARCHED_ROWS] for text in sheet.lines[row]}
    marked = [label for label in words & labels if not label.isascii()]
    return len(marked) >= 3 or sum(not w.isascii() and column_of(w) is not None for w in words) >= 4
