"""The QR text of the chip card as a scanner types it, also through a Vietnamese input method that mangles it.

Seven fields between bars: number | old number | name | birth ddMMyyyy | sex | address | issued ddMMyyyy; newer cards
add more, which are kept as they are. The digits are trusted; the name only as far as it survived, so every plausible
reading of it is kept.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from dancu.kernel.dates import PartialDate
from dancu.kernel.errors import DancuError, Invalid
from dancu.kernel.names import clean_name, folded_name
from dancu.kernel.personal_id import PersonalId, parse_old_id

SCAN_LENGTH_MAX = 2000
_OTHER_BARS = re.compile(r"[¦｜∣]")
_BLANKS = " \t\r\n"  # not U+0085 and U+00A0: in wrongly decoded text they are halves of letters
_BARE_NUMBER = re.compile(r"[\d\s.\-]+")
_TONE_KEYS = {"\u0300": "f", "\u0301": "s", "\u0303": "x", "\u0309": "r", "\u0323": "j"}
# A syllable as Vietnamese spells it, without its marks. What is not one may be another people's name that Telex changed.
_SYLLABLE = re.compile(
    r"(ngh?|ch|gh|gi|kh|nh|ph|qu|th|tr|[bcdghklmnprstvx])?"
    r"([aeiouy]{1,3}|(a|e|i|o|u|y|ie|ye|uo|ua|oa|oe|ue|uy|uye|oo)(ch|ng|nh|[cmnpt]))"
)
READINGS_MAX = 8
_SHAPES = ("\u0302", "\u0306")
# The Vietnamese keyboard of Windows puts letters and marks on the row of digits.
_KEYBOARD_ROW = {
    "a\u0306": "1",
    "a\u0302": "2",
    "e\u0302": "3",
    "o\u0302": "4",
    "\u0300": "5",
    "\u0309": "6",
    "\u0303": "7",
    "\u0301": "8",
    "\u0323": "9",
    "đ": "0",
}


@dataclass(frozen=True, slots=True)
class CardText:
    """What the QR code of a card says (*mã QR trên thẻ căn cước*)."""

    personal_id: PersonalId
    old_id_no: str
    name_readings: tuple[str, ...]  # the first as it arrived; the others undo what may have happened to it
    birth_date: PartialDate
    sex: int | None  # 1 male, 2 female
    address: str
    extra: tuple[str, ...]  # from the seventh on, kept as they are
    is_from_mrz: bool = False  # read from the lines on the back: a name without marks, no address

    @property
    def full_name(self) -> str:
        return self.name_readings[0]

    @property
    def issued_on(self) -> date | None:
        """The seventh field, where it is a day."""
        digits = digits_typed(self.extra[0]) if self.extra else ""
        try:
            return date(int(digits[4:]), int(digits[2:4]), int(digits[:2])) if len(digits) == 8 else None
        except ValueError:
            return None

    @property
    def other_numbers(self) -> tuple[str, ...]:
        """Numbers in the fields newer cards add: of 9 or 12 digits, perhaps cancelled ones of the holder.

        No published document gives the meaning of these fields, so nothing is concluded from their place.
        """
        typed = (digits_typed(field) for field in self.extra[1:])
        return tuple(digits for digits in typed if re.fullmatch(r"\d{9}|\d{12}", digits, re.ASCII))

    @property
    def other_names(self) -> tuple[str, ...]:
        """What reads like a name in the fields newer cards add, perhaps of the parents; the order is not known."""
        found = (without_mojibake(field) for field in self.extra[1:])
        return tuple(name for name in found if len(name.split()) > 1 and not re.search(r"[\d,;:/]", name))

    @property
    def name_doubtful(self) -> bool:
        """Did the name perhaps not survive the way through the scanner? Then the officer types it."""
        return any(_has_lost_letters(word) or _is_strange(word) for word in self.full_name.split())


def is_bare_number(text: str) -> bool:
    """Was a number typed or its barcode scanned where the QR code is expected?"""
    return bool(_BARE_NUMBER.fullmatch(text))


def read_card(text: str) -> CardText:
    """Read a scanned text. Raises `Invalid` with a sentence for whatever is not the QR code of a card."""
    whole = text.strip(_BLANKS)[:SCAN_LENGTH_MAX]
    # A broken bar may also be half of a wrongly decoded letter (Ầ), so it parts fields only where no bar does.
    parts = [part.strip(_BLANKS) for part in (whole if "|" in whole else _OTHER_BARS.sub("|", whole)).split("|")]
    if len(parts) < 4:
        raise _not_a_card()
    try:
        number = PersonalId.parse(digits_typed(parts[0]), "scan")
        birth = PartialDate.parse(_birth(digits_typed(parts[3])), "scan")
    except DancuError as failure:
        raise _not_a_card() from failure
    return CardText(
        number,
        _old_number(parts[1]),
        name_readings(parts[2]),
        birth,
        _sex(parts[4] if len(parts) > 4 else ""),
        parts[5] if len(parts) > 5 else "",
        tuple(parts[6:]),
    )


def _birth(digits: str) -> str:
    return f"{digits[:2]}/{digits[2:4]}/{digits[4:]}" if len(digits) == 8 else digits


def digits_typed(text: str) -> str:
    """Digits as they were typed, also where the Vietnamese keyboard of Windows made letters and marks of them."""
    return text if text.isascii() else "".join(_key_of(char) for char in text.lower())


def _key_of(char: str) -> str:
    base, *marks = list(unicodedata.normalize("NFD", char))
    shape = next((mark for mark in marks if mark in _SHAPES), "")
    tones = "".join(_KEYBOARD_ROW[mark] for mark in marks if mark in _KEYBOARD_ROW)
    if base + shape in _KEYBOARD_ROW:
        return _KEYBOARD_ROW[base + shape] + tones
    return char


def _old_number(text: str) -> str:
    try:
        return parse_old_id(digits_typed(text))
    except Invalid:
        return ""


def _sex(text: str) -> int | None:
    word = unicodedata.normalize("NFD", text).casefold()
    if word.startswith("nam"):
        return 1
    return 2 if word.startswith("n") else None


def name_readings(text: str) -> tuple[str, ...]:
    """The name as it arrived, then what it may have been: bytes read wrongly, words that Telex changed."""
    arrived = without_mojibake(text)
    clean: dict[str, None] = {}
    for reading in [arrived, *_without_telex(arrived)]:
        try:
            clean.setdefault(clean_name(reading, "scan"))
        except Invalid:
            continue
    if not clean:
        raise _not_a_card()
    return tuple(clean)[:READINGS_MAX]


def without_mojibake(text: str) -> str:
    """UTF-8 that a scanner delivered as Latin-1 or Windows-1252. Other text is hardly ever valid UTF-8 by chance."""
    for encoding in ("latin-1", "cp1252"):
        try:
            return text.encode(encoding).decode("utf-8")
        except (UnicodeEncodeError, UnicodeDecodeError):
            continue
    return text


def _without_telex(name: str) -> list[str]:
    """First all words undone that no Vietnamese syllable explains; then each word alone that Telex may have changed.

    `Ksỏ H'Yến` was typed `Ksor H'Yến`: the first word is no syllable, the second may be either.
    """
    words = unicodedata.normalize("NFC", name).split()
    undone = [telex_keys(word) for word in words]
    likely = [undone[i] if _is_strange(word) else word for i, word in enumerate(words)]
    singles = [
        [undone[i] if i == j else word for j, word in enumerate(start)] for start in (words, likely) for i in range(len(words))
    ]
    return list(dict.fromkeys(" ".join(reading) for reading in [likely, *singles]))


def _is_strange(word: str) -> bool:
    """Is this no Vietnamese syllable, and carries marks that keys of its own may have made?"""
    return telex_keys(word) != word and not _SYLLABLE.fullmatch(folded_name(word))


def telex_keys(word: str) -> str:
    """The keys that Telex turned into this word: `Ksỏ` was typed `Ksor`, `Đ` was `DD`, `Ư` was `W`."""
    tail, letters = "", ""
    for char in unicodedata.normalize("NFD", word):
        if char in _TONE_KEYS:
            tail += _TONE_KEYS[char]
        elif char == "\u0302":
            letters += letters[-1:]
        elif char == "\u031b" and letters[-1:] in ("u", "U"):
            letters = letters[:-1] + ("W" if letters[-1] == "U" else "w")
        elif char in ("\u0306", "\u031b"):
            letters += "W" if letters[-1:].isupper() else "w"
        else:
            letters += {"đ": "dd", "Đ": "DD"}.get(char, char)
    return letters + (tail.upper() if letters.isupper() else tail)


def _has_lost_letters(word: str) -> bool:
    """Scanners drop what their keyboard lacks: `TRẦN` arrives as `TRN` or `TR?N`."""
    letters = folded_name(word)
    return bool({"?", "\ufffd"} & set(word)) or (len(letters) > 1 and not {*letters} & {*"aeiouyw"})


def _not_a_card() -> Invalid:
    return Invalid(
        "scan.not_a_card",
        "Mã vừa quét không phải mã QR trên thẻ căn cước. Quét mã ở góc trên bên phải mặt trước của thẻ, "
        "hoặc nhập số, họ tên và ngày sinh.",
        "This is not the QR code of an identity card. Scan the code on the front of the card, or type the data.",
        field="scan",
    )
