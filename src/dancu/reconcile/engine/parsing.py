"""Numbers and dates as they come in files, read by compiled loops: what was meant, how precisely, what had to be mended."""

from __future__ import annotations

import numpy as np
from numba import njit

# What a number turned out to be. A mended one is looked up like any other, and its row says that it was mended.
NUMBER_NONE, NUMBER_ID, NUMBER_OLD, NUMBER_OTHER = 0, 1, 2, 3
MENDED_BLANKS, MENDED_LETTERS, MENDED_ZERO, SCIENTIFIC = 1, 2, 4, 8
# A date packed in 21 bits: year << 9 | month << 5 | day; month or day 0 where only the rest is known; 0 for none.
DATE_NONE = 0
DATE_MASK = (1 << 21) - 1
YEAR_MIN, YEAR_MAX = 1850, 2100
_O, _SMALL_O, _I, _SMALL_L, _SMALL_I, _BAR = 79, 111, 73, 108, 105, 124


@njit(nogil=True, cache=True, inline="always")
def pack_date(year, month, day):  # type: ignore[no-untyped-def]
    return np.uint32((year << 9) | (month << 5) | day)


@njit(nogil=True, cache=True)
def parse_number(data, start, end):  # type: ignore[no-untyped-def]
    """Kind, value and mends of a paper number: twelve digits, nine digits of the old card, or neither."""
    value, digits, mends = np.int64(0), 0, 0
    for at in range(start, end):
        byte = data[at]
        if 48 <= byte <= 57:
            digit = np.int64(byte) - 48
        elif byte == _O or byte == _SMALL_O:
            digit, mends = np.int64(0), mends | MENDED_LETTERS
        elif byte == _I or byte == _SMALL_L or byte == _SMALL_I or byte == _BAR:
            digit, mends = np.int64(1), mends | MENDED_LETTERS
        elif byte == 32 or byte == 46 or byte == 45 or byte == 39 or byte == 0xC2 or byte == 0xA0 or byte == 9:
            mends |= MENDED_BLANKS
            continue
        elif (byte == 69 or byte == 101) and digits > 0:
            return NUMBER_OTHER, np.int64(0), SCIENTIFIC  # 4.6088E+10: what was there is lost
        else:
            return NUMBER_OTHER, np.int64(0), mends
        digits += 1
        if digits > 12:
            return NUMBER_OTHER, np.int64(0), mends
        value = value * 10 + digit
    if digits == 12:
        return NUMBER_ID, value, mends
    if digits == 9:
        return NUMBER_OLD, value, mends
    if digits == 11:
        return NUMBER_ID, value, mends | MENDED_ZERO
    if digits == 8:
        return NUMBER_OLD, value, mends | MENDED_ZERO
    return (NUMBER_NONE if digits == 0 else NUMBER_OTHER), np.int64(0), mends


@njit(nogil=True, cache=True)
def parse_date(data, start, end, year_now):  # type: ignore[no-untyped-def]
    """A packed date from d/m/y, y-m-d, m/y, y or eight digits together; two digits of a year are of the last hundred years."""
    first, second, third, groups, digits = 0, 0, 0, 0, 0
    length_first, length_third = 0, 0
    value = 0
    for at in range(start, end + 1):
        byte = data[at] if at < end else np.uint8(47)
        if 48 <= byte <= 57:
            value, digits = value * 10 + (np.int64(byte) - 48), digits + 1
            if digits > 8:
                return np.uint32(DATE_NONE)
        elif digits > 0:
            if groups == 0:
                first, length_first = value, digits
            elif groups == 1:
                second = value
            elif groups == 2:
                third, length_third = value, digits
            groups, value, digits = groups + 1, 0, 0
            if groups == 3 and length_first <= 4:
                break  # a time of day behind it is not read
    if groups == 1 and length_first == 8:
        first, second, third = first // 1000000, first // 10000 % 100, first % 10000
        groups, length_first, length_third = 3, 2, 4
    year, month, day = 0, 0, 0
    if groups == 3 and length_first == 4:
        year, month, day = first, second, third
    elif groups == 3:
        day, month, year = first, second, third
        if length_third == 2:
            year = year_now - (year_now - third) % 100
    elif groups == 2:
        month, year = (second, first) if length_first == 4 else (first, second)
    elif groups == 1:
        year = first
    if year < YEAR_MIN or year > YEAR_MAX or month > 12 or day > 31 or (month == 0 and day > 0):
        return np.uint32(DATE_NONE)
    return pack_date(year, month, day)
