"""Addresses for a caller with an older or newer list of units: certain parts are kept, nothing is invented.

Held against the tables themselves: whatever the list gives as successor or predecessor, the answer is what all of them share.
"""

from __future__ import annotations

import pytest

from dancu.gateway.unit_versions import facts_in, household_in, in_version
from dancu.kernel.areas import Address, AreaCode
from dancu.population.domain import HouseholdFacts, PersonFacts
from dancu.population.units.succession import Outcome, predecessors, successors
from dancu.population.units.table import find_area, units

OLD, LAST_OLD, NEW, NEWEST = "L3-2021", "L3-2025", "L2-2025", "L2-2026c"


def areas(version: str, level: int, step: int) -> list[AreaCode]:
    codes = sorted(code for v, at, code in units() if (v, at) == (version, level))[::step]
    return [area for code in codes if (area := find_area(version, code)) is not None]


def test_a_unit_with_one_successor_follows_it_and_a_divided_one_keeps_what_its_parts_share() -> None:
    followed = {outcome: 0 for outcome in Outcome}
    for area in areas(LAST_OLD, 3, 40):
        found, told = successors(area, NEW), in_version(area, NEW)
        followed[found.outcome] += 1
        assert told is not None
        assert {each.area.province for each in found.successors} == {told.province}
        assert told.district == ""
        assert told.commune == (found.only.commune if found.only else "")
    assert followed[Outcome.ONE] > 100
    assert followed[Outcome.SEVERAL] > 0


def test_back_to_districts_a_commune_made_of_several_keeps_no_commune() -> None:
    single = several = 0
    for area in areas(NEW, 3, 25):
        told, before = in_version(area, LAST_OLD), predecessors(area)
        if not before:
            assert told is None or told.commune == ""
            continue
        if told is None:
            assert len({each.area.province for each in before}) > 1
            continue
        assert {each.area.province for each in before} == {told.province}
        if len(before) == 1:
            single += 1
            assert told == before[0].area
        else:
            several += 1
            assert told.commune == ""
            assert told.district in {"", before[0].area.district}
    assert single
    assert several


@pytest.mark.parametrize("area", areas(NEWEST, 3, 300))
def test_to_the_oldest_list_every_code_told_is_one_of_that_list(area: AreaCode) -> None:
    told = in_version(area, OLD)

    assert told is None or (told.version == OLD and find_area(OLD, told.code) == told)


def test_between_lists_without_districts_codes_stay() -> None:
    area = find_area(NEWEST, "19753")
    assert area is not None

    assert in_version(area, NEW) == AreaCode(NEW, area.province, "", "19753")
    assert in_version(AreaCode(NEW, area.province, "", "19753"), NEWEST) == area


@pytest.mark.parametrize(
    ("area", "kept"),
    [
        (AreaCode(LAST_OLD, "46", "474", "99999"), AreaCode(NEW, "46")),  # a commune nobody knows
        (AreaCode("L9-1999", "46"), None),
        (AreaCode(LAST_OLD, "00"), None),
        (AreaCode("", "46"), None),
    ],
)
def test_what_the_list_does_not_know_keeps_the_province_or_nothing(area: AreaCode, kept: AreaCode | None) -> None:
    assert in_version(area, NEW) == kept


def test_a_province_that_was_joined_has_no_single_one_before() -> None:
    joined = next(area for area in areas(NEW, 1, 1) if len(predecessors(area)) > 1)
    alone = next(area for area in areas(NEW, 1, 1) if len(predecessors(area)) == 1)

    assert in_version(joined, OLD) is None
    assert in_version(alone, OLD) == AreaCode(OLD, predecessors(alone)[0].area.province)


def test_only_units_change_and_what_was_not_granted_stays_away() -> None:
    area = AreaCode(LAST_OLD, "46", "474", "19753")
    facts = PersonFacts(full_name="Trần Thử", home_town=Address(area, "Tổ 3"), current_residence=Address(None, "ở xa", ""))

    told = facts_in(facts, NEW)
    household = household_in(HouseholdFacts(address=Address(area, "Số 7")), NEW)

    assert told.home_town == Address(in_version(area, NEW), "Tổ 3")
    assert told.current_residence == Address(None, "ở xa", "")
    assert (told.full_name, told.permanent_residence) == ("Trần Thử", None)
    assert household.address == Address(in_version(area, NEW), "Số 7")
    assert facts_in(facts, LAST_OLD) == facts
