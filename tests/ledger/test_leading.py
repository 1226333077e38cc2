"""The sequencer as a process: it signs within seconds, hands over when it dies, and brings home the signatures of witnesses."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from dancu.kernel import clock
from dancu.ledger.notes import cosigned_at
from dancu.ledger.showing import Showing
from dancu.ledger.tiles import logs, note_over
from tests.conftest import _with_database, copy_database, drop_database
from tests.ledger.sequenced import NOW, Desk, an_act, written
from tests.ledger.witness_process import WitnessProcess

pytestmark = pytest.mark.slow
WAIT_SECONDS = 20.0


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    name = f"dancu_leading_{uuid4().hex[:12]}"
    copy_database(name)
    (tmp_path / "keys").mkdir()
    yield Desk(_with_database(os.environ["DANCU_TEST_WEB"], name), tmp_path / "keys")
    drop_database(name)


@pytest.fixture
def start(desk: Desk) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    started = []

    def one() -> subprocess.Popen[bytes]:
        environment = {**os.environ, "DATABASE_URL": desk.url, "DANCU_HOME": str(desk.folder.parent)}
        started.append(subprocess.Popen([sys.executable, "-m", "dancu.cli.main", "sequencer"], env=environment))
        return started[-1]

    yield one
    for process in started:
        process.kill()
        process.wait()


def until(holds: Callable[[], bool]) -> float:
    """Wait for something another process does; gives how long it took."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() < began + WAIT_SECONDS
        time.sleep(0.02)
    return time.monotonic() - began


def signed(desk: Desk) -> int:
    with psycopg.connect(desk.url) as connection:
        return connection.execute("select coalesce(max(size), 0) from ledger_checkpoint").fetchone()[0]  # type: ignore[index]


def leader(desk: Desk) -> int:
    """The backend that leads; 0 for nobody."""
    with psycopg.connect(desk.url) as connection:
        query = (
            "select l.pid from pg_locks l join pg_database d on d.oid = l.database where locktype = 'advisory' and granted "
            "and datname = current_database()"
        )
        row = connection.execute(query).fetchone()
    return row[0] if row else 0


def test_a_dead_leader_is_followed_within_seconds(desk: Desk, start: Callable[[], subprocess.Popen[bytes]]) -> None:
    first = start()
    until(lambda: leader(desk) != 0)
    second = start()
    written(desk.url, [an_act() for _ in range(30)])
    assert until(lambda: signed(desk) == 30) < 5

    first.send_signal(signal.SIGKILL)
    written(desk.url, [an_act() for _ in range(12)])

    assert until(lambda: signed(desk) == 42) < 5
    second.send_signal(signal.SIGTERM)
    assert second.wait(10) == 0


def test_a_witness_signs_what_it_is_shown_and_the_proof_carries_it(desk: Desk, tmp_path: Path) -> None:
    written(desk.url, [an_act() for _ in range(30)])
    desk.sequence()
    witness = WitnessProcess(tmp_path / "witness", [desk.key]).start()
    try:
        with psycopg.connect(desk.url, autocommit=True) as connection, connection.cursor() as cursor:
            showing = Showing(connection, clock.now)
            assert [each.signature is not None for each in showing.round((witness.peer,))] == [True]
            assert showing.round((witness.peer,)) == [], "it has signed this one"
            written(desk.url, [an_act()], NOW)
            desk.sequence()
            size, note = note_over(cursor, logs(cursor)[0], 7) or (0, None)
            showing.round((witness.peer,))
            newer, _note = note_over(cursor, logs(cursor)[0], 7) or (0, None)
    finally:
        witness.stop()

    assert note is not None
    assert (size, newer) == (30, 31), "the head a witness signed is preferred, and a newer one to it"
    assert cosigned_at(note, witness.key) is not None
