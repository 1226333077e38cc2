"""The numbers offices and operators give out, read by compiled loops: what they are, in one form, and what is wrong with them.

Each function goes over one column. A number that can be told is given in its normal form, whatever else is said of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from dancu.reconcile.compiling import compiled
from dancu.reconcile.engine.parsing import NUMBER_ID, parse_number
from dancu.reconcile.profiles.flags import OwnFlag
from dancu.reconcile.reading.text_rows import Column

NO_NUMBER = np.int64(-1)
_OTHER, _BLANK, _LETTER = 255, 254, 253
_DIGITS_MAX = 18  # what fits
_TEN_10 = 10**10
_HEALTH_DIGITS = 13
_CALLED = 84  # the country


class TaxKind(IntEnum):
    """What stands in a column of tax numbers (*loại mã số thuế*)."""

    NONE = 0
    TEN_DIGITS = 1
    PERSONAL = 2  # the personal number, which stands for it


_TAX_NONE, _TAX_TEN, _TAX_PERSONAL = int(TaxKind.NONE), int(TaxKind.TEN_DIGITS), int(TaxKind.PERSONAL)


@dataclass(frozen=True, slots=True)
class OwnNumbers:
    """A column of numbers in normal form, -1 where it cannot be told, with what is wrong (*cột mã số đã đọc*)."""

    values: NDArray[np.int64]
    flags: NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class TaxNumbers:
    """A column of tax numbers: the ten digits of the person, or her personal number (*cột mã số thuế*)."""

    values: NDArray[np.int64]
    kinds: NDArray[np.uint8]  # of `TaxKind`
    flags: NDArray[np.uint32]


def _bytes() -> NDArray[np.uint8]:
    found = np.full(256, _OTHER, np.uint8)
    found[ord("0") : ord("9") + 1] = np.arange(10)
    found[[*b" .-'\t\xc2\xa0=\"()+"]] = _BLANK  # also what a spreadsheet or a telephone list writes around it
    for first in (ord("A"), ord("a")):
        found[first : first + 26] = _LETTER
    return found


def _prefixes() -> NDArray[np.int64]:
    """Old prefix of three digits behind the zero → new one of two; 0: none. The change of mobile prefixes of September 2018."""
    found = np.zeros(200, np.int64)
    for old, new in {
        **dict(zip((120, 121, 122, 126, 128), (70, 79, 77, 76, 78), strict=True)),
        **dict(zip((123, 124, 125, 127, 129), (83, 84, 85, 81, 82), strict=True)),
        **dict(zip(range(162, 170), range(32, 40), strict=True)),
        **{186: 56, 188: 58, 199: 59},
    }.items():
        found[old] = new
    return found


_IN_NUMBER, _NEW_PREFIX = _bytes(), _prefixes()
_TAX_WEIGHTS = np.array([31, 29, 23, 19, 17, 13, 7, 5, 3], np.int64)
_F = {flag.name: int(flag) for flag in OwnFlag}
_TAX_MISSING, _TAX_FORM, _TAX_CHECK = _F["TAX_MISSING"], _F["TAX_FORM"], _F["TAX_CHECK_DIGIT"]
_TAX_ZERO, _TAX_OTHERS, _TAX_PLACE = _F["TAX_LOST_ZERO"], _F["TAX_NOT_HERS"], _F["TAX_OF_PLACE"]
_CARD_FORM, _CARD_BENEFIT = _F["CARD_FORM"], _F["CARD_BENEFIT"]
_CARD_PROVINCE, _CARD_OTHERS = _F["CARD_PROVINCE"], _F["CARD_NOT_HERS"]
_PHONE_MISSING, _PHONE_FORM = _F["PHONE_MISSING"], _F["PHONE_FORM"]
_PHONE_OLD, _PHONE_ZERO = _F["PHONE_OLD_PREFIX"], _F["PHONE_LOST_ZERO"]
_INSURANCE = (_F["INSURANCE_MISSING"], _F["INSURANCE_FORM"], _F["INSURANCE_LOST_ZERO"], _F["INSURANCE_PERSONAL"])
_LICENCE = (_F["LICENCE_MISSING"], _F["LICENCE_FORM"], _F["LICENCE_LOST_ZERO"], _F["LICENCE_PERSONAL"])


def paper_numbers(data: NDArray[np.uint8], offsets: NDArray[np.int64]) -> NDArray[np.int64]:
    """The personal number each record states, -1 where it states none of twelve digits (*số định danh của bản ghi*)."""
    values = np.full(len(offsets) - 1, NO_NUMBER)
    _paper_numbers(data, offsets, values)
    return values


def tax_numbers(column: Column, persons: NDArray[np.int64]) -> TaxNumbers:
    """Read a column of tax numbers beside the personal numbers of its records (*đọc mã số thuế*)."""
    count = len(column)
    made = TaxNumbers(np.full(count, NO_NUMBER), np.zeros(count, np.uint8), np.zeros(count, np.uint32))
    _tax_numbers(column.data, column.offsets, persons, made.values, made.kinds, made.flags)
    return made


def insurance_numbers(column: Column, persons: NDArray[np.int64]) -> OwnNumbers:
    """Read a column of social-insurance numbers, ten digits each (*đọc mã số bảo hiểm xã hội*)."""
    return _fixed(column, persons, 10, _INSURANCE)


def licence_numbers(column: Column, persons: NDArray[np.int64]) -> OwnNumbers:
    """Read a column of driving licences, twelve digits each (*đọc số giấy phép lái xe*)."""
    return _fixed(column, persons, 12, _LICENCE)


def health_cards(column: Column, insured: NDArray[np.int64]) -> OwnNumbers:
    """Read health cards beside the social-insurance numbers of their records; gives the insured number of each (*đọc thẻ BHYT*)."""
    made = _empty(len(column))
    _health_cards(column.data, column.offsets, insured, made.values, made.flags)
    return made


def phone_numbers(column: Column) -> OwnNumbers:
    """Read telephone numbers; gives each as it is dialled now, without its zero (*đọc số thuê bao*)."""
    made = _empty(len(column))
    _phone_numbers(column.data, column.offsets, made.values, made.flags)
    return made


def is_filled(column: Column) -> NDArray[np.bool_]:
    """Where something stands in a column, blanks apart (*ô có dữ liệu*)."""
    found = np.zeros(len(column), np.bool_)
    _is_filled(column.data, column.offsets, found)
    return found


def _empty(count: int) -> OwnNumbers:
    return OwnNumbers(np.full(count, NO_NUMBER), np.zeros(count, np.uint32))


def _fixed(column: Column, persons: NDArray[np.int64], length: int, flags: tuple[int, int, int, int]) -> OwnNumbers:
    made = _empty(len(column))
    _fixed_numbers(column.data, column.offsets, persons, length, flags, made.values, made.flags)
    return made


@compiled
def _digits_of(data, start, end):  # type: ignore[no-untyped-def]
    """Value, how many digits, how many letters before the first of them, and whether anything else stands there."""
    value, digits, letters, is_odd = np.int64(0), 0, 0, False
    for at in range(start, end):
        found = _IN_NUMBER[data[at]]
        if found == _BLANK:
            continue
        if found == _LETTER and digits == 0:
            letters += 1
        elif found > 9 or digits == _DIGITS_MAX:
            is_odd = True
        else:
            value, digits = value * 10 + np.int64(found), digits + 1
    return value, digits, letters, is_odd


@compiled
def _is_tax(value):  # type: ignore[no-untyped-def]
    """Whether ten digits are a tax number: the tenth is 10 less the remainder of the weighted sum by 11."""
    total, rest = np.int64(0), value // 10
    for at in range(8, -1, -1):
        total += _TAX_WEIGHTS[at] * (rest % 10)
        rest //= 10
    return 10 - total % 11 == value % 10


@compiled
def _paper_numbers(data, offsets, values):  # type: ignore[no-untyped-def]
    for at in range(len(values)):
        kind, value, _mends = parse_number(data, offsets[at], offsets[at + 1])
        if kind == NUMBER_ID:
            values[at] = value


@compiled
def _tax_numbers(data, offsets, persons, values, kinds, flags):  # type: ignore[no-untyped-def]
    for at in range(len(values)):
        value, digits, letters, is_odd = _digits_of(data, offsets[at], offsets[at + 1])
        if digits == 0 and letters == 0 and not is_odd:
            flags[at] = _TAX_MISSING
        elif letters > 0 or is_odd:
            flags[at] = _TAX_FORM
        elif digits == 12 or (digits == 11 and value == persons[at]):
            values[at], kinds[at] = value, _TAX_PERSONAL
            flags[at] = (_TAX_ZERO if digits == 11 else 0) | (_TAX_OTHERS if persons[at] >= 0 and persons[at] != value else 0)
        else:
            flags[at] = _ten_digits(value, digits, at, values, kinds)


@compiled
def _ten_digits(value, digits, at, values, kinds):  # type: ignore[no-untyped-def]
    """A tax number of the old form: ten digits, with a suffix of three, or either without its zero."""
    flags = 0
    if digits == 13:
        value, digits, flags = value // 1000, 10, _TAX_PLACE
    if digits == 9 and _is_tax(value):
        digits, flags = 10, flags | _TAX_ZERO
    if digits != 10:
        return _TAX_FORM
    values[at], kinds[at] = value, _TAX_TEN
    return flags if _is_tax(value) else flags | _TAX_CHECK


@compiled
def _fixed_numbers(data, offsets, persons, length, said, values, flags):  # type: ignore[no-untyped-def]
    missing, form, zero, personal = said
    for at in range(len(values)):
        value, digits, letters, is_odd = _digits_of(data, offsets[at], offsets[at + 1])
        if digits == 0 and letters == 0 and not is_odd:
            flags[at] = missing
        elif letters > 0 or is_odd:
            flags[at] = form
        elif digits in (11, 12) and value == persons[at]:
            flags[at] = personal
        elif digits == length or digits == length - 1:
            values[at] = value
            flags[at] = zero if digits < length else 0
        else:
            flags[at] = form


@compiled
def _health_cards(data, offsets, insured, values, flags):  # type: ignore[no-untyped-def]
    for at in range(len(values)):
        value, digits, letters, is_odd = _digits_of(data, offsets[at], offsets[at + 1])
        if digits == 0 and letters == 0 and not is_odd:
            continue  # a person may be insured and have no card
        is_whole = letters == 2 and digits == _HEALTH_DIGITS
        if is_odd or not (is_whole or (letters == 0 and digits == 10)):
            flags[at] = _CARD_FORM
            continue
        if is_whole:
            flags[at] |= _CARD_BENEFIT if not 1 <= value // (_TEN_10 * 100) <= 5 else 0
            flags[at] |= _CARD_PROVINCE if value // _TEN_10 % 100 == 0 else 0
        values[at] = value % _TEN_10
        if insured[at] >= 0 and insured[at] != values[at]:
            flags[at] |= _CARD_OTHERS


@compiled
def _phone_numbers(data, offsets, values, flags):  # type: ignore[no-untyped-def]
    for at in range(len(values)):
        value, digits, letters, is_odd = _digits_of(data, offsets[at], offsets[at + 1])
        if digits == 0 and letters == 0 and not is_odd:
            flags[at] = _PHONE_MISSING
            continue
        values[at], flags[at] = _dialled(value, digits)
        if letters > 0 or is_odd:
            values[at], flags[at] = NO_NUMBER, _PHONE_FORM


@compiled
def _dialled(value, digits):  # type: ignore[no-untyped-def]
    """The number behind its zero as it is dialled now, and what had to be done to it."""
    zeros, behind = digits, value
    while behind > 0:
        zeros, behind = zeros - 1, behind // 10
    flags = 0
    if zeros == 2 and digits > 12 and value // 10 ** (digits - 4) == _CALLED:  # 0084…
        zeros, value, digits = 1, value % 10 ** (digits - 4), digits - 3
    elif zeros == 0 and digits in (11, 12) and value // 10 ** (digits - 2) == _CALLED:
        zeros, value, digits = 1, value % 10 ** (digits - 2), digits - 1
    elif zeros == 0:
        flags, zeros, digits = _PHONE_ZERO, 1, digits + 1
    if zeros != 1 or not 10 <= digits <= 11:
        return NO_NUMBER, _PHONE_FORM
    if digits == 11 and value // 10**7 < 200 and _NEW_PREFIX[value // 10**7] > 0:
        return _NEW_PREFIX[value // 10**7] * 10**7 + value % 10**7, flags | _PHONE_OLD
    first = value // 10 ** (digits - 2)  # behind the zero; 2 is a fixed line, of ten or eleven digits with its area
    is_mobile = digits == 10 and (first == 3 or first == 5 or first >= 7)
    is_fixed = first == 2 and (digits == 10 or digits == 11)
    if is_mobile or is_fixed:
        return value, flags
    return NO_NUMBER, _PHONE_FORM


@compiled
def _is_filled(data, offsets, found):  # type: ignore[no-untyped-def]
    for at in range(len(found)):
        for place in range(offsets[at], offsets[at + 1]):
            if _IN_NUMBER[data[place]] != _BLANK:
                found[at] = True
                break
