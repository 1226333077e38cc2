"""A person one slip of the hand away (compiled): two neighbouring digits exchanged, or one wrong.

Only somebody whose name and birth date are the record's, and only if there is no second one, is meant by such a number.
"""

from __future__ import annotations

import numpy as np

from dancu.reconcile.compiling import compiled
from dancu.reconcile.engine import reasons as r
from dancu.reconcile.engine.intrinsics import prefetch
from dancu.reconcile.engine.judging import registered_key, why_date_differs
from dancu.reconcile.engine.lookup import row_of_id
from dancu.reconcile.engine.parsing import DATE_MASK, ID_LENGTH, NUMBER_ID, OLD_LENGTH
from dancu.reconcile.engine.snapshot import OLD_SHIFT, SEQUENCES, SLOTS, home_of

TRIES_MAX = 9 * ID_LENGTH
_SEVERAL = -2


@compiled
def exchanged(value, digits, tries):  # type: ignore[no-untyped-def]
    """Write the numbers that come of exchanging two unlike neighbours; gives how many there are."""
    count, weight = 0, np.int64(1)
    for _ in range(digits - 1):
        low, high = value // weight % 10, value // (weight * 10) % 10
        if low != high:
            tries[count] = value + (low - high) * weight * 9
            count += 1
        weight *= 10
    return count


@compiled
def with_one_other(value, digits, tries):  # type: ignore[no-untyped-def]
    """Write the numbers that have one other digit; gives how many there are."""
    count, weight = 0, np.int64(1)
    for _ in range(digits):
        digit = value // weight % 10
        for other in range(10):
            if other != digit:
                tries[count] = value + (other - digit) * weight
                count += 1
        weight *= 10
    return count


@compiled
def row_one_slip_away(kind, value, wanted, people, old_index, work):  # type: ignore[no-untyped-def]
    """The only row one slip away with the wanted name and date, and the reason; -1 where there is none, or more than one."""
    digits = ID_LENGTH if kind == NUMBER_ID else OLD_LENGTH
    _keys, date, _is_short = wanted
    row = _only_row(kind, exchanged(value, digits, work[0]), wanted, people, old_index, work, False)
    if row >= 0:
        return row, np.int64(r.DIGITS_EXCHANGED)
    if row == _SEVERAL or date & np.uint32(31) == 0:
        return np.int64(-1), np.int64(0)
    row = _only_row(kind, with_one_other(value, digits, work[0]), wanted, people, old_index, work, True)
    return max(row, np.int64(-1)), np.int64(r.DIGIT_WRONG)


@compiled
def _only_row(kind, count, wanted, people, old_index, work, is_strict):  # type: ignore[no-untyped-def]
    found = np.int64(-1)
    if kind != NUMBER_ID:
        return _only_old_row(count, wanted, people[0], old_index, work[0], is_strict)
    tries, homes, marks = work
    lines = len(people[2]) // SLOTS
    kept = 0
    for at in range(count):
        cell = tries[at] // SEQUENCES
        if people[1][cell] < people[1][cell + 1]:  # most cells of another province or year have nobody
            homes[kept], marks[kept] = home_of(tries[at], lines, people[3])
            prefetch(people[2], homes[kept] * SLOTS)
            tries[kept] = tries[at]
            kept += 1
    for at in range(kept):
        row = row_of_id(tries[at], homes[at], marks[at], people)
        if row >= 0 and _is_wanted(people[0], row, wanted, is_strict):
            if found >= 0 and found != row:
                return np.int64(_SEVERAL)
            found = row
    return found


@compiled
def _only_old_row(count, wanted, rows, old_index, tries, is_strict):  # type: ignore[no-untyped-def]
    found = np.int64(-1)
    old, old_rows, old_buckets = old_index
    for at in range(count):
        bucket = tries[at] >> OLD_SHIFT
        for place in range(old_buckets[bucket], old_buckets[bucket + 1]):
            row = np.int64(old_rows[place])
            if old[place] == tries[at] and _is_wanted(rows, row, wanted, is_strict):
                if found >= 0 and found != row:
                    return np.int64(_SEVERAL)
                found = row
    return found


@compiled
def _is_wanted(rows, row, wanted, is_strict):  # type: ignore[no-untyped-def]
    """Name and date agree; strictly, to the day."""
    name_keys, date, is_short = wanted
    known = registered_key(rows, row)
    if known != name_keys[0] and known != name_keys[1]:
        return False
    if is_strict:
        return date == rows[row, 7] & np.uint32(DATE_MASK)
    is_other, _reason = why_date_differs(date, rows[row, 7], is_short)
    return not is_other
