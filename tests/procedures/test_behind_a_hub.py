"""Whose question it is that a province forwards for its desk: an office below the registered organisation, and only such a one."""

from __future__ import annotations

import pytest
from tests.factories.people import NOW, a_claim
from tests.procedures.conftest import asking
from tests.procedures.national import National
from tests.procedures.scene import open_desk

from dancu.exchange.api import AccessRequest, Kind, Outcome, Reason, Refused, Verification, verify_person
from dancu.kernel.warrants import Actor

pytestmark = pytest.mark.django_db


def ask_for(organisation: str) -> Verification | Refused:
    request = AccessRequest(Actor(organisation, "mot-cua", "canbo01"), Kind.VERIFY, "MOT-CUA", "1.001193")
    return verify_person(a_claim(), request, now=NOW)


@pytest.mark.parametrize("organisation", ["H57", "H57.12.3"])
def test_an_office_below_asks_through_the_system_of_its_province(national: National, tmp_path, organisation: str):
    with asking(national):
        open_desk(tmp_path)
        answer = ask_for(organisation)

    assert isinstance(answer, Verification)
    assert answer.outcome is Outcome.MATCH


@pytest.mark.parametrize("organisation", ["H58", "H571", "H5", ""])
def test_an_office_of_another_province_is_refused_above_whatever_this_one_allows(national: National, tmp_path, organisation: str):
    with asking(national):
        open_desk(tmp_path)
        answer = ask_for(organisation)

    assert isinstance(answer, Refused)
    assert answer.reason is Reason.REFUSED_ABOVE
