"""The database dies or hangs: every question is refused soon and clearly, nothing is told, work goes on by itself afterwards."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles

import psycopg

from dancu.cli.launcher.postgres import PostgresServer
from tests.faults.finding import Control, Finding
from tests.faults.kills import BODY, HEADERS
from tests.faults.surroundings import filled_server, laboratory
from tests.gateway.process import GatewayProcess

CALLERS = 16
REFUSED_P99_SECONDS_MAX, REFUSED_SECONDS_MAX, RECOVERY_SECONDS_MAX = 2.0, 5.0, 10.0


@dataclass
class Outage:
    """What callers met while the database was away."""

    kind: str
    refused_seconds: list[float] = field(default_factory=list)
    told: int = 0  # answers with facts or an outcome: there must be none
    unclear: int = 0  # neither told nor refused with 503 and Retry-After
    recovery_seconds: float = 99.0
    sessions_before: int = 0
    sessions_after: int = 0

    @property
    def p99(self) -> float:
        return quantiles(self.refused_seconds, n=100)[98] if len(self.refused_seconds) > 1 else 99.0

    @property
    def holds(self) -> bool:
        return (
            not self.told
            and not self.unclear
            and self.p99 <= REFUSED_P99_SECONDS_MAX
            and max(self.refused_seconds, default=99.0) <= REFUSED_SECONDS_MAX
            and self.recovery_seconds <= RECOVERY_SECONDS_MAX
            and self.sessions_after <= self.sessions_before
        )


def outage(kind: str, seconds: float, app: str = "dancu.gateway.server:app") -> Outage:
    """Needs a laboratory. `kind`: killed or hung."""
    met = Outage(kind)
    with filled_server(f"down-{kind}-{app.rpartition('.')[2].partition(':')[0]}") as server:
        gateway = GatewayProcess(server.urls().gateway, app)
        gateway.start()
        try:
            assert _ask(gateway.port)[0] == 201
            met.sessions_before = _sessions(server)
            _break(kind, server)
            _call_until(gateway.port, time.monotonic() + seconds, met)
            _mend(kind, server)
            began = time.monotonic()
            while _ask(gateway.port)[0] != 201 and time.monotonic() - began < 3 * RECOVERY_SECONDS_MAX:
                time.sleep(0.05)
            met.recovery_seconds = time.monotonic() - began
            met.sessions_after = _sessions(server)
        finally:
            gateway.stop()
    return met


def fails_closed(size: int, seed: int) -> Finding:
    """R5: `size` seconds of each kind of outage. The seed changes nothing here: what happens is not drawn."""
    with laboratory():
        met = [outage(kind, size) for kind in ("killed", "hung")]
        memory = outage("killed", 2.0, "tests.faults.from_memory:app")
    return Finding(
        all(each.holds for each in met),
        "; ".join(
            f"{each.kind}: {len(each.refused_seconds):,} refused, p99 {each.p99:.2f} s, slowest {max(each.refused_seconds):.2f} s, "
            f"{each.told} told, {each.unclear} unclear, back after {each.recovery_seconds:.1f} s, "
            f"sessions {each.sessions_before} → {each.sessions_after}"
            for each in met
        ),
        (Control("answers from memory without an entry", memory.told > 0, f"{memory.told} told"),),
    )


def _call_until(port: int, end: float, met: Outage) -> None:
    lock = threading.Lock()

    def call() -> None:
        while time.monotonic() < end:
            began = time.monotonic()
            status, clear = _ask(port)
            took = time.monotonic() - began
            with lock:
                if status == 201:
                    met.told += 1
                elif status == 503 and clear:
                    met.refused_seconds.append(took)
                else:
                    met.unclear += 1
            time.sleep(0.02)

    threads = [threading.Thread(target=call) for _ in range(CALLERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _ask(port: int) -> tuple[int, bool]:
    """Status, and whether a refusal says when to come back and holds nothing about a person."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("POST", "/v1/disclosures", BODY, HEADERS)
        response = connection.getresponse()
        sent = response.read()
    except (OSError, http.client.HTTPException):
        return 0, False
    finally:
        connection.close()
    return response.status, bool(response.headers.get("Retry-After")) and b"facts" not in sent and b"outcome" not in sent


def _break(kind: str, server: PostgresServer) -> None:
    if kind == "killed":
        server.kill()
    else:
        _signal_all(server, signal.SIGSTOP)


def _mend(kind: str, server: PostgresServer) -> None:
    if kind == "killed":
        server.launch()
        server.wait_ready()
    else:
        _signal_all(server, signal.SIGCONT)


def _signal_all(server: PostgresServer, number: signal.Signals) -> None:
    """The server and every child: each leads a session of its own, so there is no group to signal."""
    for pid in (server.process.pid, *_children(server.process.pid)):
        with contextlib.suppress(ProcessLookupError):  # a cancelled session ends as soon as it wakes
            os.kill(pid, number)


def _children(parent: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{parent}/task").iterdir():
        found += [int(pid) for pid in (task / "children").read_text().split()]
    return found


def _sessions(server: PostgresServer) -> int:
    with psycopg.connect(server.urls().owner) as connection:
        query = "select count(*) from pg_stat_activity where application_name = 'dancu-gateway'"
        return int(connection.execute(query).fetchall()[0][0])
