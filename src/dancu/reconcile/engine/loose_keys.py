"""Looser keys of a name, for records whose name is not equal: which kind of difference would explain it.

Each is thirty-two bits of the same keyed hash: of the letters without marks, of the form with i for y, of the words in any order,
and of the first and the last word. They explain a difference; none of them ever makes two names equal.
"""

from __future__ import annotations

import numpy as np

from dancu.reconcile.compiling import compiled
from dancu.reconcile.engine.letters import SKIP
from dancu.reconcile.engine.name_keys import hash_units

BARE, SOFT, WORDS_ANY_ORDER, ENDS = 0, 1, 2, 3
WORDS_MASK = 15  # the last four bits of the key of the ends say how many words there are
_Y, _I, _Q, _U, _BLANK, _TONE_FIRST, _TONE_LAST = 121, 105, 113, 117, 32, 49, 53


@compiled
def loose_keys(units, length, first, second, bare, scratch, keys):  # type: ignore[no-untyped-def]
    """Write the four keys of a canonical form into `keys`; `scratch` is a buffer as long as `units`."""
    kept = 0
    for at in range(length):
        found = bare[units[at]] if units[at] < len(bare) else SKIP
        is_tone = _TONE_FIRST <= units[at] <= _TONE_LAST
        if found != SKIP and not is_tone:
            scratch[kept] = found
            kept += 1
    keys[BARE] = np.uint32(hash_units(scratch, kept, first, second))
    any_order, first_word, last_word = np.uint64(0), np.uint64(0), np.uint64(0)
    start, words = 0, 0
    for at in range(length + 1):
        if at == length or units[at] == _BLANK:
            size = at - start
            for i in range(size):
                scratch[i] = units[start + i]
            word = hash_units(scratch, size, first, second)
            any_order += word * np.uint64(0x9E3779B97F4A7C15)
            first_word = word if start == 0 else first_word
            last_word, start, words = word, at + 1, words + 1
    keys[WORDS_ANY_ORDER] = np.uint32(any_order >> np.uint64(32))
    ends = np.uint32((first_word * np.uint64(3) + last_word) >> np.uint64(32))
    keys[ENDS] = (ends & ~np.uint32(WORDS_MASK)) | np.uint32(min(words, WORDS_MASK))
    for at in range(length):
        scratch[at] = _softened(units, at, length, bare)
    keys[SOFT] = np.uint32(hash_units(scratch, length, first, second))


@compiled
def _softened(units, at, length, bare):  # type: ignore[no-untyped-def]
    """i for a y that ends a word behind a consonant, or behind qu: Lý is Lí, Quý is Quí; Thúy stays, and the name Y."""
    if units[at] != _Y:
        return units[at]
    after = at + 1
    if after < length and _TONE_FIRST <= units[after] <= _TONE_LAST:
        after += 1
    if (after < length and units[after] != _BLANK) or at == 0 or units[at - 1] == _BLANK:
        return units[at]
    before = bare[units[at - 1]] if units[at - 1] < len(bare) else SKIP
    is_vowel = before == 97 or before == 101 or before == 105 or before == 111 or before == _U
    behind_q = before == _U and at >= 2 and units[at - 2] == _Q
    return units[at] if is_vowel and not behind_q else np.uint16(_I)
