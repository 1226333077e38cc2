"""A centre is inspected once for its tenants: what it gives and how long, and who is looked at again when it gives no more."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

import msgspec
import pytest

from dancu.onboarding.inspection.actions import Cancel, DeclareChange, Outcome, Record, Result
from dancu.onboarding.inspection.domain import Inspection, ValidityState
from dancu.onboarding.inspection.inheritance import inherit, to_look_at_again
from dancu.onboarding.inspection.separation import InspectionRole
from dancu.onboarding.inspection.table import State, Verdict
from tests.onboarding.inspection.scene import (
    CENTRE,
    CHECKLIST,
    COORDINATOR,
    DAY,
    INSPECTOR,
    KNOWN,
    SYSTEM,
    a_checklist,
    a_conclusion,
    a_record,
    an_actor,
    an_item,
    done,
    of,
    passed,
    recorded,
    scheduled,
)

CENTRE_DAY, UNTIL = date(2022, 12, 5), date(2023, 6, 30)
FIRST = passed(CENTRE, UUID(int=1), day=CENTRE_DAY, until=UNTIL)
HOST = an_actor("nha-cung-cap", "V01/HT", InspectionRole.OWNS)
MET = Result("MANG-06", Outcome.MET, inherited_from=FIRST.id)


def later(verdict: Verdict, day: date = date(2023, 3, 1), number: int = 2) -> Inspection:
    """Another inspection of the centre."""
    seen = recorded(scheduled(CENTRE, UUID(int=number), day=day, on=day), ["MANG-06"], day)
    return done(seen, INSPECTOR, a_conclusion(verdict, day=day))


def tenant(number: int = 10, *, concluded: bool = True, **subject: str) -> Inspection:
    """A system that took over the centre's items, and passed."""
    inspection = scheduled(msgspec.structs.replace(SYSTEM, **subject), UUID(int=number))
    seen = recorded(inspection, ["MANG-01", "NHATKY-01"])
    known = replace(KNOWN, centre=(FIRST,))
    seen = done(seen, INSPECTOR, of(Record, INSPECTOR, DAY, MET), known=known)
    return done(seen, INSPECTOR, a_conclusion(Verdict.PASSED, until=date(2024, 12, 14)), known=known) if concluded else seen


@pytest.mark.parametrize(
    ("day", "given"),
    [(date(2022, 12, 4), ()), (CENTRE_DAY, (MET,)), (UNTIL, (MET,)), (date(2023, 7, 1), ())],
)
def test_a_centre_gives_what_was_seen_there_while_its_inspection_is_valid(day, given):
    assert inherit([FIRST], CHECKLIST, day) == given


def test_only_items_of_the_centre_are_given_each_with_where_it_comes_from():
    noted = recorded(scheduled(CENTRE, UUID(int=3), day=CENTRE_DAY, on=CENTRE_DAY), [], CENTRE_DAY)
    noted = done(noted, INSPECTOR, a_record("MANG-06", day=CENTRE_DAY, note="luật đã rà soát", evidence="a" * 64))
    noted = done(noted, INSPECTOR, a_conclusion(Verdict.PASSED, day=CENTRE_DAY))

    (given,) = inherit([noted], CHECKLIST, DAY)

    assert given == Result("MANG-06", Outcome.MET, "", "luật đã rà soát", "a" * 64, UUID(int=3))


def test_what_a_later_list_makes_the_systems_own_is_not_given():
    own = a_checklist(items=(an_item("MANG-06"),))

    assert inherit([FIRST], own, DAY) == ()


def test_a_system_gives_nothing_to_another_system():
    assert inherit([passed(number=UUID(int=4), day=CENTRE_DAY)], CHECKLIST, DAY) == ()


def test_a_centre_that_failed_later_gives_nothing_from_that_day_on():
    both = [FIRST, later(Verdict.FAILED)]

    assert inherit(both, CHECKLIST, date(2023, 2, 28)) == (MET,)
    assert inherit(both, CHECKLIST, date(2023, 3, 1)) == ()


def test_a_centre_that_passed_again_gives_what_was_seen_last():
    (given,) = inherit([later(Verdict.PASSED), FIRST], CHECKLIST, date(2023, 3, 2))

    assert given.inherited_from == UUID(int=2)


