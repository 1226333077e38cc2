"""Is a listed name the registered one in letters of before Unicode: TCVN3, VNI, or UTF-8 that was shown as a Western page?

Nothing is guessed: what was read that way has to be the registered name, key for key (compiled).
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dancu.reconcile.compiling import compiled
from dancu.reconcile.engine.name_keys import LENGTH_MAX, canonical_units, hash_units
from dancu.reconcile.reading.legacy_tables import tcvn3_letters, vni_letters

_TABLE = 0x2200
_TCVN3, _VNI, _MOJIBAKE = 0, 1, 2
BYTES_MAX = 3 * LENGTH_MAX


class LegacyTables(NamedTuple):
    """The byte behind a character, and the letters bytes stand for (*bảng chữ cũ*)."""

    byte: NDArray[np.int16]  # by code point; -1 where no Western page has it
    tcvn3: NDArray[np.uint16]
    vni_one: NDArray[np.uint16]
    vni_two: NDArray[np.uint16]  # by both bytes; 0 where they are two letters


@cache
def legacy_tables() -> LegacyTables:
    """Built from the tables lists are read with."""
    byte = np.full(_TABLE, -1, np.int16)
    for value in range(256):
        shown = bytes([value]).decode("cp1252", "ignore")
        byte[value] = value
        if shown and ord(shown) < _TABLE:
            byte[ord(shown)] = value
    tcvn3 = np.array([ord(tcvn3_letters().get(value, chr(value))) for value in range(256)], np.uint16)
    one, two = np.arange(256, dtype=np.uint16), np.zeros(1 << 16, np.uint16)
    for written, letter in vni_letters().items():
        if len(written) == 1:
            one[ord(written)] = ord(letter)
        else:
            two[ord(written[0]) << 8 | ord(written[1])] = ord(letter)
    return LegacyTables(byte, tcvn3, one, two)


@compiled
def legacy_letters_of(data, start, end, tables, mending, secret, known_key, buffers):  # type: ignore[no-untyped-def]
    """How many letters of old a name has that are the registered name's, read one of the three ways; 0 where it is not."""
    raw, utf8, out = buffers
    size = _bytes_behind(data, start, end, tables.byte, raw)
    if size <= 0:
        return 0
    for way in range(3):
        if way == _TCVN3:
            length, changed = _from_tcvn3(raw, size, tables.tcvn3, utf8)
        elif way == _VNI:
            length, changed = _from_vni(raw, size, tables, utf8)
        else:
            length, changed = _from_mojibake(raw, size, utf8)
        if changed == 0:
            continue
        units, _placed = canonical_units(utf8, 0, length, mending[0], mending[1], out)
        if units > 0 and hash_units(out, units, secret[0], secret[1]) == known_key:
            return changed
    return 0


@compiled
def _bytes_behind(data, start, end, byte, raw):  # type: ignore[no-untyped-def]
    """The bytes a Western page shows this way; 0 where all are plain letters, or one is a letter no such page has."""
    at, size, beyond = start, 0, False
    while at < end:
        first = np.uint32(data[at])
        point, width = first, 1
        if first >= 0x80:
            beyond = True
            if first < 0xE0 and at + 1 < end:
                point, width = ((first & 0x1F) << 6) | (np.uint32(data[at + 1]) & 0x3F), 2
            elif first < 0xF0 and at + 2 < end:
                second = np.uint32(data[at + 1]) & 0x3F
                point, width = ((first & 0x0F) << 12) | (second << 6) | (np.uint32(data[at + 2]) & 0x3F), 3
            else:
                return 0
        if point >= _TABLE or byte[point] < 0 or size >= LENGTH_MAX:
            return 0
        raw[size] = byte[point]
        size, at = size + 1, at + width
    return size if beyond else 0


@compiled
def _write(point, utf8, at):  # type: ignore[no-untyped-def]
    if point < 0x80:
        utf8[at] = point
        return at + 1
    if point < 0x800:
        utf8[at], utf8[at + 1] = 0xC0 | (point >> 6), 0x80 | (point & 0x3F)
        return at + 2
    utf8[at], utf8[at + 1], utf8[at + 2] = 0xE0 | (point >> 12), 0x80 | ((point >> 6) & 0x3F), 0x80 | (point & 0x3F)
    return at + 3


@compiled
def _from_tcvn3(raw, size, tcvn3, utf8):  # type: ignore[no-untyped-def]
    length, changed = 0, np.int64(0)
    for at in range(size):
        point = np.uint32(tcvn3[raw[at]])
        changed += point != raw[at]
        length = _write(point, utf8, length)
    return length, changed


@compiled
def _from_vni(raw, size, tables, utf8):  # type: ignore[no-untyped-def]
    at, length, changed = 0, 0, np.int64(0)
    while at < size:
        both = tables.vni_two[np.int64(raw[at]) << 8 | np.int64(raw[at + 1])] if at + 1 < size else np.uint16(0)
        point = np.uint32(both) if both > 0 else np.uint32(tables.vni_one[raw[at]])
        changed += both > 0 or point != raw[at]
        length = _write(point, utf8, length)
        at += 2 if both > 0 else 1
    return length, changed


@compiled
def _from_mojibake(raw, size, utf8):  # type: ignore[no-untyped-def]
    changed = np.int64(0)
    for at in range(size):
        utf8[at] = raw[at]
        changed += raw[at] >= 0xC0
    return size, changed
