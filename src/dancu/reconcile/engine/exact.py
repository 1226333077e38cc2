"""The exact part: every record finds its person by number and is compared with her, in one pass over each batch.

Records are taken in blocks: the numbers of a block are read and the memory they lead to is asked for; while it comes, names and
dates are read. Most of the time of a look-up is that wait.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, IntFlag

import numpy as np
from numba import njit
from numpy.typing import NDArray

from dancu.reconcile.engine.intrinsics import prefetch
from dancu.reconcile.engine.letters import letters
from dancu.reconcile.engine.loose_keys import BARE, ENDS, SOFT, WORDS_ANY_ORDER, loose_keys
from dancu.reconcile.engine.name_keys import LENGTH_MAX, NameKey, canonical_units, hash_units
from dancu.reconcile.engine.parsing import (
    MENDED_BLANKS,
    MENDED_LETTERS,
    MENDED_ZERO,
    NUMBER_ID,
    NUMBER_NONE,
    NUMBER_OLD,
    parse_date,
    parse_number,
)
from dancu.reconcile.engine.snapshot import (
    MARK_CANCELLED,
    MARK_DEAD,
    MARK_REPLACED,
    OLD_SHIFT,
    SEQUENCE_MASK,
    SEQUENCES,
    Snapshot,
)

BLOCK = 512
NO_ROW = 0xFFFFFFFF


class Found(IntEnum):
    """How the person of a record was found (*cách tìm thấy*)."""

    NO_NUMBER = 0
    UNUSABLE = 1  # a number that is none
    NOBODY = 2  # nobody has it
    BY_ID = 3
    BY_OLD = 4
    SEVERAL = 5  # an old number of several persons, none of whom the rest of the record points to
    SLOW = 255  # not in the result: to be done outside the compiled loop


class Differs(IntFlag):
    """What differs after everything was normalised (*trường sai lệch*)."""

    NAME = 1
    BIRTH_DATE = 2
    SEX = 4
    PROVINCE = 8


class Reason(IntFlag):
    """Why a record differs, or what had to be done so that it agrees (*nguyên nhân sai lệch*); the catalogue's numbers."""

    TONE_PLACEMENT = 1 << 4
    I_OR_Y = 1 << 5
    LOOK_ALIKE = 1 << 3
    NO_MARKS = 1 << 7
    OTHER_MARKS = 1 << 19  # same letters, other marks: another name
    WORD_ORDER = 1 << 10
    MIDDLE_NAME = 1 << 20
    DATE_PRECISION = 1 << 11
    DATE_SWAPPED = 1 << 21
    DATE_DEFAULT = 1 << 22
    OLD_NUMBER = 1 << 12
    LOST_ZERO = 1 << 13
    NUMBER_WRITTEN = 1 << 14
    DEAD = 1 << 16
    REPLACED = 1 << 23
    CANCELLED = 1 << 24
    NAME_MISSING = 1 << 25
    DATE_MISSING = 1 << 26
    ANOTHER_PERSON = 1 << 27  # neither name nor date: the number is somebody else's


