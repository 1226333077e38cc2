"""What stands in a column says what it is: shares of values that are numbers of a kind, dates, names. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from dancu.kernel.names import folded_name
from dancu.reconcile.reading.encodings import legacy_name
from dancu.reconcile.reading.headings import Role
from dancu.reconcile.reading.syllables import FAMILY_NAMES, is_syllable, words_of

VALUES_MAX = 200
_SIGNS = re.compile(r"[\s.'\-]")
_DATE = re.compile(r"(\d{1,2}[/.\-]\d{1,2}[/.\-](\d{4}|\d{2})|\d{4}[/.\-]\d{1,2}[/.\-]\d{1,2}|\d{1,2}[/.\-]\d{4})([ T].*)?")
_YEAR = re.compile(r"(18[5-9]|19\d|20\d)\d")
_PHONE = re.compile(r"(\+?84|0)?[35789]\d{8}")
_TAX = re.compile(r"[0-9]{10}(-?[0-9]{3})?")
_HEALTH = re.compile(r"[A-Z]{2}\d{13}", re.IGNORECASE)
_TAX_WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)
_SEXES = frozenset({"nam", "nu", "male", "female", "m", "f", "trai", "gai"})
_SEX_CODES = frozenset({"0", "1", "2"})
_FOLDED_FAMILIES = frozenset(map(folded_name, FAMILY_NAMES))
_TWO_ZEROS_LOST = re.compile(r"[12468][0-3]\d{8}")  # provinces 001 to 008; an insurance number may look so too
_COMMUNE = re.compile(r"(\d{2}\.(\d{3})?\.)?\d{1,5}")  # a spreadsheet takes zeros away
_FIT_OF_TEN = 0.6
_FIT_OF_SHORT = 0.8  # numbers of eleven or eight digits lost a zero, or are no numbers of papers


def fitness(role: Role, values: Sequence[str]) -> float | None:
    """The share of filled values that can be of this role (*độ phù hợp của nội dung*); None where content cannot tell."""
    measure = _MEASURES.get(role)
    filled = [text for value in values[:VALUES_MAX] if (text := value.strip())]
    if measure is None or not filled:
        return None
    return sum(map(measure, filled)) / len(filled)


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()  # "²" is a digit too, and no number


def _number(text: str) -> float:
    digits = _SIGNS.sub("", text.removeprefix('="').removesuffix('"')).replace("O", "0").replace("I", "1")
    if not _is_digits(digits):
        return 0.0
    if _TWO_ZEROS_LOST.fullmatch(digits):
        return _FIT_OF_TEN
    if _PHONE.fullmatch(digits) and len(digits) > 9:
        return 0.0
    return 1.0 if len(digits) in (9, 12) else _FIT_OF_SHORT if len(digits) in (8, 11) and not _DATE.fullmatch(text) else 0.0


def _name(text: str) -> float:
    """Two to seven words of letters; the first of them a family name, or all of them syllables."""
    readable = legacy_name(text)
    words = words_of(readable[0] if readable else text)
    if not 2 <= len(words) <= 7 or any(char.isdigit() for char in text):
        return 0.0
    has_family = folded_name(words[0]) in _FOLDED_FAMILIES
    syllables = sum(map(is_syllable, words)) / len(words)
    return 1.0 if has_family and syllables > 0.5 else 0.6 * syllables


def _is_day(text: str) -> float:
    return 1.0 if _DATE.fullmatch(text) else 0.5 if _YEAR.fullmatch(text) else 0.0


def _is_sex(text: str) -> float:
    folded = folded_name(text)
    return 1.0 if folded in _SEXES else 0.6 if folded in _SEX_CODES else 0.0


def _is_phone(text: str) -> float:
    digits = _SIGNS.sub("", text)
    return 1.0 if _PHONE.fullmatch(digits) and len(digits) >= 10 else 0.0


def _is_tax(text: str) -> float:
    if not _TAX.fullmatch(text):
        return 0.0
    digits = [int(each) for each in text[:10]]
    check = 10 - sum(w * d for w, d in zip(_TAX_WEIGHTS, digits, strict=False)) % 11
    return 1.0 if check == digits[9] else 0.0


def _is_insurance(text: str) -> float:
    return 0.7 if _is_digits(text) and len(text) == 10 and not _PHONE.fullmatch(text) else 0.0


def _between(low: int, high: int) -> Callable[[str], float]:
    def measure(text: str) -> float:
        return 0.4 if _is_digits(text) and len(text) <= 4 and low <= int(text) <= high else 0.0

    return measure


def _is_place(text: str) -> float:
    words = [word for word in words_of(text) if not _is_digits(word)]
    return 0.5 if len(words) >= 3 and ("," in text or any(char.isdigit() for char in text)) else 0.0


_MEASURES: dict[Role, Callable[[str], float]] = {
    Role.NUMBER: _number,
    Role.NAME: _name,
    Role.BIRTH_DATE: _is_day,
    Role.BIRTH_DAY: _between(0, 31),
    Role.BIRTH_MONTH: _between(0, 12),
    Role.BIRTH_YEAR: lambda text: 0.4 if _YEAR.fullmatch(text) else 0.0,
    Role.SEX: _is_sex,
    Role.COMMUNE: lambda text: 0.4 if _COMMUNE.fullmatch(text) else 0.0,
    Role.PHONE: _is_phone,
    Role.TAX_NUMBER: _is_tax,
    Role.INSURANCE_NUMBER: _is_insurance,
    Role.HEALTH_CARD: lambda text: 1.0 if _HEALTH.fullmatch(text) else 0.0,
    Role.FATHER: lambda text: 0.5 * _name(text),
    Role.MOTHER: lambda text: 0.5 * _name(text),
    Role.ADDRESS: _is_place,
}
