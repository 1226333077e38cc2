"""From durable entries to a signed head in the database, and the proof of an entry at full size.

The limit is bare hashing in the same run: the same bodies in memory, each leaf and each inner node hashed once, nothing stored.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from dancu.cli.launcher.postgres import PostgresServer, Urls

ENTRIES_PER_SECOND, PROOF_MILLISECONDS, SIGNED_SECONDS = 3_000, 5.0, 5.0
PER_TRANSACTION, PROOFS, LIVE_BATCH = 5_000, 500, 64


def run(*, quick: bool, out: Any = sys.stderr, size: int = 0) -> dict[str, Any]:
    """Measure; gives the result that is printed as the last line."""
    size = size or (200_000 if quick else 10_000_000)
    scratch = Path(tempfile.mkdtemp(prefix="dancu-bench-", dir="/var/tmp"))
    scratch.chmod(0o755)
    database = PostgresServer(scratch / "home")
    try:
        database.start()
        _prepare(database.urls(), scratch / "home")
        return _measure(database.urls(), scratch / "home" / "keys", size, 5.0 if quick else 30.0, out)
    finally:
        database.stop()
        shutil.rmtree(scratch, ignore_errors=True)


def _prepare(urls: Urls, home: Path) -> None:
    (home / "keys").mkdir(exist_ok=True)
    for name, value in (("secrets.key", os.urandom(32)), ("ledger.key", os.urandom(32)), ("django.key", b"bench" * 10)):
        (home / "keys" / name).write_bytes(value)
    os.environ.update(DANCU_HOME=str(home), DATABASE_URL=urls.web, DATABASE_OWNER_URL=urls.owner, DATABASE_GATEWAY_URL=urls.gateway)
    subprocess.run([sys.executable, "-m", "dancu.cli.main", "migrate"], check=True)
    from dancu.cli.command import start_django

    start_django()


def _measure(urls: Urls, keys: Path, size: int, live_seconds: float, out: Any) -> dict[str, Any]:
    from dancu.kernel import clock

    began = time.monotonic()
    references, sample = _fill(urls.owner, size, clock.now() - timedelta(hours=1))
    print(f"{size} entries durable in {time.monotonic() - began:.1f} s", file=out)
    limit = _bare_hashing(sample)
    began = time.monotonic()
    taken = _sequence(urls.web, keys)
    rate = taken / (time.monotonic() - began)
    print(f"{taken} entries into the tree: {rate:.0f}/s; bare hashing {limit:.0f}/s", file=out)
    times = _prove(references)
    waited = _live(urls, keys, live_seconds)
    print(f"proof {statistics.median(times):.2f} ms; signed after {statistics.median(waited):.2f} s under load", file=out)
    return {
        "name": "ledger",
        "value": round(rate),
        "unit": "entries/s into the signed tree",
        "limit": round(limit),
        "ratio": round(rate / limit, 3),
        "size": size,
        "machine": f"{os.cpu_count()} cores",
        "promised_entries_per_second": ENTRIES_PER_SECOND,
        "proof_ms_median": round(statistics.median(times), 2),
        "proof_ms_p99": round(_p99(times), 2),
        "proof_ms_promised": PROOF_MILLISECONDS,
        "signed_seconds_p99": round(_p99(waited), 2),
        "signed_seconds_promised": SIGNED_SECONDS,
        "holds": rate >= ENTRIES_PER_SECOND and statistics.median(times) <= PROOF_MILLISECONDS and _p99(waited) <= SIGNED_SECONDS,
    }


def _fill(url: str, size: int, at: datetime) -> tuple[list[str], list[bytes]]:
    """Entries as the platform makes them, without details, which the tree does not read; some references, some bodies."""
    chosen, references, sample = set(random.Random(7).sample(range(size), PROOFS)), [], []
    with psycopg.connect(url) as connection:
        for first in range(0, size, PER_TRANSACTION):
            moment = at + timedelta(milliseconds=first / PER_TRANSACTION)
            entries = _entries(moment, first, min(PER_TRANSACTION, size - first))
            with connection.cursor() as cursor, cursor.copy("copy ledger_entry (at, id, body) from stdin") as copy:
                for entry in entries:
                    copy.write_row((entry.at, entry.reference, entry.body))
            connection.commit()
            references += [entry.reference for number, entry in enumerate(entries, first) if number in chosen]
            sample += [entry.body for entry in entries] if first < 50_000 else []
        connection.execute("analyze ledger_entry")
    return references, sample


def _entries(moment: datetime, first: int, count: int) -> Sequence[Any]:
    from dancu.ledger.domain import ENTROPY_BYTES, Act, ActKind, seal

    drawn = os.urandom(ENTROPY_BYTES * count)
    fields = ("full_name", "birth_date", "sex", "permanent_residence")
    return [
        seal(
            Act(
                ActKind.DISCLOSE,
                "match",
                f"H{(first + n) % 60:02d}.{n % 40}",
                "he-thong-mot-cua",
                f"canbo{n % 900:03d}",
                f"{46_090_000_000 + first + n:012d}",
                "Đăng ký thường trú",
                "Luật Cư trú 68/2020/QH14",
                "1.004222",
                "REST",
                f"H57.1-261124-{n:04d}",
                fields,
            ),
            moment,
            drawn[n * ENTROPY_BYTES : (n + 1) * ENTROPY_BYTES],
        )
        for n in range(count)
    ]


def _bare_hashing(bodies: Sequence[bytes]) -> float:
    """Entries a second when nothing is done but hashing: n leaves and n - 1 inner nodes."""
    rates = []
    for _ in range(5):
        began = time.perf_counter()
        row = [hashlib.sha256(b"\x00" + body).digest() for body in bodies]
        while len(row) > 1:
            row = [hashlib.sha256(b"\x01" + row[at] + row[at + 1]).digest() for at in range(0, len(row) - 1, 2)]
        rates.append(len(bodies) / (time.perf_counter() - began))
    return statistics.median(rates)


def _sequence(url: str, keys: Path) -> int:
    from dancu.kernel import clock
    from dancu.ledger import sequencer

    taken = 0
    with psycopg.connect(url, autocommit=True) as connection:
        signer = sequencer.signer_from_folder(keys, "bench.vn")
        at_work = sequencer.Sequencer(connection, signer, sequencer.Memory(keys), clock.now)
        while step := at_work.round():
            taken += step
    return taken


def _prove(references: Sequence[str]) -> list[float]:
    from dancu.ledger import api

    times = []
    for reference in (*references[:20], *references):
        began = time.perf_counter()
        api.prove(reference)
        times.append((time.perf_counter() - began) * 1000)
    return times[20:]


def _live(urls: Urls, keys: Path, seconds: float) -> list[float]:
    """Seconds from the commit of an entry to the signed head that covers it, while entries keep coming."""
    from dancu.kernel import clock
    from dancu.ledger import sequencer

    stop = threading.Event()
    signer = sequencer.signer_from_folder(keys, "bench.vn")
    leading = threading.Thread(target=sequencer.lead, args=(urls.web, signer, sequencer.Memory(keys), clock.now, stop))
    leading.start()
    committed = {}
    until = time.monotonic() + seconds
    with psycopg.connect(urls.owner) as connection:
        while time.monotonic() < until:
            entries = _entries(clock.now(), 0, LIVE_BATCH)
            with connection.cursor() as cursor, cursor.copy("copy ledger_entry (at, id, body) from stdin") as copy:
                for entry in entries:
                    copy.write_row((entry.at, entry.reference, entry.body))
            connection.commit()
            committed[entries[-1].reference] = clock.now()
            time.sleep(LIVE_BATCH / ENTRIES_PER_SECOND)
        deadline = time.monotonic() + 30
        query = "select count(*) from ledger_leaf where entry_id = any(%s::uuid[]) and at > %s"
        asked = [list(committed), min(committed.values()) - timedelta(minutes=1)]
        while connection.execute(query, asked).fetchone() != (len(committed),) and time.monotonic() < deadline:
            connection.commit()
            time.sleep(0.2)
        stop.set()
        leading.join()
        rows = connection.execute(
            "select l.entry_id::text, (select min(c.at) from ledger_checkpoint c where c.log = l.log and c.size > l.index) "
            "from ledger_leaf l where entry_id = any(%s::uuid[]) and at > %s",
            asked,
        ).fetchall()
    assert len(rows) == len(committed), "an entry did not reach the tree"
    return [(signed - committed[reference]).total_seconds() for reference, signed in rows]


def _p99(values: Sequence[float]) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[98]


if __name__ == "__main__":
    chosen_size = int(sys.argv[sys.argv.index("--size") + 1]) if "--size" in sys.argv else 0
    print(json.dumps(run(quick="--quick" in sys.argv, size=chosen_size)))
