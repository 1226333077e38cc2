"""Numbers and dates as they come in files, read by compiled loops: what was meant, how precisely, what had to be mended."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dancu.reconcile.compiling import compiled

# What a number turned out to be. A mended one is looked up like any other, and its row says that it was mended.
NUMBER_NONE, NUMBER_ID, NUMBER_OLD, NUMBER_OTHER = 0, 1, 2, 3
ID_LENGTH, OLD_LENGTH = 12, 9
MENDED_BLANKS, MENDED_LETTERS, MENDED_ZERO, SCIENTIFIC = 1, 2, 4, 8
# A date packed in 21 bits: year << 9 | month << 5 | day; month or day 0 where only the rest is known; 0 for none.
DATE_NONE = 0
DATE_MASK = (1 << 21) - 1
YEAR_MIN, YEAR_MAX = 1850, 2100
_LETTER, _BLANK, _EXPONENT, _OTHER = 10, 20, 21, 22  # what a byte is in a number; below ten a digit, then a letter for one


def _number_bytes() -> NDArray[np.uint8]:
    found = np.full(256, _OTHER, np.uint8)
    found[ord("0") : ord("9") + 1] = np.arange(10)
    found[[ord(letter) for letter in "Oo"]] = _LETTER
    found[[ord(letter) for letter in "Ili|"]] = _LETTER + 1
    found[[*b" .,-'\t\xc2\xa0"]] = _BLANK  # the last two are a blank that does not break, in UTF-8
    found[[*b"eE"]] = _EXPONENT
    return found


_IN_NUMBER = _number_bytes()


@compiled
def parse_number(data, start, end):  # type: ignore[no-untyped-def]
    """Kind, value and mends of a paper number: twelve digits, nine digits of the old card, or neither."""
    value, digits, mends = np.int64(0), 0, 0
    if end - start > OLD_LENGTH and data[end - 1] == 48 and (data[end - 2] == 46 or data[end - 2] == 44):
        end, mends = end - 2, MENDED_BLANKS  # 46093000002.0: a quantity, as some programs write a number
    for at in range(start, end):
        found = _IN_NUMBER[data[at]]
        if found >= _BLANK:
            if found == _BLANK:
                mends |= MENDED_BLANKS
                continue
            if found == _EXPONENT and digits > 0:
                return NUMBER_OTHER, np.int64(0), SCIENTIFIC  # 4.6088E+10: what was there is lost
            return NUMBER_OTHER, np.int64(0), mends
        if found >= _LETTER:
            mends |= MENDED_LETTERS
            found -= _LETTER
        digits += 1
        if digits > ID_LENGTH:
            return NUMBER_OTHER, np.int64(0), mends
        value = value * 10 + np.int64(found)
    if ID_LENGTH - 2 <= digits <= ID_LENGTH:  # the numbers of nine provinces begin with two zeros
        return NUMBER_ID, value, mends | (MENDED_ZERO if digits < ID_LENGTH else 0)
    if digits == OLD_LENGTH or digits == OLD_LENGTH - 1:
        return NUMBER_OLD, value, mends | (MENDED_ZERO if digits < OLD_LENGTH else 0)
    return (NUMBER_NONE if digits == 0 else NUMBER_OTHER), np.int64(0), mends


@compiled
def parse_date(data, start, end, year_now):  # type: ignore[no-untyped-def]
    """A packed date from d/m/y, y-m-d, m/y, y or eight digits together; two digits of a year are of the last hundred years."""
    return read_date(data, start, end, year_now)[0]


@compiled
def read_date(data, start, end, year_now):  # type: ignore[no-untyped-def]
    """The packed date, and whether its year has only two digits."""
    first, length_first, second, third, length_third, groups = _groups_of(data, start, end)
    year, month, day, is_short = np.int64(0), np.int64(0), np.int64(0), False
    if groups == 3 and length_first == 4:
        year, month, day = first, second, third
    elif groups == 3:
        day, month, year = first, second, third
        if length_third == 2:
            year, is_short = year_now - (year_now - third) % 100, True
    elif groups == 2:
        month, year = (second, first) if length_first == 4 else (first, second)
    elif groups == 1:
        year = first
    if year < YEAR_MIN or year > YEAR_MAX or month > 12 or day > 31 or (month == 0 and day > 0):
        return np.uint32(DATE_NONE), False
    return np.uint32((year << 9) | (month << 5) | day), is_short


@compiled
def _groups_of(data, start, end):  # type: ignore[no-untyped-def]
    """The first three groups of digits, the lengths of the first and the third, and how many there are; none of a long one."""
    first, second, third, value = np.int64(0), np.int64(0), np.int64(0), np.int64(0)
    length_first, length_third, groups, digits = 0, 0, 0, 0
    for at in range(start, end + 1):
        byte = data[at] if at < end else np.uint8(0)
        if 48 <= byte <= 57:
            value, digits = value * 10 + np.int64(byte - 48), digits + 1
            if digits > 8:
                return first, 0, second, third, 0, 0
        elif digits > 0:
            if groups == 0:
                first, length_first = value, digits
            elif groups == 1:
                second = value
            else:
                third, length_third = value, digits
            groups, value, digits = groups + 1, np.int64(0), 0
            if groups == 3:
                break  # a time of day behind it is not read
    if groups == 1 and length_first == 8:
        return first // 1000000, 2, first // 10000 % 100, first % 10000, 4, 3
    return first, length_first, second, third, length_third, groups
