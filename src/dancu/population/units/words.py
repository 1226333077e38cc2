"""The words of an address as they were written, and which of them say what kind of unit follows."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from dancu.kernel.names import canonical_name
from dancu.population.units.names import folded

PROVINCE, DISTRICT, COMMUNE = 1, 2, 3
_WORD = re.compile(r"[^\W_]+")
_GLUED_NUMBER = re.compile(r"(q|p|f|quan|phuong)(\d{1,2})")
_BREAK = re.compile(r"[,;\n|]")
# Kind of unit by what is written before its name, and the levels it can stand for.
PREFIXES: dict[str, tuple[str, frozenset[int]]] = {
    "thanh pho": ("Thành phố", frozenset({PROVINCE, DISTRICT})),
    "tp": ("Thành phố", frozenset({PROVINCE, DISTRICT})),
    "t p": ("Thành phố", frozenset({PROVINCE, DISTRICT})),
    "tinh": ("Tỉnh", frozenset({PROVINCE})),
    "t": ("Tỉnh", frozenset({PROVINCE})),
    "quan": ("Quận", frozenset({DISTRICT})),
    "q": ("Quận", frozenset({DISTRICT})),
    "district": ("Quận", frozenset({DISTRICT})),
    "huyen": ("Huyện", frozenset({DISTRICT})),
    "huyen dao": ("Huyện", frozenset({DISTRICT})),
    "h": ("Huyện", frozenset({DISTRICT})),
    "thi xa": ("Thị xã", frozenset({DISTRICT})),
    "tx": ("Thị xã", frozenset({DISTRICT})),
    "phuong": ("Phường", frozenset({COMMUNE})),
    "ph": ("Phường", frozenset({COMMUNE})),
    "p": ("Phường", frozenset({COMMUNE})),
    "f": ("Phường", frozenset({COMMUNE})),
    "ward": ("Phường", frozenset({COMMUNE})),
    "xa": ("Xã", frozenset({COMMUNE})),
    "x": ("Xã", frozenset({COMMUNE})),
    "thi tran": ("Thị trấn", frozenset({COMMUNE})),
    "tt": ("Thị trấn", frozenset({COMMUNE})),
    "dac khu": ("Đặc khu", frozenset({COMMUNE})),
    "dk": ("Đặc khu", frozenset({COMMUNE})),
}
# After these comes a street, a hamlet or a number, not a unit of the list.
PLACES_BELOW = frozenset(
    {
        "duong",
        "d",
        "pho",
        "ngo",
        "ngach",
        "hem",
        "kiet",
        "so",
        "sn",
        "to",
        "ap",
        "thon",
        "xom",
        "khom",
        "kp",
        "khu",
        "buon",
        "ban",
        "lang",
        "doi",
        "cau",
        "cho",
        "toa",
        "nha",
        "lo",
        "tang",
        "ql",
        "tl",
        "hl",
        "dt",
        "quoc",
    }
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word of an address where it stands in the text (*một từ của địa chỉ*)."""

    start: int
    end: int
    plain: str  # small letters without marks
    marked: str  # canonical with marks: equal for every way of placing a tone
    has_marks: bool
    is_capital: bool
    breaks_before: bool  # a comma or the like stands before it

    @property
    def is_number(self) -> bool:
        return self.plain.isdigit()


@dataclass(frozen=True, slots=True)
class Prefix:
    """Words that say the kind of the unit after them (*từ chỉ loại đơn vị*)."""

    kind: str
    levels: frozenset[int]
    length: int


def words_of(text: str) -> list[Word]:
    """The words of a composed (NFC) text; `Q1` counts as two."""
    words: list[Word] = []
    before = 0
    for found in _WORD.finditer(text):
        breaks = bool(_BREAK.search(text, before, found.start())) or not words
        before = found.end()
        words.extend(_split(found.group(), found.start(), breaks))
    return words


def _split(word: str, start: int, breaks: bool) -> list[Word]:
    glued = _GLUED_NUMBER.fullmatch(folded(word))
    if not glued or len(word) != glued.end():
        return [_word(word, start, breaks)]
    cut = glued.end(1)
    return [_word(word[:cut], start, breaks), _word(word[cut:], start + cut, False)]


def _word(word: str, start: int, breaks: bool) -> Word:
    plain, marked, has_marks = _forms(word)
    return Word(start, start + len(word), plain, marked, has_marks, word.isupper(), breaks)


@lru_cache(maxsize=65536)
def _forms(word: str) -> tuple[str, str, bool]:
    plain = folded(word).replace(" ", "")
    return plain, canonical_name(word), unicodedata.normalize("NFD", word).casefold() != plain


def prefix_at(words: list[Word], index: int) -> Prefix | None:
    """The kind of unit that is said at a word, two words before one."""
    if index + 1 < len(words) and not words[index + 1].breaks_before:
        two = PREFIXES.get(f"{words[index].plain} {words[index + 1].plain}")
        if two:
            return Prefix(*two, 2)
    one = PREFIXES.get(words[index].plain)
    return Prefix(*one, 1) if one else None
