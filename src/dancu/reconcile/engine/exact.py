"""The exact part: every record finds its person by number and is compared with her, in one pass over each batch.

Rows are found for the whole batch first, in the order in which they lie (`locating`); then records are taken in blocks, their names
and dates read and compared with the rows that lie beside them.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dancu.reconcile.compiling import compiled
from dancu.reconcile.engine import reasons as r
from dancu.reconcile.engine.intrinsics import prefetch
from dancu.reconcile.engine.judging import (
    bears_marks,
    marks_of,
    registered_key,
    why_date_differs,
    why_name_differs,
    why_written_otherwise,
)
from dancu.reconcile.engine.letters import letters
from dancu.reconcile.engine.locating import locate, take
from dancu.reconcile.engine.lookup import NO_ROW, row_of_old
from dancu.reconcile.engine.name_keys import LENGTH_MAX, NameKey, canonical_units, hash_units
from dancu.reconcile.engine.parsing import (
    NUMBER_OLD,
    read_date,
)
from dancu.reconcile.engine.repairing import why_slow_name_differs
from dancu.reconcile.engine.snapshot import WORDS, Snapshot, offset_bits_of

BLOCK = 64  # small enough that what was asked for is still near when it is read
SHORT_YEAR = 1 << 16  # beside how a name is written


@dataclass(frozen=True, slots=True)
class Batch:
    """Columns of some records as UTF-8 bytes end to end, with the offsets where each begins (*một lô bản ghi*): n + 1 of them."""

    numbers: NDArray[np.uint8]
    number_offsets: NDArray[np.int64]
    names: NDArray[np.uint8]
    name_offsets: NDArray[np.int64]
    dates: NDArray[np.uint8]
    date_offsets: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.number_offsets) - 1

    def name(self, at: int) -> str:
        return self.names[self.name_offsets[at] : self.name_offsets[at + 1]].tobytes().decode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What came of each record of a batch (*kết quả đối soát*): whose row, how it was found, what differs, why."""

    row: NDArray[np.uint32]
    found: NDArray[np.uint8]
    differs: NDArray[np.uint8]
    reason: NDArray[np.integer[Any]]  # of four bytes from the comparison, of eight after the second look
    names: NDArray[np.uint64] | None = None  # the key of each record's name, 0 where the tables could not tell; from the comparison


class _Scratch(threading.local):
    """Arrays a thread uses again and again: to get them from the system anew takes longer than what is done in them."""

    def __init__(self) -> None:
        self._size, self._arrays = -1, tuple[NDArray[Any], ...]()

    def of(self, count: int) -> tuple[NDArray[Any], ...]:
        if count > self._size:
            kinds = (np.uint8, np.int64, np.int64, np.uint32)
            beside = (np.empty((count, WORDS), np.uint32), np.empty(count, np.uint32))
            self._arrays = (
                *(np.empty(count, kind) for kind in kinds),
                *beside,
                np.empty(count, np.int64),
                np.empty(count, np.int64),
            )
            self._size = count
        return tuple(array[:count] for array in self._arrays)


_scratch = _Scratch()


def compare(batch: Batch, snapshot: Snapshot, key: NameKey, year_now: int) -> Verdicts:
    """Compare a batch with the registry (*đối soát một lô*); other threads run meanwhile."""
    count = len(batch)
    made, names = _nothing_yet(count), np.empty(count, np.uint64)
    kinds, values, homes, marks, near, place_of, order, likely = _scratch.of(count)
    strict, mending = letters(), letters(repairing=True)
    _compare(
        (batch.numbers, batch.number_offsets),
        (batch.names, batch.name_offsets, batch.dates, batch.date_offsets),
        (snapshot.rows, snapshot.cell_starts, snapshot.table, offset_bits_of(snapshot.cell_starts)),
        (snapshot.old, snapshot.old_rows, snapshot.old_buckets),
        (strict.added, strict.composed),
        (mending.added, mending.composed, mending.bare),
        (np.uint64(key.first), np.uint64(key.second)),
        year_now,
        (made.row, made.found, made.differs, made.reason),
        names,
        (kinds, values, homes, marks),
        (near, place_of, order, likely),
    )
    judge_slow_names(batch, snapshot.rows, key, made)
    return replace(made, names=names)


def _nothing_yet(count: int) -> Verdicts:
    return Verdicts(np.zeros(count, np.uint32), np.zeros(count, np.uint8), np.zeros(count, np.uint8), np.zeros(count, np.uint32))


def judge_slow_names(batch: Batch, rows: NDArray[np.uint32], key: NameKey, made: Verdicts) -> None:
    """Names with letters the tables do not know, by the definition itself; `made.row` are places in `rows`."""
    for at in np.flatnonzero(made.reason & np.uint32(r.NAME_SLOW)):
        made.reason[at] &= ~np.uint32(r.NAME_SLOW)
        differs, reason = why_slow_name_differs(batch.name(int(at)), rows, int(made.row[at]), key)
        made.reason[at] |= np.uint32(reason)
        if not differs:
            made.differs[at] &= ~np.uint8(r.NAME_DIFFERS)
        if not differs or reason & r.SAME_PERSON:
            made.reason[at] &= ~np.uint32(r.ANOTHER_PERSON)