def test_a_centre_that_declared_a_change_gives_nothing_until_it_is_inspected_again():
    changed = done(FIRST, HOST, of(DeclareChange, HOST, date(2023, 2, 1), "Thay tường lửa biên"))

    assert inherit([changed], CHECKLIST, date(2023, 1, 31)) == (MET,)
    assert inherit([changed], CHECKLIST, date(2023, 2, 1)) == ()
    assert len(inherit([changed, later(Verdict.PASSED)], CHECKLIST, date(2023, 3, 1))) == 1


def test_an_inspection_of_the_centre_under_way_takes_nothing_away():
    under_way = recorded(scheduled(CENTRE, UUID(int=5), day=date(2023, 3, 1), on=date(2023, 3, 1)), ["MANG-06"], date(2023, 3, 1))

    assert inherit([FIRST, under_way], CHECKLIST, date(2023, 3, 2)) == (MET,)


def test_a_tenant_passes_on_what_it_took_over():
    assert tenant().state is State.PASSED
    assert tenant().results["MANG-06"].inherited_from == FIRST.id


def test_tenants_of_a_centre_that_failed_later_are_listed_and_stay_as_they_are():
    centres = {"tt-du-lieu": [FIRST, later(Verdict.FAILED)]}
    tenants = [tenant(10), tenant(11, code="dvc-h49", organisation="H49.5"), passed(number=UUID(int=12))]

    before = to_look_at_again(centres, tenants, date(2023, 2, 28))
    listed = to_look_at_again(centres, tenants, date(2023, 3, 1))

    assert before == ()
    assert [(each.subject.organisation, each.items) for each in listed] == [("H49.5", ("MANG-06",)), ("H57.12", ("MANG-06",))]
    assert {each.worth.state for each in listed} == {ValidityState.FAILED}
    assert listed[0].why == "Trung tâm không đạt ở lần kiểm tra sau"
    assert tenants[0].validity_on(date(2023, 3, 1)).is_valid, "nothing closes by itself"


@pytest.mark.parametrize(
    ("inspections", "day", "state"),
    [
        ([FIRST], date(2023, 7, 1), ValidityState.EXPIRED),
        ([done(FIRST, HOST, of(DeclareChange, HOST, date(2023, 2, 1), "Thay tường lửa"))], date(2023, 2, 1), ValidityState.CHANGED),
        ([], date(2023, 2, 1), ValidityState.NONE),
    ],
)
def test_a_centre_that_ran_out_or_changed_lists_its_tenants_too(inspections, day, state):
    (listed,) = to_look_at_again({"tt-du-lieu": inspections}, [tenant()], day)

    assert listed.worth.state is state
    assert listed.why


def test_tenants_of_other_centres_and_those_that_ran_out_are_not_listed():
    failed = {"tt-du-lieu": [FIRST, later(Verdict.FAILED)], "tt-khac": [FIRST]}
    elsewhere = Inspection(UUID(int=13), msgspec.structs.replace(SYSTEM, centre="tt-khac"), tenant(13).actions)

    assert to_look_at_again(failed, [elsewhere], date(2023, 3, 1)) == ()
    assert to_look_at_again(failed, [tenant()], date(2024, 12, 15)) == ()


def test_a_tenant_under_way_is_listed_and_a_cancelled_one_is_not():
    failed = {"tt-du-lieu": [FIRST, later(Verdict.FAILED)]}
    under_way = tenant(concluded=False)
    cancelled = done(under_way, COORDINATOR, of(Cancel, COORDINATOR, DAY, "Đơn vị thôi kết nối"))

    assert len(to_look_at_again(failed, [under_way], date(2023, 3, 1))) == 1
    assert to_look_at_again(failed, [cancelled], date(2023, 3, 1)) == ()


def test_a_tenant_that_was_inspected_itself_since_is_listed_no_more():
    failed = {"tt-du-lieu": [FIRST, later(Verdict.FAILED)]}
    again = passed(number=UUID(int=20), day=date(2023, 3, 6))

    assert len(to_look_at_again(failed, [tenant(), again], date(2023, 3, 5))) == 1
    assert to_look_at_again(failed, [tenant(), again], date(2023, 3, 6)) == ()
