"""A citizen's own page: server time of the list of who looked at her data, for somebody with ten thousand entries.

The page is asked for through the whole stack of Django, in this process; the limit is the most a citizen should wait.
"""

from __future__ import annotations

import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from dancu.cli.launcher.postgres import PostgresServer, Urls

LIMIT_MILLISECONDS = 150.0
NUMBER, PASSWORD, ORGANISATIONS = 46_190_000_101, "bench", 40
OTHERS = 200  # people between her entries, so that hers do not lie side by side


def run(*, quick: bool, out: Any = sys.stderr) -> dict[str, Any]:
    """Measure; gives the result that is printed as the last line."""
    entries, asked = (2_000, 40) if quick else (10_000, 200)
    scratch = Path(tempfile.mkdtemp(prefix="dancu-bench-", dir="/var/tmp"))
    scratch.chmod(0o755)
    database = PostgresServer(scratch / "home")
    try:
        database.start()
        _prepare(database.urls(), scratch / "home")
        _look(entries)
        return _measure(entries, asked, out)
    finally:
        database.stop()
        shutil.rmtree(scratch, ignore_errors=True)


def _prepare(urls: Urls, home: Path) -> None:
    (home / "keys").mkdir(exist_ok=True)
    for name in ("secrets.key", "ledger.key"):
        (home / "keys" / name).write_bytes(os.urandom(32))
    (home / "keys" / "django.key").write_text("bench" * 10)
    os.environ.update(DANCU_HOME=str(home), DATABASE_URL=urls.web, DATABASE_OWNER_URL=urls.owner, DATABASE_GATEWAY_URL=urls.gateway)
    subprocess.run([sys.executable, "-m", "dancu.cli.main", "migrate"], check=True)
    from dancu.cli.command import start_django

    start_django()
    from dancu.identity.api import add_citizen
    from dancu.kernel.personal_id import PersonalId

    add_citizen(PersonalId(NUMBER), PASSWORD)


def _look(entries: int) -> None:
    """Her entries over a year, each beside those of others, as they come in life."""
    from dancu.kernel import clock
    from dancu.ledger import api as ledger

    now = clock.now()
    for number in range(entries):
        acts = [
            ledger.Act(
                ledger.ActKind.DISCLOSE if number % 3 else ledger.ActKind.VERIFY,
                "match",
                f"H{1 + number % ORGANISATIONS:02d}",
                "bench",
                f"canbo{number % 7}",
                subject=f"{subject:012d}",
                purpose="Đăng ký khai sinh",
                legal_basis="Luật Hộ tịch 60/2014/QH13",
                procedure="1.001193",
                dossier_no="" if number % 2 else f"H57-{number}",
                fields=("birth_date", "full_name", "sex"),
            )
            for subject in (NUMBER, NUMBER + 1 + number % OTHERS)
        ]
        ledger.record_all(acts, now=now - timedelta(minutes=number * 52))


def _measure(entries: int, asked: int, out: Any) -> dict[str, Any]:
    from django.db import connection
    from django.test import Client

    with connection.cursor() as cursor:
        cursor.execute("analyze")
    browser = Client(SERVER_NAME="localhost")
    assert browser.post("/dan/dang-nhap", {"so": f"{NUMBER:012d}", "mat_khau": PASSWORD}).status_code == 302
    address, times, pages = "/cua-toi", [], {"first": [], "later": []}  # type: ignore[var-annotated]
    for number in range(asked):
        began = time.perf_counter()
        answer = browser.get(address)
        times.append((time.perf_counter() - began) * 1000)
        assert answer.status_code == 200
        pages["first" if address == "/cua-toi" else "later"].append(times[-1])
        following = re.search(r'rel="next" href="([^"]+)"', answer.content.decode())
        address = following.group(1).replace("&amp;", "&") if following and number % 2 == 0 else "/cua-toi"
    for name, column in pages.items():
        print(f"{name:6} {len(column):4}  p50 {statistics.median(column):6.1f} ms  max {max(column):6.1f} ms", file=out)
    p95 = statistics.quantiles(times, n=20)[-1]
    return {
        "name": "own",
        "value": round(p95, 1),
        "unit": "ms, p95 of a page",
        "limit": LIMIT_MILLISECONDS,
        "ratio": round(LIMIT_MILLISECONDS / p95, 2),
        "size": f"{entries} entries about one citizen, {asked} pages",
        "machine": f"{os.cpu_count()} cores",
        "p50_ms": round(statistics.median(times), 1),
    }
