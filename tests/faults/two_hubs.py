"""A provincial hub in front of a national one, either killed at any moment while systems ask: do both ledgers still pair?

Every answer a system got must stand in the province's ledger with its counterpart in the national one, and that one must name
the question as it left. A question that was sent again because an answer was lost has one entry at the national hub, not two.
"""

from __future__ import annotations

import json
import random
import shutil
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import psycopg
from bench.two_levels import Instance, Levels, two_levels

from tests.faults.finding import Control, Finding

AT_ONCE = 8
KILL_EVERY_SECONDS = (0.7, 2.0)
PATIENCE_SECONDS = 60.0


@dataclass
class Seen:
    """What systems were told, and what both ledgers hold."""

    answers: dict[str, str] = field(default_factory=dict)  # by key: the reference in the answer
    here: Sequence[dict[str, Any]] = ()
    there: Sequence[dict[str, Any]] = ()


def run(size: int, seed: int) -> Finding:
    """`size` questions with a key each, asked until they are answered, while hubs are killed."""
    scratch = Path(tempfile.mkdtemp(prefix="dancu-hubs-", dir="/var/tmp"))
    scratch.chmod(0o755)
    try:
        with two_levels(scratch, 2_000) as levels:
            seen, kills = _ask_under_kills(levels, size, random.Random(seed))
            seen.here, seen.there = _entries(levels.province), _entries(levels.national)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    wrong = faults_in(seen)
    figure = (
        f"{len(seen.answers)} answers over {kills} kills, {len(seen.there)} looks at the national hub: "
        f"{', '.join(f'{count} {what}' for what, count in sorted(wrong.items())) or '0 unpaired, 0 double'}"
    )
    return Finding(not wrong and kills > 1 and len(seen.answers) == size, figure, _controls(seen))


def faults_in(seen: Seen) -> Counter[str]:
    """What does not pair, by what is wrong with it."""
    wrong: Counter[str] = Counter()
    here = {each["id"]: each for each in seen.here}
    there = {each["id"]: each for each in seen.there}
    for reference in seen.answers.values():
        outcome = here.get(reference)
        if outcome is None:
            wrong["answers without an entry"] += 1
            continue
        left, look = here.get(outcome.get("asked", "")), there.get(outcome.get("peer", ""))
        if left is None or left["kind"] != "forward":
            wrong["answers whose question never left"] += 1
        if look is None or look.get("peer") != outcome.get("asked"):
            wrong["answers without a counterpart"] += 1
    for look in seen.there:
        if look.get("peer") not in here:
            wrong["looks nobody here asked for"] += 1
    doubled = Counter(look.get("peer") for look in seen.there)
    wrong["double looks"] += sum(count - 1 for count in doubled.values())
    return +wrong


def _controls(seen: Seen) -> tuple[Control, ...]:
    """Take one look away, and have one twice: the comparison must see either."""
    without = faults_in(replace(seen, there=seen.there[1:]))
    twice = faults_in(replace(seen, there=[*seen.there, {**seen.there[0], "id": "another"}]))
    return (
        Control("an entry of the national ledger is missing", bool(without), str(dict(without))),
        Control("one question has two looks", twice["double looks"] > 0, str(dict(twice))),
    )


def _ask_under_kills(levels: Levels, size: int, draw: random.Random) -> tuple[Seen, int]:
    seen, left, lock = Seen(), iter(range(size)), threading.Lock()
    over = threading.Event()

    def work() -> None:
        while True:
            with lock:
                at = next(left, None)
            if at is None:
                return
            told = _ask_until_answered(levels, at)
            with lock:
                seen.answers[f"k{at}"] = told

    workers = [threading.Thread(target=work) for _ in range(AT_ONCE)]
    for each in workers:
        each.start()
    kills = 0
    while any(each.is_alive() for each in workers):
        over.wait(draw.uniform(*KILL_EVERY_SECONDS))
        if not any(each.is_alive() for each in workers):
            break
        victim = draw.choice((levels.national, levels.province))
        victim.kill()
        victim.start()
        kills += 1
    for each in workers:
        each.join()
    return seen, kills


def _ask_until_answered(levels: Levels, at: int) -> str:
    url, headers, bodies = levels.through
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < give_up_at:
        request = urllib.request.Request(url, bodies[at % len(bodies)], {**headers, "Idempotency-Key": f"k{at}"})
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                reference: str = json.load(response)["id"]
                return reference
        except (urllib.error.URLError, OSError, ValueError):
            time.sleep(0.1)
    raise AssertionError(f"question {at} was not answered in {PATIENCE_SECONDS:.0f} s")


def _entries(instance: Instance) -> list[dict[str, Any]]:
    with psycopg.connect(instance.urls.owner) as connection:
        rows = connection.execute("select body from ledger_entry order by at, id").fetchall()
    found = [json.loads(bytes(row[0])) for row in rows]
    return [each for each in found if each["kind"] != "administer"]
