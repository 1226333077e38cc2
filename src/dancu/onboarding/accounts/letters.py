"""Is a name written in Vietnamese Unicode letters, or is it what an old font or a wrong code page left behind? Pure."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

# Which letters each mark stands on in Vietnamese; breve and tilde further, for the Ê Đê, Gia Rai and Ba Na alphabets.
_VOWELS = frozenset("aeiouyAEIOUY")
_BEARERS = {
    "\u0300": _VOWELS,
    "\u0301": _VOWELS,
    "\u0303": _VOWELS | set("nN"),
    "\u0309": _VOWELS,
    "\u0323": _VOWELS,
    "\u0302": frozenset("aeoAEO"),
    "\u0306": _VOWELS,
    "\u031b": frozenset("ouOU"),
    "\u030c": frozenset("cC"),
}
_OWN_LETTERS = frozenset("đĐƀɃ")
_SIGNS = frozenset(" '’ʼ.-")
# VNI writes the mark as a letter of its own behind the vowel: aê for ă, eä for ệ. No Vietnamese syllable has a mark there.
_VNI_PAIR = re.compile(r"(?:[ae][àáâãèéêìíòóôõùúýă]|o[ôòõâêùú]|u[ùúõò]|y[àáâèéìíòóôõùú])", re.IGNORECASE)
_VNI_WORDS = frozenset({"oõ", "oò"})
# VNI writes đ as ñ, nearly always at the beginning.
_N_FIRST = re.compile(r"\b[ñÑ][aeiouyàáâãèéêìíòóôõùúýăơưöï]", re.IGNORECASE)


def is_vietnamese(name: str) -> bool:
    """Only letters a name can have, in an order an old font would not leave (*chữ Việt Unicode*). `name` is composed (NFC)."""
    return all(map(_is_known, name)) and not (
        _VNI_PAIR.search(name) or _has_capital_inside(name) or _N_FIRST.search(name) or _VNI_WORDS & set(name.casefold().split())
    )


def _has_capital_inside(name: str) -> bool:
    """TCVN3 has no capitals with tone marks: Ô in NguyÔn stands for ễ."""
    return any(b.isupper() and not b.isascii() and a.islower() for a, b in pairwise(name))


def _is_known(letter: str) -> bool:
    if letter.isascii():
        return letter.isalpha() or letter in _SIGNS
    if letter in _OWN_LETTERS or letter in _SIGNS:
        return True
    parts = unicodedata.normalize("NFD", letter)
    first, marks = parts[0], parts[1:]
    return first.isascii() and bool(marks) and all(first in _BEARERS.get(mark, ()) for mark in marks)
