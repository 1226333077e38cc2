"""One effect: messages that come several times, senders that die between the effect and its mark, poison among good messages.

Effects are written into tables of the test's own beside the platform's and counted afterwards by plain SQL.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from dancu.cli.launcher.postgres import Urls
from tests.faults.finding import Control, Finding
from tests.faults.one_effect_process import messages
from tests.faults.surroundings import filled_server, laboratory

ROUNDS_MAX = 2_000
POISONS = ("rejected", "raises", "deep", "unreadable", "kills", "down")
LEASE_SECONDS = 61
_ROOT = Path(__file__).resolve().parents[2]
_TABLES = """create table lab_effect (name text, account int, amount bigint);
create table lab_paid (name text, account int, amount bigint);
grant select, insert on lab_effect, lab_paid to {role};"""
_COUNTS = """select (select count(*) from {table}), (select count(distinct name) from {table}),
(select coalesce(sum(amount), 0) from {table}), (select count(*) from notices_step)"""


@dataclass
class Effects:
    """What stands in the database afterwards, against what had to."""

    rows: int = 0
    names: int = 0
    dong: int = 0
    steps: int = 0
    wanted: int = 0
    wanted_dong: int = 0
    told: dict[str, Any] = field(default_factory=dict)
    kills: int = 0

    @property
    def double(self) -> int:
        return self.rows - self.names

    @property
    def is_exact(self) -> bool:
        return (self.rows, self.names, self.dong) == (self.wanted, self.wanted, self.wanted_dong)


def duplicates(size: int, seed: int) -> Finding:
    """R3: N messages, each one to five times, shuffled, sixteen at a time."""
    with laboratory(), _own_database("duplicates") as urls:
        found = run_duplicates(urls, size, seed)
        planted = run_duplicates(urls, max(300, size // 50), seed, plant="no_unique_index")  # last: the index stays away
    told, off = found.told, found.dong - found.wanted_dong
    refused, changed, rate = told["changed_refused"], told["changed"], told["delivered"] / told["seconds"]
    return Finding(
        found.is_exact and refused == changed and found.steps == found.wanted,
        f"{told['delivered']} deliveries of {size} at {rate:.0f} a second: {found.double} double effects, difference {off} đồng, "
        f"{refused} of {changed} with other content refused",
        (Control("no unique index", planted.double > 0, f"{planted.double} double effects"),),
    )


def killed_senders(size: int, seed: int) -> Finding:
    """R2 and R3: a sender killed before and after the effect, again and again; the receiver counts each step once."""
    with laboratory(), _own_database("killed") as urls:
        found = run_killed(urls, size, seed)
        planted = run_killed(urls, max(100, size // 10), seed, plant="no_inbox")
    return Finding(
        found.is_exact and found.kills > 0,
        f"{size} steps, {found.kills} kills: {found.double} double, {found.wanted - found.names} missing, "
        f"difference {found.dong - found.wanted_dong} đồng",
        (Control("receiver without an inbox", planted.double > 0, f"{planted.double} double effects"),),
    )


def poison(size: int, seed: int) -> Finding:
    """R8: one in a thousand poisoned, six ways; the others go through, the poison is set aside with its evidence."""
    with laboratory(), _own_database("poison") as urls:
        found, aside, most = run_poison(urls, size, seed)
        clean, _, _ = run_poison(urls, size, seed + 1, ways=())
        _, never, tried = run_poison(urls, 50, seed, plant="never_set_aside", ways=("raises",), rounds=1)
    ratio = p99(found.told["intervals"]) / max(p99(clean.told["intervals"]), 1e-4)
    return Finding(
        found.is_exact and aside.quarantined == aside.poisoned == aside.with_evidence and most <= 9 and ratio <= 2,
        f"{size} steps, {aside.poisoned} poisoned: {aside.quarantined} set aside, {aside.with_evidence} with evidence, "
        f"{found.names} of {found.wanted} others went through, at most {most} attempts, p99 of the others {ratio:.2f} times",
        (Control("tried for ever", never.quarantined == 0 and tried > 9, f"{tried} attempts, none set aside"),),
    )


def run_duplicates(urls: Urls, size: int, seed: int, plant: str = "") -> Effects:
    _prepare(urls)
    told = _process(urls.owner if plant else urls.web, "receive", {"size": size, "seed": seed, "plant": plant})
    assert told is not None
    return _counted(urls, "lab_effect", messages(size, seed), told)


def run_killed(urls: Urls, size: int, seed: int, plant: str = "") -> Effects:
    """The sender starts again after every death, its clock past the lease of what it held."""
    _prepare(urls)
    _process(urls.web, "receive", {"size": size, "seed": seed})
    kills = 0
    order = {"deadly": min(0.05, 5 / size), "plant": plant}
    for round_ in range(ROUNDS_MAX):
        told = _process(urls.web, "deliver", {**order, "seed": seed + round_, "offset": round_ * LEASE_SECONDS})
        kills += told is None
        if told is not None and _open_steps(urls) == 0:
            break
    found = _counted(urls, "lab_paid", messages(size, seed), {})
    found.kills = kills
    return found


@dataclass
class SetAside:
    """What became of the poisoned steps."""

    poisoned: int
    quarantined: int
    with_evidence: int


def run_poison(
    urls: Urls, size: int, seed: int, *, plant: str = "", ways: tuple[str, ...] = POISONS, rounds: int = 200
) -> tuple[Effects, SetAside, int]:
    """Gives the effects, what became of the poison, and the most attempts a step had."""
    _prepare(urls)
    _process(urls.web, "receive", {"size": size, "seed": seed})
    poisoned = _poison(urls, size, seed, ways)
    intervals: list[float] = []
    deaths = 0
    for round_ in range(rounds):
        order = {"seed": seed, "deadly": 0, "offset": round_ * 1800, "plant": plant}
        told = _process(urls.web, "deliver", order)
        deaths += told is None
        intervals += told["intervals"] if told else []
        if told is not None and _open_steps(urls, "waiting", "under_way") == 0:
            break
    good = [each for each in messages(size, seed) if each[0] not in poisoned]
    found = _counted(urls, "lab_paid", good, {"intervals": intervals})
    found.kills = deaths
    with psycopg.connect(urls.owner) as connection:
        row = connection.execute(
            """select count(*), count(*) filter (where s.code <> '' and exists (
                select from notices_attempt a where a.step_id = s.id and a.code <> ''))
            from notices_step s where state = 'quarantined'"""
        ).fetchone()
        most = connection.execute(
            "select coalesce(max(n), 0) from (select count(*) n from notices_attempt group by step_id) t"
        ).fetchone()
    assert row is not None
    assert most is not None
    return found, SetAside(len(poisoned), row[0], row[1]), most[0]


def p99(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.99)] if values else 0.0


def _poison(urls: Urls, size: int, seed: int, ways: tuple[str, ...]) -> set[str]:
    """Spoil one in a thousand of what waits: content that does not open, and content the receiver cannot bear."""
    if not ways:
        return set()
    names = random.Random(seed).sample([name for name, _, _ in messages(size, seed)], max(len(ways), size // 1000))
    script = _SPOIL.replace("WAYS", repr(dict(zip(names, [ways[at % len(ways)] for at in range(len(names))], strict=True))))
    done = subprocess.run([sys.executable, "-c", script], cwd=_ROOT, env=_environment(urls.owner), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-800:]
    return set(names)


_SPOIL = """
import os, msgspec, django
os.environ["DJANGO_SETTINGS_MODULE"] = "dancu.project.settings"
django.setup()
from dancu.notices import keys
from dancu.notices.models import Step
for name, way in WAYS.items():
    step = Step.objects.get(kind="lab.pay", key=name)
    content = msgspec.json.encode(["lab.pay", "", "", {"poison": way}])
    sealed = keys.sealing().seal(content, belongs_to=f"step:{step.id}")
    step.payload = sealed[:-1] + bytes([sealed[-1] ^ 1]) if way == "unreadable" else sealed
    step.save()
