"""Birth dates as people, cards and systems write them; often a year only."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dancu.kernel.dates import PartialDate
from dancu.kernel.errors import Invalid

days = st.dates(date(1850, 1, 1), date(2199, 12, 31))


@given(days)
def test_every_way_of_writing_a_day_is_that_day(born: date):
    expected = PartialDate(born.year, born.month, born.day)
    year, month, day = f"{born.year:04d}", f"{born.month:02d}", f"{born.day:02d}"
    for text in (
        f"{day}/{month}/{year}",
        f"{born.day}/{born.month}/{year}",
        f"{day}-{month}-{year}",
        f"{day}.{month}.{year}",
        f"{year}-{month}-{day}",
        f"{day}{month}{year}",
        f"  {day}/{month}/{year} ",
    ):
        assert PartialDate.parse(text) == expected, text
    assert PartialDate.parse(str(expected)) == PartialDate.parse(expected.iso) == expected


@given(st.dates(date(1880, 1, 1), date(2100, 12, 31)))
def test_eight_digits_with_the_year_first_are_that_day(born: date):
    assert PartialDate.parse(f"{born:%Y%m%d}") == PartialDate(born.year, born.month, born.day)


@pytest.mark.parametrize(
    ("text", "year", "month"),
    [
        ("1955", 1955, 0),
        ("11/1990", 1990, 11),
        ("1990-11", 1990, 11),
        ("00/00/1955", 1955, 0),
        ("19550000", 1955, 0),
        ("00/11/1990", 1990, 11),
    ],
)
def test_what_is_not_known_stays_unknown(text: str, year: int, month: int):
    read = PartialDate.parse(text)

    assert (read.year, read.month, read.day, read.is_full) == (year, month, 0, False)


@pytest.mark.parametrize(
    ("text", "code", "word"),
    [
        ("", "missing", "24/11/1990"),
        ("30/02/1990", "day", "30/02/1990"),
        ("29/02/1900", "day", "29/02/1900"),
        ("31/04/1990", "day", "31/04/1990"),
        ("01/13/1990", "month", "13"),
        ("24/11/0990", "year", "990"),
        ("24/11/90", "shape", "24/11/1990"),
        ("hôm qua", "shape", "24/11/1990"),
        ("1990-11-24T00:00:00", "shape", "24/11/1990"),
        ("-1990", "shape", "24/11/1990"),
    ],
)
def test_what_is_no_date_is_told_with_what_was_read(text: str, code: str, word: str):
    with pytest.raises(Invalid) as refused:
        PartialDate.parse(text)

    assert refused.value.code == f"birth_date.{code}"
    assert word in refused.value.message
