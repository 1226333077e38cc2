"""Numbers of offices and operators: each form that is right is read to one normal form, each planted fault is told by its own flag.

The check digits of the tax numbers below were worked out by hand from the rule, not by the code:
31·0 + 29·1 + 23·0 + 19·1 + 17·2 + 13·3 +
7·4 + 5·5 + 3·6 = 192, 192 mod 11 = 5, so the tenth of 010123456 is 5.
"""

from __future__ import annotations

import numpy as np
import pytest

from dancu.reconcile.profiles import numbers
from dancu.reconcile.profiles.flags import OwnFlag
from dancu.reconcile.profiles.numbers import NO_NUMBER, TaxKind
from tests.reconcile.profiles.columns import HER_NUMBER, a_column, persons, said

NOBODY = persons(-1)
HERS = persons(int(HER_NUMBER))


@pytest.mark.parametrize(
    ("text", "value", "flags"),
    [
        ("0101234565", 101234565, []),
        ("0101 234 565", 101234565, []),
        ("0101234565-001", 101234565, [OwnFlag.TAX_OF_PLACE]),
        ("0101234565001", 101234565, [OwnFlag.TAX_OF_PLACE]),
        ("0101234564", 101234564, [OwnFlag.TAX_CHECK_DIGIT]),
        ("0101234655", 101234655, [OwnFlag.TAX_CHECK_DIGIT]),  # two digits changed places
        ("101234565", 101234565, [OwnFlag.TAX_LOST_ZERO]),
        ("", -1, [OwnFlag.TAX_MISSING]),
        ("  ", -1, [OwnFlag.TAX_MISSING]),
        ("101234564", -1, [OwnFlag.TAX_FORM]),
        ("01012345650", -1, [OwnFlag.TAX_FORM]),
        ("MST0101234565", -1, [OwnFlag.TAX_FORM]),
        ("0101234565/1", -1, [OwnFlag.TAX_FORM]),
    ],
)
def test_tax_numbers_are_read_and_their_faults_told(text: str, value: int, flags: list[OwnFlag]) -> None:
    read = numbers.tax_numbers(a_column(text), NOBODY)

    assert (int(read.values[0]), said(read.flags)) == (value, [flags])
    assert (read.kinds[0] == TaxKind.TEN_DIGITS) == (value >= 0)


def test_of_ten_last_digits_one_is_right_at_most() -> None:
    column = a_column(*(f"010123456{last}" for last in range(10)))

    read = numbers.tax_numbers(column, np.full(10, NO_NUMBER))

    assert [at for at, flags in enumerate(said(read.flags)) if not flags] == [5]


def test_a_personal_number_is_a_tax_number_when_it_is_the_records_own() -> None:
    column = a_column(HER_NUMBER, HER_NUMBER.lstrip("0").rjust(11, "0"), "001190000026", "001190000026")

    read = numbers.tax_numbers(column, persons(*[int(HER_NUMBER)] * 3, -1))

    assert said(read.flags) == [[], [OwnFlag.TAX_LOST_ZERO], [OwnFlag.TAX_NOT_HERS], []]
    assert (read.kinds == TaxKind.PERSONAL).all()


@pytest.mark.parametrize(
    ("text", "value", "flags"),
    [
        ("7912345678", 7912345678, []),
        ("112345678", 112345678, [OwnFlag.INSURANCE_LOST_ZERO]),
        ("", -1, [OwnFlag.INSURANCE_MISSING]),
        ("79123456789", -1, [OwnFlag.INSURANCE_FORM]),
        ("79-1234567-A", -1, [OwnFlag.INSURANCE_FORM]),
        (HER_NUMBER, -1, [OwnFlag.INSURANCE_PERSONAL]),
    ],
)
def test_social_insurance_numbers_have_ten_digits(text: str, value: int, flags: list[OwnFlag]) -> None:
    read = numbers.insurance_numbers(a_column(text), HERS)

    assert (int(read.values[0]), said(read.flags)) == (value, [flags])


