"""Durable acknowledgement and completeness of the ledger, while database and gateway are killed at random.

Each request carries a key and is repeated until it is answered, as a careful caller does. What callers were told is kept
outside the database and compared with what stands in it afterwards.
"""

from __future__ import annotations

import base64
import http.client
import json
import random
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

import psycopg

from dancu.cli.launcher.postgres import PostgresServer
from tests.faults.finding import Control, Finding
from tests.faults.surroundings import filled_server, laboratory
from tests.gateway.process import BASIS, CLIENT, PURPOSE, SECRET, GatewayProcess

CALLERS = 32
FIRST_WRITE_SECONDS_MAX = 10.0
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
_ANSWERS_FIRST = "tests.faults.answers_first:app"
# Everything confirmed stays in memory for ten seconds: a kill must lose some of it.
_FORGETFUL = {"synchronous_commit": "off", "wal_writer_delay": "10s", "wal_buffers": "64MB", "wal_writer_flush_after": "0"}


@dataclass(frozen=True)
class Told:
    """One answer: the reference it named, and when it came."""

    reference: str
    at: float


class Caller(threading.Thread):
    """Sends its share of keyed requests, each until it is answered."""

    def __init__(self, port: int, keys: list[str], stop: threading.Event, path: str = "/v1/verifications") -> None:
        super().__init__(daemon=True)
        self.port, self.keys, self.path = port, keys, path
        self.told: dict[str, Told] = {}
        self.repeated = 0
        self.wrong: list[str] = []
        self._stop_now = stop

    def run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        for key in self.keys:
            while key not in self.told and not self._stop_now.is_set():
                try:
                    connection.request("POST", self.path, BODY, {**HEADERS, "Idempotency-Key": key})
                    response = connection.getresponse()
                    self._take(key, response.status, response.read())
                except (OSError, http.client.HTTPException):
                    connection.close()
                if key not in self.told:
                    self.repeated += 1
                    time.sleep(0.05)

    def _take(self, key: str, status: int, sent: bytes) -> None:
        if status == 201:
            self.told[key] = Told(str(json.loads(sent)["id"]), time.monotonic())
        elif status != 503 or b"outcome" in sent:
            self.wrong.append(f"status {status}, {len(sent)} bytes")


@dataclass(frozen=True)
class Run:
    """What callers were told and what stands in the ledger afterwards."""

    answers: int
    references: set[str]
    recorded: set[str]
    added: int
    counted: int  # answers counted beside the entries
    used: int  # questions counted as usage
    kept: int  # answers kept for repeats, each under its key
    repeated: int
    kills: int
    wrong: list[str]
    slowest_recovery_seconds: float

    @property
    def lost(self) -> int:
        return len(self.references - self.recorded)

    @property
    def is_complete(self) -> bool:
        """One entry for every answer, and none more."""
        return not self.lost and not self.wrong and self.added == self.answers == self.counted == self.used == len(self.references)


def run_under_kills(
    seed: int,
    requests: int,
    kills: int,
    *,
    victims: Sequence[str] = ("database", "gateway"),
    app: str = "dancu.gateway.server:app",
    path: str = "/v1/verifications",
    settings: dict[str, str] | None = None,
) -> Run:
    """Needs a laboratory."""
    chance = random.Random(seed)
    with filled_server(f"kills-{seed}", settings) as server:
        gateway = GatewayProcess(server.urls().gateway, app)
        stop = threading.Event()
        gateway.start()
        try:
            before, counted_before, used_before = len(_entries(server)), _counted(server), _used(server)
            share = requests // CALLERS
            callers = [Caller(gateway.port, [f"{i}-{n}" for n in range(share)], stop, path) for i in range(CALLERS)]
            for caller in callers:
                caller.start()
            felt = []
            for moment in sorted(chance.sample(range(requests // 50, requests * 9 // 10), kills)):
                while _answered(callers) < moment and any(caller.is_alive() for caller in callers):
                    time.sleep(0.005)
                felt.append(_kill_one(chance.choice(victims), server, gateway, callers))
            for caller in callers:
                caller.join()
            recorded, kept, counted = _entries(server), _kept(server), _counted(server) - counted_before
            used = _used(server) - used_before
        finally:
            stop.set()
            gateway.stop()
    told = [told for caller in callers for told in caller.told.values()]
    return Run(
        len(told),
        {each.reference for each in told},
        recorded,
        len(recorded) - before,
        counted,
        used,
        kept,
        sum(caller.repeated for caller in callers),
        len(felt),
        [wrong for caller in callers for wrong in caller.wrong],
        max(felt, default=0.0),
    )


def acknowledged(size: int, seed: int) -> Finding:
    """R1: nothing that was answered is lost when the database is killed, and it writes again soon."""
    with laboratory():
        run = run_under_kills(seed, size, max(6, size // 10_000), victims=("database",))
        forgetful = run_under_kills(seed, 3_200, 4, victims=("database",), settings=_FORGETFUL)
    return Finding(
        run.is_complete and run.slowest_recovery_seconds <= FIRST_WRITE_SECONDS_MAX,
        f"{run.lost} lost of {run.answers:,} answered over {run.kills} kills of the database; "
        f"first write after at most {run.slowest_recovery_seconds:.1f} s",
        (Control("synchronous_commit = off", forgetful.lost > 0, f"{forgetful.lost} lost of {forgetful.answers:,}"),),
    )


def complete(size: int, seed: int) -> Finding:
    """R15: as many entries as answers, while database and gateway are killed."""
    with laboratory():
        run = run_under_kills(seed, size, max(10, size // 5_000), path="/v1/disclosures")
        early = run_under_kills(seed, 1_600, 6, app=_ANSWERS_FIRST)
    return Finding(
        run.is_complete,
        f"wire count {run.answers:,}, ledger count {run.added:,}, difference {run.added - run.answers}, "
        f"counted beside it {run.counted:,}, as usage {run.used:,} over {run.kills} kills",
        (Control("a gateway that answers before the commit", early.lost > 0, f"{early.lost} answers without an entry"),),
    )


def _kill_one(victim: str, server: PostgresServer, gateway: GatewayProcess, callers: Sequence[Caller]) -> float:
    """Seconds from the kill to the first answer afterwards."""
    began = time.monotonic()
    if victim == "database":
        server.kill()
        server.launch()
        server.wait_ready()
    else:
        gateway.kill()
        gateway.start()
    while any(caller.is_alive() for caller in callers):
        if any(told.at > began for caller in callers for told in list(caller.told.values())[-1:]):
            break
        time.sleep(0.01)
    return time.monotonic() - began


def _answered(callers: Sequence[Caller]) -> int:
    return sum(len(caller.told) for caller in callers)


def _entries(server: PostgresServer) -> set[str]:
    with psycopg.connect(server.urls().owner) as connection:
        return {str(row[0]) for row in connection.execute("select id from ledger_entry").fetchall()}


def _counted(server: PostgresServer) -> int:
    with psycopg.connect(server.urls().owner) as connection:
        row = connection.execute("select coalesce(sum(count), 0) from ledger_answercount").fetchone()
    assert row is not None
    return int(row[0])


def _used(server: PostgresServer) -> int:
    with psycopg.connect(server.urls().owner) as connection:
        row = connection.execute("select coalesce(sum(matched + missed + refused), 0) from exchange_usage").fetchone()
    assert row is not None
    return int(row[0])


def _kept(server: PostgresServer) -> int:
    with psycopg.connect(server.urls().owner) as connection:
        row = connection.execute("select count(*) from exchange_idempotency").fetchone()
    assert row is not None
    return int(row[0])
