"""What the tests of the contracts beside SOAP share: a gateway whose client may call from this machine, and how to send to it."""

from __future__ import annotations

import json
import time
from typing import Any

import psycopg

from dancu.cli.launcher.postgres import Urls
from tests.field_clients.clients import Person
from tests.field_clients.platforms import Sent
from tests.gateway.process import CLIENT, GatewayProcess, command

HOA = Person("046090000101", "Trần Văn Hòa", "19900517", "191000101")
TRUSTED = ("--network", "127.0.0.0/8", "--officer", "VDXP_H57", "--procedure", "1.001193", "--integration-code", "037")
SETTLE_SECONDS = 15


def send(gateway: GatewayProcess, sent: Sent) -> tuple[int, bytes]:
    status, answer, _ = gateway.call(sent.method, sent.path, sent.body, sent.headers)
    return status, answer


def set_profile(urls: Urls, *options: str, client: str = CLIENT) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(command(urls, "exchange", "client", "profile", client, *options))
    return told


def until(gateway: GatewayProcess, sent: Sent, status: int) -> bytes:
    """A change of the directory reaches a gateway within seconds: ask until the answer is of that kind."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while True:
        found, answer = send(gateway, sent)
        if found == status:
            return answer
        assert time.monotonic() < deadline, (found, answer[:300])
        time.sleep(0.05)


def entries(urls: Urls) -> list[dict[str, Any]]:
    with psycopg.connect(urls.owner) as connection:
        rows = connection.execute("select body from ledger_entry where body is not null order by at, id").fetchall()
    return [each for row in rows if (each := json.loads(bytes(row[0])))["kind"] != "administer"]
