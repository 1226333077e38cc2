"""While entries wait for the ledger's tree less is told: nothing sensitive after a quarter of an hour, nothing at all after four.

Only a grant for emergencies is answered then. And looks under a covert grant are sealed, from the decision to the table.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from tests.factories.people import NOW, a_grant, a_standing, an_actor
from tests.gateway.process import BASIS, CLIENT, PURPOSE, GatewayProcess, command
from tests.ledger.sequenced import Desk, an_act, written

from dancu.cli.launcher.postgres import Urls
from dancu.exchange.domain import AccessRequest, Kind, Refusal, decide, decide_opening, refusal_act
from dancu.exchange.reasons import Reason
from dancu.kernel import clock
from dancu.kernel.warrants import Field, Warrant
from dancu.onboarding.domain import Grant, Standing

SENSITIVE = a_grant(
    fields=frozenset({Field.FULL_NAME, Field.ETHNICITY}), sensitive_fields=frozenset({Field.ETHNICITY}), registry=True
)


def behind(grant: Grant, minutes: int) -> Standing:
    standing = a_standing(grant=grant)
    return Standing(standing.system, grant, True, NOW - timedelta(minutes=minutes))


def asked(kind: Kind = Kind.DISCLOSE, **more) -> AccessRequest:
    return AccessRequest(an_actor(), kind, "REST", "1.001193", "H57-1", PURPOSE, "Luật Hộ tịch", **more)


@pytest.mark.parametrize(
    ("minutes", "emergency", "told"),
    [
        (1, False, {Field.FULL_NAME, Field.ETHNICITY}),
        (14, False, {Field.FULL_NAME, Field.ETHNICITY}),
        (15, False, {Field.FULL_NAME}),
        (239, False, {Field.FULL_NAME}),
        (240, False, None),
        (240, True, {Field.FULL_NAME}),
    ],
)
def test_what_may_be_told_narrows_as_the_ledger_lags(minutes: int, emergency: bool, told: set[Field] | None):
    grant = a_grant(fields=SENSITIVE.fields, sensitive_fields=SENSITIVE.sensitive_fields, emergency=emergency)

    decision = decide(behind(grant, minutes), asked(), NOW)

    assert decision == Refusal(Reason.LEDGER_BEHIND) if told is None else decision.fields == told


def test_who_asks_for_nothing_but_what_may_not_leave_is_told_why():
    only = frozenset({Field.ETHNICITY})

    assert decide(behind(SENSITIVE, 20), asked(fields=only), NOW) == Refusal(Reason.LEDGER_BEHIND)
    assert decide(behind(SENSITIVE, 20), asked(Kind.VERIFY, stated=only), NOW) == Refusal(Reason.LEDGER_BEHIND)
    assert decide_opening(behind(SENSITIVE, 20), asked(Kind.OPEN), NOW, only) == Refusal(Reason.LEDGER_BEHIND)
    assert isinstance(decide(behind(SENSITIVE, 10), asked(fields=only), NOW), Warrant)


def test_looks_and_refusals_under_a_covert_grant_are_sealed():
    covert = a_grant(sealed_days=30, purpose=PURPOSE)

    assert decide(a_standing(grant=covert), asked(), NOW).sealed_days == 30
    act = refusal_act(None, asked(), Reason.GRANT_NOT_VALID, covert)
    assert (act.sealed_days, act.seal_basis) == (30, covert.legal_basis)


@pytest.mark.slow
def test_the_gateway_stops_when_the_ledger_is_hours_behind_and_seals_covert_looks(fresh_database: Urls, tmp_path: Path):
    Desk(fresh_database.owner, tmp_path).sequence()
    written(fresh_database.owner, [an_act()], clock.now() - timedelta(hours=5))
    for code, options in (("E1", ["--emergency"]), ("S1", ["--emergency", "--sealed-days", "30"])):
        grant = ("--integration-code", code, "--procedure", f"1.00{code}", "--purpose", PURPOSE, "--legal-basis", BASIS)
        command(fresh_database, "exchange", "client", "grant", CLIENT, *grant, *options)
    gateway = GatewayProcess(fresh_database.gateway)
    gateway.start()
    try:
        stopped = gateway.ask()
        emergency = gateway.ask(procedure="1.00E1", integration_code="E1")
        covert = gateway.ask(procedure="1.00S1", integration_code="S1")
        wrong = gateway.ask(procedure="1.00S1", integration_code="S1", purpose="Khác")
    finally:
        gateway.stop()

    assert (stopped[0], stopped[1]["type"]) == (403, "/problems/refused/ledger_behind")
    assert (emergency[0], covert[0], wrong[0]) == (201, 201, 403)
    with psycopg.connect(fresh_database.owner) as connection:
        sealed = dict(connection.execute("select entry_id::text, legal_basis from ledger_seal").fetchall())
    assert sealed == {covert[1]["id"]: BASIS, wrong[1]["reference"]: BASIS}
