"""Nothing is disclosed without its entry, and every answered request stands in the ledger exactly once, while database and
gateway are killed at random under twenty thousand requests.

Each request carries a key and is repeated until it is answered, as a careful caller does. The seed is printed.
"""

from __future__ import annotations

import base64
import http.client
import json
import os
import random
import threading
import time
from pathlib import Path

import psycopg
import pytest

from dancu.cli.launcher.postgres import PostgresServer
from tests.gateway.process import BASIS, CLIENT, PURPOSE, SECRET, GatewayProcess, command, fill

pytestmark = pytest.mark.slow
REQUESTS, CALLERS, KILLS = 20_000, 32, 12
HEADERS = {"Content-Type": "application/json", "Authorization": "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()}
BODY = json.dumps(
    {
        "personal_id": "046090000101",
        "full_name": "Trần Văn Hòa",
        "birth_date": "1990-05-17",
        "purpose": PURPOSE,
        "legal_basis": BASIS,
        "procedure": "1.001193",
        "officer": "canbo01",
    }
).encode()


class Caller(threading.Thread):
    """Sends its share of keyed requests, each until it is answered."""

    def __init__(self, port: int, keys: list[str]) -> None:
        super().__init__(daemon=True)
        self.port, self.keys, self.answers = port, keys, {}
        self.repeated = 0

    def run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        for key in self.keys:
            while key not in self.answers:
                try:
                    connection.request("POST", "/v1/verifications", BODY, {**HEADERS, "Idempotency-Key": key})
                    response = connection.getresponse()
                    sent = response.read()
                    if response.status == 201:
                        self.answers[key] = json.loads(sent)
                        continue
                    assert response.status == 503, (response.status, sent)
                    assert b"outcome" not in sent
                except (OSError, http.client.HTTPException):
                    connection.close()
                self.repeated += 1
                time.sleep(0.05)


def test_wire_count_equals_ledger_count_under_random_kills(tmp_path_factory: pytest.TempPathFactory):
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    chance = random.Random(seed)
    home = Path(os.environ["DANCU_HOME"]) / f"kills-{seed}"
    server = PostgresServer(home)
    server.start()
    gateway = GatewayProcess(server.urls().gateway)
    try:
        command(server.urls(), "migrate")
        fill(server.urls())
        gateway.start()
        before = count(server)
        callers = [Caller(gateway.port, [f"{i}-{n}" for n in range(REQUESTS // CALLERS)]) for i in range(CALLERS)]
        for caller in callers:
            caller.start()
        for moment in sorted(chance.sample(range(REQUESTS // 50, REQUESTS * 9 // 10), KILLS)):
            while sum(len(caller.answers) for caller in callers) < moment:
                time.sleep(0.005)
            kill_one(chance, server, gateway)
        for caller in callers:
            caller.join()

        answers = {key_of(i, key): answer for i, caller in enumerate(callers) for key, answer in caller.answers.items()}
        assert len(answers) == REQUESTS
        assert sum(caller.repeated for caller in callers) > 0  # the kills were felt
        with psycopg.connect(server.urls().owner) as connection:
            recorded = {str(row[0]) for row in connection.execute("select id from ledger_entry").fetchall()}
        references = {answer["id"] for answer in answers.values()}
        assert len(references) == REQUESTS
        assert references <= recorded
        assert len(recorded) - before == REQUESTS
    finally:
        gateway.stop()
        server.stop()


def kill_one(chance: random.Random, server: PostgresServer, gateway: GatewayProcess) -> None:
    if chance.random() < 0.5:
        server.kill()
        server.launch()
        server.wait_ready()
    else:
        gateway.kill()
        gateway.start()


def key_of(caller: int, key: str) -> str:
    return f"{caller}/{key}"


def count(server: PostgresServer) -> int:
    with psycopg.connect(server.urls().owner) as connection:
        row = connection.execute("select count(*) from ledger_entry").fetchone()
    assert row is not None
    return int(row[0])
