"""The registry as sorted Parquet against a sequential scan of the same columns in the same server.

The scan is one server process that adds up what a snapshot reads and tells a few numbers; a bare count, which reads no column,
stands beside it. Rounds of both alternate; medians are compared. Then: a version that goes on from the last one after one person
in a hundred was changed, against a whole one; a second job that opens it; a take that is killed.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg

from dancu.cli.command import start_django
from dancu.cli.launcher.postgres import PostgresServer, Urls
from dancu.kernel import clock
from dancu.kernel.config import read_config
from dancu.reconcile.taking.home import SnapshotHome

ROOT = Path(__file__).resolve().parent.parent
CHANGED_EVERY = 100
# As the snapshot reads them; the flags, last of the row, decide about each.
SCAN = """
select sum(personal_no), sum(number_state + life_status + birth_year + birth_month + birth_day), count(successor_no),
    sum(octet_length(full_name)), sum(octet_length(old_id_no)), sum(octet_length(permanent_version) + octet_length(permanent_code)),
    sum(pg_column_size(id_cards))
from population_person where flags & 6 = 0"""
CHANGE = """
with changed as (
    update population_person set full_name = full_name || ' Anh', last_seq = last_seq + 1 where personal_no %% %s = 0
    returning personal_no, last_seq)
insert into population_change (personal_no, seq, kind, valid_from, recorded_at, load_batch)
select personal_no, last_seq, 'load', '2026-01-01', now(), 1 from changed"""
DRAW = "import sys; from bench.people import people; people(int(sys.argv[1])).write_parquet(sys.argv[2])"
OPEN = """
import sys, time
from pathlib import Path
from dancu.reconcile.taking.home import SnapshotHome
began = time.perf_counter()
version, snapshot = SnapshotHome(Path(sys.argv[1])).open_current()
snapshot.name_of(snapshot.persons - 1)
print(time.perf_counter() - began)
"""


def run(*, quick: bool, persons: int = 0, out: Any = sys.stderr) -> dict[str, Any]:
    """Measure; gives the result that is printed as the last line."""
    count, rounds = persons or (100_000 if quick else 2_000_000), 2 if quick else 5
    scratch = Path(tempfile.mkdtemp(prefix="dancu-bench-", dir="/var/tmp"))
    scratch.chmod(0o755)
    database = PostgresServer(scratch / "home")
    try:
        database.start()
        bench = SnapshotBench(database.urls(), scratch, count, out)
        print(f"{count} persons, {rounds} rounds", file=out)
        return bench.measure(rounds)
    finally:
        database.stop()
        shutil.rmtree(scratch, ignore_errors=True)


class SnapshotBench:
    """A server with invented persons, and the command an operator types."""

    def __init__(self, urls: Urls, scratch: Path, persons: int, out: Any) -> None:
        self._persons, self._out = persons, out
        self._home = scratch / "snapshots"
        self._environment = {
            **os.environ,
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
            "DANCU_HOME": str(scratch / "home"),
            "DATABASE_URL": urls.web,
            "DATABASE_OWNER_URL": urls.owner,
            "DATABASE_GATEWAY_URL": urls.gateway,
        }
        keys = scratch / "home" / "keys"
        keys.mkdir()
        (keys / "secrets.key").write_bytes(os.urandom(32))
        self._run("-m", "dancu.cli.main", "migrate")
        self._run("-c", DRAW, str(persons), str(scratch / "people.parquet"))
        self._run("-m", "dancu.cli.main", "population", "load", str(scratch / "people.parquet"), "--no-index")
        os.environ.update(self._environment)
        start_django()
        self._server = psycopg.connect(urls.owner, autocommit=True)
        self._server.execute("set max_parallel_workers_per_gather = 0")
        self._server.execute("vacuum analyze population_person")

    def measure(self, rounds: int) -> dict[str, Any]:
        self._take(full=True)  # compiled before the clock runs
        limits, bare, rates, whole = [], [], [], []
        for at in range(rounds):
            limits.append(self._scan(SCAN))
            bare.append(self._scan("select count(*) from population_person"))
            seconds = self._take(full=True).seconds
            rates.append(self._persons / (seconds["reading"] + seconds["parts"]))
            whole.append(sum(seconds.values()))
            print(
                f"round {at + 1}: limit {limits[-1]:.0f}/s  Parquet {rates[-1]:.0f}/s  all {whole[-1]:.2f} s {seconds}",
                file=self._out,
            )
            SnapshotHome(self._home).prune(now=clock.now(), keep=1)
        limit, value = statistics.median(limits), statistics.median(rates)
        return {
            "name": "snapshot",
            "value": round(value),
            "unit": "persons/s",
            "limit": round(limit),
            "ratio": round(value / limit, 3),
            "size": self._persons,
            "machine": f"{os.cpu_count()} cores",
            "ratio_of_bare_count": round(value / statistics.median(bare), 3),
            "whole_seconds": round(statistics.median(whole), 2),
            "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10,
            **self._go_on(),
            "opened_ms": round(1000 * float(self._run("-c", OPEN, str(self._home))), 1),
            "killed_leaves_the_current_one": self._kill(),
        }

    def _go_on(self) -> dict[str, Any]:
        self._server.execute(CHANGE, [CHANGED_EVERY])
        by_changes, everybody = self._take(), self._take(full=True)
        assert not by_changes.is_full, by_changes.why_full
        return {
            "changed": by_changes.changed,
            "by_changes_seconds": round(sum(by_changes.seconds.values()), 2),
            "by_changes_is_the_same": by_changes.sha256 == everybody.sha256,
        }

    def _kill(self) -> bool:
        """A take that is killed while it writes: the current version is the one before, and the next take clears up."""
        before = os.readlink(self._home / "current")
        command = [sys.executable, "-m", "dancu.cli.main", "snapshot", "take", "--full", "--home", str(self._home)]
        process = subprocess.Popen(command, env=self._environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while process.poll() is None and not list(self._home.glob(".unfinished-*/rows.npy")):
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
        process.wait()
        was_killed = bool(list(self._home.glob(".unfinished-*"))) and os.readlink(self._home / "current") == before
        after = self._take()
        return was_killed and not after.is_full and not list(self._home.glob(".unfinished-*"))

    def _scan(self, statement: str) -> float:
        began = time.perf_counter()
        self._server.execute(statement).fetchone()
        return self._persons / (time.perf_counter() - began)

    def _take(self, *, full: bool = False) -> Any:
        """In this process, as the worker does night after night: what a command loads first is not counted."""
        from dancu.reconcile import api as reconcile  # its tables can be met once Django has started

        settings = reconcile.settings_of(read_config(), "bench")
        return reconcile.take_snapshot(SnapshotHome(self._home), settings, now=clock.now(), full=full)

    def _run(self, *arguments: str) -> str:
        done = subprocess.run([sys.executable, *arguments], env=self._environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{arguments[:4]} ended with {done.returncode}: {done.stderr[-500:]}")
        return done.stdout


if __name__ == "__main__":
    sized = [int(each) for each in sys.argv[1:] if each.isdigit()]
    print(json.dumps(run(quick="--quick" in sys.argv, persons=sized[0] if sized else 0)))
