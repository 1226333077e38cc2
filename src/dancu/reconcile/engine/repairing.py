"""Repairing a name by the definition: what look-alike letters, signs and unseen characters were meant to be."""

from __future__ import annotations

import unicodedata

import numpy as np
from numpy.typing import NDArray

from dancu.kernel.names import canonical_name
from dancu.reconcile.engine import reasons as r
from dancu.reconcile.engine.judging import registered_key, why_name_differs
from dancu.reconcile.engine.letters import letters, repaired_character
from dancu.reconcile.engine.name_keys import LENGTH_MAX, NameKey, key_of_text
from dancu.reconcile.engine.writing import written_reasons


def repaired_name(text: str) -> str:
    """A name as it was meant; full-width and other compatible forms become plain first."""
    return "".join(repaired_character(char) for char in unicodedata.normalize("NFKC", text))


def why_slow_name_differs(name: str, rows: NDArray[np.uint32], row: int, key: NameKey) -> tuple[bool, int]:
    """Whether a name that has letters beyond the tables differs from a row's, and why; the same reasons the compiled loop gives."""
    if not canonical_name(name):
        return True, r.NAME_MISSING
    registered = int(registered_key(rows, row))
    if key_of_text(name, key) == registered:
        return False, int(written_reasons(name, repairing=False))
    repaired = repaired_name(name)
    if key_of_text(repaired, key) == registered:
        return False, int(written_reasons(name, repairing=True))
    units = np.frombuffer(canonical_name(repaired).encode("utf-16-le"), np.uint16)[:LENGTH_MAX].copy()
    first, second = np.uint64(key.first), np.uint64(key.second)
    bare, scratch = letters(repairing=True).bare, np.empty(LENGTH_MAX, np.uint16)
    differs, reason = why_name_differs(units, len(units), rows, row, first, second, bare, scratch, np.empty(4, np.uint32))
    has_marks = any(ord(char) > 127 for char in unicodedata.normalize("NFKC", name))
    return bool(differs), r.OTHER_MARKS if reason == r.NO_MARKS and has_marks else int(reason)
