"""How a name that agrees was written otherwise: reasons from the eight bits the compiled loop gathers, and by the definition."""

from __future__ import annotations

import unicodedata

import numpy as np
from numpy.typing import NDArray

from dancu.reconcile.engine import letters as l
from dancu.reconcile.engine.reasons import Reason

_APART = l.APART_TONE | l.APART_MARK


def _reasons_of(writing: int) -> Reason:
    """Marks apart are one thing where no letter keeps its mark, and another (Windows-1258) where only the tones are apart."""
    found = Reason(0)
    if writing & (l.SMALL | l.CAPITAL) in (l.SMALL, l.CAPITAL):  # of one kind throughout
        found |= Reason.LETTER_CASE
    if writing & l.APART_TONE and writing & l.COMPOSED and not writing & l.APART_MARK:
        found |= Reason.HALF_COMPOSED
    elif writing & _APART:
        found |= Reason.DECOMPOSED
    if writing & l.LOOKS_ALIKE:
        found |= Reason.LOOK_ALIKE
    if writing & l.SIGN:
        found |= Reason.SIGNS
    elif writing & l.ODD_BLANK:
        found |= Reason.BLANKS
    return found


# By the bits of `canonical_units`, as the compiled loops read it.
WRITTEN: NDArray[np.uint32] = np.array([_reasons_of(bits << l.TONE_BITS) for bits in range(256)], np.uint32)


def written_reasons(text: str, *, repairing: bool) -> Reason:
    """The definition (*cách viết khác*): for names the compiled loop leaves to it, and to test that loop by."""
    writing, begins = 0, True
    for char in text:
        plain = unicodedata.normalize("NFKC", char)[:1] if repairing and not char.isspace() else char
        if plain != char and plain.isalnum():
            writing |= l.LOOKS_ALIKE
            char = plain
        meant = l.repaired_character(plain) if repairing else char
        writing |= l.writing_of(char, meant)
        if meant.isspace():
            writing |= l.ODD_BLANK if begins and char == meant else 0
            begins = True
        elif meant and not unicodedata.combining(char):
            begins = False
    return _reasons_of(writing | (l.ODD_BLANK if begins and text[-1:].isspace() else 0))
