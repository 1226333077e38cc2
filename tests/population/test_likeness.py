"""Reading what was typed and ranking what was found, as tables: no database."""

from __future__ import annotations

import pytest

from dancu.kernel.dates import PartialDate
from dancu.kernel.errors import Invalid
from dancu.population.reader import PersonRow
from dancu.population.search.candidates import CANDIDATES_MAX, exact_branches, mended_branches, other_year_branches
from dancu.population.search.keys import folded_words
from dancu.population.search.likeness import FoundPerson, Part, SearchRow, name_likeness, ranked
from dancu.population.search.query import NameQuery, NumberQuery, OldNumberQuery, near_numbers, read_query
from dancu.population.search.words import NameWords, is_one_error, readings_of
from tests.factories.people import NAME

WORDS = NameWords(
    {"nguyen": 300, "tran": 100, "van": 250, "thi": 200, "hoa": 50, "hoan": 4, "hoang": 40, "thu": 30, "y": 3, "thuy": 20}
)


@pytest.mark.parametrize(
    ("text", "birth_date", "expected"),
    [
        ("046090000101", "", NumberQuery("046090000101")),
        (" 046 090.000-101 ", "", NumberQuery("046090000101")),
        ("04609000010", "", NumberQuery("04609000010")),
        ("0460900001011", "", NumberQuery("0460900001011")),
        ("191000101", "", OldNumberQuery("191000101")),
        ("19100010", "", OldNumberQuery("19100010")),
        ("1910001011", "", OldNumberQuery("1910001011")),
        ("Trần Văn Hòa", "1990", NameQuery("Trần Văn Hòa", PartialDate(1990))),
        ("  Trần   Văn Hòa ", "17/5/1990", NameQuery("Trần Văn Hòa", PartialDate(1990, 5, 17))),
        ("tranvanhoa", "1990", NameQuery("tranvanhoa", PartialDate(1990))),
        ("Hòa", "17/5/1990", NameQuery("Hòa", PartialDate(1990, 5, 17))),
    ],
)
def test_what_was_typed_is_recognised(text, birth_date, expected):
    assert read_query(text, birth_date) == expected


@pytest.mark.parametrize(
    ("text", "more", "field"),
    [
        ("", {}, "text"),
        ("12345", {}, "text"),
        ("12345678901234", {}, "text"),
        ("Trần Văn Hòa", {}, "birth_date"),
        ("Trần Văn Hòa", {"birth_date": "hôm qua"}, "birth_date"),
        ("Hòa", {"birth_date": "1990"}, "text"),
        ("A B C D E F G H I K L M N", {"birth_date": "1990"}, "text"),
        ("x" * 500, {"birth_date": "1990"}, "text"),
        ("Trần Văn Hòa", {"birth_date": "1990", "province": "Huế"}, "province"),
    ],
)
def test_what_cannot_be_searched_says_which_field_and_what_to_do(text, more, field):
    with pytest.raises(Invalid) as failure:
        read_query(text, more.pop("birth_date", ""), **more)

    assert failure.value.field == field
    assert failure.value.message


@pytest.mark.parametrize(
    ("typed", "length", "expected", "count"),
    [
        ("046090000101", 12, ["146090000101", "046090000110", "046090000102"], 116),
        ("04609000010", 12, ["046090000101", "004609000010", "046090000100"], 109),
        ("0460900001011", 12, ["046090000101", "460900001011", "046090000111"], None),
        ("191000101", 9, ["191000102", "911000101"], None),
    ],
)
def test_every_number_one_slip_away_is_tried_and_not_the_typed_one(typed, length, expected, count):
    near = near_numbers(typed, length)

    assert set(expected) <= set(near)
    assert typed not in near
    assert all(len(number) == length for number in near)
    assert len(near) == len(set(near)) <= 10 * length
    assert count is None or len(near) == count


@pytest.mark.parametrize(
    ("typed", "known", "expected"),
    [
        ("hoan", "hoang", True),  # one left out
        ("hoangg", "hoang", True),  # one too many
        ("hoamg", "hoang", True),
        ("haong", "hoang", True),  # exchanged
        ("hoang", "hoang", False),
        ("oahng", "hoang", False),
        ("hung", "hoang", False),
        ("", "y", True),
        ("gnaoh", "hoang", False),
    ],
)
def test_one_typing_error(typed, known, expected):
    assert is_one_error(typed, known) is expected
    assert is_one_error(known, typed) is expected


def test_words_one_error_away_come_frequent_first():
    assert WORDS.near("hoa") == ["hoan"]
    assert WORDS.near("hoam") == ["hoa", "hoan"]
    assert WORDS.near("nguyeenx") == ["nguyen"]  # keys of telex
    assert WORDS.near("zzzz") == []


