"""Bodies that end and what they held: moved once, by a plan that still holds, and nothing is moved from under another body."""

from __future__ import annotations

from datetime import date

import pytest

from dancu.kernel.errors import Conflict, Invalid, NotFound
from dancu.kernel.four_eyes import Hand
from dancu.kernel.reach import SYSTEM, acting
from dancu.onboarding import api as onboarding
from dancu.onboarding.models import Account, Reorganisation, System
from dancu.onboarding.parties import store
from dancu.onboarding.parties import usecases as parties
from dancu.onboarding.parties.domain import Change, Contact, Move, Party, PartyKind
from dancu.onboarding.parties.domain import Reorganisation as Plan
from tests.factories.database import connect_system
from tests.factories.people import NOW

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)
HAND = Hand("test", "G01/VH", "test")


@pytest.fixture(autouse=True)
def ended() -> None:
    with acting(SYSTEM):
        connect_system("tthc.cu")
    System.objects.update(organisation="H25")
    Account.objects.update(organisation="H25")


def plan(after: str = "H42", **changed: object) -> Plan:
    moves = (Move("system", "tthc.cu", "H25", after), Move("accounts", "", "H25", after))
    return Plan(**{"change": Change.MERGED, "on": TODAY, "basis": "Nghị quyết 202/2025/QH15", "moves": moves, **changed})  # type: ignore[arg-type]  # a test says which


def test_a_body_that_ended_waits_until_everything_went_on() -> None:
    [waiting] = parties.waiting_to_move(TODAY)
    assert (waiting.party.code, waiting.accounts, [each[0] for each in waiting.systems]) == ("H25", 1, ["tthc.cu"])

    with acting(SYSTEM):
        assert parties.reorganise(parties.plan_for(waiting.party, TODAY), by=HAND, now=NOW) == 2

    assert parties.waiting_to_move(TODAY) == []
    assert onboarding.get_system("tthc.cu").organisation == "H42"
    assert onboarding.accounts_of("H42") == ["canbo01"]
    assert [given.procedure for given in onboarding.grants_of_system("tthc.cu")] == ["1.001193"]


def test_a_plan_that_was_written_before_the_system_went_elsewhere_does_nothing() -> None:
    System.objects.update(organisation="H57")

    with acting(SYSTEM), pytest.raises(Conflict):
        parties.reorganise(plan(), by=HAND, now=NOW)

    assert onboarding.get_system("tthc.cu").organisation == "H57"
    assert onboarding.accounts_of("H25") == ["canbo01"]
    assert Reorganisation.objects.count() == 0


@pytest.mark.parametrize("after", ["", "H25", "KHONG-CO"])
def test_everything_goes_to_a_body_there_is(after: str) -> None:
    with acting(SYSTEM), pytest.raises((Invalid, NotFound)):
        parties.reorganise(plan(after), by=HAND, now=NOW)

    assert onboarding.get_system("tthc.cu").organisation == "H25"


def test_a_plan_leaves_nothing_behind_and_names_what_it_is_based_on() -> None:
    for wrong in (plan(moves=(Move("accounts", "", "H25", "H42"),)), plan(basis=" ")):
        with acting(SYSTEM), pytest.raises(Invalid):
            parties.reorganise(wrong, by=HAND, now=NOW)


def test_an_account_both_have_is_one_afterwards() -> None:
    with acting(SYSTEM):
        onboarding.list_accounts_for("H42", ["canbo01"], by="test", now=NOW)
        parties.reorganise(plan(), by=HAND, now=NOW)

    assert onboarding.accounts_of("H42") == ["canbo01"]
    assert onboarding.accounts_of("H25") == []


def test_a_contact_is_ended_at_its_own_body_only() -> None:
    parties.add_contact(Contact("H57", "Trưởng phòng", "Phòng kỹ thuật"), by="test", now=NOW)
    [contact] = store.contacts_of("H57")

    with pytest.raises(NotFound):
        parties.end_contact(contact.id, "H42", by="test", now=NOW)
    parties.end_contact(contact.id, "H57", by="test", now=NOW)

    assert store.contacts_of("H57") == []


def test_a_private_number_is_no_contact_and_a_province_no_new_party() -> None:
    with pytest.raises(Invalid):
        parties.add_contact(Contact("H57", "Trưởng phòng", "Phòng kỹ thuật", "0912 000 111"), by="test", now=NOW)
    with pytest.raises(Invalid):
        parties.add_party(Party("H57", "Tỉnh khác", PartyKind.ENTERPRISE), by="test", now=NOW)
    with pytest.raises(NotFound):
        parties.add_contact(Contact("DN-LA", "Trưởng phòng", "Phòng kỹ thuật"), by="test", now=NOW)
