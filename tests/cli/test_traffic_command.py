"""`dancu exchange usage` and `events` by script."""

from __future__ import annotations

import json

import pytest

from dancu.cli.launcher.postgres import Urls
from tests.gateway.process import CLIENT, GatewayProcess, command

pytestmark = pytest.mark.slow


def test_what_was_asked_is_told_by_the_sides_that_are_named(fresh_database: Urls):
    gateway = GatewayProcess(fresh_database.gateway)
    gateway.start()
    for name in ("Trần Văn Hòa", "Trần Văn Hòa", "Lê Khác"):
        gateway.ask(full_name=name)
    gateway.ask(secret="sai")
    gateway.stop()

    told = command(fresh_database, "exchange", "usage", "--by", "system,service,procedure", "--json")
    table = command(fresh_database, "exchange", "usage", "--by", "organisation", "--csv")
    events = command(fresh_database, "exchange", "events", "--json")

    assert [json.loads(line) for line in told.splitlines()] == [
        {
            "system": CLIENT, "service": "REST", "procedure": "1.001193",
            "matched": 2, "missed": 1, "refused": 0, "throttled": 0,
        }
    ]  # fmt: skip
    assert table == "organisation,matched,missed,refused,throttled\nH57,2,1,0,0\n"
    assert [json.loads(line)["kind"] for line in events.splitlines()] == ["rest.unauthenticated"]
