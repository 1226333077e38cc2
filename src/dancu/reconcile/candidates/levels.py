"""How well one record and one row agree, comparison by comparison: levels the weights are fitted for (compiled).

Each level is a number a compiled loop writes and the weights know by name. What a record does not say is level 0 and no evidence.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from dancu.reconcile.candidates.records import (
    ANY,
    BARE,
    COMMUNE,
    DATE,
    ENDS,
    HEAD,
    KIND,
    NAME_HIGH,
    NAME_LOW,
    NO_MARKS,
    NUMBER_SHORT,
    NUMBER_UNREAD,
    SEX,
    SOFT,
    TAIL,
)  # fmt: skip
from dancu.reconcile.compiling import compiled
from dancu.reconcile.engine.loose_keys import WORDS_MASK
from dancu.reconcile.engine.parsing import DATE_MASK
from dancu.reconcile.engine.snapshot import SEQUENCE_MASK


class NameLevel(IntEnum):
    """How a name agrees (*mức giống của họ tên*)."""

    MISSING = 0
    EQUAL = 1
    SOFT = 2  # i for y
    NO_MARKS = 3  # the record has none
    OTHER_MARKS = 4
    ANY_ORDER = 5
    ABBREVIATED = 6
    MIDDLE_LOST = 7  # or one too many
    TYPO = 8  # one letter in one word, or a blank
    MIDDLE_OTHER = 9
    GIVEN_OTHER = 10
    FAMILY_OTHER = 11
    PART = 12  # the words of one are among those of the other
    GIVEN_SAME = 13
    OTHER = 14
    UNSEEN = 15  # keys say no more: the names themselves have to be looked at


class DateLevel(IntEnum):
    """How a birth date agrees (*mức giống của ngày sinh*)."""

    MISSING = 0
    EQUAL = 1
    EQUAL_FIRST = 2  # the first of January, which many have who do not know their day
    EQUAL_YEAR = 3  # neither says the day
    RECORD_LESS = 4  # the record says less than the registry, and that agrees
    REGISTRY_LESS = 5
    SWAPPED = 6  # day and month
    DEFAULT = 7  # the record has the first of January of the same year
    ONE_DIGIT = 8
    TWO_PARTS = 9  # two of day, month and year
    YEAR = 10  # or the year and sex within the number
    OTHER = 11


class SequenceLevel(IntEnum):
    """How the last six digits of a number agree (*mức giống của số thứ tự*)."""

    MISSING = 0
    EQUAL = 1
    ONE_EDIT = 2  # a digit other, lost or too many, or two neighbours exchanged
    OTHER = 3


class SexLevel(IntEnum):
    """Whether the sex agrees (*giới tính*)."""

    MISSING = 0
    EQUAL = 1
    OTHER = 2


PLACE_LEVELS = 9  # commune (unknown, equal, other) times three, and the province within the number likewise
ENDS_ALIKE = 16  # beside UNSEEN: the first and the last word are the same
_MISSING, _EQUAL, _SOFT, _BARE_ONLY, _OTHER_MARKS, _ANY_ORDER = 0, 1, 2, 3, 4, 5
_UNSEEN = 15
_YEAR_SHIFT, _MONTH_SHIFT = 9, 5


@compiled
def name_level_of_keys(line, row):  # type: ignore[no-untyped-def]
    """The name's level as far as keys tell it."""
    if line[BARE] == 0 and line[NAME_LOW] == 0:
        return _MISSING
    if line[NAME_LOW] == row[1] and line[NAME_HIGH] == row[2]:
        return _EQUAL
    if line[SOFT] == row[4]:
        return _SOFT
    if line[BARE] == row[3]:
        return _BARE_ONLY if line[KIND] & np.uint32(NO_MARKS) else _OTHER_MARKS
    if line[ANY] == row[5]:
        return _ANY_ORDER
    if (line[ENDS] ^ row[6]) <= np.uint32(WORDS_MASK):
        return _UNSEEN + ENDS_ALIKE
    return _UNSEEN


