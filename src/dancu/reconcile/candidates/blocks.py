"""Blocking keys: what a record and a row must share to be compared at all, and the table that leads from a key to its records.

The unresolved are the small side. Their keys stand in a table of buckets with a filter of bits before it; the registry streams
past once, and most of its rows are done with after the filter.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dancu.reconcile.candidates.records import (
    ANY,
    BARE,
    COMMUNE,
    DATE,
    ENDS,
    EXPANDED,
    EXPANDED_TOO,
    HEAD,
    KIND,
    MAY_BE_SOFT,
    NUMBER_UNREAD,
    SOFT,
    TAIL,
)  # fmt: skip
from dancu.reconcile.compiling import compiled
from dancu.reconcile.engine.loose_keys import WORDS_MASK

# What is shared. A row has one key of each; a record one, several or none.
(BARE_DATE, ANY_DATE, ENDS_DATE, SOFT_DATE, HEAD_DATE, TAIL_YEAR, TAIL_BARE, HEAD_BARE, BARE_COMMUNE, COMMUNE_DATE, BARE_YEAR,
 BARE_ALONE, ENDS_COMMUNE) = range(13)  # fmt: skip
KINDS = 13
KEYS_MAX = 32  # of one record
RARE = 8  # a name of so many persons or fewer is a key by itself
SELDOM = 2_000  # and with a year where no day is known: of a common name, too many are of one year to tell them apart by it
RECORDS_A_KEY_MAX = 64  # a key of more records is a placeholder somebody typed, and says nothing
BITS_A_KEY = 12
NOBODY = 0xFFFFFFFF  # in place of a record
_YEAR_SHIFT, _MONTH_SHIFT = 9, 5
_FIRST_OF_JANUARY = (1 << _MONTH_SHIFT) | 1


@dataclass(frozen=True, slots=True)
class Blocks:
    """Records by key (*khoá gom nhóm*): a filter of bits, where each bucket begins, and keys' upper halves with their records."""

    bits: NDArray[np.uint64]
    heads: NDArray[np.uint32]
    entries: NDArray[np.uint32]  # (entries, 2)
    shift: np.uint64


@compiled
def key_of(kind, first, second):  # type: ignore[no-untyped-def]
    """One key of two words; murmur's finisher spreads it."""
    mixed = (np.uint64(first) | (np.uint64(second) << np.uint64(32))) + np.uint64(kind + 1) * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(33))) * np.uint64(0xFF51AFD7ED558CCD)
    mixed = (mixed ^ (mixed >> np.uint64(33))) * np.uint64(0xC4CEB9FE1A85EC53)
    return mixed ^ (mixed >> np.uint64(33))


@compiled
def keys_of_row(row, date, cell, sequence, commune, keys, at):  # type: ignore[no-untyped-def]
    """Write the keys of a row from `at` on, one of every kind."""
    year = date >> np.uint32(_YEAR_SHIFT)
    keys[at + BARE_DATE] = key_of(BARE_DATE, row[3], date)
    keys[at + ANY_DATE] = key_of(ANY_DATE, row[5], date)
    keys[at + ENDS_DATE] = key_of(ENDS_DATE, row[6] & ~np.uint32(WORDS_MASK), date)
    keys[at + SOFT_DATE] = key_of(SOFT_DATE, row[4], date)
    keys[at + HEAD_DATE] = key_of(HEAD_DATE, cell, date)
    keys[at + TAIL_YEAR] = key_of(TAIL_YEAR, sequence, year)
    keys[at + TAIL_BARE] = key_of(TAIL_BARE, sequence, row[3])
    keys[at + HEAD_BARE] = key_of(HEAD_BARE, cell, row[3])
    keys[at + BARE_COMMUNE] = key_of(BARE_COMMUNE, row[3], commune)
    keys[at + COMMUNE_DATE] = key_of(COMMUNE_DATE, commune, date)
    keys[at + BARE_YEAR] = key_of(BARE_YEAR, row[3], year)
    keys[at + BARE_ALONE] = key_of(BARE_ALONE, row[3], 0)
    keys[at + ENDS_COMMUNE] = key_of(ENDS_COMMUNE, row[6] & ~np.uint32(WORDS_MASK), commune)


@compiled
def keys_of_record(line, persons, keys):  # type: ignore[no-untyped-def]
    """Write a record's keys; gives how many. `persons` have its name. Another reading of a date or a name is a key more."""
    count, date = 0, line[DATE]
    has_name, has_number = line[BARE] != 0, line[KIND] & np.uint32(3) != NUMBER_UNREAD
    year, is_whole = date >> np.uint32(_YEAR_SHIFT), date & np.uint32(31) != 0
    is_day = is_whole and date & np.uint32(0x1FF) != np.uint32(_FIRST_OF_JANUARY)
    if date != 0:
        if has_name:
            count = _keys_of_name_and_date(line, date, is_whole, keys, count)
            if not is_day and persons <= SELDOM:
                keys[count] = key_of(BARE_YEAR, line[BARE], year)
                count += 1
        if has_number:
            keys[count] = key_of(TAIL_YEAR, line[TAIL], year)
            count += 1
            if is_day:  # thousands of one year and province have no day
                keys[count] = key_of(HEAD_DATE, line[HEAD], date)
                count += 1
        if line[COMMUNE] != 0 and is_whole:
            keys[count] = key_of(COMMUNE_DATE, line[COMMUNE], date)
            count += 1
    if has_name and has_number:
        keys[count], keys[count + 1] = key_of(TAIL_BARE, line[TAIL], line[BARE]), key_of(HEAD_BARE, line[HEAD], line[BARE])
        count += 2
    if has_name and line[COMMUNE] != 0:
        keys[count] = key_of(BARE_COMMUNE, line[BARE], line[COMMUNE])
        count += 1
    if has_name and line[COMMUNE] != 0 and not is_day:
        keys[count] = key_of(ENDS_COMMUNE, line[ENDS] & ~np.uint32(WORDS_MASK), line[COMMUNE])
        count += 1
    if has_name and persons <= RARE:
        keys[count] = key_of(BARE_ALONE, line[BARE], 0)
        count += 1
    return count


