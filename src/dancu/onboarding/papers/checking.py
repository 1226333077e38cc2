"""What was typed into the form of a paper: mistakes of the form, and answers that fall short of what is asked of a system. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date

from dancu.kernel.dates import PartialDate
from dancu.kernel.errors import Invalid
from dancu.onboarding.papers.domain import (
    LINES_MAX,
    Faults,
    FieldKind,
    Lines,
    PaperColumn,
    PaperField,
    PaperKind,
    Values,
    fields_of,
    form_of,
)

FAULTS_MAX = 500
AREA_LINES_MAX = 20  # a longer answer would not fit into one row of a page
_GROUPED = re.compile(r"\d{1,3}(\.\d{3})+", re.ASCII)
_DIGITS = re.compile(r"\d{1,12}", re.ASCII)
# What cannot stand in a document or turns the reading direction, so that a paper shows other words than it holds.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff\ud800-\udfff]")
_SINGLE = frozenset({FieldKind.TEXT, FieldKind.AREA, FieldKind.DAY, FieldKind.CHOICE, FieldKind.NUMBER})


def check_form(kind: PaperKind, values: Values, day: date) -> Faults:
    """What is wrong with a form, by field; empty when it can be printed (*kiểm tra mẫu khai*)."""
    fields = fields_of(form_of(kind, day))
    faults: Faults = {key: _UNKNOWN for key in values if key not in fields}
    for key, field in fields.items():
        if fault := _fault_of(field, values, day):
            faults[key] = fault
    return faults


_UNKNOWN = ("Mẫu này không có mục đó. Tải lại trang rồi nhập lại.", "The form has no such item. Load the page again.")


def _fault_of(field: PaperField, values: Values, day: date) -> tuple[str, str] | None:
    given = values.get(field.key, "")
    if isinstance(given, str) != (field.kind in _SINGLE) and given:
        return _choose_again(field)
    if not chosen(values, field.key):
        return _missing(field) if is_needed(field, values) else None
    if field.kind is FieldKind.MANY or field.kind is FieldKind.CHOICE:
        known = {key for key, _label in field.options}
        return None if set(chosen(values, field.key)) <= known else _choose_again(field)
    text = text_of(values, field.key)
    if field.kind is FieldKind.DAY:
        return _day_fault(field, text, day)
    if field.kind is FieldKind.NUMBER:
        return _number_fault(field, text)
    return _text_fault(field.label, field.label_en, text, field.length_max, lines=field.kind is FieldKind.AREA)


def is_needed(field: PaperField, values: Values) -> bool:
    """Must this item be answered, the others being as they are? (*mục bắt buộc*)"""
    if not field.needed_if:
        return field.required
    other, *answers = field.needed_if
    return any(answer in answers for answer in chosen(values, other))


def chosen(values: Values, key: str) -> tuple[str, ...]:
    """The answers to an item, empty ones left out (*các lựa chọn*)."""
    given = values.get(key, "")
    return tuple(clean for each in ((given,) if isinstance(given, str) else given) if (clean := each.strip()))


def text_of(values: Values, key: str) -> str:
    """The text of an item: composed, without spaces around (*nội dung mục khai*)."""
    given = values.get(key, "")
    return unicodedata.normalize("NFC", given if isinstance(given, str) else "").replace("\r\n", "\n").strip()


def number_in(text: str) -> int | None:
    """`1200`, `1.200`: nothing else (*số nguyên*)."""
    clean = text.replace(".", "") if _GROUPED.fullmatch(text) else text
    return int(clean) if _DIGITS.fullmatch(clean) else None


def day_in(text: str) -> date | None:
    """A whole day, as people or browsers write it (*ngày, tháng, năm*)."""
    try:
        read = PartialDate.parse(text)
    except Invalid:
        return None
    return date(read.year, read.month, read.day) if read.is_full else None


def _missing(field: PaperField) -> tuple[str, str]:
    verb, english = ("chọn", "Choose") if field.options else ("ghi", "Fill in")
    return f"Chưa {verb} “{field.label}”.", f"{english} “{field.label_en}”."


def _choose_again(field: PaperField) -> tuple[str, str]:
    return f"Chọn lại “{field.label}” trong các lựa chọn đã cho.", f"Choose “{field.label_en}” from what is offered."


def _day_fault(field: PaperField, text: str, today: date) -> tuple[str, str] | None:
    day = day_in(text)
    if day is None:
        return (
            f"Không đọc được ngày ở “{field.label}”. Nhập theo mẫu 24/11/2026.",
            f"Cannot read the day of “{field.label_en}”. Use 24/11/2026.",
        )
    if field.past and day > today:
        return f"“{field.label}” không được sau ngày {today:%d/%m/%Y}.", f"“{field.label_en}” cannot be after {today:%d/%m/%Y}."
    return None


def _number_fault(field: PaperField, text: str) -> tuple[str, str] | None:
    number = number_in(text)
    if number is None:
        return f"“{field.label}” phải là số, chỉ gồm chữ số.", f"“{field.label_en}” must be a number."
    if not field.min <= number <= field.max:
        return (
            f"“{field.label}” phải từ {field.min} đến {field.max}. Bạn đã nhập {number}.",
            f"“{field.label_en}” must be from {field.min} to {field.max}. You entered {number}.",
        )
    return None


def _text_fault(label: str, english: str, text: str, length_max: int, *, lines: bool) -> tuple[str, str] | None:
    if _UNPRINTABLE.search(text):
        return f"“{label}” có ký tự không in được. Gõ lại mục này.", f"“{english}” holds characters that cannot be printed."
    if not lines and "\n" in text:
        return f"“{label}” chỉ viết trên một dòng.", f"“{english}” is one line."
    if text.count("\n") >= AREA_LINES_MAX:
        return f"“{label}” viết nhiều nhất {AREA_LINES_MAX} dòng.", f"“{english}” has at most {AREA_LINES_MAX} lines."
    if len(text) > length_max:
        return (
            f"“{label}” dài {len(text)} ký tự, nhiều nhất là {length_max}. Viết gọn lại.",
            f"“{english}” has {len(text)} characters, at most {length_max}.",
        )
    return None


def check_lines(kind: PaperKind, lines: Lines, day: date) -> Faults:
    """What is wrong with the lines of a table, by `line.column`, lines counted from 1 (*kiểm tra các dòng*)."""
    columns = form_of(kind, day).typed_columns
    if len(lines) > LINES_MAX:
        return {
            "lines": (
                f"Bảng có {len(lines)} dòng, nhiều nhất là {LINES_MAX}. Chia thành nhiều văn bản.",
                f"The table has {len(lines)} lines, at most {LINES_MAX}. Make several papers.",
            )
        }
    faults: Faults = {}
    for number, line in enumerate(lines, start=1):
        if len(faults) >= FAULTS_MAX:
            break
        if len(line) != len(columns):
            faults[f"{number}"] = (
                f"Dòng {number} phải có {len(columns)} cột, đang có {len(line)}.",
                f"Line {number} must have {len(columns)} columns, it has {len(line)}.",
            )
            continue
        faults |= _line_faults(number, line, columns)
    return faults


def _line_faults(number: int, line: Sequence[str], columns: Sequence[PaperColumn]) -> Faults:
    faults: Faults = {}
    for column, cell in zip(columns, line, strict=True):
        if fault := _cell_fault(column, cell.strip()):
            faults[f"{number}.{column.key}"] = (f"Dòng {number}: {fault[0]}", f"Line {number}: {fault[1]}")
    return faults


def _cell_fault(column: PaperColumn, text: str) -> tuple[str, str] | None:
    label, english = column.label, column.label_en
    if not text:
        return (f"chưa ghi “{label}”.", f"fill in “{english}”.") if column.required else None
    if column.options and text not in {key for key, _label in column.options}:
        return f"chọn lại “{label}” trong các lựa chọn đã cho.", f"choose “{english}” from what is offered."
    if column.digits and not (_DIGITS.fullmatch(text) and len(text) == column.digits):
        return f"“{label}” phải đủ {column.digits} chữ số.", f"“{english}” has {column.digits} digits."
    if column.number and number_in(text) is None:
        return f"“{label}” phải là số, chỉ gồm chữ số.", f"“{english}” must be a number."
    return _text_fault(label, english, text, column.length_max, lines=False)


def shortfalls(kind: PaperKind, values: Values, day: date) -> Faults:
    """Answers that are true and not enough, by field: no mistake of the form (*nội dung chưa đạt yêu cầu*)."""
    fields = fields_of(form_of(kind, day)).values()
    return {f.key: (f.wanted_note, f.wanted_note_en) for f in fields if f.wanted_note and _falls_short(f, values)}


def _falls_short(field: PaperField, values: Values) -> bool:
    answers = chosen(values, field.key)
    if not answers:
        return False
    if field.kind is FieldKind.MANY:
        return not set(field.wanted) <= set(answers)
    if field.kind is FieldKind.CHOICE:
        return answers[0] not in field.wanted
    number = number_in(answers[0])
    if number is None:
        return False
    return number < (field.wanted_min or 0) or (field.wanted_max is not None and number > field.wanted_max)
