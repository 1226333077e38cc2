"""An objection: the look is opened for a stated need that the person can read, and an unlawful one costs the grant."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from dancu.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from dancu.kernel.warrants import Field
from dancu.ledger import api as ledger
from dancu.onboarding import api as onboarding
from dancu.protection.domain.suspensions import SuspensionState
from dancu.protection.models import Suspension as SuspensionRow
from dancu.protection.store import suspensions as suspension_store
from dancu.protection.usecases.objections import ask_suspension, decide_suspension, open_look
from tests.factories.database import connect_system
from tests.factories.people import NOW, NUMBER, a_grant
from tests.protection.scene import COLLEAGUE, ELSEWHERE, OFFICER, STRANGER, an_officer, looked_at, opened, set_up_desk, step

pytestmark = pytest.mark.django_db
NEED = "Xem xét phản đối của công dân"
LATER = NOW + timedelta(minutes=5)


@pytest.fixture(autouse=True)
def _desk() -> None:
    set_up_desk()
    connect_system(grants=[a_grant(fields=frozenset({Field.FULL_NAME}))])


def found_unlawful():
    case = step(opened(about=looked_at()), "assign")
    return step(case, "find_unlawful", "Không có hồ sơ nào như vậy.", legal_basis="Luật 91/2025/QH15, Điều 3")


def test_a_look_is_opened_for_a_need_and_the_person_can_read_it():
    case = opened(about=looked_at())

    shown = open_look(OFFICER, case.id, NEED, now=LATER)

    assert shown.subject == NUMBER
    assert shown.look is not None
    assert (shown.look.organisation, shown.look.officer, shown.look.purpose) == (ELSEWHERE, "canbo01", "Đăng ký khai sinh")
    assert shown.look.beyond_grant == ["birth_date"]
    entry = ledger.entry_by_reference(shown.reference)
    assert (entry.subject, entry.body["purpose"], entry.officer) == (NUMBER, NEED, OFFICER.hand.account)


def test_the_entry_says_whether_there_was_a_look_and_whether_the_person_was_told():
    asked = step(step(opened(about=looked_at()), "assign"), "ask_organisation", "Đề nghị giải trình", organisation=ELSEWHERE)

    openings = [(OFFICER, asked), (STRANGER, asked), (OFFICER, opened("access"))]
    entries = [ledger.entry_by_reference(open_look(by, case.id, NEED, now=LATER).reference).body for by, case in openings]

    assert [(body["outcome"].rpartition(".")[2], list(body["fields"])) for body in entries] == [
        ("open_look", ["personal_id"]),
        ("open_look", []),
        ("open_person", ["personal_id"]),
    ]


def test_without_a_need_nothing_is_opened():
    case, before = opened(about=looked_at()), ledger.count()

    with pytest.raises(Invalid) as refused:
        open_look(OFFICER, case.id, " ", now=LATER)

    assert refused.value.field == "need"
    assert ledger.count() == before


def test_the_organisation_that_is_asked_sees_the_look_and_never_the_person():
    case = step(opened(about=looked_at()), "assign")
    with pytest.raises(NotFound):
        open_look(STRANGER, case.id, NEED, now=LATER)
    step(case, "ask_organisation", "Đề nghị giải trình", organisation=ELSEWHERE)

    shown = open_look(STRANGER, case.id, NEED, now=LATER)

    assert shown.subject == ""
    assert shown.look is not None
    assert step(_now(case.id), "explain", "Cán bộ nhập nhầm số", by=STRANGER).state == "in_hand"


@pytest.mark.parametrize("typed", ["H57.12.3", "h57.12", " H57 ", "000.00.00.H57"])
def test_who_made_the_look_is_asked_or_who_stands_above(typed: str):
    case = step(opened(about=looked_at(organisation="H57.12.3")), "assign")

    asked = step(case, "ask_organisation", "Đề nghị giải trình", organisation=typed)

    assert asked.asked_organisation == {"000.00.00.H57": "H57"}.get(typed, typed.strip().upper())


@pytest.mark.parametrize("typed", ["H48", "H57.12.31", "H57.1", "H57.12.3.1", "phường"])
def test_nobody_else_is_asked_and_so_shown_the_look(typed: str):
    case = step(opened(about=looked_at(organisation="H57.12.3")), "assign")

    with pytest.raises(Invalid) as refused:
        step(case, "ask_organisation", "Đề nghị giải trình", organisation=typed)

    assert refused.value.field == "organisation"
    assert "H57.12.3, H57.12, H57 " in refused.value.message


def test_the_look_is_closed_to_who_was_asked_once_it_is_explained():
    case = step(opened(about=looked_at()), "assign")
    case = step(case, "ask_organisation", "Đề nghị giải trình", organisation=ELSEWHERE)
    step(case, "explain", "Cán bộ nhập nhầm số", by=STRANGER)
    before = ledger.count()

    with pytest.raises(NotAllowed, match=r"case\.not_waited_for"):
        open_look(STRANGER, case.id, NEED, now=LATER)

    assert ledger.count() == before


def _now(case):
    from dancu.protection.store.cases import get_case

    return get_case(case)


def test_an_unlawful_look_costs_the_grant_when_another_unit_agrees():
    asked = ask_suspension(OFFICER, found_unlawful().id, now=LATER)

    for same in (OFFICER, an_officer("khac", "H57/BVDL"), an_officer("tai.khoan.2", "H57/LD", OFFICER.hand.holder)):
        with pytest.raises(NotAllowed, match=r"suspension\.four_eyes"):
            decide_suspension(same, asked.id, carry_out=True, now=LATER)
    assert onboarding.standing_of("he-thong", "REST", "1.001193", "canbo01").grant is not None
    decide_suspension(COLLEAGUE, asked.id, carry_out=True, now=LATER)

    assert onboarding.standing_of("he-thong", "REST", "1.001193", "canbo01").grant is None
    with pytest.raises(Conflict, match=r"suspension\.decided"):
        decide_suspension(COLLEAGUE, asked.id, carry_out=False, now=LATER)


def test_a_grant_that_was_taken_back_meanwhile_is_a_request_carried_out():
    asked = ask_suspension(OFFICER, found_unlawful().id, now=LATER)
    onboarding.revoke_grant("he-thong", "REST", "1.001193", by="khac", now=LATER)

    assert decide_suspension(COLLEAGUE, asked.id, carry_out=True, now=LATER).state is SuspensionState.CARRIED_OUT
    assert suspension_store.waiting(OFFICER.organisation) == []


def test_a_rejected_request_leaves_the_grant():
    asked = ask_suspension(OFFICER, found_unlawful().id, now=LATER)

    decide_suspension(COLLEAGUE, asked.id, carry_out=False, now=LATER)

    assert onboarding.standing_of("he-thong", "REST", "1.001193", "canbo01").grant is not None


def test_nothing_is_taken_back_without_a_finding():
    case = step(opened(about=looked_at()), "assign")

    with pytest.raises(Conflict, match=r"suspension\.no_finding"):
        ask_suspension(OFFICER, case.id, now=LATER)


def test_the_database_refuses_a_decision_by_the_hand_that_asked():
    asked = ask_suspension(OFFICER, found_unlawful().id, now=LATER)
    hand = {"account": OFFICER.hand.account, "unit": "H57/LD", "holder": "ai-khac"}

    with pytest.raises(IntegrityError, match="suspension_four_eyes"), transaction.atomic():
        SuspensionRow.objects.filter(id=asked.id).update(state="carried_out", decided_by=hand)
