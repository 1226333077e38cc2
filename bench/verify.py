"""Verifications through the gateway, ledger entry committed before the answer, against the same server answering a constant.

Rounds of limit, gateway and peer alternate, so that a noisy neighbour meets all alike; medians are compared.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from dancu.cli.launcher.postgres import PostgresServer, Urls, die_with_parent
from dancu.cli.launcher.servers import gateway_command

ROOT = Path(__file__).resolve().parent.parent
CLIENT, SECRET = "bench", "bench-secret"
PURPOSE, BASIS = "Đăng ký khai sinh", "Luật Hộ tịch 60/2014/QH13"
VOLUME = 1_000_000_000  # registered, so that the limits on extraction count and do not stop
FIRST = 46_000_000_000
# Persons by arithmetic, so that the generator knows every name and date without a file.
PERSONS = """
insert into population_person (personal_no, full_name, birth_year, birth_month, birth_day,
 number_state, sex, ethnicity, religion, blood_type, marital_status, life_status,
 other_name, nationality, old_id_no, temporary_absence, residence_file_no, household_relation, household_book_no, phone, email,
 birth_place_version, birth_place_code, birth_place_detail,
 birth_registration_version, birth_registration_code, birth_registration_detail,
 home_town_version, home_town_code, home_town_detail, permanent_version, permanent_code, permanent_detail,
 temporary_version, temporary_code, temporary_detail, current_version, current_code, current_detail,
 id_cards, relatives, household_head, attached, load_batch)
select {first} + i * 7, 'Nguyễn Văn Thử ' || i, 1950 + mod(i, 60), 1 + mod(i, 12), 1 + mod(i, 28),
 0, 1, 1, 0, 0, 1, 0,
 '', 'VN', '', '', '', '01', '', '', '',
 '', '', '',
 'L2-2025', '46..19789', '',
 'L2-2025', '46..19789', '', 'L2-2025', '46..19789', 'Số 1',
 '', '', '', 'L2-2025', '46..19789', 'Số 1',
 '[]', '{{}}', '{{}}', '{{}}', 0 from generate_series(1, {count}) i"""
SCRIPT = """
local n, path, pause = {count}, "{path}", {pause}
local threads = 0
function setup(thread) threads = threads + 1; thread:set("id", threads) end
function init(args) math.randomseed({seed} + id) end
request = function()
  local i = math.random(1, n)
  local body = string.format('{{"personal_id":"%012d","full_name":"NGUYỄN VĂN THỬ %d","birth_date":"%04d-%02d-%02d",' ..
    '"purpose":"{purpose}","legal_basis":"{basis}","procedure":"1.001193","officer":"canbo01","dossier_no":"H57.1-261124-0007"}}',
    {first} + i * 7, i, 1950 + i % 60, 1 + i % 12, 1 + i % 28)
  local headers = {{["Content-Type"] = "application/json", ["Authorization"] = "Basic YmVuY2g6YmVuY2gtc2VjcmV0"}}
  return wrk.format("POST", path, headers, body)
