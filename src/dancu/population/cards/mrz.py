"""The three lines on the back of the card (machine-readable zone, TD1), typed or read by a camera.

ICAO Doc 9303, part 5: three lines of 30; check digits with the weights 7, 3, 1. The Vietnamese card puts the last nine
digits of the personal number where the document number stands and the whole number into the optional data. A letter that
stands where a digit must is read as the digit it resembles only where a check digit proves it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from itertools import cycle

from dancu.kernel.dates import PartialDate
from dancu.kernel.errors import DancuError, Invalid
from dancu.kernel.names import folded_name
from dancu.kernel.personal_id import PersonalId
from dancu.population.cards.qr import CardText, digits_typed, telex_keys

LINE_LENGTH, LINES = 30, 3
_WEIGHTS = (7, 3, 1)
_RESEMBLES = str.maketrans("OQDILBSZG", "000118526")
_LETTERS = str.maketrans("01", "OI")
_NO_EXPIRY = "991231"  # seen on cards that hold for life; no published document says so
_ARROWS = str.maketrans({"«": "<<", "‹": "<", "＜": "<", "〈": "<", "≪": "<<"})


@dataclass(frozen=True, slots=True)
class MrzText:
    """What the lines on the back of a card say (*dòng mã máy đọc trên thẻ căn cước*)."""

    personal_id: PersonalId
    birth_date: PartialDate
    sex: int | None  # 1 male, 2 female
    expires_on: date | None  # None: for life
    nationality: str
    surname: str  # capitals without marks
    given_names: str
    is_name_cut: bool  # the name reaches the end of the line, so more of it may be missing
    repaired: tuple[str, ...]  # fields in which a letter was read as the digit it resembles

    @property
    def full_name(self) -> str:
        return f"{self.surname} {self.given_names}".strip()

    def as_card(self) -> CardText:
        """The same in the form of the QR code, as far as the lines tell it."""
        return CardText(self.personal_id, "", (self.full_name,), self.birth_date, self.sex, "", (), is_from_mrz=True)


def is_mrz(text: str) -> bool:
    """Do these look like the lines on the back of a card, whole or in part?"""
    clean = _joined(text)
    return "|" not in text and len(clean) >= LINE_LENGTH // 2 and (clean.startswith(("IDVNM", "1DVNM")) or clean.count("<") > 4)


def check_digit(text: str) -> int:
    """The check digit of a field: `<` counts 0, digits themselves, A to Z 10 to 35 (ICAO Doc 9303, part 3, 4.9)."""
    values = (0 if char == "<" else int(char, 36) for char in text)
    return sum(value * weight for value, weight in zip(values, cycle(_WEIGHTS), strict=False)) % 10


def read_mrz(text: str) -> MrzText:
    """Read the three lines, with or without line breaks. Raises `Invalid` that says which line does not fit and why."""
    first, second, third = _lines(text)
    repaired: list[str] = []
    if first[:5].translate(_LETTERS) != "IDVNM":
        raise _wrong(1, "không bắt đầu bằng IDVNM", "does not begin with IDVNM")
    document_no = _checked(1, "số thẻ", first[5:14], first[14], repaired)
    number = _digits(first[15:27], "số định danh", repaired)
    birth = _checked(2, "ngày sinh", second[:6], second[6], repaired)
    expiry = _checked(2, "ngày hết hạn", second[8:14], second[14], repaired)
    _check_whole(document_no, first, number, second, birth, expiry)
    if not number.endswith(document_no):
        raise _wrong(1, "có số thẻ khác 9 số cuối của số định danh", "has a document number that is not the end of the number")
    person = _personal_id(number)
    surname, given = _names(third)
    return MrzText(
        person,
        _birth(birth, person),
        {"M": 1, "F": 2}.get(second[7]),
        _expiry(expiry),
        second[15:18].replace("<", ""),
        surname,
        given,
        not third.endswith("<<"),
        tuple(repaired),
    )


def differences(qr: CardText, mrz: MrzText) -> list[str]:
    """Sentences about what the two sides of a card say differently (*gợi ý khi hai mặt thẻ khác nhau*)."""
    hints = []
    if qr.personal_id != mrz.personal_id:
        hints.append("Số định danh trên mã QR khác số ở mặt sau. Xem lại có phải cùng một thẻ không.")
    if not _same_birth(qr.birth_date, mrz.birth_date):
        hints.append("Ngày sinh trên mã QR khác ngày sinh ở mặt sau.")
    if None not in (qr.sex, mrz.sex) and qr.sex != mrz.sex:
        hints.append("Giới tính trên mã QR khác giới tính ở mặt sau.")
    back = folded_name(mrz.full_name)
    names = [folded_name(reading) for reading in qr.name_readings]
    if not any(name.startswith(back) if mrz.is_name_cut else name == back for name in names):
        hints.append("Họ và tên trên mã QR khác họ và tên ở mặt sau.")
    if mrz.expires_on is not None and qr.issued_on is not None and qr.issued_on > mrz.expires_on:
        hints.append("Ngày cấp trên mã QR sau ngày hết hạn ở mặt sau.")
    return hints


def _same_birth(one: PartialDate, other: PartialDate) -> bool:
    """Equal as far as both are known."""
    known = min(3 if d.day else 2 if d.month else 1 for d in (one, other))
    return (one.year, one.month, one.day)[:known] == (other.year, other.month, other.day)[:known]


def _joined(text: str) -> str:
    return "".join(text.translate(_ARROWS).split()).upper()


def _lines(text: str) -> tuple[str, str, str]:
    """Three lines of 30 from what was typed; a Vietnamese input method may have changed letters or digits on the way."""
    readings = [text, digits_typed(text), re.sub(r"[^<\s]+", lambda word: telex_keys(word[0]), text)]
    whole = next((clean for each in readings if re.fullmatch(r"[A-Z0-9<]{90}", clean := _joined(each))), None)
    if whole is None:
        raise _not_three_lines(text)
    return whole[:LINE_LENGTH], whole[LINE_LENGTH : 2 * LINE_LENGTH], whole[2 * LINE_LENGTH :]


def _not_three_lines(text: str) -> Invalid:
    lines = [clean for line in text.splitlines() if (clean := _joined(line))]
    if len(lines) == LINES:
        for number, line in enumerate(lines, start=1):
            if strange := re.sub(r"[A-Z0-9<]", "", line):
                return _wrong(number, f"có ký tự không đọc được: {strange[0]}", f"has an unreadable character: {strange[0]}")
            if len(line) != LINE_LENGTH:
                return _wrong(number, f"có {len(line)} ký tự thay vì 30", f"has {len(line)} characters instead of 30")
    length = len(_joined(text))
    return Invalid(
        "mrz.lines",
        f"Cần đủ ba dòng ở mặt sau thẻ, mỗi dòng 30 ký tự; nhận được {length} ký tự. Quét lại, hoặc nhập số, họ tên và ngày sinh.",
        f"The three lines of 30 characters on the back of the card are needed; {length} characters arrived.",
        field="scan",
    )


def _digits(text: str, field: str, repaired: list[str]) -> str:
    """Digits; letters that resemble them are read so and noted: the check digits decide whether that holds."""
    digits = text.translate(_RESEMBLES)
    if digits != text:
        repaired.append(field)
    return digits


def _checked(line: int, field: str, text: str, digit: str, repaired: list[str]) -> str:
    """A field that its check digit proves. A date may have `<<` where day or month is not known."""
    value = _digits(text, field, repaired)
    check = digit.translate(_RESEMBLES)
    if not re.fullmatch(r"[0-9<]+", value) or not check.isdigit() or check_digit(value) != int(check):
        raise _wrong(line, f"có {field} không khớp số kiểm tra", "has a field that its check digit does not confirm")
    return value


def _check_whole(document_no: str, first: str, number: str, second: str, birth: str, expiry: str) -> None:
    """The check digit over the upper lines: it alone proves the first three digits of the personal number."""
    upper = document_no + first[14].translate(_RESEMBLES) + number + first[27:29] + first[29].translate(_RESEMBLES)
    middle = birth + second[6].translate(_RESEMBLES) + expiry + second[14].translate(_RESEMBLES) + second[18:29]
    digit = second[29].translate(_RESEMBLES)
    if not digit.isdigit() or check_digit(upper + middle) != int(digit):
        raise _wrong(
            2, "có số kiểm tra cuối không khớp hai dòng đầu", "ends with a check digit that the first two lines do not confirm"
        )


def _personal_id(number: str) -> PersonalId:
    try:
        return PersonalId.parse(number, "scan")
    except DancuError as failure:
        raise _wrong(1, "không có số định danh 12 chữ số", "has no personal number of 12 digits") from failure


def _birth(text: str, person: PersonalId) -> PartialDate:
    """Two digits of the year: the century is the one the personal number states, which is the century of birth."""
    if not text[:2].isdigit():
        raise _wrong(2, "không có năm sinh", "has no year of birth")
    year = person.stated_birth_year // 100 * 100 + int(text[:2])
    month, day = (int(part) if part.isdigit() else 0 for part in (text[2:4], text[4:6]))
    try:
        return PartialDate.of(year, month, day, "scan")
    except DancuError as failure:
        raise _wrong(2, "có ngày sinh không có thật", "has a birth date that does not exist") from failure


def _expiry(text: str) -> date | None:
    """Cards with these lines exist since 2016, so every expiry lies in this century."""
    if text == _NO_EXPIRY or not text.strip("<"):
        return None
    try:
        return date(2000 + int(text[:2]), int(text[2:4]), int(text[4:6]))
    except ValueError as failure:
        raise _wrong(2, "có ngày hết hạn không có thật", "has an expiry date that does not exist") from failure


def _names(line: str) -> tuple[str, str]:
    if re.search(r"\d", line):
        raise _wrong(3, "có chữ số trong họ tên; nhập họ tên bằng tay", "has digits in the name; type the name")
    surname, _, given = line.partition("<<")
    names = " ".join(surname.replace("<", " ").split()), " ".join(given.replace("<", " ").split())
    if not any(names):
        raise _wrong(3, "không có họ tên", "has no name")
    return names


def _wrong(line: int, vietnamese: str, english: str) -> Invalid:
    return Invalid(
        "mrz.line",
        f"Dòng {line} ở mặt sau thẻ {vietnamese}. Quét lại, hoặc nhập số, họ tên và ngày sinh.",
        f"Line {line} on the back of the card {english}. Scan again, or type number, name and birth date.",
        field="scan",
        details={"line": line},
    )
