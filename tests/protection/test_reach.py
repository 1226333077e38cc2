"""As the pages' own role, under row-level security: persons reach their rows through the doors only, desks their own."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dancu.kernel.reach import NOBODY, SYSTEM, Reach, acting
from dancu.protection.api import CaseActionKind, ConsentChannel, ConsentGiven, cases_of, consents_of, give_consent, take_own_step
from dancu.protection.domain.cases import CaseState
from dancu.protection.models import AffectedRun, Breach, CaseAction, Consent, Telling
from dancu.protection.store import cases as store
from dancu.protection.usecases.affected import hand_letters_on
from tests.factories.people import NOW, NUMBER
from tests.factories.web_role import web_role
from tests.protection.scene import (
    COLLEAGUE,
    DESK,
    ELSEWHERE,
    approved,
    derived,
    looked_at,
    opened,
    proposed,
    reported,
    set_up_desk,
    step,
)

pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOW + timedelta(hours=1)


@pytest.fixture(autouse=True)
def entry():
    with acting(SYSTEM):
        set_up_desk()
        about = looked_at(at=NOW - timedelta(days=1))
    with web_role():
        yield about


def test_a_person_opens_reads_and_withdraws_with_no_reach_at_all(entry: str):
    with acting(NOBODY):
        case = opened(about=entry)
        assert [each.id for each in cases_of(NUMBER)] == [case.id]
        assert take_own_step(NUMBER, case.id, CaseActionKind.WITHDRAW, "", now=LATER).state is CaseState.WITHDRAWN
        given = ConsentGiven("NH", "thue-bao", 1, ["full_name"], NOW + timedelta(days=1), ConsentChannel.PORTAL, "phiên")
        consent = give_consent(NUMBER, given, "key", NOW)
        assert consents_of(NUMBER) == [consent]
        assert CaseAction.objects.count() == Consent.objects.count() == 0


def test_a_desk_reaches_its_own_cases_and_another_only_what_it_is_asked():
    case = opened()
    with acting(Reach("organisation", ELSEWHERE)):
        assert store.open_lines(DESK, "", None) == []
        assert CaseAction.objects.count() == 0
    with acting(Reach("organisation", DESK)):
        assert [line.id for line in store.open_lines(DESK, "", None)] == [case.id]
        step(step(case, "assign"), "ask_organisation", "Đề nghị giải trình", organisation=ELSEWHERE)
    with acting(Reach("organisation", ELSEWHERE)):
        assert [line.id for line in store.asked_lines(ELSEWHERE)] == [case.id]
        assert CaseAction.objects.count() == 3


def test_a_breach_is_worked_on_and_its_letters_go_under_the_policies():
    with acting(Reach("nation", DESK)):
        breach = reported()
        breach = approved(proposed(breach, "tell_persons", derived(breach)), by=COLLEAGUE)
        letters = Telling.objects.values_list("id", flat=True).get()
    with acting(Reach("organisation", ELSEWHERE)):
        assert Breach.objects.count() == AffectedRun.objects.count() == Telling.objects.count() == 0
    with acting(SYSTEM):
        assert not hand_letters_on(letters, now=LATER)
        assert Telling.objects.values_list("told", flat=True).get() == 1