@dataclass(frozen=True, slots=True)
class Batch:
    """Columns of some records as UTF-8 bytes end to end, with the offsets where each begins (n + 1 of them)."""

    numbers: NDArray[np.uint8]
    number_offsets: NDArray[np.int64]
    names: NDArray[np.uint8]
    name_offsets: NDArray[np.int64]
    dates: NDArray[np.uint8]
    date_offsets: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.number_offsets) - 1


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What came of each record of a batch: whose row, how it was found, what differs, why."""

    row: NDArray[np.uint32]
    found: NDArray[np.uint8]
    differs: NDArray[np.uint8]
    reason: NDArray[np.uint32]


def compare(batch: Batch, snapshot: Snapshot, key: NameKey, year_now: int) -> Verdicts:
    """Compare a batch with the registry; lets other threads run meanwhile."""
    count = len(batch)
    made = Verdicts(
        np.empty(count, np.uint32), np.empty(count, np.uint8), np.zeros(count, np.uint8), np.zeros(count, np.uint32)
    )
    strict, mending = letters(), letters(repairing=True)
    _compare(
        (batch.numbers, batch.number_offsets, batch.names, batch.name_offsets, batch.dates, batch.date_offsets),
        (snapshot.rows, snapshot.first_bucket, snapshot.shift, snapshot.buckets),
        (snapshot.old, snapshot.old_rows, snapshot.old_buckets),
        (strict.letter, strict.tone, strict.mark, strict.composed, strict.bare),
        (mending.letter, mending.tone, mending.mark, mending.composed, mending.bare),
        np.uint64(key.first),
        np.uint64(key.second),
        year_now,
        (made.row, made.found, made.differs, made.reason),
    )
    return made


@njit(nogil=True, cache=True)
def _compare(batch, people, old_index, strict, mending, first, second, year_now, made):  # type: ignore[no-untyped-def]
    numbers, number_offsets, names, name_offsets, dates, date_offsets = batch
    rows, first_bucket, shift, buckets = people
    old, old_rows, old_buckets = old_index
    row_of, found_of, differs_of, reason_of = made
    kinds, values = np.empty(BLOCK, np.uint8), np.empty(BLOCK, np.int64)
    bucket_of, date_of = np.empty(BLOCK, np.int64), np.empty(BLOCK, np.uint32)
    name_key, placed_of = np.empty(BLOCK, np.uint64), np.empty(BLOCK, np.uint32)
    is_slow = np.empty(BLOCK, np.bool_)
    out, scratch, keys = np.empty(LENGTH_MAX, np.uint16), np.empty(LENGTH_MAX, np.uint16), np.empty(4, np.uint32)
    count = len(number_offsets) - 1
    for begin in range(0, count, BLOCK):
        size = min(BLOCK, count - begin)
        for i in range(size):
            at = begin + i
            kind, value, mends = parse_number(numbers, number_offsets[at], number_offsets[at + 1])
            kinds[i], values[i] = kind, value
            reason = np.uint32(0)
            if mends & (MENDED_BLANKS | MENDED_LETTERS):
                reason |= np.uint32(1 << 14)
            if mends & MENDED_ZERO:
                reason |= np.uint32(1 << 13)
            reason_of[at] = reason
            bucket_of[i] = 0
            if kind == NUMBER_ID:
                cell = value // SEQUENCES
                bucket_of[i] = np.int64(first_bucket[cell]) + ((value % SEQUENCES) >> shift[cell])
                prefetch(buckets, bucket_of[i])
            elif kind == NUMBER_OLD:
                bucket_of[i] = value >> OLD_SHIFT
                prefetch(old_buckets, bucket_of[i])
        for i in range(size):
            if kinds[i] == NUMBER_ID:
                prefetch(rows, np.int64(buckets[bucket_of[i]]))
            elif kinds[i] == NUMBER_OLD:
                prefetch(old, np.int64(old_buckets[bucket_of[i]]))
                prefetch(old_rows, np.int64(old_buckets[bucket_of[i]]))
        for i in range(size):
            at = begin + i
            length, placed = canonical_units(
                names, name_offsets[at], name_offsets[at + 1], strict[0], strict[1], strict[2], strict[3], out
            )
            is_slow[i] = length < 0
            name_key[i] = hash_units(out, max(length, 0), first, second) if length > 0 else np.uint64(0)
            placed_of[i] = placed
            date_of[i] = parse_date(dates, date_offsets[at], date_offsets[at + 1], year_now)
        for i in range(size):
            at = begin + i
            row, found = np.int64(-1), np.uint8(Found.NO_NUMBER)
            if kinds[i] == NUMBER_ID:
                row = _row_of(values[i], bucket_of[i], rows, buckets)
                found = np.uint8(3) if row >= 0 else np.uint8(2)
            elif kinds[i] == NUMBER_OLD:
                row, found = _row_of_old(values[i], bucket_of[i], old, old_rows, old_buckets, rows, name_key[i], date_of[i])
            elif kinds[i] != NUMBER_NONE:
                found = np.uint8(1)
            found_of[at] = found
            row_of[at] = np.uint32(row) if row >= 0 else np.uint32(NO_ROW)
            if row < 0:
                continue
            mark = rows[row, 0]
            reason = reason_of[at]
            if found == 4:
                reason |= np.uint32(1 << 12)
            if mark & MARK_DEAD:
                reason |= np.uint32(1 << 16)
            if mark & MARK_REPLACED:
                reason |= np.uint32(1 << 23)
            if mark & MARK_CANCELLED:
                reason |= np.uint32(1 << 24)
            differs = np.uint8(0)
            registered = np.uint64(rows[row, 1]) | (np.uint64(rows[row, 2]) << np.uint64(32))
            if name_offsets[at] == name_offsets[at + 1]:
                differs, reason = differs | np.uint8(1), reason | np.uint32(1 << 25)
            elif not is_slow[i] and name_key[i] == registered:
                if placed_of[i] != mark >> np.uint32(24):
                    reason |= np.uint32(1 << 4)
            else:
                why = _name_reason(
                    names, name_offsets[at], name_offsets[at + 1], rows[row], registered, first, second, mending, out, scratch, keys
                )
                reason |= why
                if not why & np.uint32(1 << 3):
                    differs |= np.uint8(1)
            differs_date, why = _date_reason(date_of[i], rows[row, 7])
            reason |= why
            if differs_date:
                differs |= np.uint8(2)
                explained = np.uint32((1 << 5) | (1 << 7) | (1 << 10) | (1 << 20) | (1 << 21) | (1 << 25) | (1 << 26))
                if differs & np.uint8(1) and not reason & explained:
                    reason |= np.uint32(1 << 27)
            differs_of[at], reason_of[at] = differs, reason


@njit(nogil=True, cache=True)
def _row_of(number, bucket, rows, buckets):  # type: ignore[no-untyped-def]
    """The row with this number in its bucket, or -1."""
    sequence = np.uint32(number % SEQUENCES)
    low, high = np.int64(buckets[bucket]), np.int64(buckets[bucket + 1])
    while high - low > 8:
        middle = (low + high) >> 1
        if rows[middle, 0] & np.uint32(SEQUENCE_MASK) < sequence:
            low = middle + 1
        else:
            high = middle + 1
    for row in range(low, high):
        if rows[row, 0] & np.uint32(SEQUENCE_MASK) == sequence:
            return row
    return np.int64(-1)


@njit(nogil=True, cache=True)
def _row_of_old(number, bucket, old, old_rows, old_buckets, rows, name_key, date):  # type: ignore[no-untyped-def]
    """The row of an old number; of several persons with one number, the only one whose name or date agrees."""
    several, found, agreeing = 0, np.int64(-1), np.int64(-1)
    agreements = 0
    for at in range(old_buckets[bucket], old_buckets[bucket + 1]):
        if old[at] == number:
            row = np.int64(old_rows[at])
            several, found = several + 1, row
            registered = np.uint64(rows[row, 1]) | (np.uint64(rows[row, 2]) << np.uint64(32))
            if registered == name_key or (rows[row, 7] & np.uint32((1 << 21) - 1)) == date:
                agreeing, agreements = row, agreements + 1
    if several == 0:
        return np.int64(-1), np.uint8(2)
    if several == 1:
        return found, np.uint8(4)
    if agreements == 1:
        return agreeing, np.uint8(4)
    return np.int64(-1), np.uint8(5)


@njit(nogil=True, cache=True)
def _name_reason(names, start, end, row, registered, first, second, mending, out, scratch, keys):  # type: ignore[no-untyped-def]
    """Why a name is not equal: the reason, or nothing known."""
    letter, tone, mark, composed, bare = mending
    length, _placed = canonical_units(names, start, end, letter, tone, mark, composed, out)
    if length <= 0:
        return np.uint32(0)
    if hash_units(out, length, first, second) == registered:
        return np.uint32(1 << 3)
    loose_keys(out, length, first, second, bare, scratch, keys)
    if keys[SOFT] == row[4]:
        return np.uint32(1 << 5)
    if keys[BARE] == row[3]:
        has_marks = False
        for at in range(start, end):
            has_marks = has_marks or names[at] >= 0x80
        return np.uint32(1 << 19) if has_marks else np.uint32(1 << 7)
    if keys[WORDS_ANY_ORDER] == row[5]:
        return np.uint32(1 << 10)
    if keys[ENDS] == row[6]:
        return np.uint32(1 << 20)
    return np.uint32(0)


@njit(nogil=True, cache=True)
def _date_reason(date, row_date):  # type: ignore[no-untyped-def]
    """Whether two dates differ, and why."""
    known = row_date & np.uint32((1 << 21) - 1)
    if date == known and date != 0:
        return False, np.uint32(0)
    if date == 0:
        return True, np.uint32(1 << 26)
    year, month, day = date >> 9, (date >> 5) & 15, date & 31
    other_year, other_month, other_day = known >> 9, (known >> 5) & 15, known & 31
    if year == other_year:
        if month == 0 or other_month == 0 or ((day == 0 or other_day == 0) and month == other_month):
            return False, np.uint32(1 << 11)
        if month == other_day and day == other_month:
            return True, np.uint32(1 << 21)
        if month == 1 and day == 1:
            return True, np.uint32(1 << 22)
    return True, np.uint32(0)
