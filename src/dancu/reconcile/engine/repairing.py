"""Repairing a name by the definition: what look-alike letters, signs and unseen characters were meant to be."""

from __future__ import annotations

import unicodedata

import numpy as np
from numpy.typing import NDArray

from dancu.kernel.names import canonical_name
from dancu.reconcile.engine import reasons as r
from dancu.reconcile.engine.judging import registered_key
from dancu.reconcile.engine.letters import repaired_character
from dancu.reconcile.engine.name_keys import NameKey, key_of_text
from dancu.reconcile.engine.writing import written_reasons


def repaired_name(text: str) -> str:
    """A name as it was meant; full-width and other compatible forms become plain first."""
    return "".join(repaired_character(char) for char in unicodedata.normalize("NFKC", text))


def why_slow_name_differs(name: str, rows: NDArray[np.uint32], row: int, key: NameKey) -> tuple[bool, int]:
    """Whether a name that has letters beyond the tables differs from a row's, and how one that agrees is written."""
    if not canonical_name(name):
        return True, r.NAME_MISSING
    registered = int(registered_key(rows, row))
    if key_of_text(name, key) == registered:
        return False, int(written_reasons(name, repairing=False))
    if key_of_text(repaired_name(name), key) == registered:
        return False, int(written_reasons(name, repairing=True))
    return True, 0
