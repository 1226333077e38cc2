"""Who inspects is apart from what is inspected, in organisation and in person; and each of these rules is needed."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from dancu.kernel.errors import NotAllowed
from dancu.kernel.four_eyes import Hand
from dancu.onboarding.inspection.acting import RULES, Rules, allowed_actions, take
from dancu.onboarding.inspection.actions import DeclareChange
from dancu.onboarding.inspection.separation import (
    InspectionRole,
    belongs,
    not_who_inspected,
    not_who_spoke_for_the_owner,
    outside_what_is_inspected,
)
from dancu.onboarding.inspection.table import Act, State, Verdict
from tests.onboarding.inspection.scene import (
    COORDINATOR,
    DAY,
    INSPECTOR,
    KNOWN,
    OTHER_INSPECTOR,
    OWNER,
    SYSTEM,
    TEXT,
    a_conclusion,
    a_finding,
    a_record,
    a_schedule,
    a_supplement,
    an_acceptance,
    an_actor,
    done,
    new,
    of,
    recorded,
    scheduled,
)


def without(rule: object) -> Rules:
    return Rules(
        separations=tuple(each for each in RULES.separations if each is not rule),
        owner_separations=tuple(each for each in RULES.owner_separations if each is not rule),
    )


@pytest.mark.parametrize(
    ("unit", "is_inside"),
    [
        ("H57.12/CNTT", True),
        ("H57.12.3/VP", True),  # below what is inspected
        ("H57/VP", True),  # above it
        ("V01.2/HT", True),  # who runs its centre
        ("H57.13/VP", False),  # another department of the province
        ("H570/VP", False),
        ("G01.05/P1", False),
    ],
)
def test_who_belongs_to_what_is_inspected_is_read_from_the_codes(unit, is_inside):
    assert belongs(unit, SYSTEM) is is_inside


def test_nobody_schedules_the_inspection_of_her_own_organisation():
    own = an_actor("dieu-phoi-tinh", "H57/DC", InspectionRole.COORDINATES)

    with pytest.raises(NotAllowed) as refused:
        take(new(), own, a_schedule(own), KNOWN)

    assert refused.value.code == "inspection.separation"
    assert allowed_actions(new(), own) == ()
    assert take(new(), own, a_schedule(own), KNOWN, without(outside_what_is_inspected)).state is State.SCHEDULED


@pytest.mark.parametrize("same", ["account", "holder"])
def test_who_supplemented_does_not_accept_under_any_account(same):
    found = done(recorded(scheduled()), INSPECTOR, a_finding("TT-01"))
    answered = done(found, OWNER, a_supplement("TT-01"))
    moved = {"account": ("chu-quan", "tên khác"), "holder": ("tai-khoan-khac", OWNER.hand.holder)}[same]
    herself = an_actor(moved[0], "G01.05/P1", InspectionRole.INSPECTS, holder=moved[1])
    acceptance = an_acceptance("TT-01", by=herself)

    with pytest.raises(NotAllowed) as refused:
        take(answered, herself, acceptance, KNOWN)

    assert refused.value.code == "inspection.separation"
    assert take(answered, herself, acceptance, KNOWN, without(not_who_spoke_for_the_owner)).findings["TT-01"].is_closed
    assert done(answered, OTHER_INSPECTOR, an_acceptance("TT-01", by=OTHER_INSPECTOR)).findings["TT-01"].is_closed


def test_who_supplemented_does_not_conclude_either():
    found = done(recorded(scheduled()), INSPECTOR, a_finding("TT-01"))
    answered = done(found, OWNER, a_supplement("TT-01"))
    herself = an_actor("hai-tai-khoan", "G01.05/P1", InspectionRole.INSPECTS, holder=OWNER.hand.holder)

    with pytest.raises(NotAllowed):
        take(answered, herself, msgspec.structs.replace(a_conclusion(Verdict.FAILED), by=herself.hand), KNOWN)


def test_who_inspected_does_not_answer_for_the_owner():
    found = done(recorded(scheduled()), INSPECTOR, a_finding("TT-01"))
    moved = an_actor("can-bo-moi", "H57.12/CNTT", InspectionRole.OWNS, holder=INSPECTOR.hand.holder)
    supplement = a_supplement("TT-01", by=moved)

    with pytest.raises(NotAllowed) as refused:
        take(found, moved, supplement, KNOWN)

    assert refused.value.code == "inspection.separation"
    assert take(found, moved, supplement, KNOWN, without(not_who_inspected)).findings["TT-01"].answers


def test_who_set_the_day_does_not_declare_a_change_for_the_owner():
    moved = an_actor("can-bo-moi", "H57.12/CNTT", InspectionRole.OWNS, holder=COORDINATOR.hand.holder)

    with pytest.raises(NotAllowed):
        take(scheduled(), moved, of(DeclareChange, moved, DAY, TEXT), KNOWN)


def test_delegation_lends_a_role_and_never_a_hand():
    # She may inspect herself, but acts for somebody of the owner: whoever acts for another is both of them.
    lent = an_actor("kiem-tra-1", "G01.05/P1", InspectionRole.INSPECTS, acting_for=OWNER.hand)
    for_owner = an_actor("uy-quyen", "G01.05/P1", InspectionRole.OWNS, acting_for=OWNER.hand)

    assert Act.RECORD not in allowed_actions(scheduled(), lent)
    assert allowed_actions(scheduled(), for_owner) == ()
    with pytest.raises(NotAllowed):
        take(scheduled(), lent, a_record("MANG-01", by=lent), KNOWN)


def test_whoever_acts_for_somebody_who_was_not_sent_was_not_sent():
    lent = an_actor("kiem-tra-1", "G01.05/P1", InspectionRole.INSPECTS, acting_for=Hand("noi-khac", "G01.09/KT", "người khác"))

    assert allowed_actions(scheduled(), lent) == ()
    assert Act.RECORD in allowed_actions(scheduled(inspectors=("G01.05", "G01.09/KT")), lent)


def test_an_inspector_of_a_unit_that_was_not_sent_may_not_record():
    sent = scheduled(inspectors=("G01.05/P2",))

    assert Act.RECORD not in allowed_actions(sent, INSPECTOR)
    assert Act.RECORD in allowed_actions(sent, OTHER_INSPECTOR)
    with pytest.raises(NotAllowed) as refused:
        take(sent, INSPECTOR, a_record("MANG-01"), KNOWN)
    assert refused.value.code == "inspection.party"
    assert "người kiểm tra" in refused.value.message


def test_two_departments_may_inspect_together():
    together = scheduled(inspectors=("G01.05", "G01.09/KT"))
    technical = an_actor("ky-thuat", "G01.09/KT", InspectionRole.INSPECTS)

    seen = done(together, technical, a_record("MANG-01", by=technical))

    assert done(seen, INSPECTOR, a_record("MANG-06")).state is State.UNDER_WAY


def test_a_department_below_the_owner_may_supplement_and_its_neighbour_may_not():
    found = done(recorded(scheduled()), INSPECTOR, a_finding("TT-01"))
    below = an_actor("phong-ky-thuat", "H57.12.4/KT", InspectionRole.OWNS)
    neighbour = an_actor("so-khac", "H57.13/VP", InspectionRole.OWNS)

    assert done(found, below, a_supplement("TT-01", date(2022, 12, 12), below)).findings["TT-01"].answers
    assert allowed_actions(found, neighbour) == ()


def test_a_role_without_the_right_unit_and_a_unit_without_the_role_are_nothing():
    no_role = an_actor("khong-vai", "G01.05/P1")

    assert allowed_actions(scheduled(), no_role) == ()
    assert allowed_actions(new(), INSPECTOR) == ()
