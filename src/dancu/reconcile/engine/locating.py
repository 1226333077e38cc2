"""Finding the rows of a whole batch (compiled): in the order of the table first, then in the order of the registry.

A nation's table and rows are far larger than what the processor keeps translated and near. Asked for in the order of the list every
look-up waits twice; sorted by where they lead, neighbours in turn share pages, and what is read is laid beside the records.
"""

from __future__ import annotations

import numpy as np

from dancu.reconcile.compiling import compiled
from dancu.reconcile.engine import reasons as r
from dancu.reconcile.engine.intrinsics import prefetch
from dancu.reconcile.engine.judging import reason_of_mends
from dancu.reconcile.engine.lookup import NO_ROW, is_row_of, likely_row, row_of_id
from dancu.reconcile.engine.parsing import NUMBER_ID, NUMBER_NONE, NUMBER_OLD, parse_number
from dancu.reconcile.engine.snapshot import OLD_SHIFT, SLOTS, WORDS, home_of

PARTS = 2048  # a batch is sorted into so many: of a nation, a megabyte or two of rows each
AHEAD = 24  # look-ups that are asked for before they are needed


@compiled
def read_numbers(numbers, people, old_index, asked, found_of, reasons):  # type: ignore[no-untyped-def]
    """Kind and value of every number, and where its look-up begins."""
    _rows, _cell_starts, table, offset_bits = people
    kinds, values, homes, marks = asked
    lines = len(table) // SLOTS
    for at in range(len(kinds)):
        kind, value, mends = parse_number(numbers[0], numbers[1][at], numbers[1][at + 1])
        kinds[at], values[at] = kind, value
        reasons[at] = reason_of_mends(mends)
        if kind == NUMBER_ID:
            homes[at], marks[at] = home_of(value, lines, offset_bits)
            found_of[at] = r.FOUND_NOBODY
        elif kind == NUMBER_OLD:
            homes[at] = value >> OLD_SHIFT
            found_of[at] = r.FOUND_NOBODY
        else:
            found_of[at] = r.FOUND_NO_NUMBER if kind == NUMBER_NONE else r.FOUND_UNUSABLE


@compiled
def order_by(places, kinds, size, order):  # type: ignore[no-untyped-def]
    """Write the records with twelve digits and a place, roughly by place, to `order`; gives how many. `size` places there are."""
    ends = np.zeros(PARTS + 1, np.int64)
    width = size // PARTS + 1
    for at in range(len(places)):
        if kinds[at] == NUMBER_ID and places[at] >= 0:
            ends[places[at] // width + 1] += 1
    for part in range(PARTS):
        ends[part + 1] += ends[part]
    count = ends[PARTS]
    for at in range(len(places)):
        if kinds[at] == NUMBER_ID and places[at] >= 0:
            part = places[at] // width
            order[ends[part]] = at
            ends[part] += 1
    return count


@compiled
def find_likely(order, count, asked, people, likely):  # type: ignore[no-untyped-def]
    """The row the table names for each number, in the order of the table."""
    _kinds, values, homes, marks = asked
    table = people[2]
    for i in range(count):
        if i + AHEAD < count:
            prefetch(table, homes[order[i + AHEAD]] * SLOTS)
        at = order[i]
        likely[at] = likely_row(values[at], homes[at], marks[at], people)


@compiled
def take_rows(order, count, asked, people, likely, near, row_of, place_of, found_of):  # type: ignore[no-untyped-def]
    """Look at the likely rows in the order of the registry; those that are right are laid beside the records."""
    _kinds, values, homes, marks = asked
    rows = people[0]
    for i in range(count):
        if i + AHEAD < count:
            prefetch(rows, likely[order[i + AHEAD]])
        at = order[i]
        row = likely[at]
        if not is_row_of(values[at], rows, row):
            row = row_of_id(values[at], homes[at], marks[at], people)
            if row < 0:
                continue
        take(at, row, rows, near, row_of, place_of)
        found_of[at] = r.FOUND_BY_ID


@compiled
def take(at, row, rows, near, row_of, place_of):  # type: ignore[no-untyped-def]
    """Lay a row beside its record."""
    for word in range(WORDS):
        near[at, word] = rows[row, word]
    row_of[at] = np.uint32(row)
    place_of[at] = np.uint32(at)


@compiled
def locate(numbers, people, old_index, asked, orders, near, place_of, made):  # type: ignore[no-untyped-def]
    """Find the row of every number of twelve digits; what has nine waits for its name and date."""
    row_of, found_of, _differs_of, reason_of = made
    kinds, _values, homes, _marks = asked
    order, likely = orders
    likely[:] = -1
    row_of[:], place_of[:] = np.uint32(NO_ROW), np.uint32(NO_ROW)
    read_numbers(numbers, people, old_index, asked, found_of, reason_of)
    count = order_by(homes, kinds, len(people[2]) // SLOTS, order)
    find_likely(order, count, asked, people, likely)
    count = order_by(likely, kinds, len(people[0]), order)
    take_rows(order, count, asked, people, likely, near, row_of, place_of, found_of)
