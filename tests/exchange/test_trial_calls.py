"""Calls of systems in trial as they are kept: the newest of each system, for thirty days, seen by its own organisation."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import asyncpg
import psycopg
import pytest
from django.db import connection
from tests.exchange.trying import a_tried_system
from tests.factories.people import NOW, a_system
from tests.factories.web_role import web_role

from dancu.exchange.sandbox import (
    StepState,
    forget_trial_calls,
    is_conformant,
    progress,
    trial_calls,
    trial_secret_of,
)
from dancu.exchange.trial.calls import KEPT_FOR, KEPT_MAX, STRANGERS_KEPT_MAX, UNAUTHENTICATED, TrialCall, TrialCalls
from dancu.exchange.trial.cases import cases
from dancu.exchange.trial.findings import NOT_KEPT, found
from dancu.kernel.config import read_config
from dancu.kernel.errors import Conflict
from dancu.kernel.reach import acting, acting_for
from dancu.kernel.sealing import SealingKey
from dancu.onboarding import api as onboarding

pytestmark = pytest.mark.django_db(transaction=True)
CALL = TrialCall("mot-cua-thu", "H57", NOW, "soap", "TraCuuThongTinCongDan", "match", 200, 12)


def write(calls: Sequence[TrialCall], now: datetime = NOW) -> None:
    """As a gateway does, in portions of what it keeps between two writes."""

    async def run() -> None:
        gateway = await asyncpg.connect(os.environ["DATABASE_URL"])
        try:
            for at in range(0, len(calls), 20):
                kept = TrialCalls()
                for call in calls[at : at + 20]:
                    kept.add(call)
                await kept.flush(gateway, now)
                assert kept.is_empty
        finally:
            await gateway.close()

    asyncio.run(run())


def test_a_call_is_read_as_it_was_kept_the_newest_first():
    told = replace(CALL, findings=(found("answer.match"), found("body.xml", 3, 7)), asked={"SoDinhDanh": "046093000002"})

    write([CALL, replace(told, scenario="found", is_handled=True)])

    newest, oldest = trial_calls(CALL.client_id)
    assert (newest.findings, newest.asked, newest.scenario, newest.is_handled) == (told.findings, told.asked, "found", True)
    assert (oldest.at, oldest.status, oldest.duration_ms, oldest.findings) == (NOW, 200, 12, ())
    assert newest.id > oldest.id > 0
    assert len(trial_calls(CALL.client_id, 1)) == 1
    assert trial_calls("khac") == []


def test_the_newest_calls_of_each_system_are_kept_and_the_newest_of_each_case_met_well():
    met = replace(CALL, scenario="found", is_handled=True, at=NOW - timedelta(days=2))
    other = replace(CALL, client_id="khac")

    write([other, met, met, *[replace(CALL, duration_ms=number) for number in range(KEPT_MAX + 40)]])

    kept = trial_calls(CALL.client_id, 400)
    assert len(kept) == KEPT_MAX + 1
    assert [call.duration_ms for call in kept[:KEPT_MAX]] == list(range(KEPT_MAX + 39, 39, -1))
    assert kept[-1].scenario == "found"
    assert len(trial_calls("khac")) == 1


def test_whoever_only_names_a_system_pushes_out_none_of_its_own_calls():
    own = [replace(CALL, duration_ms=number) for number in range(KEPT_MAX)]
    strangers = [replace(CALL, outcome=UNAUTHENTICATED, status=401)] * (STRANGERS_KEPT_MAX * 4)

    write([*own, *strangers])

    kept = trial_calls(CALL.client_id, 400)
    assert sum(call.outcome == UNAUTHENTICATED for call in kept) == STRANGERS_KEPT_MAX
    assert sum(call.outcome == "match" for call in kept) == KEPT_MAX


def test_nothing_is_kept_longer_than_thirty_days():
    old = replace(CALL, at=NOW - KEPT_FOR - timedelta(seconds=1), scenario="found", is_handled=True)
    write([old, replace(old, client_id="khac")], NOW - KEPT_FOR)
    assert (len(trial_calls(CALL.client_id)), len(trial_calls("khac"))) == (1, 1)

    write([CALL])
    assert [call.at for call in trial_calls(CALL.client_id)] == [NOW], "with the next write of the system itself"
    assert forget_trial_calls(now=NOW) == 1
    assert trial_calls("khac") == []
    assert len(trial_calls(CALL.client_id)) == 1


def test_what_waits_is_bounded_and_what_cannot_be_written_is_kept():
    kept = TrialCalls()
    for number in range(1000):
        kept.add(replace(CALL, duration_ms=number))
        kept.add(replace(CALL, outcome=UNAUTHENTICATED))

    class Broken:
        async def execute(self, query: str, *arguments: object) -> str:
            raise OSError

    with pytest.raises(OSError):
        asyncio.run(kept.flush(Broken(), NOW))

    assert len(kept._waiting) == 220
    assert not kept.is_empty


def test_no_long_number_reaches_the_table_whoever_wrote_the_text():
    write(
        [
            replace(
                CALL, asked={"SoDinhDanh": "046093999999", "SoCMND": "191000008"}, findings=(found("auth.hash_part", "012345678"),)
            )
        ]
    )

    (kept,) = trial_calls(CALL.client_id)

    assert kept.asked == {"SoDinhDanh": NOT_KEPT, "SoCMND": "191000008"}
    assert "012345678" not in str(kept.findings)


def test_calls_are_seen_by_their_own_organisation_and_above():
    write([CALL])

    with web_role():
        for organisation, is_seen in (("H57", True), ("H58", False), ("", False)):
            with acting(acting_for(organisation)):
                assert bool(trial_calls(CALL.client_id)) == is_seen
                assert any(step.state is StepState.SEEN for step in progress(CALL.client_id)) is False
        assert trial_calls(CALL.client_id) == [], "nobody's work sees nothing"


def test_the_gateway_adds_and_removes_and_never_changes_a_call():
    url = psycopg.conninfo.conninfo_to_dict(os.environ["DANCU_TEST_GATEWAY"])
    with psycopg.connect(**{**url, "dbname": connection.settings_dict["NAME"]}) as gateway:
        for verb, is_allowed in (("select", True), ("insert", True), ("delete", True), ("update", False), ("truncate", False)):
            row = gateway.execute("select has_table_privilege('onboarding_trialcall', %s)", [verb]).fetchone()
            assert row == (is_allowed,), verb


def test_progress_tells_of_every_case_how_far_a_client_has_come():
    seen = replace(CALL, scenario="unavailable_once", outcome="unavailable", status=503)
    write([seen, replace(CALL, scenario="found", is_handled=True), replace(CALL, scenario="found", at=NOW + timedelta(hours=1))])

    steps = {step.case.code: step for step in progress(CALL.client_id)}

    assert list(steps) == [case.code for case in cases().cases]
    assert (steps["found"].state, steps["found"].at) == (StepState.HANDLED, NOW)
    assert steps["unavailable_once"].state is StepState.SEEN
    assert (steps["dead"].state, steps["dead"].at) == (StepState.TODO, None)
    assert not is_conformant(list(steps.values()))
    write([replace(CALL, scenario=case.code, is_handled=True) for case in cases().cases if case.required])
    assert is_conformant(progress(CALL.client_id))


def test_a_connection_goes_from_registered_to_trial_to_official_and_has_a_trial_secret_only_there():
    key = SealingKey.from_folder(read_config().key_dir)
    states = onboarding.ConnectionState

    def move(state: onboarding.ConnectionState) -> None:
        onboarding.set_state("thu", state, reason="thử", by="test", now=NOW)

    onboarding.register_system(replace(a_tried_system("thu"), state=states.REGISTERED), key=key, by="test", now=NOW, secret="S")
    with pytest.raises(Conflict):
        trial_secret_of("thu", key=key)

    move(states.TRIAL)
    assert trial_secret_of("thu", key=key) != "S"
    for impossible in (states.SUSPENDED, states.REGISTERED, states.TRIAL):
        with pytest.raises(Conflict):
            move(impossible)
    move(states.OFFICIAL)
    with pytest.raises(Conflict):
        trial_secret_of("thu", key=key)
    for impossible in (states.TRIAL, states.REGISTERED):
        with pytest.raises(Conflict):
            move(impossible)

    onboarding.register_system(replace(a_system("mot"), state=states.REGISTERED), key=key, by="test", now=NOW)
    onboarding.set_state("mot", states.TRIAL, reason="thử", by="test", now=NOW)
    onboarding.set_state("mot", states.CLOSED, reason="thử", by="test", now=NOW)
