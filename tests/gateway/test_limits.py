"""Limits on extraction at real gateway processes: a guesser is closed, everywhere, and a restart does not forget."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

import psycopg
import pytest

from dancu.cli.launcher.postgres import Urls
from dancu.exchange.extraction import Window, limits_on, slot_of
from dancu.exchange.reasons import REASON_WORDS, Reason
from tests.gateway.above import HUB
from tests.gateway.process import BASIS, CLIENT, PEOPLE, PURPOSE, SECRET, GatewayProcess, command

REFUSED_ABOVE = "/problems/refused/refused_above"
SUSPENDED = "/problems/refused/client_suspended"
AUTHORIZATION = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
KEYS = {"personal_id": "046090000101", "full_name": "Trần Văn Hòa", "birth_date": "1990-05-17"}
QUESTION = {**KEYS, "purpose": PURPOSE, "legal_basis": BASIS, "procedure": "1.001193", "officer": "canbo01"}
# What another process wrote: more misses in a day than are answered, among very many questions.
COUNTED = """insert into exchange_extractionuse
(scope, minutes, slot, writer, calls, unknown, differs, explained, undated, learned, planted)
values ('system:he-thong#0', 1440, %s, 'another', 100000, 0, 1300, 0, 0, 0, 0)"""
IS_CLOSED = "select state = 'suspended' from onboarding_system where client_id = '{}'"
numbers = count(46_091_000_000)


def guess(gateway: GatewayProcess, **more: Any) -> tuple[int, dict[str, Any]]:
    return gateway.ask(**{"personal_id": f"{next(numbers):012d}", **more})


def guesses_until(gateway: GatewayProcess, ended: Callable[[dict[str, Any]], bool], at_most: int, **more: Any) -> int:
    """How many misses were answered before the end."""
    answered = 0
    for _ in range(at_most + 1):
        if ended(told := guess(gateway, **more)[1]):
            return answered
        assert told.get("outcome") == "no_match", told
        answered += 1
    raise AssertionError(f"{answered} misses were answered, and none ended it")


def is_suspended(told: dict[str, Any]) -> bool:
    """Here, or at the hub above, which counts the same questions and may come first."""
    above = told.get("type") == REFUSED_ABOVE and REASON_WORDS[Reason.CLIENT_SUSPENDED][0] in told["detail"]
    return above or told.get("type") == SUSPENDED


def open_again(gateway: GatewayProcess, urls: Urls) -> None:
    """What humans do at every level that has suspended the system, or is about to: both count the same questions."""
    levels = [(urls, CLIENT)] + ([(gateway.above, f"{HUB}.{CLIENT}")] if gateway.above else [])
    begun = time.monotonic()
    while is_suspended(gateway.ask()[1]):
        assert time.monotonic() - begun < 30
        for level, client in levels:
            if one(level, IS_CLOSED.format(client)):
                command(level, "exchange", "client", "open", client)


def refused_within(gateway: GatewayProcess, seconds: float) -> float:
    begun = time.monotonic()
    while not is_suspended(gateway.ask()[1]):
        assert time.monotonic() - begun < seconds
    return time.monotonic() - begun


def one(urls: Urls, statement: str) -> Any:
    with psycopg.connect(urls.owner) as connection:
        row = connection.execute(statement).fetchone()  # type: ignore[arg-type]  # our own words
    return row[0] if row else None


def wait_for(urls: Urls, statement: str, seconds: float = 10) -> Any:
    begun = time.monotonic()
    while not (found := one(urls, statement)):
        assert time.monotonic() - begun < seconds, statement
        time.sleep(0.05)
    return found


def test_who_counts_up_numbers_is_suspended_soon_and_by_every_gateway(gateway: GatewayProcess, fresh_database: Urls):
    other = GatewayProcess(fresh_database.gateway)
    other.start()
    try:
        assert guesses_until(gateway, is_suspended, 500) <= 120
        assert refused_within(other, 60) < 10
    finally:
        other.stop()

    assert one(fresh_database, f"select state from onboarding_system where client_id = '{CLIENT}'") == "suspended"
    assert one(fresh_database, f"select state_reason from onboarding_system where client_id = '{CLIENT}'") == "extraction"
    outcome = "system.suspended:extraction:fast-unknown-numbers"
    assert one(
        fresh_database, f"select count(*) from ledger_entry where convert_from(body, 'UTF8')::json ->> 'outcome' = '{outcome}'"
    )


def test_two_gateways_together_hold_the_line_of_one(gateway: GatewayProcess, fresh_database: Urls):
    other = GatewayProcess(fresh_database.gateway)
    other.start()
    try:
        answered = 0
        for each in (gateway, other) * 200:
            told = guess(each)[1]
            answered += told.get("outcome") == "no_match"
            time.sleep(0.02)  # the pace of the guesser: what the other counted is known a second later
            if is_suspended(told):
                break
    finally:
        other.stop()

    assert answered < 2 * 60
    assert is_suspended(told)


def test_a_restart_forgets_nothing(gateway: GatewayProcess, fresh_database: Urls):
    for _ in range(50):
        guess(gateway)
    wait_for(fresh_database, "select 1 from exchange_extractionuse where scope like 'system:%' and unknown = 50 limit 1")
    gateway.kill()
    gateway.start()

    assert guesses_until(gateway, is_suspended, 500) <= 20


def test_after_a_human_opened_it_again_the_second_suspension_comes_sooner(gateway: GatewayProcess, fresh_database: Urls):
    first = guesses_until(gateway, is_suspended, 500)
    open_again(gateway, fresh_database)

    second = guesses_until(gateway, is_suspended, 500)

    assert second <= first * 0.7


def test_a_spent_number_is_refused_and_others_go_on(gateway: GatewayProcess):
    told = [gateway.ask(full_name="Lê Khác")[1] for _ in range(6)]

    assert [each.get("outcome") for each in told[:5]] == ["no_match"] * 5
    assert told[5]["type"] == "/problems/refused/attempts_spent"
    assert gateway.ask(personal_id="046048000103", full_name="Phạm Khuất", birth_date="1948-07-19")[0] == 201


def test_a_throttled_system_hears_when_to_come_back(gateway: GatewayProcess, fresh_database: Urls):
    with psycopg.connect(fresh_database.owner) as connection:
        connection.execute(COUNTED, [slot_of(Window.DAY, datetime.now(UTC))])
    gateway.kill()
    gateway.start()

    status, told = gateway.ask()
    _, _, headers = gateway.post("/v1/verifications", json.dumps(QUESTION).encode(), {"Authorization": AUTHORIZATION})

    assert (status, told["type"]) == (429, "/problems/refused/extraction_limit")
    assert 0 < int(headers["retry-after"]) <= 86_401


@pytest.mark.parametrize("gateway", ["registry"], indirect=True)  # they are planted where the registry is
def test_a_planted_person_is_an_alarm_and_a_second_a_suspension(gateway: GatewayProcess, fresh_database: Urls):
    command(fresh_database, "exchange", "watermark", "add", "--count", "2", "--seed", "thử")
    wait_for(fresh_database, "select count(*) = 2 from exchange_planted")
    known = {each["personal_id"] for each in PEOPLE}
    with psycopg.connect(fresh_database.owner) as connection:
        rows = connection.execute(
            "select personal_no, full_name, birth_year, birth_month, birth_day from population_person"
        ).fetchall()
    planted = [row for row in rows if f"{row[0]:012d}" not in known]
    time.sleep(1.5)  # the gateway reads the sealed list every second

    def ask(row: Any) -> tuple[int, dict[str, Any]]:
        return gateway.ask(personal_id=f"{row[0]:012d}", full_name=row[1], birth_date=f"{row[2]}-{row[3]:02d}-{row[4]:02d}")

    assert ask(planted[0])[1]["outcome"] == "match", "she answers like everybody"
    assert wait_for(fresh_database, "select line from exchange_alarm") == "planted-noticed"
    ask(planted[1])

    assert refused_within(gateway, 10) < 10
    assert wait_for(fresh_database, "select line from exchange_alarm where verdict = 'suspend'") == "planted"


def test_the_gateway_may_close_a_system_and_never_open_one(fresh_database: Urls):
    with psycopg.connect(fresh_database.gateway, autocommit=True) as connection:
        assert connection.execute("select onboarding_suspend('he-thong', 'thử', now())").fetchone() == (True,)
        assert connection.execute("select onboarding_suspend('he-thong', 'thử', now())").fetchone() == (False,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("update onboarding_system set state = 'official'")


def test_the_figure_of_the_process_test_is_the_one_of_the_limits():
    lines = {line.code: line for line in limits_on(date(2026, 11, 24)).lines}

    assert lines["fast-unknown-numbers"].at_least == 60
