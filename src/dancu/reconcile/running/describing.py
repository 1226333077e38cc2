"""What later stages need of each record besides its verdict, as numbers: which number, which name, which record, born when, where.

Nothing here says who somebody is: names stand as keyed hashes, and everything is of the list itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dancu.kernel.names import canonical_name
from dancu.reconcile.compiling import compiled
from dancu.reconcile.engine.exact import Batch, Verdicts
from dancu.reconcile.engine.grading import NEAR_NAME
from dancu.reconcile.engine.lookup import NO_ROW
from dancu.reconcile.engine.name_keys import NameKey, key_of_text
from dancu.reconcile.engine.parsing import NUMBER_ID, NUMBER_NONE, NUMBER_OLD, parse_date, parse_number
from dancu.reconcile.engine.reasons import Differs, Reason
from dancu.reconcile.reading.text_rows import Column

NO_PROVINCE = 1000
OLD_NUMBER, UNREAD_NUMBER, NAME = 1 << 60, 1 << 62, 1 << 63  # so that values of different kinds never meet
_UNREAD_BITS, _NAME_BITS = (1 << 61) - 1, (1 << 63) - 1
# How a name is written, as far as a comparison that agrees does not say it.
DECOMPOSED, HALF_COMPOSED = 1, 2


@dataclass(frozen=True, slots=True)
class Described:
    """Columns beside the verdicts of a batch (*mô tả bản ghi*)."""

    number: NDArray[np.uint64]  # as it was read; 0 where there is none
    who: NDArray[np.uint64]  # the row of the registry the name agrees with, plus one; else the key of the name; 0 for none
    record: NDArray[np.uint64]  # equal where number, name, birth date and the owner's reference are
    province: NDArray[np.uint16]  # the first three digits
    born: NDArray[np.uint16]  # the year as written, 0 where it cannot be read
    written: NDArray[np.uint8]


def describe(batch: Batch, reference: Column | None, made: Verdicts, key: NameKey, year: int) -> Described:
    """Describe the records of a batch; other threads run meanwhile."""
    count = len(batch)
    number, dates, record = np.empty(count, np.uint64), np.empty(count, np.uint32), np.empty(count, np.uint64)
    province, written = np.empty(count, np.uint16), np.empty(count, np.uint8)
    names = _keys_of_names(batch, made, key)
    owned = reference or Column(np.empty(0, np.uint8), np.zeros(count + 1, np.int64))
    _describe(
        (batch.numbers, batch.number_offsets),
        (batch.dates, batch.date_offsets),
        (batch.names, batch.name_offsets),
        (owned.data, owned.offsets),
        names,
        year,
        (number, dates, record, province, written),
    )
    return Described(number, _who(names, made), record, province, (dates >> np.uint32(9)).astype(np.uint16), written)


def _keys_of_names(batch: Batch, made: Verdicts, key: NameKey) -> NDArray[np.uint64]:
    """The key of each name, 0 for none: those the comparison made, and by the definition what its tables could not tell."""
    if made.names is None:
        raise ValueError("these verdicts are not of a comparison")
    names = made.names.copy()
    for at in np.flatnonzero((names == 0) & (np.diff(batch.name_offsets) > 0)).tolist():
        text = batch.name(at)
        names[at] = key_of_text(text, key) if canonical_name(text) else 0
    return names


def _who(names: NDArray[np.uint64], made: Verdicts) -> NDArray[np.uint64]:
    """A name that is only spelled otherwise speaks of the registered person: two spellings of hers are no two persons."""
    is_hers = (made.row != NO_ROW) & ((made.reason & np.uint32(Reason.ANOTHER_PERSON)) == 0)
    is_hers &= (((made.differs & np.uint8(Differs.NAME)) == 0) | ((made.reason & np.int64(NEAR_NAME)) != 0)) & (names != 0)
    others = np.where(names != 0, (names & np.uint64(_NAME_BITS)) | np.uint64(NAME), np.uint64(0))
    who: NDArray[np.uint64] = np.where(is_hers, made.row.astype(np.uint64) + np.uint64(1), others)
    return who


@compiled
def _describe(numbers, dates, names, references, name_keys, year, made):  # type: ignore[no-untyped-def]
    number, date, record, province, written = made
    for at in range(len(number)):
        start, end = numbers[1][at], numbers[1][at + 1]
        kind, value, _mends = parse_number(numbers[0], start, end)
        province[at] = NO_PROVINCE
        if kind == NUMBER_ID:
            province[at] = value // 1_000_000_000
            number[at] = np.uint64(value) + np.uint64(1)
        elif kind == NUMBER_OLD:
            number[at] = np.uint64(value) | np.uint64(OLD_NUMBER)
        elif kind == NUMBER_NONE:
            number[at] = 0
        else:
            number[at] = (_hash_bytes(numbers[0], start, end) & np.uint64(_UNREAD_BITS)) | np.uint64(UNREAD_NUMBER)
        date[at] = parse_date(dates[0], dates[1][at], dates[1][at + 1], year)
        mixed = _mixed(number[at] ^ _mixed(name_keys[at]))
        # A date nobody can read is told by what stands there.
        told = np.uint64(date[at]) if date[at] else _hash_bytes(dates[0], dates[1][at], dates[1][at + 1])
        mixed = _mixed(mixed ^ told)
        record[at] = _mixed(mixed ^ _hash_bytes(references[0], references[1][at], references[1][at + 1]))
        written[at] = _composition(names[0], names[1][at], names[1][at + 1])


@compiled
def _hash_bytes(data, start, end):  # type: ignore[no-untyped-def]
    """FNV-1a of some bytes, mixed: it tells records of one list apart and keeps no secret."""
    value = np.uint64(0xCBF29CE484222325)
    for at in range(start, end):
        value = (value ^ np.uint64(data[at])) * np.uint64(0x100000001B3)
    return _mixed(value)


@compiled
def _mixed(value):  # type: ignore[no-untyped-def]
    """The finisher of SplitMix64."""
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


@compiled
def _composition(data, start, end):  # type: ignore[no-untyped-def]
    """Does a name have combining marks (U+0300 to U+036F), behind plain letters or behind letters that have a mark already?"""
    found = np.uint8(0)
    for at in range(start + 1, end):
        if at + 1 < end and (data[at] == 0xCC or (data[at] == 0xCD and data[at + 1] < 0xB0)):
            is_half = data[at - 1] >= 0x80 and not _ends_in_mark(data, start, at)
            found |= np.uint8(HALF_COMPOSED) if is_half else np.uint8(DECOMPOSED)
    return found


@compiled
def _ends_in_mark(data, start, at):  # type: ignore[no-untyped-def]
    """Is the character before a place itself a combining mark?"""
    return at - 2 >= start and (data[at - 2] == 0xCC or (data[at - 2] == 0xCD and data[at - 1] < 0xB0))
