"""Days between packed dates (compiled), and whether one may be the lunar date of the other."""

from __future__ import annotations

import numpy as np

from dancu.reconcile.compiling import compiled

# The first day of the lunar year is from 21 January to 20 February, and its months drift by a leap month between: the lunar date
# of a day, read as one of the other calendar, is this many days before it.
BEHIND_MIN, BEHIND_MAX = 17, 54


@compiled
def is_month_behind(date, known):  # type: ignore[no-untyped-def]
    """Is a whole date about a month before another, as that one's lunar date would be?"""
    if (date & 31) == 0 or (known & 31) == 0:
        return False
    behind = _day_number(known) - _day_number(date)
    return BEHIND_MIN <= behind <= BEHIND_MAX


@compiled
def _day_number(date):  # type: ignore[no-untyped-def]
    """Days from a fixed day on, of a packed date; the year begins in March, so that the leap day is its last."""
    year, month, day = np.int64(date >> 9), np.int64((date >> 5) & 15), np.int64(date & 31)
    if month < 3:
        year, month = year - 1, month + 12
    return 365 * year + year // 4 - year // 100 + year // 400 + (153 * (month - 3) + 2) // 5 + day
