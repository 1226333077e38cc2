"""Calls beyond a system's rate at a real gateway: refused at once in the caller's own contract, counted, in no ledger."""

from __future__ import annotations

import time

import psycopg
import pytest

from dancu.cli.launcher.postgres import Urls
from tests.field_clients import clients
from tests.field_clients.clients import BUILDERS, Person
from tests.gateway.process import CLIENT, SECRET, GatewayProcess, command

pytestmark = pytest.mark.slow
HOA = Person("046090000101", "Trần Văn Hòa", "19900517", "191000101")


def numbers(urls: Urls) -> dict[str, int]:
    with psycopg.connect(urls.owner) as connection:
        row = connection.execute(
            "select (select count(*) from ledger_entry where convert_from(body, 'UTF8') like '%\"kind\":\"verify\"%'),"
            " (select coalesce(sum(matched + missed + refused), 0) from exchange_usage),"
            " (select coalesce(sum(throttled), 0) from exchange_usage),"
            " (select coalesce(sum(count), 0) from exchange_securityevent where kind = 'quota.system')"
        ).fetchone()
    assert row is not None
    return dict(zip(("entries", "answered", "throttled", "noted"), map(int, row), strict=True))


def test_beyond_its_rate_a_system_is_refused_at_once_counted_and_in_no_ledger(fresh_database: Urls):
    command(fresh_database, "exchange", "client", "quota", CLIENT, "--per-second", "5")
    gateway = GatewayProcess(fresh_database.gateway)
    gateway.start()
    try:
        begun = time.monotonic()
        told = [gateway.ask() for _ in range(60)]
        seconds = time.monotonic() - begun
        in_soap = gateway.post(clients.SERVICE_PATH, BUILDERS["court"](HOA), clients.headers(CLIENT, SECRET))
    finally:
        gateway.stop()

    refused = [answer for status, answer in told if status == 429]
    answered = [answer for status, answer in told if status == 201]
    assert len(answered) + len(refused) == 60
    assert 10 <= len(answered) <= 11 + 5 * seconds + 1
    assert {answer["type"] for answer in refused} == {"/problems/exchange.quota"}
    assert in_soap[0] == 429
    assert b"Fault" in in_soap[1]
    assert int(in_soap[2]["retry-after"]) > 0
    found = numbers(fresh_database)
    assert found["entries"] == found["answered"] == len(answered)
    assert found["throttled"] == found["noted"] == len(refused) + 1


def test_a_malformed_flood_is_noted_by_system_and_refused_in_the_ledger(fresh_database: Urls, gateway: GatewayProcess):
    for _ in range(5):
        assert gateway.ask(personal_id="046")[0] == 422
    gateway.stop()

    with psycopg.connect(fresh_database.owner) as connection:
        noted = connection.execute("select source, count from exchange_securityevent where kind = 'malformed'").fetchall()
        used = connection.execute("select integration, procedure, refused from exchange_usage").fetchall()
    assert noted == [(CLIENT, 5)]
    assert used == [("", "", 5)]
