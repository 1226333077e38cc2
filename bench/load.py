"""The bulk load of persons against a raw binary COPY of the same rows into the same table, in the same server.

Rounds of limit, CSV and Parquet alternate, so that a noisy neighbour meets all alike; medians are compared, the slower one counts.
Before that: one row of a hundred wrong, loaded, repeated, and killed twice, each time to the same table.
"""

from __future__ import annotations

import json
import os
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

from dancu.cli.launcher.postgres import PostgresServer, Urls

ROOT = Path(__file__).resolve().parent.parent
WRONG_EVERY = 100
PIECE_BYTES = 1 << 20
LOADED = "population_person, population_change, population_loadbatch, population_loadreject, population_loadunchanged"
# Everything of a person but which run brought it; a sum, so that the order does not count.
CONTENT = "select count(*), sum(hashtextextended((to_jsonb(p) - 'load_batch')::text, 0)) from population_person p"


def run(*, quick: bool, out: Any = sys.stderr) -> dict[str, Any]:
    """Measure; gives the result that is printed as the last line."""
    persons, rounds = (200_000, 2) if quick else (1_000_000, 5)
    scratch = Path(tempfile.mkdtemp(prefix="dancu-bench-", dir="/var/tmp"))
    scratch.chmod(0o755)
    database = PostgresServer(scratch / "home")
    try:
        database.start()
        bench = LoadBench(database.urls(), scratch, persons, out)
        print(f"{persons} persons, {rounds} rounds", file=out)
        return bench.measure(rounds)
    finally:
        database.stop()
        shutil.rmtree(scratch, ignore_errors=True)


class LoadBench:
    """Files of invented persons, a server, and the two ways in."""

    def __init__(self, urls: Urls, scratch: Path, persons: int, out: Any) -> None:
        self._persons, self._out, self._scratch, self._rss = persons, out, scratch, 0
        self._environment = {
            **os.environ,
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
            "DANCU_HOME": str(scratch / "home"),
            "DATABASE_URL": urls.web,
            "DATABASE_OWNER_URL": urls.owner,
            "DATABASE_GATEWAY_URL": urls.gateway,
        }
        subprocess.run([sys.executable, "-m", "dancu.cli.main", "migrate"], env=self._environment, check=True)
        self._server = psycopg.connect(urls.owner, autocommit=True)
        self._raw = scratch / "rows.bin"
        # In a process of their own: what this one holds when it starts a load would count as the load's memory.
        subprocess.run(
            [sys.executable, "-m", "bench.people", str(persons), str(scratch), str(WRONG_EVERY)], env=self._environment, check=True
        )
        self._files = {ending: scratch / f"people.{ending}" for ending in ("csv", "parquet")}
        self._wrong = scratch / "wrong.csv"

    def measure(self, rounds: int) -> dict[str, Any]:
        checked = self._check()
        limits: list[float] = []
        rates: dict[str, list[float]] = {ending: [] for ending in self._files}
        for at in range(rounds):
            for ending, file in self._files.items():
                told = self._load(file)
                rates[ending].append(told["read"] / told["load_seconds"])
                self._raw.exists() or self._keep_rows()
            limits.append(self._copy_rows())
            print(
                f"round {at + 1}: limit {limits[-1]:.0f}/s  " + "  ".join(f"{e} {r[-1]:.0f}/s" for e, r in rates.items()),
                file=self._out,
            )
        limit = statistics.median(limits)
        medians = {ending: statistics.median(each) for ending, each in rates.items()}
        value = min(medians.values())
        return {
            "name": "load",
            "value": round(value),
            "unit": "persons/s",
            "limit": round(limit),
            "ratio": round(value / limit, 3),
            "size": self._persons,
            "machine": f"{os.cpu_count()} cores",
            **{f"ratio_{ending}": round(rate / limit, 3) for ending, rate in medians.items()},
            "peak_rss_mb": self._rss >> 10,
            **checked,
        }

    def _check(self) -> dict[str, Any]:
        """Wrong rows are listed and the rest is in; a repetition changes nothing; two kills change nothing."""
        self._clear()
        first = self._dancu(self._wrong)
        content = self._content()
        again = self._dancu(self._wrong, "--again")
        self._clear()
        for share in (0.25, 0.6):
            self._kill_at(int(first["read"] * share))
        last = self._dancu(self._wrong)
        listed = Path(f"{self._wrong}.rejects.tsv").read_text(encoding="utf-8").count("\n")
        same = self._content() == content and listed == first["rejected"] == first["read"] // WRONG_EVERY
        print(
            f"1 % wrong: {first['rejected']} listed; again: {again['changed']} changed; resumed at {last['resumed_rows']}",
            file=self._out,
        )
        return {
            "wrong_listed": first["rejected"],
            "repetition_changed": again["changed"],
            "killed_twice_ends_the_same": same and last["resumed_rows"] > 0,
        }

    def _load(self, file: Path) -> dict[str, Any]:
        self._clear()
        return self._dancu(file)

    def _command(self, file: Path, *more: str) -> list[str]:
        return [sys.executable, "-m", "dancu.cli.main", "population", "load", str(file), "--json", "--no-index", *more]

    def _dancu(self, file: Path, *more: str) -> dict[str, Any]:
        process = subprocess.Popen(
            self._command(file, *more), env=self._environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        assert process.stdout is not None
        told = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise RuntimeError(f"the load ended with {process.returncode}")
        self._rss = max(self._rss, usage.ru_maxrss)
        found: dict[str, Any] = json.loads(told)
        return found

    def _kill_at(self, rows: int) -> None:
        process = subprocess.Popen(
            self._command(self._wrong), env=self._environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        while process.poll() is None:
            done = self._server.execute("select coalesce(max(read), 0) from population_loadbatch").fetchone()
            if done is not None and done[0] >= rows:
                process.send_signal(signal.SIGKILL)
                process.wait()
            time.sleep(0.01)

    def _content(self) -> Any:
        return self._server.execute(CONTENT).fetchone()

    def _clear(self) -> None:
        self._server.execute(f"truncate {LOADED}")
        self._server.execute("checkpoint")

    def _keep_rows(self) -> None:
        """What the load made of the file, as the binary that COPY reads fastest."""
        with self._raw.open("wb") as file, self._server.cursor().copy("copy population_person to stdout (format binary)") as copy:
            for piece in copy:
                file.write(piece)

    def _copy_rows(self) -> float:
        self._server.execute("drop table if exists limit_person")
        self._server.execute("create table limit_person (like population_person including all)")
        self._server.execute("checkpoint")
        began = time.perf_counter()
        with self._raw.open("rb") as file, self._server.cursor().copy("copy limit_person from stdin (format binary)") as copy:
            while piece := file.read(PIECE_BYTES):
                copy.write(piece)
        return self._persons / (time.perf_counter() - began)


if __name__ == "__main__":
    print(json.dumps(run(quick="--quick" in sys.argv)))