end
{delay}
"""


def run(*, quick: bool, out: Any = sys.stderr) -> dict[str, Any]:
    """Measure; gives the result that is printed as the last line."""
    persons, seconds, rounds = (100_000, 1, 3) if quick else (1_000_000, 4, 5)
    scratch = Path(tempfile.mkdtemp(prefix="dancu-bench-", dir="/var/tmp"))
    scratch.chmod(0o755)
    database = PostgresServer(scratch / "home")
    try:
        database.start()
        urls = database.urls()
        _prepare(urls, scratch / "home", persons)
        print(f"{persons} persons, {rounds} rounds of {seconds} s", file=out)
        return _measure(urls, scratch, persons, seconds, rounds, out)
    finally:
        database.stop()
        shutil.rmtree(scratch, ignore_errors=True)


def _measure(urls: Urls, scratch: Path, persons: int, seconds: int, rounds: int, out: Any) -> dict[str, Any]:
    base = {"name": "verify", "unit": "verifications/s", "size": persons, "machine": f"{os.cpu_count()} cores"}
    if shutil.which("wrk") is None:
        print("wrk is not installed: nothing was measured (Debian package wrk)", file=out)
        return {**base, "value": None, "limit": None, "ratio": None}
    wrk = _Generator(scratch, persons)
    with _server(urls, "gateway") as gateway, _server(urls, "peer") as peer:
        limits, values, peers = [], [], []
        wrk.rate(gateway, "/v1/verifications", 16, 1)  # warm
        for _ in range(rounds):
            limits.append(wrk.rate(gateway, "/constant", 64, seconds)["rate"])
            values.append(wrk.rate(gateway, "/v1/verifications", 64, seconds)["rate"])
            peers.append(wrk.rate(peer, "/v1/verifications", 64, seconds)["rate"])
            print(f"limit {limits[-1]:.0f}/s  gateway {values[-1]:.0f}/s  peer {peers[-1]:.0f}/s", file=out)
        value, limit, typical = (statistics.median(column) for column in (values, limits, peers))
        half = wrk.rate(gateway, "/v1/verifications", 64, max(seconds, 3), pause=max(1, round(64_000 / (value / 2)) - 2))
        few = {n: [wrk.rate(gateway, "/v1/verifications", n, seconds)["rate"] for _ in range(rounds - 1)] for n in (1, 8, 16)}
    with _server(urls, "gateway", BENCH_BATCH_MAX="1", BENCH_WRITERS="16") as single:
        one = {n: [wrk.rate(single, "/v1/verifications", n, seconds)["rate"] for _ in range(rounds - 1)] for n in (1, 8, 16)}
    return {
        **base,
        "value": round(value),
        "limit": round(limit),
        "ratio": round(value / limit, 3),
        "peer": round(typical),
        "times_peer": round(value / typical, 2),
        "p99_ms_at_half_rate": half["p99_ms"],
        "half_rate": round(half["rate"]),
        "against_one_commit_each": {n: round(statistics.median(few[n]) / statistics.median(one[n]), 2) for n in few},
    }


class _Generator:
    """wrk with a script of ours; closed loop, so rates are throughput and latencies are as the caller sees them."""

    def __init__(self, folder: Path, persons: int) -> None:
        self._folder, self._persons, self._seed = folder, persons, 1

    def rate(self, root: str, path: str, connections: int, seconds: int, pause: int = 0) -> dict[str, float]:
        self._seed += 1
        script = self._folder / "wrk.lua"
        delay = f"function delay() return {pause} end" if pause else ""
        script.write_text(
            SCRIPT.format(
                count=self._persons, path=path, pause=pause, seed=self._seed, purpose=PURPOSE, basis=BASIS, first=FIRST, delay=delay
            )
        )
        told = subprocess.run(
            ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", str(script), root],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        if "Non-2xx" in told:
            raise RuntimeError(f"not every answer was good: {told}")
        rate = float(re.search(r"Requests/sec:\s+([\d.]+)", told).group(1))  # type: ignore[union-attr]
        p99, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", told).groups()  # type: ignore[union-attr]
        return {"rate": rate, "p99_ms": round(float(p99) * {"us": 0.001, "ms": 1, "s": 1000}[unit], 1)}


def _prepare(urls: Urls, home: Path, persons: int) -> None:
    (home / "keys").mkdir(exist_ok=True)
    (home / "keys" / "secrets.key").write_bytes(os.urandom(32))
    (home / "keys" / "django.key").write_text("bench" * 10)
    os.environ.update(DANCU_HOME=str(home), DATABASE_URL=urls.web, DATABASE_OWNER_URL=urls.owner, DATABASE_GATEWAY_URL=urls.gateway)

    def dancu(*arguments: str) -> None:
        subprocess.run(
            [sys.executable, "-m", "dancu.cli.main", *arguments], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )

    dancu("migrate")
    with psycopg.connect(urls.owner, autocommit=True) as connection:
        connection.execute(PERSONS.format(first=FIRST, count=persons))  # type: ignore[arg-type]  # our own numbers
        connection.execute("vacuum analyze population_person")
    dancu("exchange", "client", "add", CLIENT, "--organisation", "H57", "--official", "--secret", SECRET)
    dancu(
        "exchange",
        "client",
        "grant",
        CLIENT,
        "--integration-code",
        "REST",
        "--procedure",
        "1.001193",
        "--purpose",
        PURPOSE,
        "--legal-basis",
        BASIS,
        "--volume-per-day",
        str(VOLUME),
        "--officer-per-day",
        str(VOLUME),
    )
    dancu("exchange", "client", "quota", CLIENT, "--per-second", "1000000")
    dancu("exchange", "client", "accounts", "H57", "canbo01")


@contextmanager
def _server(urls: Urls, which: str, processes: int = 1, **more: str) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    commands = {
        "gateway": gateway_command("127.0.0.1", port, "bench.servers:app"),
        "peer": [
            sys.executable,
            "-m",
            "uvicorn",
            "--port",
            str(port),
            "--log-level",
            "error",
            "--no-access-log",
            "bench.peers.typical:app",
        ],
    }
    environment = {
        **os.environ,
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        "BENCH_SECRET": SECRET,
        **more,
        "DANCU_GATEWAY_PROCESSES": str(processes),
        "BENCH_PEER_URL": urls.owner.replace("postgresql://", "postgresql+psycopg://", 1),
    }
    started = [
        subprocess.Popen(
            commands[which], env=environment, cwd=ROOT, start_new_session=True, preexec_fn=die_with_parent(os.getpid())
        )
        for _ in range(processes)
    ]
    try:
        root = f"http://127.0.0.1:{port}"
        _wait(f"{root}/{'health' if which == 'gateway' else 'docs'}")
        yield root
    finally:
        for process in started:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait(url: str) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


if __name__ == "__main__":
    print(json.dumps(run(quick="--quick" in sys.argv)))