@pytest.mark.parametrize(
    ("text", "value", "flags"),
    [
        ("DN4797912345678", 7912345678, []),
        ("dn 4 79 7912345678", 7912345678, []),
        ("7912345678", 7912345678, []),
        ("", -1, []),
        ("DN6797912345678", 7912345678, [OwnFlag.CARD_BENEFIT]),
        ("DN0797912345678", 7912345678, [OwnFlag.CARD_BENEFIT]),
        ("DN4007912345678", 7912345678, [OwnFlag.CARD_PROVINCE]),
        ("DN4797912345679", 7912345679, [OwnFlag.CARD_NOT_HERS]),
        ("D4797912345678", -1, [OwnFlag.CARD_FORM]),
        ("DN479791234567", -1, [OwnFlag.CARD_FORM]),
        ("791234567", -1, [OwnFlag.CARD_FORM]),
    ],
)
def test_health_cards_are_read_beside_the_insured_number(text: str, value: int, flags: list[OwnFlag]) -> None:
    read = numbers.health_cards(a_column(text), persons(7912345678))

    assert (int(read.values[0]), said(read.flags)) == (value, [flags])


def test_a_card_without_an_insured_number_beside_it_is_nobody_elses() -> None:
    assert said(numbers.health_cards(a_column("DN4797912345679"), NOBODY).flags) == [[]]


@pytest.mark.parametrize(
    ("text", "value", "flags"),
    [
        ("790123456789", 790123456789, []),
        ("010123456789", 10123456789, []),
        ("10123456789", 10123456789, [OwnFlag.LICENCE_LOST_ZERO]),
        ("", -1, [OwnFlag.LICENCE_MISSING]),
        ("AB123456", -1, [OwnFlag.LICENCE_FORM]),
        ("7901234567", -1, [OwnFlag.LICENCE_FORM]),
        (HER_NUMBER, -1, [OwnFlag.LICENCE_PERSONAL]),
    ],
)
def test_driving_licences_have_twelve_digits(text: str, value: int, flags: list[OwnFlag]) -> None:
    read = numbers.licence_numbers(a_column(text), HERS)

    assert (int(read.values[0]), said(read.flags)) == (value, [flags])


@pytest.mark.parametrize(
    ("text", "value", "flags"),
    [
        ("0912345678", 912345678, []),
        ("091.234.5678", 912345678, []),
        ("+84 912 345 678", 912345678, []),
        ("0084912345678", 912345678, []),
        ("84912345678", 912345678, []),
        ("912345678", 912345678, [OwnFlag.PHONE_LOST_ZERO]),
        ("01201234567", 701234567, [OwnFlag.PHONE_OLD_PREFIX]),
        ("841621234567", 321234567, [OwnFlag.PHONE_OLD_PREFIX]),
        ("1991234567", 591234567, [OwnFlag.PHONE_OLD_PREFIX, OwnFlag.PHONE_LOST_ZERO]),
        ("02438251234", 2438251234, []),
        ("", -1, [OwnFlag.PHONE_MISSING]),
        ("01301234567", -1, [OwnFlag.PHONE_FORM]),
        ("0412345678", -1, [OwnFlag.PHONE_FORM]),
        ("09123456789", -1, [OwnFlag.PHONE_FORM]),
        ("0", -1, [OwnFlag.PHONE_FORM]),
        ("00", -1, [OwnFlag.PHONE_FORM]),
        ("không có", -1, [OwnFlag.PHONE_FORM]),
        ("123456789012345678901", -1, [OwnFlag.PHONE_FORM]),
    ],
)
def test_telephone_numbers_are_read_as_they_are_dialled_now(text: str, value: int, flags: list[OwnFlag]) -> None:
    read = numbers.phone_numbers(a_column(text))

    assert (int(read.values[0]), said(read.flags)) == (value, [flags])


def test_every_prefix_of_eleven_digits_has_its_own_new_one() -> None:
    old = [120, 121, 122, 126, 128, 123, 124, 125, 127, 129, *range(162, 170), 186, 188, 199]

    read = numbers.phone_numbers(a_column(*(f"0{prefix}1234567" for prefix in old)))

    assert len(set(read.values.tolist())) == len(old)
    assert all(flags == [OwnFlag.PHONE_OLD_PREFIX] for flags in said(read.flags))
    assert not any(said(numbers.phone_numbers(a_column(*(f"0{value}" for value in read.values.tolist()))).flags))
