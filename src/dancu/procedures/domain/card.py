"""The QR text of the chip card as a scanner types it, also through a Vietnamese input method that mangles it.

Seven fields between bars: number | old number | name | birth ddMMyyyy | sex | address | issued ddMMyyyy; newer cards
add more. The digits are trusted; the name only as far as it survived, so every plausible reading of it is kept.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from dancu.kernel.dates import PartialDate
from dancu.kernel.errors import DancuError, Invalid
from dancu.kernel.names import clean_name
from dancu.kernel.personal_id import PersonalId, parse_old_id

SCAN_LENGTH_MAX = 2000
_BARS = re.compile(r"[|¦｜∣]")
_TONE_KEYS = {"\u0300": "f", "\u0301": "s", "\u0303": "x", "\u0309": "r", "\u0323": "j"}
_VNI_TONES = {"\u0301": "1", "\u0300": "2", "\u0309": "3", "\u0303": "4", "\u0323": "5"}
_VNI_SHAPES = {"\u0302": "6", "\u031b": "7", "\u0306": "8"}
# The Vietnamese keyboard of Windows puts letters and marks on the row of digits.
_KEYBOARD_ROW = {"a\u0306": "1", "a\u0302": "2", "e\u0302": "3", "o\u0302": "4", "\u0300": "5", "\u0309": "6",
                 "\u0303": "7", "\u0301": "8", "\u0323": "9", "đ": "0"}


@dataclass(frozen=True, slots=True)
class CardText:
    """What the QR code of a card says (*mã QR trên thẻ căn cước*)."""

    personal_id: PersonalId
    old_id_no: str
    name_readings: tuple[str, ...]  # the first as it arrived; the others undo what may have happened to it
    birth_date: PartialDate
    sex: int | None                 # 1 male, 2 female
    address: str
    extra: tuple[str, ...]          # fields newer cards add, kept as they are

    @property
    def full_name(self) -> str:
        return self.name_readings[0]


def looks_like_card(text: str) -> bool:
    """Did the scanner type a card rather than a person a number?"""
    return bool(_BARS.search(text))


def read_card(text: str) -> CardText:
    """Read a scanned text. Raises `Invalid` with a sentence for whatever is not the QR code of a card."""
    parts = [part.strip() for part in _BARS.split(text.strip()[:SCAN_LENGTH_MAX])]
    if len(parts) < 4:
        raise _not_a_card()
    try:
        number = PersonalId.parse(_digits(parts[0]), "scan")
        birth = PartialDate.parse(_birth(_digits(parts[3])), "scan")
    except DancuError as failure:
        raise _not_a_card() from failure
    return CardText(number, _old_number(parts[1]), _name_readings(parts[2]), birth, _sex(parts[4] if len(parts) > 4 else ""),
                    parts[5] if len(parts) > 5 else "", tuple(parts[6:]))


def _birth(digits: str) -> str:
    return f"{digits[:2]}/{digits[2:4]}/{digits[4:]}" if len(digits) == 8 else digits


def _digits(text: str) -> str:
    if text.isascii():
        return text
    typed = unicodedata.normalize("NFD", text.lower())
    for mark, digit in _KEYBOARD_ROW.items():
        typed = typed.replace(mark, digit)
    return typed


def _old_number(text: str) -> str:
    try:
        return parse_old_id(_digits(text))
    except Invalid:
        return ""


def _sex(text: str) -> int | None:
    word = unicodedata.normalize("NFD", text).casefold()
    if word.startswith("nam"):
        return 1
    return 2 if word.startswith("n") else None


def _name_readings(text: str) -> tuple[str, ...]:
    readings = [text, _without_mojibake(text), _as_telex_keys(text), _as_vni_keys(text)]
    clean: list[str] = []
    for reading in readings:
        try:
            name = clean_name(reading, "scan")
        except Invalid:
            continue
        if name not in clean:
            clean.append(name)
    if not clean:
        raise _not_a_card()
    return tuple(clean)


def _without_mojibake(text: str) -> str:
    """UTF-8 that a scanner delivered as Latin-1 or Windows-1252."""
    for encoding in ("latin-1", "cp1252"):
        try:
            return text.encode(encoding).decode("utf-8")
        except (UnicodeEncodeError, UnicodeDecodeError):
            continue
    return text


def _as_telex_keys(text: str) -> str:
    """The keys that Telex turned into this text: `Ksỏ` was typed `Ksor`, `Đ` was `DD`, `ư` was `w` or `uw`."""
    words = []
    for word in text.split():
        tail, letters = "", ""
        for char in unicodedata.normalize("NFD", word):
            if char in _TONE_KEYS:
                tail += _TONE_KEYS[char]
            elif char == "\u0302":
                letters += letters[-1:]
            elif char in ("\u0306", "\u031b"):
                letters += "w"
            else:
                letters += {"đ": "dd", "Đ": "DD"}.get(char, char)
        words.append(letters + tail)
    return " ".join(words)


def _as_vni_keys(text: str) -> str:
    """The keys that VNI turned into this text, digits left out: a name has none."""
    return "".join(
        {"đ": "d", "Đ": "D"}.get(char, char) for char in unicodedata.normalize("NFD", text)
        if char not in _VNI_TONES and char not in _VNI_SHAPES)


def _not_a_card() -> Invalid:
    return Invalid(
        "scan.not_a_card",
        "Mã vừa quét không phải mã QR trên thẻ căn cước. Quét mã ở góc trên bên phải mặt trước của thẻ, "
        "hoặc nhập số, họ tên và ngày sinh.",
        "This is not the QR code of an identity card. Scan the code on the front of the card, or type the data.",
        field="scan")
