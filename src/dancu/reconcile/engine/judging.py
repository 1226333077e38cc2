"""One record against one row of the registry: does the name agree, does the date, and if not, why (compiled)."""

from __future__ import annotations

import numpy as np

from dancu.reconcile.compiling import compiled
from dancu.reconcile.engine import reasons as r
from dancu.reconcile.engine.days import is_month_behind
from dancu.reconcile.engine.letters import APART_MARK, APART_TONE, COMPOSED, TONE_BITS
from dancu.reconcile.engine.loose_keys import BARE, ENDS, SOFT, WORDS_ANY_ORDER, WORDS_MASK, loose_keys
from dancu.reconcile.engine.name_keys import PLACED_MASK, WRITING_SHIFT, hash_units
from dancu.reconcile.engine.parsing import DATE_MASK, MENDED_BLANKS, MENDED_LETTERS, MENDED_ZERO, SCIENTIFIC
from dancu.reconcile.engine.snapshot import MARK_CANCELLED, MARK_DEAD, MARK_REPLACED
from dancu.reconcile.engine.writing import WRITTEN

CENTURY = 100
_MARKED = (COMPOSED | APART_TONE | APART_MARK) >> TONE_BITS


@compiled
def registered_key(rows, row):  # type: ignore[no-untyped-def]
    """The name's key of a row."""
    return np.uint64(rows[row, 1]) | (np.uint64(rows[row, 2]) << np.uint64(32))


@compiled
def reason_of_mends(mends):  # type: ignore[no-untyped-def]
    """What had to be mended in a number before it could be looked up."""
    reason = np.uint32(0)
    if mends & (MENDED_BLANKS | MENDED_LETTERS):
        reason |= np.uint32(r.NUMBER_WRITTEN)
    if mends & MENDED_ZERO:
        reason |= np.uint32(r.LOST_ZERO)
    if mends & SCIENTIFIC:
        reason |= np.uint32(r.SCIENTIFIC_NUMBER)
    return reason


@compiled
def marks_of(mark, found):  # type: ignore[no-untyped-def]
    """What the registry says of the person besides who she is, and that an old number led to her."""
    reason = np.uint32(0)
    if found == r.FOUND_BY_OLD:
        reason |= np.uint32(r.OLD_NUMBER)
    if mark & MARK_DEAD:
        reason |= np.uint32(r.DEAD)
    if mark & MARK_REPLACED:
        reason |= np.uint32(r.REPLACED)
    if mark & MARK_CANCELLED:
        reason |= np.uint32(r.CANCELLED)
    return reason


@compiled
def why_name_differs(units, length, rows, row, first, second, bare, scratch, keys):  # type: ignore[no-untyped-def]
    """Whether the repaired form of a name that is not equal differs too, and the reason it has for that."""
    if length < 0:
        return True, np.uint32(r.NAME_SLOW)
    if length == 0:
        return True, np.uint32(r.NAME_MISSING)
    if hash_units(units, length, first, second) == registered_key(rows, row):
        return False, np.uint32(0)
    loose_keys(units, length, first, second, bare, scratch, keys)
    if keys[SOFT] == rows[row, 3 + SOFT]:
        return True, np.uint32(r.I_OR_Y)
    if keys[BARE] == rows[row, 3 + BARE]:
        return True, np.uint32(r.NO_MARKS)
    if keys[WORDS_ANY_ORDER] == rows[row, 3 + WORDS_ANY_ORDER]:
        return True, np.uint32(r.WORD_ORDER)
    unlike = keys[ENDS] ^ rows[row, 3 + ENDS]
    if unlike == 0:
        return True, np.uint32(r.MIDDLE_OTHER)
    if unlike <= WORDS_MASK:
        return True, np.uint32(r.MIDDLE_NAME)
    return True, np.uint32(0)


@compiled
def why_written_otherwise(written, mark):  # type: ignore[no-untyped-def]
    """The reasons of a name that agrees: where its tones stand, its case, blanks, marks apart, signs."""
    reason = WRITTEN[(written >> np.uint32(WRITING_SHIFT)) & np.uint32(0xFF)]
    if written & np.uint32(PLACED_MASK) != mark >> np.uint32(24):
        reason |= np.uint32(r.TONE_PLACEMENT)
    return reason


@compiled
def has_marks(names, start, end):  # type: ignore[no-untyped-def]
    """Does a name have any character beyond plain letters?"""
    above = np.uint8(0)
    for at in range(start, end):
        above |= names[at]
    return above >= 0x80


@compiled
def bears_marks(units, length, written):  # type: ignore[no-untyped-def]
    """Does the repaired form of a name have a mark on any letter, or a đ? Foreign letters and signs are none."""
    above = np.uint16(0)
    for at in range(length):
        above |= units[at]
    return above >= 0x80 or (written >> np.uint32(WRITING_SHIFT)) & np.uint32(_MARKED) != 0


@compiled
def why_date_differs(date, registered, has_short_year):  # type: ignore[no-untyped-def]
    """Whether two packed dates differ, and why; less precise ones agree as far as they go, two digits of a year in any century."""
    known, reason = registered & np.uint32(DATE_MASK), np.uint32(0)
    if date == 0:
        return True, np.uint32(r.DATE_MISSING)
    if has_short_year:
        reason = np.uint32(r.DATE_SHORT_YEAR)
        if (date >> 9) % CENTURY == (known >> 9) % CENTURY:
            date = (date & np.uint32(0x1FF)) | (known & ~np.uint32(0x1FF))
    if date == known:
        return False, reason
    month, day = (date >> 5) & 15, date & 31
    known_month, known_day = (known >> 5) & 15, known & 31
    if date >> 9 != known >> 9:
        return True, reason | np.uint32(r.DATE_LUNAR if is_month_behind(date, known) else 0)
    if month == 0 or known_month == 0 or ((day == 0 or known_day == 0) and month == known_month):
        return False, reason | np.uint32(r.DATE_PRECISION)
    if month == known_day and day == known_month:
        return True, reason | np.uint32(r.DATE_SWAPPED)
    if month == 1 and day == 1:
        return True, reason | np.uint32(r.DATE_DEFAULT)
    return True, reason | np.uint32(r.DATE_LUNAR if is_month_behind(date, known) else 0)
