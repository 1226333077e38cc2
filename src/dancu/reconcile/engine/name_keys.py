"""Keys of names, compiled: one pass over UTF-8 bytes to the canonical form, hashed with the installation's key.

The definition is one line, `key_of_text`: SipHash-1-3 of `canonical_name` in UTF-16. The compiled loop writes the same UTF-16
directly; a name it cannot read in one step goes through that line instead. SipHash (Aumasson, Bernstein 2012) is numba's own.
A snapshot without the key is of no use to who wants to guess the names in it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import types
from numba.core import cgutils
from numba.cpython.hashing import _siphash13
from numba.extending import intrinsic
from numpy.typing import NDArray

from dancu.kernel.names import canonical_name
from dancu.reconcile.compiling import compiled
from dancu.reconcile.engine.letters import (
    ABOUT_SHIFT,
    BLANK,
    MARK_SHIFT,
    ODD_BLANK,
    SKIP,
    SLOW,
    TABLE_LENGTH,
    TONE_BITS,
    TONE_MASK,
    WIDE_FIRST,
    letters,
)

LENGTH_MAX = 256  # characters of a canonical form; a name has 200 at most
UINT64_MASK = (1 << 64) - 1
PLACED_MASK = 0xFF  # of what `canonical_units` says besides the length; above it, eight bits of how the name is written
WRITING_SHIFT = 8
_ABOUT_MASK = np.uint32((1 << (MARK_SHIFT - ABOUT_SHIFT)) - 1)


@dataclass(frozen=True, slots=True)
class NameKey:
    """The two halves of the key names are hashed with (*khoá băm họ tên*)."""

    first: int
    second: int

    @classmethod
    def from_bytes(cls, key: bytes) -> NameKey:
        """From the first sixteen bytes of a derived key."""
        return cls(int.from_bytes(key[:8], "little"), int.from_bytes(key[8:16], "little"))


@intrinsic
def _pointer(context, array):  # type: ignore[no-untyped-def]
    """The address of an array's data as numba's hash wants it."""

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        made = context.make_array(signature.args[0])(context, builder, arguments[0])
        return builder.bitcast(made.data, cgutils.voidptr_t)

    return types.voidptr(array), generate


@compiled
def hash_units(units, length, first, second):  # type: ignore[no-untyped-def]
    """SipHash-1-3 of the first `length` UTF-16 units."""
    return _siphash13(np.uint64(first), np.uint64(second), _pointer(units), length * 2)


@compiled
def canonical_units(data, start, end, added, composed, out):  # type: ignore[no-untyped-def]
    """Write the canonical form of UTF-8 bytes. Gives its length, or -1 where the slow way is needed; and which letter of
    each word bears the tone, in eight bits: two spellings of one canonical form that differ there place their tones otherwise.
    Above these, how the name is written: with capitals, with small letters, marks apart, blanks and signs."""
    length, at, word = 0, start, 0
    open_tone, bears, placed = np.int64(0), 0, np.uint32(0)
    writing, is_open = np.uint32(0), False
    while at < end:
        entry, at = _entry(data, at, end, added)
        found, about = entry & np.uint32(0xFFFF), (entry >> np.uint32(ABOUT_SHIFT)) & _ABOUT_MASK
        if found == SLOW or length >= LENGTH_MAX - 8:
            return -1, placed
        if found == BLANK:
            length, placed = _close(out, length, open_tone, bears, placed)
            writing |= about if is_open else about | np.uint32(ODD_BLANK)
            open_tone, is_open = np.int64(0), False
            continue
        writing |= about
        if found < SKIP:
            if not is_open:
                length = _open(out, length)
                is_open, word = True, length
            out[length] = found
            length += 1
        elif entry >> np.uint32(MARK_SHIFT):
            mark = np.int64(entry >> np.uint32(MARK_SHIFT)) - 1
            if not is_open or composed[out[length - 1], mark] == SLOW:
                return -1, placed
            out[length - 1] = composed[out[length - 1], mark]
        if about & TONE_MASK:
            if not is_open or open_tone > 0:
                return -1, placed
            open_tone, bears = np.int64(about & np.uint32(TONE_MASK)), length - word
    length, placed = _close(out, length, open_tone, bears, placed)
    if not is_open:
        writing |= np.uint32(ODD_BLANK)
    return length, (placed & np.uint32(PLACED_MASK)) | ((writing >> np.uint32(TONE_BITS)) << np.uint32(WRITING_SHIFT))


@compiled
def _entry(data, at, end, added):  # type: ignore[no-untyped-def]
    """What the character at a place adds, SLOW where the table does not say it, and the place behind it."""
    if data[at] < 0x80:
        return added[np.uint64(data[at])], at + 1
    point, at = _point(data, at, end)
    place = _place(point, len(added))
    return added[np.uint64(place)] if place < len(added) else np.uint32(SLOW), at


@compiled
def _place(point, size):  # type: ignore[no-untyped-def]
    """Where a code point stands in tables of a size; beyond them where it does not."""
    if point < TABLE_LENGTH:
        return np.int64(point)
    return np.int64(size) if point < WIDE_FIRST else np.int64(point) - WIDE_FIRST + TABLE_LENGTH


@compiled
def _point(data, at, end):  # type: ignore[no-untyped-def]
    """The code point at a place and the place behind it; beyond every table for four bytes and for what is no UTF-8."""
    byte = np.uint32(data[at])
    if byte < 0x80:
        return byte, at + 1
    if byte >= 0xC2 and byte < 0xE0 and at + 1 < end:
        return ((byte & 0x1F) << 6) | (np.uint32(data[at + 1]) & 0x3F), at + 2
    if byte >= 0xE0 and byte < 0xF0 and at + 2 < end:
        return ((byte & 0x0F) << 12) | ((np.uint32(data[at + 1]) & 0x3F) << 6) | (np.uint32(data[at + 2]) & 0x3F), at + 3
    return np.uint32(TABLE_LENGTH), at + 1


@compiled
def _open(out, length):  # type: ignore[no-untyped-def]
    """A word begins; a blank stands before every one but the first."""
    if length > 0:
        out[length] = 32
        return length + 1
    return length


@compiled
def _close(out, length, open_tone, bears, placed):  # type: ignore[no-untyped-def]
    """A word ends: its tone stands behind it."""
    if open_tone == 0:
        return length, placed
    out[length] = 48 + open_tone
    return length + 1, placed * np.uint32(31) + np.uint32(bears)


@compiled
def write_utf8(units, length, out, at):  # type: ignore[no-untyped-def]
    """Write UTF-16 units as UTF-8 to `out` from `at` on; gives where they end. A canonical form has no surrogates here."""
    for i in range(length):
        unit = units[i]
        if unit < 0x80:
            out[at] = unit
            at += 1
        elif unit < 0x800:
            out[at], out[at + 1] = 0xC0 | (unit >> 6), 0x80 | (unit & 0x3F)
            at += 2
        else:
            out[at], out[at + 1], out[at + 2] = 0xE0 | (unit >> 12), 0x80 | ((unit >> 6) & 0x3F), 0x80 | (unit & 0x3F)
            at += 3
    return at


def key_of_text(text: str, key: NameKey) -> int:
    """The definition of a name's key: SipHash-1-3 of its canonical form in UTF-16 (*khoá họ tên*)."""
    units = np.frombuffer(canonical_name(text).encode("utf-16-le"), np.uint16)
    # Plain integers would be taken for signed ones once a small key has been seen.
    return int(hash_units(np.ascontiguousarray(units), len(units), np.uint64(key.first), np.uint64(key.second)))


@compiled
def _keys_of_column(data, offsets, first, second, added, composed, keys, slow):  # type: ignore[no-untyped-def]
    out = np.empty(LENGTH_MAX, np.uint16)
    slow_count = 0
    for row in range(len(offsets) - 1):
        length, _placed = canonical_units(data, offsets[row], offsets[row + 1], added, composed, out)
        if length < 0:
            slow[slow_count] = row
            slow_count += 1
        else:
            keys[row] = hash_units(out, length, first, second)
    return slow_count


def keys_of_column(data: NDArray[np.uint8], offsets: NDArray[np.int64], key: NameKey) -> NDArray[np.uint64]:
    """Keys of a column of names: UTF-8 bytes end to end, and where each begins (n + 1 offsets)."""
    tables, count = letters(), len(offsets) - 1
    keys, slow = np.empty(count, np.uint64), np.empty(count, np.int64)
    first, second = np.uint64(key.first), np.uint64(key.second)
    number = _keys_of_column(data, offsets, first, second, tables.added, tables.composed, keys, slow)
    for row in slow[:number]:
        text = data[offsets[row] : offsets[row + 1]].tobytes().decode("utf-8", "replace")
        keys[row] = key_of_text(text, key)
    return keys
