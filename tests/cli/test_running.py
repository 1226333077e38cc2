"""One instance under everything that may befall it while it runs: a second start, lost children, a database that holds still."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import textwrap
import urllib.error
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from dancu.cli.demo import ask_rest, use_desk
from dancu.synth.api import MOTHER, PERSONAS
from tests.cli.started import Started, dancu, group, parent, processes_of, settings, status_of, until

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="reads /proc")]
ROOT = Path(__file__).resolve().parents[2]
PERSON = {person["personal_id"]: person for person in PERSONAS}[MOTHER]
JOB = """insert into procrastinate_jobs (task_name, queue_name, args)
values ('dancu.procedures.tasks.compare_received_dossiers', 'desk', '{"timestamp": 0}') returning id"""


@pytest.fixture(scope="module")
def running(folder: Path) -> Iterator[Started]:
    instance = Started(folder / "home", "--demo", "--persons", "50")
    try:
        instance.wait_ready()
        yield instance
    finally:
        instance.end()
        for left in processes_of(instance.home):
            os.kill(left, signal.SIGKILL)


def works(instance: Started) -> bool:
    """Pages and gateway are up, and the registry answers through them."""
    with contextlib.suppress(OSError, AssertionError):
        return instance.answers() and ask_rest(instance.known["gateway"], PERSON)["outcome"] == "match"
    return False


def a_job(connection: psycopg.Connection) -> Callable[[], str]:
    """Hand the worker a job; gives a look at its state. A job that succeeded is deleted."""
    job = connection.execute(JOB).fetchone()

    def state() -> str:
        row = connection.execute("select status::text from procrastinate_jobs where id = %s", job).fetchone()
        return row[0] if row else "succeeded"

    return state


def does_jobs(instance: Started) -> None:
    with psycopg.connect(instance.owner_url, autocommit=True) as connection:
        job = a_job(connection)
        until(lambda: job() == "succeeded", 30, job)


def test_the_main_job_is_a_result_and_progress_is_talk(running: Started) -> None:
    assert running.known["web"] in running.printed
    assert running.known["gateway"] in running.printed
    assert "match" in running.printed
    assert all(line.startswith("dancu: ") for line in running.said.splitlines())
    assert "dancu: ready after" in running.said
    assert "dancu: " not in running.printed


def test_a_second_start_in_the_same_home_says_what_runs_and_leaves_it_alone(running: Started) -> None:
    done = dancu("up", "--home", str(running.home))

    assert (done.returncode, done.stdout) == (1, "")
    for word in (str(running.process.pid), running.known["web"], running.known["gateway"]):
        assert word in done.stderr
    assert works(running)


@pytest.mark.parametrize(("option", "whose"), [("--web-port", "web"), ("--gateway-port", "gateway"), ("--web-port", "gateway")])
def test_a_port_of_a_running_instance_is_refused(running: Started, folder: Path, option: str, whose: str) -> None:
    port = running.known[whose].rpartition(":")[2]

    done = dancu("up", "--home", str(folder / "other"), option, port)

    assert done.returncode == 1
    assert f"Port {port} on 127.0.0.1 is taken" in done.stderr
    assert works(running)


def test_check_finds_nothing_wrong_until_something_is(running: Started) -> None:
    key = running.home / "keys" / "secrets.key"

    sound = dancu("check", "--json", DANCU_HOME=str(running.home))
    key.chmod(0o644)
    open_key = dancu("check", DANCU_HOME=str(running.home))
    key.chmod(0o600)

    assert (sound.returncode, json.loads(sound.stdout), sound.stderr) == (0, {"ok": True, "wrong": []}, "")
    assert open_key.returncode == 1
    assert open_key.stdout == "✕ key secrets.key can be read by others: chmod 600\n"


def test_a_command_finds_the_instance_by_its_home_and_prints_results_only(running: Started) -> None:
    done = dancu("ledger", "tail", "-n", "2", "--json", DANCU_HOME=str(running.home))

    assert (done.returncode, done.stderr) == (0, "")
    assert [json.loads(line)["v"] for line in done.stdout.splitlines()] == [1, 1]


@pytest.mark.parametrize("name", ["web", "gateway", "worker"])
def test_a_child_that_is_killed_comes_back_and_works(running: Started, name: str) -> None:
    lost = running.child(name)
    assert lost is not None

    os.killpg(lost, signal.SIGKILL)

    until(lambda: running.child(name) not in (None, lost), 15)
    until(lambda: works(running), 15, lambda: running.said)
    does_jobs(running)
    assert f"dancu: {name} ended with -9; it starts again in" in running.said


def test_a_killed_database_comes_back_with_what_it_confirmed(running: Started) -> None:
    reference, lost = ask_rest(running.known["gateway"], PERSON)["id"], running.child("database")
    assert lost is not None

    os.kill(lost, signal.SIGKILL)

    until(lambda: running.child("database") not in (None, lost), 15)
    until(lambda: works(running), 30, lambda: running.said)
    does_jobs(running)
    assert "dancu: the database ended; it starts again" in running.said
    assert dancu("ledger", "show", reference, DANCU_HOME=str(running.home)).returncode == 0
    assert any("Khớp" in step for step in use_desk(running.known["web"], PERSON))


@pytest.mark.skipif(os.geteuid() != 0, reason="only as root the database runs as another user, who can be shut out")
def test_a_database_that_cannot_start_is_tried_until_it_can(running: Started) -> None:
    lost, above = running.child("database"), running.home.parent
    assert lost is not None
    told = running.said.count("the database ended")
    try:
        above.chmod(0o700)
        os.kill(lost, signal.SIGKILL)
        until(lambda: running.said.count("the database ended") > told, 20)
        assert running.process.poll() is None
        assert status_of(f"{running.known['web']}/dang-nhap") in (200, 503)
    finally:
        above.chmod(0o755)

    until(lambda: works(running), 30, lambda: running.said)
    does_jobs(running)


def test_pages_whose_inner_process_is_lost_come_back(running: Started) -> None:
    outer = running.child("web")
    inner = next(pid for pid in processes_of(running.home) if parent(pid) == outer)

    os.kill(inner, signal.SIGKILL)

    until(lambda: running.child("web") not in (None, outer), 15)
    until(lambda: works(running), 15, lambda: running.said)


def test_a_worker_lost_in_the_middle_of_comparing_does_not_end_comparing_for_ever(running: Started) -> None:
    from dancu.procedures.tasks import compare_received_dossiers as task

    lost = running.child("worker")
    assert lost is not None
    assert task.lock is None  # the lock of the lost job would be held for ever
    with psycopg.connect(running.owner_url, autocommit=True) as connection:
        with psycopg.connect(running.owner_url) as holder:
            holder.execute("lock table procedures_dossier in access exclusive mode")
            interrupted = a_job(connection)
            until(lambda: interrupted() == "doing", 20, interrupted)
            os.killpg(lost, signal.SIGKILL)
        until(lambda: running.child("worker") not in (None, lost), 15)

        next_one = a_job(connection)
        until(lambda: next_one() == "succeeded", 15, next_one)


@pytest.fixture(scope="module")
def troubled(running: Started) -> Started:
    """The same instance after desk and gateway met a ledger that was locked: both failed in the middle of an act."""
    with psycopg.connect(running.owner_url) as connection:
        connection.execute("lock table ledger_entrydetail in access exclusive mode")
        with pytest.raises(urllib.error.HTTPError, match="503"):
            use_desk(running.known["web"], PERSON)
    until(lambda: works(running), 15)
    return running


@pytest.mark.parametrize("log", ["logs/web.log", "logs/gateway.log", "logs/worker.log", "postgres.log"])
def test_no_log_names_a_person_or_an_officer(troubled: Started, log: str) -> None:
    text = (troubled.home / log).read_text()

    assert [word for word in (MOTHER, PERSON["full_name"], "canbo.motcua") if word in text] == []


@pytest.mark.parametrize("name", ["web", "gateway", "worker"])
def test_a_killed_child_leaves_no_part_of_itself_behind(running: Started, name: str) -> None:
    lost = running.child(name)
    assert lost is not None

    os.kill(lost, signal.SIGKILL)
    until(lambda: running.child(name) not in (None, lost), 15)
    left = [pid for pid in processes_of(running.home) if group(pid) == lost]
    for pid in left:
        os.kill(pid, signal.SIGKILL)

    assert left == []


def test_the_guide_to_a_first_answer_holds_as_printed(running: Started) -> None:
    """Every command of the guide, run as it is printed; of the addresses only the port is this instance's own."""
    guide = (ROOT / "docs" / "howto" / "connect-a-system.md").read_text(encoding="utf-8")
    blocks = [textwrap.dedent(block) for block in re.findall(r"^ *```sh\n(.*?)^ *```", guide, re.MULTILINE | re.DOTALL)]
    started, by_rest, by_soap, registers = blocks

    assert started.strip() == "make run"
    assert json.loads(told(running, by_rest))["outcome"] == "match"
    assert json.loads(told(running, by_rest.replace("1995-11-24", "1995-11-25")))["outcome"] == "no_match"
    assert "<ns1:SoDinhDanh>046195000001</ns1:SoDinhDanh>" in told(running, by_soap)
    secret = told(running, registers).split()[0]
    own = by_rest.replace("dvc-hue:bi-mat-mo-phong-2", f"he-thong-cua-toi:{secret}").replace("canbo01", "canbo-cua-toi")
    until(lambda: '"match"' in told(running, own), 30, lambda: told(running, own))


def told(instance: Started, block: str) -> str:
    """What a block of the guide prints in a shell that knows where the instance lives."""
    block = block.replace("http://127.0.0.1:8001", instance.known["gateway"]).replace(".venv/bin/python", sys.executable)
    shell = ["bash", "-euo", "pipefail", "-c", block]
    done = subprocess.run(shell, env=settings(DANCU_HOME=str(instance.home)), capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout
