"""A listed name beside the registered one (compiled): abbreviated, without its apostrophe, or with another given name.

Both are canonical forms in UTF-16 units: words with their tone behind them, one blank between.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dancu.reconcile.compiling import compiled
from dancu.reconcile.engine.snapshot import NAMES_A_BLOCK

_BLANK, _APOSTROPHE, _TILDE = 32, 39, 126
_TONE_FIRST, _TONE_LAST = 49, 53
LONGEST_SHORT = 3  # letters of an abbreviation: Ngh.


def _units(text: str) -> NDArray[np.uint16]:
    return np.frombuffer(text.encode("utf-16-le"), np.uint16).copy()


_VOWELS = _units("aeiouyăâêôơư")
# Nguyễn as hurried clerks write it, and no other family name.
_NGUYEN, _HURRIED = _units("nguyên3"), (_units("ngyên3"), _units("nguyn3"), _units("ngyn3"), _units("ngn"))
_HURRIED_NGUYEN = np.concatenate([_HURRIED[0], [0], _HURRIED[1], [0], _HURRIED[2], [0], _HURRIED[3], [0]]).astype(np.uint16)


@compiled
def registered_units(row, names, lengths, blocks, out):  # type: ignore[no-untyped-def]
    """Write the registered name of a row; gives its length, 0 where `out` cannot hold it."""
    block = row // NAMES_A_BLOCK
    at = blocks[block]
    for before in range(block * NAMES_A_BLOCK, row):
        at += lengths[before]
    end, length = at + lengths[row], 0
    while at < end:
        byte = np.uint32(names[at])
        if length >= len(out) or byte >= 0xF0:
            return 0
        if byte < 0x80:
            out[length], at = byte, at + 1
        elif byte < 0xE0:
            out[length], at = ((byte & 0x1F) << 6) | (np.uint32(names[at + 1]) & 0x3F), at + 2
        else:
            second, third = np.uint32(names[at + 1]) & 0x3F, np.uint32(names[at + 2]) & 0x3F
            out[length], at = ((byte & 0x0F) << 12) | (second << 6) | third, at + 3
        length += 1
    return length


@compiled
def word_end(units, length, at):  # type: ignore[no-untyped-def]
    """Where the word that begins at a place ends."""
    while at < length and units[at] != _BLANK:
        at += 1
    return at


@compiled
def _is_same(units, start, end, others, start_other, end_other):  # type: ignore[no-untyped-def]
    is_same = end - start == end_other - start_other
    for i in range(end - start if is_same else 0):
        is_same &= units[start + i] == others[start_other + i]
    return is_same


@compiled
def is_abbreviated(listed, length, known, known_length):  # type: ignore[no-untyped-def]
    """Is each word the registered one or short for it, at least one of either kind, and a whole one of two letters or more?"""
    at, other, shortened, whole = 0, 0, 0, 0
    while at < length and other < known_length:
        end, end_other = word_end(listed, length, at), word_end(known, known_length, other)
        if _is_same(listed, at, end, known, other, end_other):
            whole += 1 if end - at > 1 else 0
        elif _is_short_for(listed, at, end, known, other, end_other):
            shortened += 1
        else:
            return False
        at, other = end + 1, end_other + 1
    return at >= length and other >= known_length and shortened > 0 and whole > 0


@compiled
def _is_short_for(listed, start, end, known, start_known, end_known):  # type: ignore[no-untyped-def]
    """One letter, or the consonants a word begins with: V., Ng., Tr., Ng~; or Nguyễn in a hurry."""
    if _is_same(known, start_known, end_known, _NGUYEN, 0, len(_NGUYEN)) and _is_hurried(listed, start, end):
        return True
    if listed[end - 1] == _TILDE:
        end -= 1
    size = end - start
    letters = end_known - start_known
    if _TONE_FIRST <= known[end_known - 1] <= _TONE_LAST:
        letters -= 1
    if size < 1 or size > LONGEST_SHORT or size >= letters:
        return False
    if size > 1 and _has_vowel(listed, start, end):
        return False
    return _is_same(listed, start, end, known, start_known, start_known + size)


@compiled
def _has_vowel(units, start, end):  # type: ignore[no-untyped-def]
    found = False
    for at in range(start, end):
        found |= bool(np.any(units[at] == _VOWELS))
    return found


@compiled
def _is_hurried(listed, start, end):  # type: ignore[no-untyped-def]
    begin = 0
    for at in range(len(_HURRIED_NGUYEN)):
        if _HURRIED_NGUYEN[at] == 0:
            if _is_same(listed, start, end, _HURRIED_NGUYEN, begin, at):
                return True
            begin = at + 1
    return False


@compiled
def lacks_apostrophe(listed, length, known, known_length):  # type: ignore[no-untyped-def]
    """Are both the same but for an apostrophe one of them has, and a blank in its place or none the other?"""
    at, other, is_there = 0, 0, False
    while True:
        while at < length and (listed[at] == _BLANK or listed[at] == _APOSTROPHE):
            is_there |= listed[at] == _APOSTROPHE
            at += 1
        while other < known_length and (known[other] == _BLANK or known[other] == _APOSTROPHE):
            is_there |= known[other] == _APOSTROPHE
            other += 1
        if at >= length or other >= known_length:
            return is_there and at >= length and other >= known_length
        if listed[at] != known[other]:
            return False
        at, other = at + 1, other + 1


@compiled
def last_word(units, length):  # type: ignore[no-untyped-def]
    """Where the last word begins."""
    at = length
    while at > 0 and units[at - 1] != _BLANK:
        at -= 1
    return at


@compiled
def has_other_given_name(listed, length, known, known_length):  # type: ignore[no-untyped-def]
    """Is all before the last word the same, and the last word another?"""
    at, other = last_word(listed, length), last_word(known, known_length)
    if at == 0 or not _is_same(listed, 0, at, known, 0, other):
        return False
    return not _is_same(listed, at, length, known, other, known_length)


@compiled
def has_unlike_given_name(listed, length, known, known_length):  # type: ignore[no-untyped-def]
    """Are the last words more than a slip apart: more than a tone, a mark or a letter?"""
    at, other = last_word(listed, length), last_word(known, known_length)
    end, end_other = _without_tone(listed, length), _without_tone(known, known_length)
    while at < end and other < end_other and listed[at] == known[other]:
        at, other = at + 1, other + 1
    while end > at and end_other > other and listed[end - 1] == known[end_other - 1]:
        end, end_other = end - 1, end_other - 1
    return max(end - at, end_other - other) > 1


@compiled
def _without_tone(units, length):  # type: ignore[no-untyped-def]
    return length - 1 if length > 0 and _TONE_FIRST <= units[length - 1] <= _TONE_LAST else length
