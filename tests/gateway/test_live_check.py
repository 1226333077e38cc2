"""The check of a new subscriber through a real gateway, under the grant its service gives: three keys, one uniform negative."""

from __future__ import annotations

import json

import psycopg
import pytest

from dancu.exchange.live_check import CONTRACT, LEGAL_BASIS, PURPOSE, SUBSCRIBER_CHECK
from tests.gateway.process import CLIENT, GatewayProcess, command, with_registry

pytestmark = pytest.mark.slow
CONTRACT_OF = {"integration_code": SUBSCRIBER_CHECK, "procedure": CONTRACT, "purpose": PURPOSE, "legal_basis": LEGAL_BASIS}


def said(answer: tuple[int, dict]) -> dict:
    assert answer[0] == 201, answer
    return {name: value for name, value in answer[1].items() if name not in ("id", "at")}


@with_registry
def test_a_shop_hears_match_near_or_differs_and_never_a_fact(gateway: GatewayProcess, fresh_database) -> None:
    unserved = gateway.ask(**CONTRACT_OF)
    with psycopg.connect(fresh_database.owner) as connection:
        connection.execute("update population_person set nationality = 'VN'")
    command(fresh_database, "exchange", "client", "subscriber-check", CLIENT, "--volume-per-day", "50000")
    gateway.stop()
    gateway.start()

    def check(**changes):
        return gateway.ask(**{**CONTRACT_OF, **changes})

    matched, written_otherwise = said(check(stated={"nationality": "VN"})), said(check(full_name="TRAN VAN HOA"))
    other_name, other_date = said(check(full_name="Lê Khác")), said(check(birth_date="1990-05-18"))
    both = said(check(full_name="Lê Khác", birth_date="1991-01-01"))
    unknown = said(check(personal_id="046090999999"))
    disclosed = gateway.ask("/v1/disclosures", **CONTRACT_OF)
    more = check(stated={"sex": "1"})

    assert unserved[0] == 403
    assert (matched["outcome"], matched["fields"]) == ("match", {"nationality": "exact"})
    assert written_otherwise["outcome"] == "folded"
    assert (other_name["outcome"], other_name["explanation"]) == ("no_match", "full_name")
    assert (other_date["outcome"], other_date["explanation"]) == ("no_match", "birth_date")
    assert both == unknown == {**unknown, "outcome": "no_match", "explanation": None, "life_status": None, "successor": None}
    assert disclosed[1]["type"] == "/problems/refused/disclosure_not_granted"
    assert more[1]["type"] == "/problems/refused/field_not_granted"
    with psycopg.connect(fresh_database.owner) as connection:
        bodies = [json.loads(bytes(row[0])) for row in connection.execute("select body from ledger_entry").fetchall()]
    checks = [body for body in bodies if body["integration"] == SUBSCRIBER_CHECK and body["kind"] == "verify"]
    assert len(checks) == 6
    assert {(body["purpose"], body["basis"]) for body in checks} == {(PURPOSE, LEGAL_BASIS)}
