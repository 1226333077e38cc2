"""What an officer typed into the search, read into one of three questions; numbers that are one slip away. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dancu.kernel.dates import PartialDate
from dancu.kernel.errors import Invalid
from dancu.kernel.names import clean_name
from dancu.population.search.keys import folded_words

WORDS_MAX = 12
_SEPARATORS = re.compile(r"[\s.\-–_/]+")
_PROVINCE = re.compile(r"\d\d")


@dataclass(frozen=True, slots=True)
class NumberQuery:
    """Search by the 12-digit number, also one digit short or long (*tra theo số định danh*)."""

    digits: str
    near: bool = False  # numbers one slip away as well, though the typed one exists


@dataclass(frozen=True, slots=True)
class OldNumberQuery:
    """Search by the 9-digit number of the old card, also one digit short or long (*tra theo số CMND cũ*)."""

    digits: str
    near: bool = False


@dataclass(frozen=True, slots=True)
class NameQuery:
    """Search by name and birth date, of which the year must be known (*tra theo họ tên*)."""

    name: str
    born: PartialDate
    about: bool = False  # the year may be two off
    province: str = ""  # two digits of today's list; where she is registered, as far as known


SearchQuery = NumberQuery | OldNumberQuery | NameQuery


def read_query(text: str, birth_date: str = "", *, about: bool = False, province: str = "") -> SearchQuery:
    """Recognise what was typed (*đọc câu tra cứu*): digits are a number, anything else a name.

    `birth_date` as `PartialDate.parse` reads it; `about` asks for neighbouring years, or numbers one slip away.
    Raises `Invalid` naming the field: no number of that length, no year, one word alone, no such province.
    """
    digits = _SEPARATORS.sub("", text)
    if digits.isascii() and digits.isdigit():
        return _number_query(digits, about)
    name = clean_name(text, field="text")
    if not birth_date.strip():
        raise Invalid(
            "search.year",
            "Tra theo tên phải có năm sinh. Nhập năm, ví dụ 1990; nếu không chắc, chọn “khoảng”.",
            "A search by name needs the year of birth. If unsure, tick “about”.",
            field="birth_date",
        )
    if province and not _PROVINCE.fullmatch(province):
        raise Invalid("search.province", "Mã tỉnh gồm 2 chữ số, ví dụ 46.", "A province has 2 digits.", field="province")
    query = NameQuery(name, PartialDate.parse(birth_date), about, province)
    _check_size(query)
    return query


def _number_query(digits: str, near: bool) -> SearchQuery:
    if 11 <= len(digits) <= 13:
        return NumberQuery(digits, near)
    if 8 <= len(digits) <= 10:
        return OldNumberQuery(digits, near)
    raise Invalid(
        "search.number",
        f"Số định danh có 12 chữ số, số CMND cũ có 9. Bạn đã nhập {len(digits)} chữ số.",
        f"A personal number has 12 digits, an old one 9. You entered {len(digits)}.",
        field="text",
    )


def _check_size(query: NameQuery) -> None:
    words = folded_words(query.name)
    if len(words) > WORDS_MAX:
        raise Invalid("search.words", f"Họ tên có quá {WORDS_MAX} từ.", f"More than {WORDS_MAX} words.", field="text")
    if not words or (len(words) == 1 and len(words[0]) < 7 and not query.born.is_full):  # seven letters may be joined words
        raise Invalid(
            "search.too_wide",
            "Một từ là quá ít. Nhập ít nhất hai từ của họ tên, hoặc thêm đủ ngày, tháng, năm sinh.",
            "One word is too little. Enter two words of the name, or the full date of birth.",
            field="text",
        )


def near_numbers(digits: str, length: int) -> list[str]:
    """Every number of `length` digits one slip away from what was typed (*số gần giống*), without it.

    A slip is one digit mistyped, two neighbours exchanged, one left out or one too many. At most 10 × `length`.
    """
    near: set[str] = set()
    if len(digits) == length:
        for at, digit in enumerate(digits):
            near.update(digits[:at] + other + digits[at + 1 :] for other in "0123456789" if other != digit)
        near.update(digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :] for at in range(length - 1))
    elif len(digits) == length - 1:
        near.update(digits[:at] + other + digits[at:] for at in range(length) for other in "0123456789")
    elif len(digits) == length + 1:
        near.update(digits[:at] + digits[at + 1 :] for at in range(length + 1))
    return sorted(near - {digits})