@compiled
def _keys_of_name_and_date(line, date, is_whole, keys, count):  # type: ignore[no-untyped-def]
    year, month, day = date >> np.uint32(_YEAR_SHIFT), (date >> np.uint32(_MONTH_SHIFT)) & np.uint32(15), date & np.uint32(31)
    keys[count], keys[count + 1] = key_of(BARE_DATE, line[BARE], date), key_of(ANY_DATE, line[ANY], date)
    count += 2
    if is_whole:
        keys[count] = key_of(ENDS_DATE, line[ENDS] & ~np.uint32(WORDS_MASK), date)
        count += 1
    if line[KIND] & np.uint32(MAY_BE_SOFT):
        keys[count] = key_of(SOFT_DATE, line[SOFT], date)
        count += 1
    for expanded in (line[EXPANDED], line[EXPANDED_TOO]):
        if expanded != 0 and is_whole:
            keys[count] = key_of(ENDS_DATE, expanded & ~np.uint32(WORDS_MASK), date)
            count += 1
    if not is_whole:
        return count
    keys[count] = key_of(BARE_DATE, line[BARE], year << np.uint32(_YEAR_SHIFT))  # a registered year without a day
    count += 1
    if day <= 12 and day != month:
        swapped = (year << np.uint32(_YEAR_SHIFT)) | (day << np.uint32(_MONTH_SHIFT)) | month
        keys[count] = key_of(BARE_DATE, line[BARE], swapped)
        count += 1
    return count


@compiled
def _fill(lines, persons, shift, heads, entries, bits, mask, is_counting):  # type: ignore[no-untyped-def]
    """Count the keys a bucket gets, or put them there."""
    keys = np.empty(KEYS_MAX, np.uint64)
    for at in range(len(lines)):
        for i in range(keys_of_record(lines[at], persons[at], keys)):
            bucket = np.int64(keys[i] >> shift)
            if is_counting:
                heads[bucket + 1] += np.uint32(1)
                continue
            place = np.int64(heads[bucket])
            heads[bucket] += np.uint32(1)
            entries[place, 0] = np.uint32(keys[i] & np.uint64(0xFFFFFFFF))
            entries[place, 1] = np.uint32(at)
            bit = keys[i] & mask
            bits[np.int64(bit >> np.uint64(6))] |= np.uint64(1) << (bit & np.uint64(63))


@compiled
def _drop_placeholders(heads, entries):  # type: ignore[no-untyped-def]
    """Take the records from keys that have too many of them: they are nobody's then."""
    for bucket in range(len(heads) - 1):
        begin, end = np.int64(heads[bucket]), np.int64(heads[bucket + 1])
        if end - begin <= RECORDS_A_KEY_MAX:
            continue
        for at in range(begin, end):
            if entries[at, 1] == np.uint32(NOBODY):
                continue
            alike = 0
            for other in range(begin, end):
                alike += entries[other, 0] == entries[at, 0]
                if alike > RECORDS_A_KEY_MAX:
                    break
            if alike > RECORDS_A_KEY_MAX:
                check = entries[at, 0]
                for other in range(at, end):
                    if entries[other, 0] == check:
                        entries[other, 1] = np.uint32(NOBODY)


def block(lines: NDArray[np.uint32], persons: NDArray[np.uint32]) -> Blocks:
    """Put the records into the table by every key they have; `persons` of the registry share the name of each."""
    size = 1
    while size < 3 * len(lines):
        size *= 2
    shift = np.uint64(64 - max(size.bit_length() - 1, 1))
    size = max(size, 2)
    heads, none = np.zeros(size + 2, np.uint32), np.empty((0, 2), np.uint32)
    _fill(lines, persons, shift, heads, none, np.empty(0, np.uint64), np.uint64(0), True)
    np.cumsum(heads, out=heads)
    entries = np.empty((int(heads[size]), 2), np.uint32)
    length = 64
    while length < BITS_A_KEY * len(entries):
        length *= 2
    bits = np.zeros(length // 64, np.uint64)
    starts = heads.copy()
    _fill(lines, persons, shift, starts, entries, bits, np.uint64(length - 1), False)
    heads = heads[: size + 1]
    _drop_placeholders(heads, entries)
    return Blocks(bits, heads, entries, shift)
