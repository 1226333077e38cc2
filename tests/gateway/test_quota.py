"""Calls beyond a system's rate at a real gateway: refused at once in the caller's own contract, counted, in no ledger."""

from __future__ import annotations

import time

import psycopg
import pytest

from dancu.cli.launcher.postgres import Urls
from tests.exchange.worker import worker
from tests.field_clients import clients
from tests.field_clients.clients import BUILDERS, Person
from tests.gateway.process import CLIENT, SECRET, GatewayProcess, command
from tests.gateway.subscriber import Subscriber, allow, until

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


def test_what_is_told_of_many_persons_is_held_to_the_rate_and_counted_entry_by_entry(fresh_database: Urls):
    allow(fresh_database, "--subscribe", "--list-max", "10")
    gateway = GatewayProcess(fresh_database.gateway)
    gateway.start()
    subscriber = Subscriber(gateway)
    try:
        until(lambda: subscriber.subscribe()[0] == 201)
        subscriber.subscribe(personal_id="046090999999")
        subscriber.subscribe(personal_id="046155000102", full_name="Lê Thị Năm Sinh", birth_date="1955", procedure="9.999")
        worker(fresh_database, "correct", number=46090000101, items={"full_name": "Trần Văn Hoà Một"})
        worker(fresh_database, "write")
        told = subscriber.told()
        command(fresh_database, "exchange", "client", "quota", CLIENT, "--per-second", "2")
        until(lambda: any(subscriber.changes()[0] == 429 for _ in range(30)))
    finally:
        gateway.stop()

    assert told
    with psycopg.connect(fresh_database.owner) as connection:
        counted = dict(connection.execute("select kind, sum(matched + missed + refused) from exchange_usage group by 1").fetchall())
        entries = connection.execute(
            "select count(*) from ledger_entry"
            " where convert_from(body, 'UTF8')::jsonb ->> 'kind' in ('verify', 'disclose', 'refuse')"
        ).fetchone()
    assert entries is not None
    assert counted == {"subscribe": entries[0]}
    assert entries[0] > 3


def test_a_malformed_flood_is_noted_by_system_and_refused_in_the_ledger(fresh_database: Urls, gateway: GatewayProcess):
    for _ in range(5):
        assert gateway.ask(personal_id="046")[0] == 422
    gateway.stop()

    with psycopg.connect(fresh_database.owner) as connection:
        noted = connection.execute("select source, count from exchange_securityevent where kind = 'malformed'").fetchall()
        used = connection.execute("select integration, procedure, refused from exchange_usage").fetchall()
    assert noted == [(CLIENT, 5)]
    assert used == [("", "", 5)]