@compiled
def date_level(date, known, is_middle_same):  # type: ignore[no-untyped-def]
    """The level of two packed dates; a year within the number that agrees speaks where the date does not."""
    if date == 0 or known == 0:
        return 10 if is_middle_same else 0
    year, month, day = date >> _YEAR_SHIFT, (date >> _MONTH_SHIFT) & 15, date & 31
    known_year, known_month, known_day = known >> _YEAR_SHIFT, (known >> _MONTH_SHIFT) & 15, known & 31
    if date == known:
        return 3 if day == 0 else (2 if day == 1 and month == 1 else 1)
    if year == known_year:
        if month == 0 or (day == 0 and month == known_month):
            return 4
        if known_month == 0 or (known_day == 0 and month == known_month):
            return 5
        if month == known_day and day == known_month:
            return 6
        if month == 1 and day == 1:
            return 7
    if day != 0 and known_day != 0 and _digits_unlike(date, known) == 1:
        return 8
    if day != 0 and (year == known_year) + (month == known_month) + (day == known_day) == 2:
        return 9
    return 10 if year == known_year or is_middle_same else 11


@compiled
def _digits_unlike(date, known):  # type: ignore[no-untyped-def]
    unlike = 0
    first, second = date >> _YEAR_SHIFT, known >> _YEAR_SHIFT
    for _ in range(4):
        unlike += first % 10 != second % 10
        first, second = first // 10, second // 10
    first, second = (date >> _MONTH_SHIFT) & 15, (known >> _MONTH_SHIFT) & 15
    unlike += (first % 10 != second % 10) + (first // 10 != second // 10)
    first, second = date & 31, known & 31
    return unlike + (first % 10 != second % 10) + (first // 10 != second // 10)


@compiled
def sequence_level(line, sequence):  # type: ignore[no-untyped-def]
    """The level of the last six digits."""
    kind = line[KIND] & np.uint32(3)
    if kind == NUMBER_UNREAD:
        return 0
    if line[TAIL] == sequence:
        return 1
    if kind == NUMBER_SHORT:
        return 2 if _one_digit_more(line[TAIL] % np.uint32(100_000), sequence) else 3
    return 2 if _one_edit(line[TAIL], sequence) else 3


@compiled
def _one_edit(first, second):  # type: ignore[no-untyped-def]
    """One of six digits other, or two neighbours exchanged."""
    while first != second:
        if first % np.uint32(10) != second % np.uint32(10):
            rest, other = first // np.uint32(10), second // np.uint32(10)
            if rest == other:
                return True
            is_exchange = rest % np.uint32(10) == second % np.uint32(10) and other % np.uint32(10) == first % np.uint32(10)
            return is_exchange and rest // np.uint32(10) == other // np.uint32(10)
        first, second = first // np.uint32(10), second // np.uint32(10)
    return True


@compiled
def _one_digit_more(five, six):  # type: ignore[no-untyped-def]
    """Do five digits come of six by losing one?"""
    power = np.uint32(1)
    for _ in range(6):
        if six // (power * np.uint32(10)) * power + six % power == five:
            return True
        power *= np.uint32(10)
    return False


@compiled
def place_level(line, province, commune):  # type: ignore[no-untyped-def]
    """Commune of residence and the province within the number, together: who lives where she was born is no news twice."""
    of_commune, of_province = 0, 0
    if line[COMMUNE] != 0 and commune != 0:
        of_commune = 1 if line[COMMUNE] == commune else 2
    if line[KIND] & np.uint32(3) != NUMBER_UNREAD:
        of_province = 1 if line[HEAD] // np.uint32(1000) == province else 2
    return of_commune * 3 + of_province


@compiled
def sex_level(line, cell):  # type: ignore[no-untyped-def]
    """The sex a record states against the one within the number; even digits are men's."""
    if line[SEX] == 0:
        return 0
    return 1 if (cell // np.uint32(100) % np.uint32(10)) % np.uint32(2) == line[SEX] - np.uint32(1) else 2


@compiled
def levels_of(line, row, cell, commune):  # type: ignore[no-untyped-def]
    """Levels of name (by keys), date, sequence, place and sex of a record's line and a row."""
    is_read = line[KIND] & np.uint32(3) != NUMBER_UNREAD
    is_middle_same = is_read and line[HEAD] % np.uint32(1000) == cell % np.uint32(1000)
    return (
        name_level_of_keys(line, row),
        date_level(np.int64(line[DATE]), np.int64(row[7] & np.uint32(DATE_MASK)), is_middle_same),
        sequence_level(line, row[0] & np.uint32(SEQUENCE_MASK)),
        place_level(line, cell // np.uint32(1000), commune),
        sex_level(line, cell),
    )
