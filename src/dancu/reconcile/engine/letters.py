"""What each character of a name is to a comparison, as tables a compiled loop can read. Built from the kernel's own definition.

A name is compared as `canonical_name`: letters with their marks but without tones, the tones behind each word. The tables say for
every code point below `TABLE_LENGTH` what it adds to that form; whatever they cannot say in one step goes the slow way, through
the kernel's definition itself, so that both always agree.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

TABLE_LENGTH = 0x2100
# Behind the table proper stand the full-width forms of ASCII, U+FF01 to U+FF5E.
WIDE_FIRST, WIDE_COUNT = 0xFF01, 94
BLANK, SLOW, SKIP = 0xFFFF, 0xFFFE, 0xFFFD  # in place of a letter; none of the three is a character
_TONES = {0x300: 1, 0x301: 2, 0x303: 3, 0x309: 4, 0x323: 5}
_MARKS = {0x302: 0, 0x306: 1, 0x31B: 2}  # circumflex, breve, horn: they change the letter before them
# What foreign keyboards and old fonts put in place of a Vietnamese letter or sign, and what stands between letters unseen.
# How a character is written, above the three bits of its tone; `written` makes reasons of all that a name has together.
TONE_BITS = 3
TONE_MASK = (1 << TONE_BITS) - 1
ABOUT_SHIFT, MARK_SHIFT = 16, 27
CAPITAL, SMALL, APART_TONE, APART_MARK, COMPOSED, ODD_BLANK, LOOKS_ALIKE, SIGN = (1 << bit for bit in range(TONE_BITS, 11))
_LOOK_ALIKES = {
    "Ð": "đ", "ð": "đ", "Ɖ": "đ", "ɖ": "đ",
    "а": "a", "А": "a", "в": "b", "В": "b", "с": "c", "С": "c", "е": "e", "Е": "e", "н": "h", "Н": "h", "і": "i", "І": "i",
    "к": "k", "К": "k", "м": "m", "М": "m", "о": "o", "О": "o", "р": "p", "Р": "p", "т": "t", "Т": "t", "х": "x", "Х": "x",
    "у": "y", "У": "y", "Ѕ": "s", "ѕ": "s", "ј": "j", "Ј": "j",
}  # fmt: skip
_QUOTES = "'`´‘’‛ʼʹ′＇"
_UNSEEN = "\u00ad\u200b\u200c\u200d\u2060\ufeff.,;"


@dataclass(frozen=True, slots=True)
class Letters:
    """Tables by code point: what it adds to a name, its bare letter.

    The first table goes on with the full-width forms, which only repairing knows. Of its 32 bits the lowest sixteen are the letter
    (or BLANK, SLOW, SKIP), then three of the tone, eight of how the character is written, two of the mark on the letter before.
    """

    added: NDArray[np.uint32]
    composed: NDArray[np.uint16]  # (letter, mark) → letter with it; SLOW where there is none
    bare: NDArray[np.uint16]  # letter without any mark, SKIP for what is neither letter nor digit


@cache
def letters(*, repairing: bool = False) -> Letters:
    """The tables; `repairing` also undoes look-alike letters, quotes of all kinds, unseen characters and full stops."""
    length = TABLE_LENGTH + WIDE_COUNT
    letter = np.full(length, SLOW, np.uint16)
    tone, mark = np.zeros(length, np.uint16), np.zeros(length, np.uint8)
    composed = np.full((TABLE_LENGTH, 3), SLOW, np.uint16)
    bare = np.full(TABLE_LENGTH, SKIP, np.uint16)
    for point in range(TABLE_LENGTH):
        char = repaired_character(chr(point)) if repairing else chr(point)
        about = writing_of(chr(point), char)
        if not char:
            letter[point], tone[point] = SKIP, about
            continue
        if char.isspace():
            letter[point] = BLANK
        elif point in _TONES:
            letter[point], tone[point] = SKIP, _TONES[point]
        elif point in _MARKS:
            letter[point], mark[point] = SKIP, _MARKS[point] + 1
        else:
            _one_letter(char, point, letter, tone)
        tone[point] |= about
        bare[point] = _bare(char)
    for at in range(WIDE_COUNT if repairing else 0):
        char = chr(WIDE_FIRST + at)
        plain = ord(unicodedata.normalize("NFKC", char))
        letter[TABLE_LENGTH + at] = letter[plain]
        case = (CAPITAL if char.isupper() else 0) | (SMALL if char.islower() else 0)
        tone[TABLE_LENGTH + at] = case | (LOOKS_ALIKE if char.isalnum() else SIGN)
    for base in range(TABLE_LENGTH):
        for combining, at in _MARKS.items():
            both = unicodedata.normalize("NFC", chr(base) + chr(combining))
            if len(both) == 1 and ord(both) < TABLE_LENGTH:
                composed[base, at] = ord(both)
    added = letter.astype(np.uint32) | (tone.astype(np.uint32) << np.uint32(ABOUT_SHIFT))
    added |= mark.astype(np.uint32) << np.uint32(MARK_SHIFT)
    return Letters(added, composed, bare)


def repaired_character(char: str) -> str:
    """What a character stands for: a letter for its look-alike, one sign for all quotes, a blank for a full stop, or nothing."""
    if char in _QUOTES:
        return "'"
    if char in _UNSEEN:
        return " " if char in ".,;" else ""
    return _LOOK_ALIKES.get(char, char)


def writing_of(char: str, meant: str) -> int:
    """How a character is written: its case, whether it stands for a letter with its marks or for a mark alone, what it is not."""
    about = (CAPITAL if char.isupper() else 0) | (SMALL if char.islower() else 0)
    if ord(char) in _TONES:
        about |= APART_TONE
    elif ord(char) in _MARKS:
        about |= APART_MARK
    elif len(unicodedata.normalize("NFD", char)) > 1:
        about |= COMPOSED
    if meant != char:
        about |= LOOKS_ALIKE if char in _LOOK_ALIKES else SIGN
    return about | (ODD_BLANK if meant.isspace() and meant == char and char != " " else 0)


def _one_letter(char: str, point: int, letter: NDArray[np.uint16], tone: NDArray[np.uint16]) -> None:
    """A character that adds exactly one letter and at most one tone; anything else stays slow."""
    if unicodedata.combining(char) or not char.isprintable():
        return
    decomposed = unicodedata.normalize("NFD", char.casefold())
    tones = [_TONES[ord(each)] for each in decomposed if ord(each) in _TONES]
    rest = unicodedata.normalize("NFC", "".join(each for each in decomposed if ord(each) not in _TONES))
    if len(rest) == 1 and ord(rest) < TABLE_LENGTH and len(tones) <= 1:
        letter[point], tone[point] = ord(rest), sum(tones)


def _bare(char: str) -> int:
    from dancu.kernel.names import folded_name

    found = folded_name(char)
    return ord(found) if len(found) == 1 and ord(found) < TABLE_LENGTH else SKIP
