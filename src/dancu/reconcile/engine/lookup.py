"""Finding the row of a number (compiled): its line of the table first, asked for early, then the row that line names."""

from __future__ import annotations

import numpy as np

from dancu.reconcile.compiling import compiled
from dancu.reconcile.engine import reasons as r
from dancu.reconcile.engine.parsing import DATE_MASK
from dancu.reconcile.engine.snapshot import EMPTY, SEQUENCE_MASK, SEQUENCES, SLOTS

NO_ROW = 0xFFFFFFFF


@compiled
def likely_row(number, line, mark, people):  # type: ignore[no-untyped-def]
    """The first row its line names for a number, or -1; not looked at yet, so that it can be asked for."""
    _rows, cell_starts, table, offset_bits = people
    for at in range(line * SLOTS, (line + 1) * SLOTS):
        if table[at] >> np.uint32(offset_bits) == mark:
            row = _row_in_cell(number, table[at], cell_starts, offset_bits)
            if row >= 0:  # a mark may be that of somebody in a larger cell; hers may stand behind it
                return row
        if table[at] == EMPTY:
            return np.int64(-1)
    return row_of_id(number, line, mark, people)


@compiled
def _row_in_cell(number, slot, cell_starts, offset_bits):  # type: ignore[no-untyped-def]
    cell = number // SEQUENCES
    row = np.int64(cell_starts[cell]) + np.int64(slot & np.uint32((1 << offset_bits) - 1))
    return row if row < cell_starts[cell + 1] else np.int64(-1)


@compiled
def is_row_of(number, rows, row):  # type: ignore[no-untyped-def]
    """Is a row of the number's cell that number's?"""
    return rows[row, 0] & np.uint32(SEQUENCE_MASK) == np.uint32(number % SEQUENCES)


@compiled
def row_of_id(number, line, mark, people):  # type: ignore[no-untyped-def]
    """The row with this number, or -1: every row named with its mark, from its own line on until one is not full."""
    rows, cell_starts, table, offset_bits = people
    at = line * SLOTS
    while table[at] != EMPTY:
        if table[at] >> np.uint32(offset_bits) == mark:
            row = _row_in_cell(number, table[at], cell_starts, offset_bits)
            if row >= 0 and is_row_of(number, rows, row):
                return row
        at = at + 1 if at + 1 < len(table) else 0
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