"""


def _counted(urls: Urls, table: str, wanted: list[tuple[str, int, int]], told: dict[str, Any]) -> Effects:
    with psycopg.connect(urls.owner) as connection:
        row = connection.execute(_COUNTS.format(table=table)).fetchone()  # type: ignore[arg-type]  # our own table
    assert row is not None
    return Effects(row[0], row[1], int(row[2]), row[3], len(wanted), sum(amount for _, _, amount in wanted), told)


def _open_steps(urls: Urls, *states: str) -> int:
    with psycopg.connect(urls.owner) as connection:
        query = "select count(*) from notices_step where state = any(%s)"
        row = connection.execute(query, [list(states or ("waiting", "under_way", "quarantined"))]).fetchone()
    assert row is not None
    return int(row[0])


def _prepare(urls: Urls) -> None:
    role = urlsplit(urls.web).username or ""
    with psycopg.connect(urls.owner) as connection:
        connection.execute("drop table if exists lab_effect, lab_paid")
        connection.execute("truncate notices_step, notices_attempt, notices_inbox, notices_destination")
        connection.execute(_TABLES.format(role=role))  # type: ignore[arg-type]  # our own statement


def _process(url: str, what: str, order: dict[str, Any]) -> dict[str, Any] | None:
    """What the process told; None when it was killed."""
    command = [sys.executable, "-m", "tests.faults.one_effect_process", what, json.dumps(order)]
    done = subprocess.run(command, cwd=_ROOT, env=_environment(url), capture_output=True, text=True)
    if done.returncode == -signal.SIGKILL:
        return None
    assert done.returncode == 0, done.stderr[-2000:]
    told: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return told


def _environment(url: str) -> dict[str, str]:
    path = os.pathsep.join([str(_ROOT / "src"), str(_ROOT)])
    return {**os.environ, "DATABASE_URL": url, "PYTHONPATH": path}


@contextmanager
def _own_database(name: str) -> Iterator[Urls]:
    with filled_server(name) as server:
        yield server.urls()
