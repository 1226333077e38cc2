"""Finding the row of a number (compiled): the bucket first, asked for early, then the few rows in it."""

from __future__ import annotations

import numpy as np

from dancu.reconcile.compiling import compiled
from dancu.reconcile.engine import reasons as r
from dancu.reconcile.engine.parsing import DATE_MASK
from dancu.reconcile.engine.snapshot import SEQUENCE_MASK, SEQUENCES

FEW = 8
NO_ROW = 0xFFFFFFFF


@compiled
def row_of_id(number, bucket, rows, buckets):  # type: ignore[no-untyped-def]
    """The row with this number in its bucket, or -1."""
    sequence = np.uint32(number % SEQUENCES)
    low, high = np.int64(buckets[bucket]), np.int64(buckets[bucket + 1])
    while high - low > FEW:  # numbers given in runs fill some buckets
        middle = (low + high) >> 1
        if rows[middle, 0] & np.uint32(SEQUENCE_MASK) < sequence:
            low = middle + 1
        else:
            high = middle + 1
    for row in range(low, high):
        if rows[row, 0] & np.uint32(SEQUENCE_MASK) == sequence:
            return row
    return np.int64(-1)


@compiled
def row_of_old(number, bucket, old, old_rows, old_buckets, rows, name_key, date):  # type: ignore[no-untyped-def]
    """The row of an old number and how it was found; of several persons with one, the only one whose name or date agrees."""
    several, agreements = 0, 0
    found, agreeing = np.int64(-1), np.int64(-1)
    for at in range(old_buckets[bucket], old_buckets[bucket + 1]):
        if old[at] == number:
            row = np.int64(old_rows[at])
            several, found = several + 1, row
            registered = np.uint64(rows[row, 1]) | (np.uint64(rows[row, 2]) << np.uint64(32))
            if registered == name_key or (rows[row, 7] & np.uint32(DATE_MASK)) == date:
                agreeing, agreements = row, agreements + 1
    if several == 0:
        return np.int64(-1), np.uint8(r.FOUND_NOBODY)
    if several == 1:
        return found, np.uint8(r.FOUND_BY_OLD)
    if agreements == 1:
        return agreeing, np.uint8(r.FOUND_BY_OLD)
    return np.int64(-1), np.uint8(r.FOUND_SEVERAL)
