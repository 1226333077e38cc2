"""Vietnamese names: one canonical form for equal spellings, one mark-less form for systems that lost the marks."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from dancu.kernel.errors import Invalid

NAME_LENGTH_MAX = 200
_TONES = {"\u0300": "1", "\u0301": "2", "\u0303": "3", "\u0309": "4", "\u0323": "5"}
_LETTER = str.maketrans({"đ": "d", "Đ": "d", "ƀ": "b", "Ƀ": "b", "ð": "d", "Ð": "d"})


def clean_name(text: str, field: str = "full_name") -> str:
    """Composed (NFC), single blanks, no control characters. Raises `Invalid` when empty, too long or without a letter."""
    name = " ".join((text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)).split())
    if not name:
        raise Invalid("full_name.missing", "Chưa nhập họ và tên.", "Enter the full name.", field=field)
    if len(name) > NAME_LENGTH_MAX:
        raise Invalid(
            "full_name.length",
            f"Họ và tên dài quá {NAME_LENGTH_MAX} ký tự ({len(name)}). Chỉ nhập họ, chữ đệm và tên.",
            f"The name is longer than {NAME_LENGTH_MAX} characters ({len(name)}).",
            field=field,
        )
    if not name.isprintable():  # control, private, unassigned characters, lone surrogates
        raise Invalid(
            "full_name.characters",
            "Họ và tên có ký tự không đọc được. Gõ lại tên.",
            "The name has unreadable characters. Type it again.",
            field=field,
        )
    if not name[0].isalpha() and not any(c.isalpha() for c in name):
        raise Invalid("full_name.letters", "Họ và tên phải có chữ cái.", "A name needs letters.", field=field)
    return name


@lru_cache(maxsize=65536)
def _canonical_word(word: str) -> str:
    """The word without its tone mark, and the tone at the end, so that "hoà" and "hòa" are one."""
    decomposed = unicodedata.normalize("NFD", word.casefold())
    letters = "".join(c for c in decomposed if c not in _TONES)
    tones = "".join(_TONES[c] for c in decomposed if c in _TONES)
    return unicodedata.normalize("NFC", letters) + tones


@lru_cache(maxsize=65536)
def _folded_word(word: str) -> str:
    decomposed = unicodedata.normalize("NFD", word.translate(_LETTER))
    return "".join(c for c in decomposed if c.isalnum() and not unicodedata.combining(c)).casefold()


def canonical_name(text: str) -> str:
    """Equal for spellings that differ in case, composition, blanks or tone placement only; marks count."""
    return " ".join(_canonical_word(word) for word in text.split())


def folded_name(text: str) -> str:
    """Letters and digits without marks, blanks or case: `Trần Văn Thu`, `TRANVANTHU` and `tran van thu` agree."""
    return "".join(_folded_word(word) for word in text.split())
