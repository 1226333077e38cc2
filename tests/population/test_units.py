"""Administrative units through time: versions of the list, codes that changed their meaning, what became of every unit.

The counts are the official ones (Resolution 202/2025/QH15, Decision 19/2025/QĐ-TTg, Resolution 237/NQ-UBTVQH16).
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from itertools import pairwise

import pytest

from dancu.kernel.areas import AreaCode
from dancu.kernel.errors import Invalid, NotFound
from dancu.population.api import (
    Outcome,
    coordinates,
    find_area,
    get_version,
    is_known,
    latest_version,
    meanings_of,
    predecessors,
    province_of,
    successors,
    unit_names,
    version_on,
    versions,
)
from dancu.population.units.table import units

# The code of the new province stands where another province's stood (Resolution 202/2025/QH15; Decision 19/2025/QĐ-TTg).
CHANGED_PROVINCES = {"15": "Yên Bái", "24": "Bắc Giang", "44": "Quảng Bình", "52": "Bình Định"} | {
    "80": "Long An",
    "82": "Tiền Giang",
    "91": "Kiên Giang",
}


def codes(version: str, level: int) -> list[str]:
    return [code for (v, each, code) in units() if (v, each) == (version, level)]


def an_area(version: str, code: str) -> AreaCode:
    area = find_area(version, code)
    assert area is not None, (version, code)
    return area


def resolved() -> list[AreaCode]:
    """The 10.040 units of the last three-level list: communes, and island districts that have none."""
    with_communes = {unit.parent_code for (version, level, _), unit in units().items() if (version, level) == ("L3-2025", 3)}
    islands = [code for code in codes("L3-2025", 2) if code not in with_communes]
    return [an_area("L3-2025", code) for code in codes("L3-2025", 3) + islands]


@pytest.mark.parametrize("version", versions(), ids=lambda v: v.code)
def test_a_version_has_the_counts_it_states(version):
    counted = tuple(len(codes(version.code, level)) for level in (1, 2, 3))

    assert counted == (version.provinces, version.districts, version.communes)


@pytest.mark.parametrize(
    ("version", "kinds"),
    [
        ("L2-2025", {"Xã": 2621, "Phường": 687, "Đặc khu": 13}),
        ("L2-2026", {"Xã": 2611, "Phường": 697, "Đặc khu": 13}),
        ("L2-2026c", {"Xã": 2599, "Phường": 709, "Đặc khu": 13}),
    ],
)
def test_a_two_level_version_has_the_official_kinds(version, kinds):
    names = [unit.name for (v, level, _), unit in units().items() if (v, level) == (version, 3)]

    assert Counter("Đặc khu" if name.startswith("Đặc khu") else name.split()[0] for name in names) == kinds


def test_the_versions_follow_one_another_without_gap_or_overlap():
    following = pairwise(versions())

    assert all(before.valid_to is not None and (after.valid_from - before.valid_to).days == 1 for before, after in following)
    assert latest_version().valid_to is None


@pytest.mark.parametrize(
    ("day", "version"),
    [
        (date(2022, 12, 1), "L3-2021"),
        (date(2025, 6, 30), "L3-2025"),
        (date(2025, 7, 1), "L2-2025"),
        (date(2026, 4, 29), "L2-2025"),
        (date(2026, 4, 30), "L2-2026"),
        (date(2026, 9, 20), "L2-2026c"),
        (date(2040, 1, 1), "L2-2026c"),
    ],
)
def test_a_day_has_its_version(day, version):
    assert version_on(day).code == version


def test_a_day_before_every_list_and_a_version_nobody_wrote_are_said():
    with pytest.raises(NotFound) as early:
        version_on(date(1999, 1, 1))
    with pytest.raises(NotFound) as unknown:
        get_version("L4-1900")

    assert "01/03/2021" in early.value.message
    assert "L2-2025" in unknown.value.message


def test_every_unit_has_its_parents_in_its_own_list():
    for version, _level, code in units():
        area = find_area(version, code)

        assert area is not None, (version, code)
        assert len(unit_names(area)) == len([part for part in (area.province, area.district, area.commune) if part])


@pytest.mark.parametrize(("code", "before"), CHANGED_PROVINCES.items())
def test_a_province_code_that_changed_its_meaning_is_told_apart(code, before):
    meanings = {meaning.version.code: meaning for meaning in meanings_of(code)}

    assert meanings["L3-2025"].names == (f"Tỉnh {before}",)
    assert before not in meanings["L2-2025"].names[0]
    assert (meanings["L3-2025"].is_same, meanings["L2-2025"].is_same) == (True, False)


def test_exactly_seven_province_codes_changed_their_meaning():
    changed = {
        code
        for code in codes("L2-2025", 1)
        if not next(meaning.is_same for meaning in meanings_of(code) if meaning.version.code == "L2-2025")
    }

    assert changed == set(CHANGED_PROVINCES)


def test_a_commune_code_used_again_is_told_apart():
    meanings = [(meaning.version.code, meaning.names[0]) for meaning in meanings_of("00004")]

    assert ("L3-2025", "Phường Trúc Bạch") in meanings
    assert ("L2-2025", "Phường Ba Đình") in meanings


def test_a_code_nobody_had_has_no_meaning():
    assert meanings_of("99999") == []
    assert meanings_of("") == []
    assert meanings_of("1234567") == []


def test_all_10040_old_units_resolve_and_471_are_said_to_be_divided():
    outcomes = Counter(successors(area).outcome for area in resolved())

    assert outcomes == {Outcome.ONE: 9569, Outcome.SEVERAL: 471}


def test_a_divided_unit_names_every_candidate_and_one_default():
    divided = [found for area in resolved() if (found := successors(area)).outcome is Outcome.SEVERAL]

    assert {len(found.successors) for found in divided} == {2, 3, 4, 5}
    assert all(sum(each.is_default for each in found.successors) == 1 for found in divided)
    assert all(found.only is None for found in divided)


def test_every_new_unit_was_made_of_something_and_both_directions_agree():
    for code in codes("L2-2025", 1) + codes("L2-2025", 3):
        area = an_area("L2-2025", code)
        made_of = predecessors(area)

        assert made_of, code
        for part in made_of:
            followed = successors(part.area, "L2-2025")
            assert area in [each.area for each in followed.successors]
            assert part.is_whole == (followed.only == area)


def test_an_island_district_without_communes_becomes_a_special_zone():
    followed = successors(an_area("L3-2025", "536"), "L2-2025")

    assert followed.only is not None
    assert unit_names(followed.only) == ["Đặc khu Lý Sơn", "Tỉnh Quảng Ngãi"]


def test_a_district_lives_on_in_the_communes_it_became():
    followed = successors(an_area("L3-2025", "001"))

    names = {unit_names(each.area)[0] for each in followed.successors}
    assert followed.outcome is Outcome.SEVERAL
    assert names >= {"Phường Ba Đình", "Phường Ngọc Hà", "Phường Giảng Võ"}


def test_the_ten_wards_of_dong_nai_kept_their_codes():
    followed = successors(an_area("L2-2025", "26368"), "L2-2026")

    assert followed.only is not None
    assert unit_names(an_area("L2-2025", "26368")) == ["Xã Long Thành", "Tỉnh Đồng Nai"]
    assert unit_names(followed.only) == ["Phường Long Thành", "Thành phố Đồng Nai"]


def test_communes_of_2021_are_followed_as_far_as_the_data_allow():
    outcomes = Counter(successors(an_area("L3-2021", code), "L3-2025").outcome for code in codes("L3-2021", 3))

    assert outcomes == {Outcome.ONE: 10579, Outcome.SEVERAL: 9, Outcome.UNKNOWN: 11}


def test_a_commune_that_was_renamed_or_merged_before_2025_is_followed_by_its_former_name():
    quynh_loi = successors(an_area("L3-2021", "00292"), "L3-2025")  # merged into its neighbour, which took over the code

    assert quynh_loi.only is not None
    assert unit_names(quynh_loi.only)[0] == "Phường Bạch Mai"
    assert quynh_loi.successors[0].evidence == "former name"


def test_units_are_followed_forward_only_and_only_where_the_list_has_them():
    with pytest.raises(Invalid) as backward:
        successors(an_area("L2-2025", "00004"), "L3-2025")
    with pytest.raises(Invalid) as nowhere:
        successors(AreaCode("L2-2025", "01", "", "99999"))

    assert backward.value.code == "units.not_later"
    assert nowhere.value.code == "units.no_code"


def test_both_codes_of_ba_che_find_it_in_every_version():
    for version in versions():
        assert find_area(version.code, "06970") is not None
    for version in ("L3-2025", "L2-2025", "L2-2026c"):
        assert unit_names(an_area(version, "06978")) == unit_names(an_area(version, "06970"))

    assert an_area("L2-2025", "06970").commune == "06978"
    assert an_area("L3-2025", "06978").commune == "06970"
    assert is_known("L3-2025", "22.202.06978")
    assert is_known("L2-2026", "22..06970")


@pytest.mark.parametrize(
    ("version", "code", "known"),
    [
        ("L2-2025", "46..19753", True),
        ("L3-2025", "46.474.19753", True),
        ("L3-2021", "46", True),
        ("L2-2026c", "46..19753", True),
        ("L2-2025", "46..99999", False),
        ("L2-2025", "46.474.19753", False),
        ("", "46", False),
        ("L2-2025", "", False),
        ("L2-2025", "46.1.2.3", False),
    ],
)
def test_a_dotted_code_is_known_where_its_list_has_it(version, code, known):
    assert is_known(version, code) is known


@pytest.mark.parametrize(("code", "province"), [("19753", "46"), ("46..19753", "46"), ("46", "46"), ("26368", "75")])
def test_the_province_of_any_code_is_found(code, province):
    assert province_of("L2-2025", code) == province


def test_the_province_of_an_unknown_code_is_refused():
    with pytest.raises(NotFound) as refused:
        province_of("L2-2025", "474")

    assert "474" in refused.value.message


def test_every_commune_of_2025_lies_in_the_country():
    for version in ("L3-2025", "L2-2025", "L2-2026c"):
        for code in codes(version, 3) + codes(version, 1):
            place = coordinates(an_area(version, code))

            assert place is not None, (version, code)
            assert 7 < place.latitude < 24
            assert 102 < place.longitude < 118, (code, place)


def test_what_nobody_placed_has_no_coordinates():
    assert coordinates(an_area("L3-2025", "001")) is None
    assert coordinates(an_area("L3-2021", "00292")) is None
    assert coordinates(an_area("L3-2021", "00004")) == coordinates(an_area("L3-2025", "00004"))
