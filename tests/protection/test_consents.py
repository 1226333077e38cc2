"""Consents: proven by the ledger, withdrawn at once, found by the keyed hash only, given once however often they are sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from dancu.kernel.clock import VIET_NAM
from dancu.kernel.errors import Conflict, Invalid, NotFound
from dancu.kernel.warrants import Field
from dancu.ledger import api as ledger
from dancu.protection.api import ConsentChannel, ConsentGiven, consent_holds, consents_of, give_consent, withdraw_consent
from dancu.protection.models import ConsentAction as ConsentActionRow
from dancu.protection.usecases.consents import is_proven
from tests.factories.people import NOW, NUMBER
from tests.protection.scene import OTHER_NUMBER

pytestmark = pytest.mark.django_db
BANK, PURPOSE = "NH-MO-PHONG", "Đánh giá độ tin cậy khi vay vốn"
GIVEN = ConsentGiven(
    BANK, "diem-tin-dung", 1, ["full_name", "birth_date"], NOW + timedelta(days=90), ConsentChannel.PORTAL, "phiên 7f3a, mức 2"
)
LATER = NOW + timedelta(days=1)


def held(field: Field = Field.FULL_NAME, **more: Any) -> bool:
    asked = {"subject_no": NUMBER, "organisation": BANK, "purpose": PURPOSE, "now": LATER, **more}
    return consent_holds(asked["subject_no"], asked["organisation"], asked["purpose"], field, asked["now"])


def test_a_consent_holds_for_what_was_agreed_and_for_nothing_else():
    give_consent(NUMBER, GIVEN, "key", NOW)

    assert held()
    assert not held(Field.RELIGION)
    assert not held(organisation="NH-KHAC")
    assert not held(purpose="Quảng cáo")
    assert not held(subject_no=OTHER_NUMBER)
    assert not held(now=NOW - timedelta(seconds=1))
    assert not held(now=GIVEN.until)


def test_a_withdrawal_holds_at_once():
    consent = give_consent(NUMBER, GIVEN, "key", NOW)

    withdraw_consent(NUMBER, consent.id, ConsentChannel.PORTAL, "phiên 8", LATER)

    assert not held(now=LATER)
    with pytest.raises(Conflict, match=r"consent\.withdrawn"):
        withdraw_consent(NUMBER, consent.id, ConsentChannel.PORTAL, "phiên 8", LATER)


def test_nobody_withdraws_for_somebody_else():
    consent = give_consent(NUMBER, GIVEN, "key", NOW)

    with pytest.raises(NotFound):
        withdraw_consent(OTHER_NUMBER, consent.id, ConsentChannel.PORTAL, "x", LATER)
    assert held()


def test_the_ledger_proves_what_was_agreed_and_notices_what_was_changed():
    consent = give_consent(NUMBER, GIVEN, "key", NOW)
    withdraw_consent(NUMBER, consent.id, ConsentChannel.PORTAL, "phiên 8", LATER)
    assert is_proven(consent.id)
    assert len({e.body["outcome"] for e in ledger.latest(5)}) == 2

    ConsentActionRow.objects.filter(consent_id=consent.id, sequence=1).update(at=NOW - timedelta(days=1))

    assert not is_proven(consent.id)


def test_a_consent_given_by_the_clock_of_viet_nam_is_proven():
    consent = give_consent(NUMBER, replace(GIVEN, until=GIVEN.until.astimezone(VIET_NAM)), "key", NOW.astimezone(VIET_NAM))

    assert is_proven(consent.id)


def test_the_exact_words_are_kept():
    consent = give_consent(NUMBER, GIVEN, "key", NOW)

    assert "rút lại đồng ý này bất cứ lúc nào" in consents_of(NUMBER)[0].text
    assert consents_of(NUMBER) == [consent]


def test_the_same_form_sent_twice_is_one_consent_and_other_content_is_refused():
    first = give_consent(NUMBER, GIVEN, "key", NOW)

    assert give_consent(NUMBER, GIVEN, "key", NOW) == first
    with pytest.raises(Conflict, match=r"consent\.sent_before"):
        give_consent(NUMBER, replace(GIVEN, organisation="NH-KHAC"), "key", NOW)
    assert ledger.count() == 1


@pytest.mark.parametrize(
    ("field", "more"),
    [
        ("fields", {"fields": []}),
        ("fields", {"fields": ["religion"]}),
        ("fields", {"fields": ["dance"]}),
        ("until", {"until": NOW + timedelta(days=366)}),
        ("until", {"until": NOW}),
        ("evidence", {"evidence": ""}),
    ],
)
def test_what_is_wrong_is_named(field: str, more: dict[str, Any]):
    with pytest.raises(Invalid) as refused:
        give_consent(NUMBER, replace(GIVEN, **more), "key", NOW)

    assert refused.value.field == field


def test_words_that_are_not_in_use_cannot_be_consented_to():
    with pytest.raises(NotFound, match=r"consent\.text"):
        give_consent(NUMBER, replace(GIVEN, text_version=9), "key", NOW)


def test_the_number_stands_sealed():
    give_consent(NUMBER, GIVEN, "key", NOW)

    with connection.cursor() as cursor:
        cursor.execute("select c::text || a::text from protection_consent c join protection_consentaction a on a.consent_id = c.id")
        row = cursor.fetchone()[0]
    assert NUMBER not in row
    assert NUMBER.encode().hex() not in row
    assert "phiên 7f3a".encode().hex() not in row
