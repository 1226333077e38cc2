"""How parts of an official document are numbered, and how its day and number are written. Pure."""

from __future__ import annotations

from dancu.steering.printed.domain import IssueDay, OfficialDocument

_ROMAN = ((50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
_LETTERS = [
    "a",
    "b",
    "c",
    "d",
    "đ",
    "e",
    "g",
    "h",
    "i",
    "k",
    "l",
    "m",
    "n",
    "o",
    "p",
    "q",
    "r",
    "s",
    "t",
    "u",
    "v",
    "x",
    "y",
]  # the alphabet of points: no f, j, w, z
GAP = "\N{NO-BREAK SPACE}" * 5  # left for the hand


def part_number(depth: int, at: int) -> str:
    """The number of the part `at` (from 1) at a depth (*số thứ tự của mục*): I. / 1. / (1) / a)."""
    match depth:
        case 0:
            return f"{roman(at)}."
        case 1:
            return f"{at}."
        case 2:
            return f"({at})"
        case _:
            return f"{_LETTERS[(at - 1) % len(_LETTERS)] * (1 + (at - 1) // len(_LETTERS))})"


def roman(number: int) -> str:
    said = ""
    for value, letters in _ROMAN:
        said += letters * (number // value)
        number %= value
    return said


def number_line(document: OfficialDocument) -> str:
    """ "Số: 08/BC-TCTTKĐA" (*số, ký hiệu*): a number below ten with its zero, a gap where there is none yet."""
    number = document.number.zfill(2) if document.number.isdecimal() else document.number
    return f"Số: {number or GAP}/{document.symbol}"


def place_line(document: OfficialDocument) -> str:
    """ "Hà Nội, ngày 02 tháng 12 năm 2022" (*địa danh, thời gian*): zeros before days below ten and before January and February."""
    return f"{document.place}, {_day_words(document.day)}"


def _day_words(day: IssueDay) -> str:
    number = f"{day.day:02d}" if day.day is not None else GAP
    month = GAP if day.month is None else f"{day.month:02d}" if day.month < 3 else f"{day.month}"
    return f"ngày {number} tháng {month} năm {day.year}"


def attached_line(document: OfficialDocument) -> str:
    """What an appendix says of the document it belongs to (*dòng kèm theo*)."""
    kind = document.kind.capitalize() if document.kind else "Công văn"
    number = document.number.zfill(2) if document.number.isdecimal() else document.number
    return f"(Kèm theo {kind} số {number or GAP}/{document.symbol} {_day_words(document.day)} của {document.issuer})"
