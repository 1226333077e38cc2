"""Changes told to subscribers: none missing, those of one person in their order, whatever dies on the way and however one fails.

What must be told is read from the registry's own history; what was told is what receivers on the wire were sent.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import psycopg

from dancu.cli.launcher.postgres import Urls
from tests.faults.feed_process import FLAGGED, PERSONS, SUBSCRIBERS
from tests.faults.finding import Control, Finding
from tests.faults.surroundings import filled_server, laboratory

ACTS_A_ROUND = 12
ROUNDS_MAX = 60
SECONDS_A_ROUND = 3600
_ROOT = Path(__file__).resolve().parents[2]
_HAPPENED = """select personal_no, recorded_at from population_change
where kind = 'correction' and effect ?| array['full_name', 'other_name'] order by tx, id"""
_OPEN = "select count(*) from notices_step where state in ('waiting', 'under_way') and destination <> 'webhook:poison'"


@dataclass
class Told:
    """What receivers were sent, against what happened."""

    happened: int
    missing: int
    disordered: int
    stale: int  # a last value told that is not the registry's
    unrecorded: int  # told without a ledger entry
    repeats: int
    kills: int
    poison_set_aside: int

    @property
    def is_whole(self) -> bool:
        return not (self.missing or self.disordered or self.stale or self.unrecorded) and self.poison_set_aside > 0


def run(size: int, seed: int) -> Finding:
    """R2-FEED: so many changes; the worker is killed again and again, receivers fail, one always."""
    with laboratory():
        with filled_server("feed") as server:
            found = changes_under_kills(server.urls(), size, seed)
        with filled_server("feed-lost") as server:
            lost = changes_under_kills(server.urls(), 24, seed, plant="cursor_before_lines")
        with filled_server("feed-order") as server:
            mixed = changes_under_kills(server.urls(), 60, seed, plant="no_order")
    return Finding(
        found.is_whole and found.kills > 0,
        f"{found.happened} changes to {len(SUBSCRIBERS) - 1} subscribers, {found.kills} kills: {found.missing} missing, "
        f"{found.disordered} out of order, {found.unrecorded} without an entry, {found.stale} stale, {found.repeats} told again; "
        f"{found.poison_set_aside} of the poisoned one set aside",
        (
            Control("cursor moved before the lines", lost.missing > 0, f"{lost.missing} missing"),
            Control("no order for a person", mixed.disordered > 0, f"{mixed.disordered} out of order"),
        ),
    )


def changes_under_kills(urls: Urls, size: int, seed: int, plant: str = "") -> Told:
    kills = 0
    with _receivers(seed) as (root, sent):
        _process(urls, "prepare", {"root": root})
        rounds = max(2, size // ACTS_A_ROUND)
        for round_ in range(rounds):
            order = {
                "seed": seed + round_,
                "deadly": 0.04,
                "acts": ACTS_A_ROUND,
                "offset": round_ * SECONDS_A_ROUND,
                "plant": plant,
            }
            kills += _process(urls, "live", order) is None
        for round_ in range(rounds, rounds + ROUNDS_MAX):
            order = {"seed": seed, "deadly": 0, "acts": 0, "offset": round_ * SECONDS_A_ROUND, "plant": plant}
            _process(urls, "live", order)
            if not _count(urls, _OPEN):
                break
        return _compared(urls, sent, kills)


def _compared(urls: Urls, sent: dict[str, list[dict[str, Any]]], kills: int) -> Told:
    with psycopg.connect(urls.owner) as connection:
        rows = connection.execute(_HAPPENED).fetchall()
        names = dict(connection.execute("select personal_no, full_name from population_person").fetchall())
        entries = {row[0] for row in connection.execute("select id::text from ledger_entry").fetchall()}
        aside = connection.execute("select count(*) from notices_step where state = 'quarantined'").fetchone()
    happened: dict[int, list[str]] = defaultdict(list)
    for number, at in rows:
        happened[number].append(at.astimezone(UTC).isoformat(timespec="milliseconds"))
    missing = disordered = stale = repeats = 0
    for client in SUBSCRIBERS[:-1]:
        for place, number in enumerate(PERSONS):
            bodies = [each for each in sent[client] if each["subject_ref"] == f"P{place}"]
            told = list({each["id"]: each["recorded_at"] for each in bodies}.values())
            repeats += len(bodies) - len(told)
            named = [each["facts"]["full_name"] for each in bodies if each["facts"] and "full_name" in each["facts"]]
            stale += bool(named) and named[-1] != names[number]
            if number not in FLAGGED:
                missing += len(set(happened[number]) - set(told))
                disordered += told != sorted(told)
    unrecorded = sum(each["reference"] not in entries for bodies in sent.values() for each in bodies)
    assert aside is not None
    return Told(len(rows), missing, disordered, stale, unrecorded, repeats, kills, aside[0])


@contextmanager
def _receivers(seed: int) -> Iterator[tuple[str, dict[str, list[dict[str, Any]]]]]:
    """Receivers that take, fail, take without saying so; `poison` refuses everything for good."""
    sent: dict[str, list[dict[str, Any]]] = defaultdict(list)
    luck, lock = random.Random(seed), threading.Lock()

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            client = self.path.strip("/")
            with lock:
                drawn = luck.random()
                if client == "poison" or drawn >= 0.15:
                    sent[client].append(body)
            if client != "poison" and 0.15 <= drawn < 0.2:
                self.connection.close()  # it has it, and nobody hears
                return
            self.send_response(400 if client == "poison" else 503 if drawn < 0.15 else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", sent
    finally:
        server.shutdown()
        server.server_close()


def _count(urls: Urls, query: str) -> int:
    with psycopg.connect(urls.owner) as connection:
        row = connection.execute(query).fetchone()  # type: ignore[arg-type]  # our own statements
    assert row is not None
    return int(row[0])


def _process(urls: Urls, what: str, order: dict[str, Any]) -> dict[str, Any] | None:
    """What the process told; None when it was killed."""
    path = os.pathsep.join([str(_ROOT / "src"), str(_ROOT)])
    environment = {**os.environ, "DATABASE_URL": urls.web, "PYTHONPATH": path, "DANCU_DEMO": "1"}
    command = [sys.executable, "-m", "tests.faults.feed_process", what, json.dumps(order)]
    done = subprocess.run(command, cwd=_ROOT, env=environment, capture_output=True, text=True)
    if done.returncode == -signal.SIGKILL:
        return None
    assert done.returncode == 0, done.stderr[-2000:]
    told: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return told
