"""The 12-digit number and the 9 digits before it: read forgivingly, never shown by accident."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dancu.kernel.errors import Invalid
from dancu.kernel.personal_id import PersonalId, parse_old_id

numbers = st.from_regex(r"[0-9]{12}", fullmatch=True).filter(lambda digits: len(set(digits)) > 1)


@given(numbers)
def test_twelve_digits_stay_twelve_digits(digits: str):
    number = PersonalId.parse(digits)

    assert number.digits == str(number) == digits
    assert number.grouped.replace(" ", "") == digits
    assert PersonalId.parse(f" {number.grouped.replace(' ', '.')} ") == number
    assert digits not in repr(number)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "missing"),
        ("04609000010", "length"),
        ("0460900001011", "length"),
        ("04609000010A", "not_digits"),
        ("0460९0000101", "not_digits"),
        ("+46090000101", "not_digits"),
        ("111111111111", "repeated"),
    ],
)
def test_what_is_no_number_is_told(text: str, code: str):
    with pytest.raises(Invalid) as refused:
        PersonalId.parse(text)

    assert refused.value.code == f"personal_id.{code}"
    assert not text or text not in str(refused.value)


@pytest.mark.parametrize(
    ("digits", "sex", "year"),
    [("046090000101", 1, 1990), ("046155000102", 2, 1955), ("046203000103", 1, 2003), ("046399000104", 2, 2099)],
)
def test_the_digits_hint_at_sex_and_year_as_issued(digits: str, sex: int, year: int):
    number = PersonalId.parse(digits)

    assert (number.stated_sex, number.stated_birth_year, number.province_code) == (sex, year, digits[:3])


def test_old_numbers_have_nine_digits():
    assert parse_old_id("191 000 101") == "191000101"
    for wrong in ("", "19100010", "1910001011", "19100010A"):
        with pytest.raises(Invalid):
            parse_old_id(wrong)
