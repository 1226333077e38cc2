"""A paper that came back: is it ours, for this dossier, and what does it say otherwise than was printed? Nothing in it is run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import StrEnum

import msgspec

from dancu.kernel.errors import Invalid
from dancu.onboarding.papers.domain import PaperKind
from dancu.onboarding.papers.line_compare import compare_lines
from dancu.onboarding.papers.printed import Printed, PrintedTable, plain
from dancu.onboarding.papers.reading import FILE_BYTES_MAX, ReadPaper, every, read_docx
from dancu.onboarding.papers.table_compare import compare_table
from dancu.onboarding.papers.visible import ReadTable, Trace

FINDINGS_MAX = 300
EXTRA_LINES_MAX = 200  # paragraphs and rows beyond those printed: past it, this is another document
_ZIP, _PDF, _OLD_WORD = b"PK\x03\x04", b"%PDF-", b"\xd0\xcf\x11\xe0"
_QUOTE_LENGTH_MAX, _KEPT_LENGTH_MAX = 200, 2000  # characters in a sentence, and in a finding


class FindingKind(StrEnum):
    """What is said about a returned paper (*loại nhận xét*)."""

    CHANGED = "changed"
    FILLED = "filled"  # was left open in the print
    BLANK = "blank"
    MISSING = "missing"
    ADDED = "added"
    COLUMN = "column"
    TRACE = "trace"
    OLDER_PRINT = "older_print"
    UNMARKED = "unmarked"
    NOT_OURS = "not_ours"
    OTHER_DOSSIER = "other_dossier"
    OTHER_PAPER = "other_paper"
    UNREAD = "unread"


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to look at in a returned paper (*nhận xét về bản nộp lại*)."""

    kind: FindingKind
    message: str
    message_en: str
    key: str = ""  # the item of the form, empty for fixed words and tables
    label: str = ""
    old: str = ""
    new: str = ""


class Returned(msgspec.Struct, frozen=True):
    """What was found in a file that came back (*bản giấy tờ nộp lại*)."""

    kind: PaperKind | None  # None: not one of our papers
    findings: tuple[Finding, ...]
    filled: dict[str, str] = {}  # what the office wrote where room was left: number, signed_on, signer_name

    @property
    def is_as_printed(self) -> bool:
        """Nothing to object to: the words are those that were printed, and nothing that must stand is empty."""
        return not self.findings


def read_returned(data: bytes, expected: Printed) -> Returned:
    """Compare a file with what was printed (*kiểm tra bản nộp lại*). Raises `Invalid` on a file that is not taken at all."""
    if data.startswith(_PDF):
        return _scan(data, expected)
    if not data.startswith(_ZIP):
        raise _wrong_kind(is_old_word=data.startswith(_OLD_WORD))
    table = expected.table
    rows = len(table.rows) if table else 0
    paper = read_docx(data, lines=rows + EXTRA_LINES_MAX)
    if stops := _not_this_one(paper, expected):
        return Returned(stops[0], (stops[1],))
    lines, read = _apart(paper, table)
    if len(lines) > len(expected.lines) + EXTRA_LINES_MAX or (read and len(read.rows) > rows + EXTRA_LINES_MAX):
        return Returned(None, (_finding(FindingKind.NOT_OURS),))
    found = list(_about_print(paper, expected))
    said, filled = compare_lines(expected, lines)
    differences = [*said, *(compare_table(table, read, expected.needed) if table else ())]
    found += [_finding(FindingKind(what), key, label, old, new) for what, key, label, old, new in differences[:FINDINGS_MAX]]
    return Returned(expected.kind, tuple(found), filled)


def _scan(data: bytes, expected: Printed) -> Returned:
    if len(data) > FILE_BYTES_MAX:
        raise Invalid(
            "paper.file.too_big",
            f"Bản quét lớn hơn {FILE_BYTES_MAX // 1_000_000} MB. Quét lại ở độ phân giải thấp hơn.",
            f"The scan is larger than {FILE_BYTES_MAX // 1_000_000} MB.",
            field="file",
        )
    return Returned(expected.kind, (_finding(FindingKind.UNREAD, new=expected.code),))


def _wrong_kind(*, is_old_word: bool) -> Invalid:
    why = "Tệp .doc kiểu cũ hoặc có mật khẩu." if is_old_word else "Tệp không phải .docx hay PDF."
    return Invalid(
        "paper.file.kind",
        f"{why} Lưu lại thành .docx không mật khẩu, hoặc quét bản đã ký thành PDF.",
        "Only .docx without a password and PDF are taken.",
        field="file",
    )


def _not_this_one(paper: ReadPaper, expected: Printed) -> tuple[PaperKind | None, Finding] | None:
    """Why the file is not worth comparing: another dossier's, another paper, or not one of ours."""
    mark = paper.mark
    if mark is None:
        words = {plain(text) for text in every(paper.elements)}
        titled = all(plain(text) in words for text in expected.headings)
        return None if titled else (None, _finding(FindingKind.NOT_OURS))
    if mark.dossier != expected.dossier:
        return _kind_of(mark.kind), _finding(FindingKind.OTHER_DOSSIER, old=expected.dossier, new=mark.dossier)
    if mark.kind != expected.kind:
        return _kind_of(mark.kind), _finding(FindingKind.OTHER_PAPER, old=expected.title)
    return None


def _kind_of(name: str) -> PaperKind | None:
    return PaperKind(name) if name in set(PaperKind) else None


def _about_print(paper: ReadPaper, expected: Printed) -> Iterator[Finding]:
    if paper.mark is None:
        yield _finding(FindingKind.UNMARKED)
    elif paper.mark.digest != expected.digest:
        yield _finding(FindingKind.OLDER_PRINT)
    for trace, sample in paper.traces.items():
        yield _finding(FindingKind.TRACE, label=trace.value, new=sample)


