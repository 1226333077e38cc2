"""Asking on behalf of an officer, against the real database: answers, refusals, and what stands in the ledger after."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from tests.factories.database import connect_system, load
from tests.factories.people import NAME, NOW, NUMBER, a_claim, a_person_row, an_actor

from dancu.exchange.api import AccessRequest, Kind, Outcome, Reason, Refused, disclose_person, verify_person
from dancu.kernel.errors import Unavailable
from dancu.kernel.warrants import Field
from dancu.ledger.api import entry_by_reference, latest
from dancu.onboarding import api as onboarding

pytestmark = pytest.mark.django_db


def a_request(kind: Kind = Kind.VERIFY, **more) -> AccessRequest:
    return AccessRequest(more.pop("actor", an_actor()), kind, "REST", "1.001193", **more)


@pytest.fixture(autouse=True)
def registry(tmp_path):
    load(
        [a_person_row(old_id_no="191000101", religion="2"), a_person_row("046090000102", "Lê Thị Hai", "1955", life_status="1")],
        tmp_path,
    )
    connect_system()


def test_a_true_claim_matches_and_the_look_stands_in_the_ledger():
    answer = verify_person(a_claim(), a_request(dossier_no="H57-1"), now=NOW)

    assert answer.outcome is Outcome.MATCH
    entry = entry_by_reference(answer.reference)
    assert (entry.subject, entry.officer, entry.dossier_no) == (NUMBER, "canbo01", "H57-1")
    assert entry.body["kind"] == "verify"
    assert entry.body["defaulted"] == ["purpose", "legal_basis"]


def test_the_immutable_part_names_neither_person_nor_officer_nor_dossier():
    answer = verify_person(a_claim(), a_request(dossier_no="H57-1"), now=NOW)

    with connection.cursor() as cursor:
        cursor.execute("select body, leaf, sha256('\\x00'::bytea || body) from ledger_entry where id = %s", [answer.reference])
        body, leaf, computed = (bytes(value) for value in cursor.fetchone())
    for secret in (NUMBER, "canbo01", "H57-1", NAME):
        assert secret.encode() not in body
    assert leaf == computed


def test_disclosure_gives_granted_fields_only_and_masks_sensitive_ones():
    told = disclose_person(a_claim(), a_request(Kind.DISCLOSE), now=NOW)

    assert told.facts.full_name == NAME
    assert told.facts.religion is None
    assert "religion" not in entry_by_reference(told.verification.reference).body["fields"]


def test_a_wrong_name_tells_nothing_and_still_stands_in_the_ledger():
    told = disclose_person(a_claim(name="Lê Khác"), a_request(Kind.DISCLOSE), now=NOW)

    assert told.facts is None
    entry = entry_by_reference(told.verification.reference)
    assert entry.body["outcome"] == "no_match"
    assert entry.body["fields"] == []
    assert entry.subject == NUMBER


def test_a_dead_person_is_told_to_whoever_has_three_keys():
    answer = verify_person(a_claim("046090000102", "LE THI HAI", "1955"), a_request(), now=NOW)

    assert answer.outcome is Outcome.FOLDED
    assert answer.life_status.name == "DEAD"


def test_a_suspended_system_is_refused_and_the_refusal_is_recorded():
    onboarding.set_state("he-thong", onboarding.ConnectionState.SUSPENDED, reason="thử", by="test", now=NOW)

    refused = verify_person(a_claim(), a_request(), now=NOW)

    assert isinstance(refused, Refused)
    assert refused.reason is Reason.CLIENT_SUSPENDED
    assert entry_by_reference(refused.reference).body["outcome"] == "client_suspended"


def test_other_fields_are_answered_by_yes_or_no():
    answer = verify_person(a_claim(), a_request(), now=NOW, stated={Field.SEX: "2", Field.OLD_ID_NO: "191000101"})

    assert {field.value: comparison.value for field, comparison in answer.fields.items()} == {
        "sex": "differs",
        "old_id_no": "exact",
    }


def test_a_registry_that_does_not_answer_is_unavailable_and_tells_nothing(monkeypatch):
    with connection.cursor() as cursor:
        cursor.execute("set local statement_timeout = 200")
    before = len(latest(100))

    def sleeping(*args, **kwargs):
        with connection.cursor() as cursor:
            cursor.execute("select pg_sleep(5)")

    with pytest.raises(Unavailable):
        verify_person(a_claim(), a_request(), now=NOW, source=sleeping)
    assert len(latest(100)) == before


@pytest.mark.django_db(transaction=True)
def test_a_look_cannot_be_hidden_in_a_transaction_that_is_rolled_back():
    with pytest.raises(RuntimeError), transaction.atomic():
        verify_person(a_claim(), a_request(), now=NOW)