@compiled
def _compare(numbers, texts, people, old_index, strict, mending, secret, year_now, made, names, asked, beside):  # type: ignore[no-untyped-def]
    count = len(numbers[1]) - 1
    near, place_of, order, likely = beside
    locate(numbers, people, old_index, asked, (order, likely), near, place_of, made)
    judged = (place_of, made[1], made[2], made[3])
    placed, dates = np.empty(BLOCK, np.uint32), np.empty(BLOCK, np.uint32)
    out, scratch, keys = np.empty(LENGTH_MAX, np.uint16), np.empty(LENGTH_MAX, np.uint16), np.empty(4, np.uint32)
    for begin in range(0, count, BLOCK):
        size = min(BLOCK, count - begin)
        name_keys = names[begin : begin + size]
        _ask_for_old(begin, size, asked, old_index)
        read_texts(texts, begin, size, strict, secret, year_now, out, name_keys, placed, dates)
        _find_old(begin, size, asked, (name_keys, dates), people[0], old_index, near, place_of, made)
        judge(begin, size, name_keys, placed, dates, texts, near, mending, secret, (out, scratch, keys), judged)


@compiled
def _ask_for_old(begin, size, asked, old_index):  # type: ignore[no-untyped-def]
    old, old_rows, old_buckets = old_index
    kinds, _values, homes, _marks = asked
    for at in range(begin, begin + size):
        if kinds[at] == NUMBER_OLD:
            prefetch(old, np.int64(old_buckets[homes[at]]))
            prefetch(old_rows, np.int64(old_buckets[homes[at]]))


@compiled
def read_texts(texts, begin, size, strict, secret, year_now, out, name_keys, placed, dates):  # type: ignore[no-untyped-def]
    """The keys, the places of the tones and the dates of `size` records from `begin` on; the key of a slow or empty name is 0."""
    names, name_offsets, date_texts, date_offsets = texts
    for i in range(size):
        at = begin + i
        length, placed[i] = canonical_units(names, name_offsets[at], name_offsets[at + 1], strict[0], strict[1], out)
        name_keys[i] = hash_units(out, length, secret[0], secret[1]) if length > 0 else np.uint64(0)
        dates[i], has_short_year = read_date(date_texts, date_offsets[at], date_offsets[at + 1], year_now)
        if has_short_year:
            placed[i] |= np.uint32(SHORT_YEAR)


@compiled
def _find_old(begin, size, asked, texts, rows, old_index, near, place_of, made):  # type: ignore[no-untyped-def]
    (old, old_rows, old_buckets), (name_keys, dates) = old_index, texts
    kinds, values, homes, _marks = asked
    for i in range(size):
        at = begin + i
        if kinds[at] == NUMBER_OLD:
            row, made[1][at] = row_of_old(values[at], homes[at], old, old_rows, old_buckets, rows, name_keys[i], dates[i])
            if row >= 0:
                take(at, row, rows, near, made[0], place_of)


@compiled
def judge(begin, size, name_keys, placed, dates, texts, rows, mending, secret, buffers, made):  # type: ignore[no-untyped-def]
    """What differs and why, for `size` records from `begin` on whose place in `rows` is known; the rest stay as they are."""
    names, name_offsets, _dates, _date_offsets = texts
    added, composed, bare = mending
    out, scratch, keys = buffers
    row_of, found_of, differs_of, reason_of = made
    first, second = secret
    for i in range(size):
        at = begin + i
        row = row_of[at]
        if row == NO_ROW:
            continue
        kept, differs = rows[row, 0], np.uint8(0)
        reason = reason_of[at] | marks_of(kept, found_of[at])
        if name_keys[i] != 0 and name_keys[i] == registered_key(rows, row):
            reason |= why_written_otherwise(placed[i], kept)
        else:
            length, written = canonical_units(names, name_offsets[at], name_offsets[at + 1], added, composed, out)
            is_other_name, why = why_name_differs(out, length, rows, row, first, second, bare, scratch, keys)
            if why == np.uint32(r.NO_MARKS) and bears_marks(out, length, written):
                why = np.uint32(r.OTHER_MARKS)
            reason |= why
            if is_other_name:
                differs |= np.uint8(r.NAME_DIFFERS)
            else:
                reason |= why_written_otherwise(written, kept)
        is_other_date, why_date = why_date_differs(dates[i], rows[row, 7], placed[i] & np.uint32(SHORT_YEAR) != 0)
        reason |= why_date
        if is_other_date:
            if differs and not reason & np.uint32(r.SAME_PERSON):
                reason |= np.uint32(r.ANOTHER_PERSON)
            differs |= np.uint8(r.DATE_DIFFERS)
        differs_of[at], reason_of[at] = differs, reason