def _apart(paper: ReadPaper, table: PrintedTable | None) -> tuple[list[str], ReadTable | None]:
    """The table of the paper, in pieces where somebody split it, and every other line in reading order."""
    lines: list[str] = []
    found: list[tuple[str, ...]] = []
    for element in paper.elements:
        if isinstance(element, ReadTable) and table is not None and _continues(element, table, found):
            found += element.rows
        else:
            lines += [clean for text in every((element,)) if (clean := plain(text))]
    return lines, ReadTable(tuple(found)) if found else None


def _continues(read: ReadTable, table: PrintedTable, found: list[tuple[str, ...]]) -> bool:
    labels = {plain(column.label) for column in table.columns}
    first = [plain(cell) for cell in read.rows[0]] if read.rows else []
    if found:
        return all(len(row) in (1, len(found[0])) for row in read.rows)
    # A table of that many columns is it even when somebody took its head away; letter heads have two or three.
    return 2 * len(labels & set(first)) >= len(labels) or len(first) == len(labels) > 3


def _finding(kind: FindingKind, key: str = "", label: str = "", old: str = "", new: str = "") -> Finding:
    said, english = _SENTENCES[kind](label, _short(old), _short(new))
    kept, given = old[:_KEPT_LENGTH_MAX], new[:_KEPT_LENGTH_MAX]
    return Finding(kind=kind, message=said, message_en=english, key=key, label=label, old=kept, new=given)


def _short(text: str) -> str:
    return text if len(text) <= _QUOTE_LENGTH_MAX else text[:_QUOTE_LENGTH_MAX] + "…"


_TRACES: dict[str, tuple[str, str]] = {
    Trace.TRACKED: ("Tệp còn dấu theo dõi sửa đổi. Chấp nhận hoặc bỏ các chỗ sửa, rồi nộp lại.", "The file has tracked changes."),
    Trace.COMMENT: ("Tệp còn nhận xét bên lề. Xóa nhận xét, rồi nộp lại.", "The file has comments."),
    Trace.HIDDEN: ("Tệp có chữ ẩn. Phần chữ ẩn không được tính là nội dung.", "The file has hidden words; they do not count."),
    Trace.STRUCK: ("Tệp có chữ bị gạch ngang. Phần đó được coi là đã bỏ.", "The file has words struck out; they count as gone."),
    Trace.NOTE: ("Tệp có chú thích thêm ngoài nội dung đã in.", "The file has notes that were not printed."),
    Trace.TEXT_BOX: ("Tệp có khung chữ thêm ngoài nội dung đã in.", "The file has a text box that was not printed."),
}
_SENTENCES: dict[FindingKind, Callable[[str, str, str], tuple[str, str]]] = {
    FindingKind.CHANGED: lambda label, old, new: (
        f"{label} khác bản đã in: “{old}” đổi thành “{new}”.",
        f"{label} differs from the print: “{old}” became “{new}”.",
    ),
    FindingKind.FILLED: lambda label, old, new: (
        f"{label} được điền sau khi in: “{new}”.",
        f"{label} was filled in after printing: “{new}”.",
    ),
    FindingKind.BLANK: lambda label, old, new: (f"Chưa điền: {label}.", f"Left empty: {label}."),
    FindingKind.MISSING: lambda label, old, new: (f"Thiếu so với bản đã in: {label}: “{old}”.", f"Missing: {label}: “{old}”."),
    FindingKind.ADDED: lambda label, old, new: (f"Có thêm so với bản đã in: “{new}”.", f"Added: “{new}”."),
    FindingKind.COLUMN: lambda label, old, new: (
        (f"Bảng thiếu cột “{old}”.", f"The table lacks the column “{old}”.")
        if old
        else (f"Bảng có thêm cột “{new}”.", f"The table has another column “{new}”.")
    ),
    FindingKind.TRACE: lambda label, old, new: (
        f"{_TRACES[label][0]} Ví dụ: “{new}”." if new else _TRACES[label][0],
        _TRACES[label][1],
    ),
    FindingKind.OLDER_PRINT: lambda label, old, new: (
        "Hồ sơ đã thay đổi sau khi in bản này. Các chỗ khác được nêu dưới đây; nên in lại từ hồ sơ.",
        "The dossier changed after this was printed; differences follow.",
    ),
    FindingKind.UNMARKED: lambda label, old, new: (
        "Tệp không còn dấu nhận biết của bản in. Nội dung đã được so từng dòng.",
        "The file lost the mark of the print; it was compared line by line.",
    ),
    FindingKind.NOT_OURS: lambda label, old, new: (
        "Tệp không phải giấy tờ in từ hồ sơ này. Tải bản in từ hồ sơ, ký rồi nộp bản đó.",
        "The file is not a paper printed from this dossier.",
    ),
    FindingKind.OTHER_DOSSIER: lambda label, old, new: (
        f"Giấy tờ này in cho hồ sơ {new}, không phải {old}. Chọn lại tệp.",
        f"This paper was printed for dossier {new}, not {old}.",
    ),
    FindingKind.OTHER_PAPER: lambda label, old, new: (
        f"Đây là giấy tờ khác của hồ sơ. Mục này cần: {old}.",
        f"This is another paper of the dossier. Needed here: {old}.",
    ),
    FindingKind.UNREAD: lambda label, old, new: (
        f"Bản quét không đọc được bằng máy; cán bộ sẽ xem. Mã ở chân trang phải là {new}.",
        f"A scan cannot be read by the machine; an officer looks. The code at the foot must be {new}.",
    ),
}
