"""The real worker: what is sent goes out within moments of its commit; what a killed worker held comes back; lanes are apart."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from dancu.cli.launcher.postgres import Urls, die_with_parent
from dancu.notices.lanes import Lanes

ROOT = Path(__file__).resolve().parents[2]
SEND = """
import os, django
os.environ["DJANGO_SETTINGS_MODULE"] = "dancu.project.settings"
django.setup()
from django.db import transaction
from dancu.kernel import clock
from dancu.notices import api as notices
now = clock.now()
said = notices.message("dossier.compared", {"number": "H57-1"}, now=now)
with transaction.atomic():
    to = notices.Addressee(account="canbo.a")
    print(notices.send(notices.officer_notice(said, to, key="KEY", owner="H57", room="test"), now=now))
"""


@contextmanager
def worker(urls: Urls) -> Iterator[subprocess.Popen[bytes]]:
    log = Path(os.environ["DANCU_HOME"]) / "notices-worker.log"
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "dancu.cli.worker"],
            env={**os.environ, "DATABASE_URL": urls.web},
            stdout=out,
            stderr=out,
            start_new_session=True,
            preexec_fn=die_with_parent(os.getpid()),
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def send(urls: Urls, key: str) -> str:
    environment = {**os.environ, "DATABASE_URL": urls.web}
    done = subprocess.run(
        [sys.executable, "-c", SEND.replace("KEY", key)], env=environment, cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def seconds_until_done(urls: Urls, step: str, most: float) -> float:
    deadline = time.monotonic() + most
    with psycopg.connect(urls.owner, autocommit=True) as connection:
        while time.monotonic() < deadline:
            query = "select extract(epoch from ended_at - created_at) from notices_step where id = %s and state = 'done'"
            if row := connection.execute(query, [step]).fetchone():
                return float(row[0])
            time.sleep(0.05)
    raise AssertionError((Path(os.environ["DANCU_HOME"]) / "notices-worker.log").read_text()[-2000:])


@pytest.mark.slow
def test_what_is_sent_goes_out_within_moments_and_after_a_killed_worker_too(fresh_database: Urls):
    with worker(fresh_database) as first:
        seconds_until_done(fresh_database, send(fresh_database, "warm"), 40)
        took = seconds_until_done(fresh_database, send(fresh_database, "k1"), 20)
        os.killpg(first.pid, signal.SIGKILL)
    left = send(fresh_database, "k2")
    with psycopg.connect(fresh_database.owner) as connection:
        connection.execute(
            "update notices_step set state = 'under_way', attempts = 1, claimed_at = now(), leased_until = now() where id = %s",
            [left],
        )
    with worker(fresh_database):
        seconds_until_done(fresh_database, left, 40)
    with psycopg.connect(fresh_database.owner) as connection:
        outcomes = connection.execute("select outcome from notices_attempt where step_id = %s order by id", [left]).fetchall()
        told = connection.execute("select count(*) from notices_notice where step_id = %s", [left]).fetchone()

    print(f"from the hand-over to delivery: {took:.2f} s")
    assert took < 5, "the wake-up of the worker is not felt: ten seconds is when it looks by itself"
    assert [outcome for (outcome,) in outcomes] == ["interrupted", "delivered"]
    assert told == (1,)


def test_a_slow_destination_holds_its_own_lane_and_nobody_elses():
    gate, done = threading.Event(), threading.Semaphore(0)
    ran: list[str] = []

    def work(destination: str) -> None:
        if destination == "slow":
            gate.wait(20)
        ran.append(destination)
        done.release()

    lanes = Lanes(work, 2)
    lanes.go("slow")
    for _ in range(5):
        lane = lanes.go("quick")
        assert lane is None or lane.result(10) is None

    assert set(ran) == {"quick"}
    assert lanes.go("slow") is None, "never twice at a time"
    gate.set()
    for _ in range(len(ran) + 2 - ran.count("slow")):
        assert done.acquire(timeout=10)
    assert ran.count("slow") == 2, "what came meanwhile is looked at once more"


def test_a_lane_whose_work_fails_opens_again():
    answers = iter([RuntimeError(), None])

    def work(destination: str) -> None:
        if (failure := next(answers)) is not None:
            raise failure

    lanes = Lanes(work, 1)
    first = lanes.go("x")
    assert first is not None
    first.result(10)

    assert lanes.go("x") is not None
