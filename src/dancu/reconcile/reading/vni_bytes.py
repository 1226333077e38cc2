"""VNI to UTF-8 for whole files, compiled: a letter and its mark are two bytes, and no table of one byte reads them."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from dancu.reconcile.compiling import compiled
from dancu.reconcile.reading.legacy_tables import vni_letters


@cache
def _tables() -> tuple[NDArray[np.uint16], NDArray[np.uint16]]:
    """Letter by one byte, and by two; 0 where the two are no pair."""
    alone, pairs = np.arange(256, dtype=np.uint16), np.zeros((256, 256), np.uint16)
    for written, letter in vni_letters().items():
        if len(written) == 1:
            alone[ord(written)] = ord(letter)
        else:
            pairs[ord(written[0]), ord(written[1])] = ord(letter)
    return alone, pairs


@compiled
def _write(data, alone, pairs, out):  # type: ignore[no-untyped-def]
    at, to, size = 0, 0, len(data)
    while at < size:
        point = alone[data[at]]
        if at + 1 < size and pairs[data[at], data[at + 1]] != 0:
            point, at = pairs[data[at], data[at + 1]], at + 1
        at += 1
        if point < 0x80:
            out[to] = point
            to += 1
        elif point < 0x800:
            out[to], out[to + 1] = 0xC0 | (point >> 6), 0x80 | (point & 0x3F)
            to += 2
        else:
            out[to], out[to + 1], out[to + 2] = 0xE0 | (point >> 12), 0x80 | ((point >> 6) & 0x3F), 0x80 | (point & 0x3F)
            to += 3
    return to


def vni_to_utf_8(data: bytes) -> bytes:
    """The UTF-8 of VNI bytes, the same as `from_vni` gives as text."""
    out = np.empty(3 * len(data), np.uint8)
    size = _write(np.frombuffer(data, np.uint8), *_tables(), out)
    return out[:size].tobytes()
