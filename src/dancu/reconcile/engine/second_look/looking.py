"""A second look at the few records the comparison could not explain, with the registered names at hand.

It never makes a match of two different names: what it finds is a reason, and the record is near at most. The one exception is a
name in letters of before Unicode that is the registered one, key for key, in two letters or more.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dancu.reconcile.compiling import compiled
from dancu.reconcile.engine import reasons as r
from dancu.reconcile.engine.exact import Batch, Verdicts
from dancu.reconcile.engine.grading import Grade, grades_of
from dancu.reconcile.engine.judging import registered_key
from dancu.reconcile.engine.letters import letters
from dancu.reconcile.engine.lookup import NO_ROW
from dancu.reconcile.engine.name_keys import LENGTH_MAX, NameKey, canonical_units, hash_units
from dancu.reconcile.engine.parsing import NUMBER_ID, NUMBER_OLD, parse_number, read_date
from dancu.reconcile.engine.second_look.beside import Beside, tell_communes, tell_sexes
from dancu.reconcile.engine.second_look.legacy import BYTES_MAX, legacy_letters_of, legacy_tables
from dancu.reconcile.engine.second_look.names import (
    has_other_given_name,
    has_unlike_given_name,
    is_abbreviated,
    lacks_apostrophe,
    registered_units,
)
from dancu.reconcile.engine.second_look.numbers import TRIES_MAX, row_one_slip_away
from dancu.reconcile.engine.snapshot import Snapshot, offset_bits_of

# A name that differs for one of these is explained already.
_EXPLAINED = r.I_OR_Y | r.NO_MARKS | r.WORD_ORDER | r.MIDDLE_NAME | r.NAME_MISSING
_UNEXPLAINED = r.MIDDLE_OTHER | r.OTHER_MARKS | r.ANOTHER_PERSON  # what an explanation of the name takes back
_ABOUT_HER = r.DEAD | r.REPLACED | r.CANCELLED
_ABOUT_THE_NUMBER = r.NUMBER_WRITTEN | r.LOST_ZERO
_LETTERS_SURE = 2  # one letter of old may be another name's letter of now


def second_look(
    batch: Batch, snapshot: Snapshot, key: NameKey, year_now: int, made: Verdicts, beside: Beside | None = None
) -> Verdicts:
    """What `compare` made of a batch, with the reasons that need a second look (*xem lại bản ghi chưa rõ*)."""
    row, found, differs = made.row.copy(), made.found.copy(), made.differs.copy()
    reason = made.reason.astype(np.int64)
    strict, mending = letters(), letters(repairing=True)
    _look(
        _to_look_at(row, found, differs, reason),
        (batch.numbers, batch.number_offsets, batch.names, batch.name_offsets, batch.dates, batch.date_offsets),
        (snapshot.rows, snapshot.cell_starts, snapshot.table, offset_bits_of(snapshot.cell_starts)),
        (snapshot.old, snapshot.old_rows, snapshot.old_buckets),
        (snapshot.names, snapshot.name_lengths, snapshot.name_blocks),
        (strict.added, strict.composed),
        (mending.added, mending.composed),
        legacy_tables(),
        (np.uint64(key.first), np.uint64(key.second)),
        year_now,
        (row, found, differs, reason),
    )
    told = Verdicts(row, found, differs, reason, made.names)
    _say_nothing_of_others(told)
    if beside is not None:
        is_hers = _is_hers(told)
        tell_sexes(beside, snapshot, batch, told, is_hers)
        tell_communes(beside, snapshot, told, is_hers)
    return told


def _say_nothing_of_others(told: Verdicts) -> None:
    """Where a number led to somebody the record does not agree with, nothing is said of that person: not that she is dead."""
    at = np.flatnonzero(told.differs)
    grades = grades_of(Verdicts(told.row[at], told.found[at], told.differs[at], told.reason[at]))
    told.reason[at[grades == Grade.DIFFERS]] &= ~np.int64(_ABOUT_HER)
    others = at[told.reason[at] & r.ANOTHER_PERSON != 0]
    told.reason[others] &= np.int64(r.ANOTHER_PERSON | r.OLD_NUMBER | _ABOUT_THE_NUMBER)


def _is_hers(told: Verdicts) -> NDArray[np.bool_]:
    """Which records are a person's as far as number, name and birth date can say: her sex and address are compared."""
    grades = grades_of(told)
    is_hers: NDArray[np.bool_] = (grades != Grade.DIFFERS) & (grades != Grade.NOT_FOUND) & (told.differs & r.NUMBER_DIFFERS == 0)
    return is_hers


