"""Keys of traced numbers as names of bookmarks: both Word and LibreOffice keep those when they save a file. Pure.

Content controls would take any key, but LibreOffice 7 drops their tags when it saves.
"""

from __future__ import annotations

import re

NAME_LENGTH_MAX = 40  # of a bookmark in Word
_PREFIX_LENGTH = 6  # "n" and up to four digits, so that a key may occur more than once, and the dash below
_ESCAPES = {"_": "__", ".": "_d", "/": "_s", ":": "_c", "-": "_h"}
_PLAIN = {escape: sign for sign, escape in _ESCAPES.items()}
_KEY = re.compile(r"[A-Za-z0-9_./:-]+")
_NAME = re.compile(r"n\d{1,4}_((?:[A-Za-z0-9]|_[_dsch])+)")


def fits(key: str) -> bool:
    """Can a bookmark carry it (*khóa dùng được*)?"""
    return _KEY.fullmatch(key) is not None and len(_escaped(key)) <= NAME_LENGTH_MAX - _PREFIX_LENGTH


def name_of(key: str, number: int) -> str:
    """The bookmark of the traced number at a place of the document (*tên dấu trang*)."""
    return f"n{number}_{_escaped(key)}"


def key_of(name: str) -> str | None:
    """The key a bookmark carries, None when it is none of ours (*khóa trong dấu trang*)."""
    found = _NAME.fullmatch(name)
    return re.sub(r"_[_dsch]", lambda each: _PLAIN[each[0]], found[1]) if found else None


def _escaped(key: str) -> str:
    return "".join(_ESCAPES.get(sign, sign) for sign in key)
