"""Bodies through time: whose code it was on a day, and what became of it through the reform of 2025."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dancu.identity.api import BodyKind, bodies, bodies_on, body_on, history_of, parse_code, successor_of
from dancu.kernel.errors import Invalid, NotFound
from dancu.population.api import find_area, successors, unit_names, version_on

BEFORE, AFTER = date(2023, 2, 18), date(2025, 7, 1)


def test_63_provinces_before_and_34_after_the_reform():
    assert len(bodies_on(date(2022, 12, 1), BodyKind.PEOPLE_COMMITTEE)) == 63
    assert len(bodies_on(date(2025, 6, 30), BodyKind.PEOPLE_COMMITTEE)) == 63
    assert len(bodies_on(AFTER, BodyKind.PEOPLE_COMMITTEE)) == 34
    assert len(bodies_on(date(2026, 12, 1), BodyKind.PEOPLE_COMMITTEE)) == 34


def test_the_codes_of_the_63_provinces_are_h01_to_h63():
    codes = sorted(body.code for body in bodies_on(BEFORE, BodyKind.PEOPLE_COMMITTEE))

    assert codes == [f"H{number:02d}" for number in range(1, 64)]


def test_every_ministry_of_before_has_one_carrying_on():
    gone = [body for body in bodies_on(BEFORE) if body.code not in {later.code for later in bodies_on(AFTER)}]

    assert {body.code for body in gone if body.kind is BodyKind.MINISTRY} == {"G04", "G05", "G07", "G13", "G14"}
    assert all(successor_of(body.code) in bodies_on(AFTER) for body in gone if body.kind is BodyKind.MINISTRY)


@pytest.mark.parametrize(
    ("code", "successor", "name"),
    [
        ("H02", "H05", "Ủy ban nhân dân thành phố Bắc Ninh"),  # Bắc Giang
        ("H08", "H21", "Ủy ban nhân dân tỉnh Gia Lai"),  # Bình Định
        ("H26", "H26", "Ủy ban nhân dân thành phố Hà Nội"),
        ("H57", "H57", "Ủy ban nhân dân thành phố Huế"),
        ("H19", "H19", "Ủy ban nhân dân thành phố Đồng Nai"),
        ("G14", "G06", "Bộ Khoa học và Công nghệ"),
        ("G10", "G10", "Bộ Nông nghiệp và Môi trường"),
        ("000.00.00.H02", "H05", "Ủy ban nhân dân thành phố Bắc Ninh"),
        ("H02.12.3", "H05", "Ủy ban nhân dân thành phố Bắc Ninh"),
    ],
)
def test_what_became_of_a_body_is_found_through_every_change(code, successor, name):
    body = successor_of(code)

    assert (body.code, body.name) == (successor, name)


def test_a_new_province_keeps_the_code_of_the_merged_province_whose_name_it_keeps():
    # Trap: the organisation code follows the name, the statistics code follows the seat.
    bac_ninh = body_on("H05", AFTER)

    assert bac_ninh is not None
    assert (bac_ninh.name, bac_ninh.area_code) == ("Ủy ban nhân dân tỉnh Bắc Ninh", "24")
    assert body_on("H05", BEFORE).area_code == "27"  # type: ignore[union-attr]
    assert body_on("H02", AFTER) is None


@pytest.mark.parametrize("day", [BEFORE, date(2025, 6, 30), AFTER, date(2026, 12, 1)])
def test_a_province_is_named_as_in_the_list_of_units_of_its_day(day):
    version = version_on(day).code

    for body in bodies_on(day, BodyKind.PEOPLE_COMMITTEE):
        area = find_area(version, body.area_code)
        assert area is not None, body
        assert body.name.removeprefix("Ủy ban nhân dân ").casefold().replace("hoà", "hòa") == (
            unit_names(area)[0].casefold().replace("hoà", "hòa")
        )


def test_bodies_and_units_agree_about_what_merged_with_what():
    for body in bodies_on(date(2025, 6, 30), BodyKind.PEOPLE_COMMITTEE):
        area = find_area("L3-2025", body.area_code)
        assert area is not None
        province = successors(area, "L2-2025").only
        later = body_on(successor_of(body.code).code, AFTER)

        assert province is not None
        assert later is not None
        assert later.area_code == province.province


def test_the_versions_of_a_code_never_overlap_and_a_changed_body_says_where_it_went():
    by_code = defaultdict(list)
    for body in bodies():
        by_code[body.code].append(body)
        assert (body.valid_to is None) == (not body.change) == (not body.successor_code), body
        assert body.confidence in ("certain", "likely", "unsure")
        assert body.source
    for versions in by_code.values():
        for before, after in pairwise(versions):
            assert before.valid_to is not None
            assert (after.valid_from - before.valid_to).days == 1
    assert Counter(body.change for body in bodies())["merged"] > 29


def test_a_split_ministry_names_all_that_took_over_a_part():
    (labour,) = history_of("G07")

    assert (labour.change, labour.successor_code) == ("split", "G09")
    assert set(labour.other_successors) <= {body.code for body in bodies_on(AFTER)}


@pytest.mark.parametrize(
    ("text", "level_1", "below", "new", "old"),
    [
        ("000.00.00.H49", "H49", (), "H49", "000.00.00.H49"),
        ("H49", "H49", (), "H49", "000.00.00.H49"),
        (" h49.12.3 ", "H49", ("12", "3"), "H49.12.3", ""),
        ("000.11.22.H49", "H49", ("22", "11", "000"), "", "000.11.22.H49"),
        ("G09.20", "G09", ("20",), "G09.20", ""),
    ],
)
def test_both_forms_of_a_code_are_taken_apart(text, level_1, below, new, old):
    code = parse_code(text)

    assert (code.level_1, code.below, code.new_form, code.old_form) == (level_1, below, new, old)


@pytest.mark.parametrize(
    "text", ["", "49", "H4", "H49.", "H49.1234", "H49.1.2.3.4.5", "00.00.00.H49", "000.00.00", "H٤٩", "H" * 500]
)
def test_what_is_no_code_is_refused(text):
    with pytest.raises(Invalid) as refused:
        parse_code(text)

    assert refused.value.field == "code"


def test_a_code_nobody_has_is_not_found():
    assert body_on("Z99", BEFORE) is None
    with pytest.raises(NotFound):
        successor_of("Z99")


@given(st.from_regex(r"[A-Z][0-9]{2}(\.[0-9]{1,3}){0,4}", fullmatch=True))
def test_a_code_of_the_new_form_survives_being_taken_apart(text):
    assert parse_code(text).new_form == text
