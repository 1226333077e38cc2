"""Whom a breach touched, at a million entries: the desk's own job over a filled ledger, killed once in the middle.

Half of the entries are of the system the breach is about. The list that comes out is held against a count by SQL.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from dancu.cli.launcher.postgres import PostgresServer, Urls
from dancu.ledger.domain import ENTROPY_BYTES, Act, ActKind, seal

ROOT = Path(__file__).resolve().parent.parent
SECONDS_MAX = 600  # the promise: within ten minutes
BEGAN = datetime(2026, 9, 1, tzinfo=UTC)
RUN = UUID(int=1)
PIECE = 5_000
_FIELDS = ("birth_date", "full_name", "permanent_residence", "sex")


def run(*, quick: bool, out: Any = sys.stderr) -> dict[str, Any]:
    """Measure; gives the result that is printed as the last line."""
    entries = 60_000 if quick else 1_000_000
    scratch = Path(tempfile.mkdtemp(prefix="dancu-bench-", dir="/var/tmp"))
    scratch.chmod(0o755)
    (scratch / "home" / "keys").mkdir(parents=True)
    (scratch / "home" / "keys" / "secrets.key").write_bytes(os.urandom(32))
    server = PostgresServer(scratch / "home")
    try:
        server.start()
        urls = server.urls("dancu")
        environment = _environment(urls, scratch / "home")
        subprocess.run([sys.executable, "-m", "dancu.cli.main", "migrate"], env=environment, cwd=ROOT, check=True)
        began = time.monotonic()
        _fill(urls.owner, entries)
        print(f"{entries} entries in {time.monotonic() - began:.0f} s", file=out)
        return _measure(urls, environment, entries, out)
    finally:
        server.stop()
        shutil.rmtree(scratch, ignore_errors=True)


def _environment(urls: Urls, home: Path) -> dict[str, str]:
    return {
        **os.environ,
        "DANCU_HOME": str(home),
        "DATABASE_URL": urls.web,
        "DATABASE_OWNER_URL": urls.owner,
        "DATABASE_GATEWAY_URL": urls.gateway,
        "DJANGO_SETTINGS_MODULE": "dancu.project.settings",
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
    }


def _fill(url: str, entries: int) -> None:
    """Entries of sixty days; every second one is of the system that leaked, a third of the numbers come again."""
    with psycopg.connect(url) as connection:
        for first in range(0, entries, PIECE):
            sealed = [_entry(at, entries) for at in range(first, min(first + PIECE, entries))]
            with connection.cursor().copy("copy ledger_entry (at, id, body) from stdin") as copy:
                for each in sealed:
                    copy.write_row((each.at, each.reference, each.body))
            columns = "at, entry_id, subject, officer, dossier_no, salts"
            with connection.cursor().copy(f"copy ledger_entrydetail ({columns}) from stdin") as copy:
                for each in sealed:
                    copy.write_row((each.at, each.reference, each.subject, each.officer, each.dossier_no, each.salts))
        connection.commit()
        connection.execute("analyze ledger_entry, ledger_entrydetail")


def _entry(at: int, entries: int) -> Any:
    leaked = at % 2 == 0
    act = Act(
        ActKind.DISCLOSE,
        "match",
        "H57" if leaked else "H48",
        "he-thong-lo" if leaked else "he-thong-khac",
        "canbo01",
        f"{46_000_000_000 + at % max(1, entries * 2 // 3):012d}",
        "Đăng ký khai sinh",
        "Luật Hộ tịch",
        "1.001193",
        "REST",
        f"H57-2609-{at}",
        _FIELDS,
    )
    return seal(act, BEGAN + timedelta(days=60) * (at / entries), os.urandom(ENTROPY_BYTES))


def _measure(urls: Urls, environment: dict[str, str], entries: int, out: Any) -> dict[str, Any]:
    began = time.monotonic()
    child = _start(environment)
    while _share(urls.owner) < 0.4 and child.poll() is None:
        time.sleep(0.05)
    child.send_signal(signal.SIGKILL)
    child.wait()
    killed_at = _share(urls.owner)
    child = _start(environment)
    if child.wait(SECONDS_MAX * 2):
        raise RuntimeError("the job failed")
    seconds = time.monotonic() - began
    with psycopg.connect(urls.owner) as connection:
        found = connection.execute("select summary ->> 'persons', summary ->> 'entries' from protection_affectedrun").fetchone()
        truth = connection.execute(
            "select count(distinct d.subject), count(*) from ledger_entry e join ledger_entrydetail d on d.entry_id = e.id"
            " and d.at = e.at where convert_from(e.body, 'UTF8')::json ->> 'system' = 'he-thong-lo'"
        ).fetchone()
    assert found is not None
    assert truth is not None
    print(f"{found[0]} persons in {seconds:.1f} s, killed at {killed_at:.0%}", file=out)
    return {
        "name": "affected",
        "value": round(seconds, 1),
        "unit": "s",
        "limit": SECONDS_MAX,
        "ratio": round(seconds / SECONDS_MAX, 3),
        "size": entries,
        "machine": f"{os.cpu_count()} cores",
        "persons": int(found[0]),
        "entries_per_second": round(entries / seconds),
        "killed_at": round(killed_at, 2),
        "passed": seconds <= SECONDS_MAX and (int(found[0]), int(found[1])) == tuple(map(int, truth)),
    }


def _start(environment: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "bench.affected"], env=environment, cwd=ROOT)


def _share(url: str) -> float:
    with psycopg.connect(url) as connection:
        row = connection.execute("select reached, state from protection_affectedrun").fetchone()
    if row is None or row[0] is None:
        return 0.0
    return 1.0 if row[1] == "done" else (row[0] - BEGAN) / timedelta(days=60)


def work() -> None:
    """In a process of its own: report the breach where it is not, and read on as the worker does."""
    import django

    django.setup()
    from dancu.kernel import clock
    from dancu.kernel.reach import act_as_system
    from dancu.population.api import Hand
    from dancu.protection.domain.breaches import Scope
    from dancu.protection.domain.cases import ROLE, DeskActor
    from dancu.protection.usecases.affected import derive_affected, read_all
    from dancu.protection.usecases.breaches import BreachReport, report_breach

    act_as_system()
    actor = DeskActor(Hand("canbo.bvdl", "H57/BVDL", "canbo.bvdl"), frozenset({ROLE}))
    noticed = BEGAN + timedelta(days=61)
    scope = Scope(BEGAN, BEGAN + timedelta(days=60), system="he-thong-lo")
    breach = report_breach(actor, UUID(int=2), BreachReport("Lộ tài khoản", "Đo tốc độ", noticed, scope), now=noticed)
    derive_affected(actor, breach.id, RUN, now=noticed)
    read_all(clock.now)


if __name__ == "__main__":
    work()