def _to_look_at(
    row: NDArray[np.uint32], found: NDArray[np.uint8], differs: NDArray[np.uint8], reason: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Places of records whose name is not explained, or whose number nobody has; by row, as names lie in the order of rows."""
    at = np.flatnonzero(((differs & r.NAME_DIFFERS != 0) & (reason & _EXPLAINED == 0)) | (found == r.FOUND_NOBODY))
    return at[np.argsort(row[at], kind="stable")]


@compiled
def _look(places, texts, people, old_index, names, strict, mending, tables, secret, year_now, made):  # type: ignore[no-untyped-def]
    numbers, number_offsets, listed, offsets, dates, date_offsets = texts
    units, known = np.empty(LENGTH_MAX, np.uint16), np.empty(LENGTH_MAX, np.uint16)
    legacy_buffers = np.empty(LENGTH_MAX, np.uint8), np.empty(BYTES_MAX, np.uint8), np.empty(LENGTH_MAX, np.uint16)
    work = np.empty(TRIES_MAX, np.int64), np.empty(TRIES_MAX, np.int64), np.empty(TRIES_MAX, np.uint32)
    row_of, found_of, differs_of, reason_of = made
    keys = np.zeros(2, np.uint64)
    for at in places:
        start, end, row, known_length = offsets[at], offsets[at + 1], row_of[at], 0
        length, _placed = canonical_units(listed, start, end, strict[0], strict[1], units)
        keys[0] = hash_units(units, length, secret[0], secret[1]) if length > 0 else np.uint64(0)
        length, _placed = canonical_units(listed, start, end, mending[0], mending[1], units)
        keys[1] = hash_units(units, length, secret[0], secret[1]) if length > 0 else np.uint64(0)
        if row != NO_ROW:
            key = registered_key(people[0], row)
            changed = legacy_letters_of(listed, start, end, tables, mending, secret, key, legacy_buffers)
            why = np.int64(r.LEGACY_LETTERS if changed else 0)
            if length > 0 and not why:
                known_length = registered_units(np.int64(row), names[0], names[1], names[2], known)
                why = _why(units, length, known, known_length)
            if why:
                reason_of[at] = (reason_of[at] & ~np.int64(_UNEXPLAINED)) | why
                if changed >= _LETTERS_SURE:
                    differs_of[at] &= ~np.uint8(r.NAME_DIFFERS)
                continue
        if length <= 0 or reason_of[at] & r.OTHER_MARKS:
            continue
        is_number_sure = row != NO_ROW and not differs_of[at] & r.DATE_DIFFERS and not reason_of[at] & r.DATE_PRECISION
        kind, value, _mends = parse_number(numbers, number_offsets[at], number_offsets[at + 1])
        date, is_short = read_date(dates, date_offsets[at], date_offsets[at + 1], year_now)
        if not is_number_sure and date != 0 and kind in (NUMBER_ID, NUMBER_OLD):
            near, slip = row_one_slip_away(kind, value, (keys, date, is_short), people, old_index, work)
            if near >= 0:
                row_of[at], differs_of[at] = near, r.NUMBER_DIFFERS
                found_of[at] = r.FOUND_BY_ID if kind == NUMBER_ID else r.FOUND_BY_OLD
                reason_of[at] = (reason_of[at] & np.int64(_ABOUT_THE_NUMBER)) | slip
                continue
        if known_length > 0:
            reason_of[at] |= _of_another_name(units, length, known, known_length, differs_of[at], reason_of[at])


@compiled
def _why(units, length, known, known_length):  # type: ignore[no-untyped-def]
    """What explains a name by the registered one beside it; it stays another name."""
    if is_abbreviated(units, length, known, known_length):
        return np.int64(r.ABBREVIATED)
    return np.int64(r.SIGNS if lacks_apostrophe(units, length, known, known_length) else 0)


@compiled
def _of_another_name(units, length, known, known_length, differs, reason):  # type: ignore[no-untyped-def]
    """Whole date and all of the name but the given name agree: it may have been changed. Only the year agrees: that says little."""
    if differs & r.DATE_DIFFERS or reason & r.MIDDLE_OTHER:
        return np.int64(0)
    if reason & r.DATE_PRECISION:
        unlike = has_unlike_given_name(units, length, known, known_length)
        return np.int64(r.ANOTHER_PERSON if unlike else 0)
    return np.int64(r.LEGALLY_CHANGED if has_other_given_name(units, length, known, known_length) else 0)