@pytest.mark.parametrize(
    ("typed", "readings"),
    [
        ("tran van hoa", [("tran", "van", "hoa")]),
        ("tranvanhoa", [("tranvanhoa",), ("tran", "van", "hoa")]),
        ("tranvan hoa", [("tranvan", "hoa"), ("tran", "van", "hoa")]),
        ("tr an van hoa", [("tr", "an", "van", "hoa"), ("tran", "van", "hoa")]),
        ("tran vabhoang", [("tran", "vabhoang"), ("tran", "vab", "hoang")]),  # joined, and one letter wrong
        ("xyzxyzxyz", [("xyzxyzxyz",)]),
    ],
)
def test_joined_and_split_words_are_read_both_ways(typed, readings):
    assert readings_of(folded_words(typed), WORDS) == readings


@pytest.mark.parametrize(
    ("typed", "recorded", "parts"),
    [
        ("Trần Văn Hòa", "Trần Văn Hòa", []),
        ("TRẦN VĂN HOÀ", "Trần Văn Hòa", []),
        ("Tran Van Hoa", "Trần Văn Hòa", [Part.MARKS] * 3),
        ("Trần Văn Hóa", "Trần Văn Hòa", [Part.MARKS]),
        ("TranVan Hoa", "Trần Văn Hòa", [Part.SPACING]),
        ("Hòa Trần Văn", "Trần Văn Hòa", [Part.ORDER]),
        ("Trần Hòa", "Trần Văn Hòa", [Part.MISSING_WORD]),
        ("Trần Văn Minh Hòa", "Trần Văn Hòa", [Part.EXTRA_WORD]),
        ("Trần Vam Hòa", "Trần Văn Hòa", [Part.SPELLING]),
    ],
)
def test_what_differs_is_said(typed, recorded, parts):
    score, differences = name_likeness(typed, recorded, [tuple(folded_words(typed))])

    assert [each.part for each in differences] == parts
    assert (score == 1) == (not parts)
    assert score > 0.7


def a_row(number: int = 46090000101, name: str = NAME, born: str = "1990-05-17", other: str = "", dead: bool = False) -> SearchRow:
    birth = PartialDate.parse(born)
    person = PersonRow(number, 0, None, name, birth.year, birth.month, birth.day, int(dead), 1, "", "VN", 1)
    return SearchRow(person, other, "L3-2025", "46.474.19753")


def order_of(query: NameQuery, *rows: SearchRow) -> list[str]:
    found: list[FoundPerson] = ranked(query, rows, [tuple(folded_words(query.name))])
    return [f"{each.full_name} {each.birth_date.iso}" for each in found]


def test_the_likest_come_first():
    query = NameQuery("Trần Văn Hòa", PartialDate(1990, 5, 17), province="46")
    names = [
        ("Trần Văn Hòa", "1990-05-17"),
        ("Trần Văn Hoá", "1990-05-17"),
        ("Hòa Trần Văn", "1990-05-17"),
        ("Trần Văn Hòa", "1990-05-18"),
        ("Trần Văm Hòa", "1990-05-18"),
        ("Trần Văn Hòa", "1991-02-03"),
    ]
    rows = [a_row(46090000101 + i, name, born) for i, (name, born) in enumerate(names)]

    assert order_of(query, *reversed(rows)) == [f"{name} {born}" for name, born in names]


def test_of_equals_the_living_come_first_and_then_the_smaller_number():
    found = ranked(NameQuery(NAME, PartialDate(1990)), [a_row(3), a_row(1, dead=True), a_row(2)], [("tran", "van", "hoa")])

    assert [each.personal_id.number for each in found] == [2, 3, 1]


def test_somebody_else_is_not_shown():
    assert order_of(NameQuery(NAME, PartialDate(1990)), a_row(name="Lê Thị Bưởi")) == []


def test_the_other_name_finds_too_and_says_so():
    [found] = ranked(NameQuery("Lê Bưởi", PartialDate(1990)), [a_row(other="Lê Bưởi")], [("le", "buoi")])

    assert [each.part for each in found.differences] == [Part.OTHER_NAME]


@pytest.mark.parametrize("typed", ["Trần Văn Hòa", "a b c d e f g h i k l m", "tranvanhoa"])
def test_a_round_is_bounded_whatever_is_typed(typed):
    query = NameQuery(typed, PartialDate(1990, 5, 7), True, "46")
    readings = readings_of(folded_words(typed), WORDS)

    for branches in (
        exact_branches(query, readings),
        mended_branches(query, readings, WORDS),
        other_year_branches(query, readings, WORDS),
    ):
        assert 0 < len(branches) <= 80
        assert all(branch.sets and all(branch.sets) for branch in branches)
        assert all(branch.limit <= CANDIDATES_MAX for branch in branches)
