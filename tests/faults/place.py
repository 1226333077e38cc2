"""Where faults are tried: a database of its own with persons by arithmetic, partners with valid keys."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from bench.verify import PERSONS

from dancu.cli.launcher.postgres import PostgresServer, Urls
from tests.gateway.process import BASIS, CLIENT, PURPOSE, RATE, SECRET

ROOT = Path(__file__).resolve().parents[2]
FIRST = 46_000_000_000


@contextmanager
def own_server() -> Iterator[Urls]:
    """A migrated database in a scratch folder, with keys; everything is gone afterwards."""
    scratch = Path(tempfile.mkdtemp(prefix="dancu-faults-", dir="/var/tmp"))
    scratch.chmod(0o755)
    database = PostgresServer(scratch / "home")
    before = dict(os.environ)
    try:
        database.start()
        urls = database.urls()
        home = scratch / "home"
        (home / "keys").mkdir(exist_ok=True)
        (home / "keys" / "secrets.key").write_bytes(os.urandom(32))
        (home / "keys" / "django.key").write_text("fault" * 10)
        os.environ.update(DANCU_HOME=str(home), PYTHONPATH=f"{ROOT / 'src'}{os.pathsep}{ROOT}")
        os.environ.update(DATABASE_URL=urls.web, DATABASE_OWNER_URL=urls.owner, DATABASE_GATEWAY_URL=urls.gateway)
        dancu("migrate")
        yield urls
    finally:
        os.environ.clear()
        os.environ.update(before)
        database.stop()
        shutil.rmtree(scratch, ignore_errors=True)


def dancu(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "dancu.cli.main", *arguments], check=True, stdout=subprocess.DEVNULL)


def fill_by_arithmetic(urls: Urls, persons: int) -> None:
    """Persons whose every key follows from their place, see `person_at`."""
    with psycopg.connect(urls.owner, autocommit=True) as connection:
        connection.execute(PERSONS.format(first=FIRST, count=persons))  # type: ignore[arg-type]  # our own numbers
        connection.execute("vacuum analyze population_person")


def person_at(place: int) -> tuple[str, str, str]:
    """Number, name and birth date of the person at a place, from 1."""
    return (
        f"{FIRST + place * 7:012d}",
        f"Nguyễn Văn Thử {place}",
        f"{1950 + place % 60:04d}-{1 + place % 12:02d}-{1 + place % 28:02d}",
    )


def connect_partner(
    client: str = CLIENT, *, organisation: str = "H57", volume: int = 0, officers: tuple[str, ...] = ("canbo01",)
) -> None:
    """An official system with one grant for our own contract."""
    add = ["exchange", "client", "add", client, "--organisation", organisation, "--official", "--secret", SECRET]
    dancu(*add)
    dancu("exchange", "client", "quota", client, "--per-second", str(RATE))
    grant = ["--integration-code", "REST", "--procedure", "1.001193", "--purpose", PURPOSE, "--legal-basis", BASIS]
    more = ["--volume-per-day", str(volume), "--officer-per-day", str(volume)] if volume else []
    dancu("exchange", "client", "grant", client, *grant, *more)
    dancu("exchange", "client", "accounts", organisation, *officers)
