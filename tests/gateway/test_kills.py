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
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Run:
    """What callers were told and what stands in the ledger afterwards."""

    answers: int
    references: set[str]
    recorded: set[str]
    added: int
    repeated: int


def run_under_kills(seed: int, requests: int, kills: int, app: str = "dancu.gateway.server:app") -> Run:
    chance = random.Random(seed)
    server = PostgresServer(Path(os.environ["DANCU_HOME"]) / f"kills-{seed}", settings={"shared_buffers": "128MB"})
    server.start()
    gateway = GatewayProcess(server.urls().gateway, app)
    try:
        command(server.urls(), "migrate")
        fill(server.urls())
        gateway.start()
        before = count(server)
        callers = [Caller(gateway.port, [f"{i}-{n}" for n in range(requests // CALLERS)]) for i in range(CALLERS)]
        for caller in callers:
            caller.start()
        for moment in sorted(chance.sample(range(requests // 50, requests * 9 // 10), kills)):
            while sum(len(caller.answers) for caller in callers) < moment:
                time.sleep(0.005)
            kill_one(chance, server, gateway)
        for caller in callers:
            caller.join()
        with psycopg.connect(server.urls().owner) as connection:
            recorded = {str(row[0]) for row in connection.execute("select id from ledger_entry").fetchall()}
    finally:
        gateway.stop()
        server.stop()
    answers = {key_of(i, key): answer for i, caller in enumerate(callers) for key, answer in caller.answers.items()}
    references = {str(answer["id"]) for answer in answers.values()}
    return Run(len(answers), references, recorded, len(recorded) - before, sum(caller.repeated for caller in callers))


def test_wire_count_equals_ledger_count_under_random_kills():
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")

    run = run_under_kills(seed, REQUESTS, KILLS)

    assert run.answers == REQUESTS
    assert run.repeated > 0  # the kills were felt
    assert len(run.references) == REQUESTS
    assert run.references <= run.recorded
    assert run.added == REQUESTS


def test_a_gateway_that_answers_before_the_commit_is_caught():
    run = run_under_kills(4, 1_600, 6, "tests.gateway.answers_first:app")

    assert run.references - run.recorded != set()


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
