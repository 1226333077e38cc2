"""How a look-up by number slows down when the registry grows tenfold: the gateway's own statement, over its own driver.

Two databases of one server with the same settings, random numbers, warm; rounds of both sizes alternate and medians are compared.
The full size takes about 15 GB of disk in the scratch folder for as long as it runs.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import asyncpg
import psycopg

from dancu.cli.launcher.postgres import PostgresServer, Urls
from dancu.population.reader import NUMBERS_NARROW

ROOT = Path(__file__).resolve().parent.parent
FIRST, STEP = 1_000_000_000, 7  # numbers as the registry spreads them: with gaps
SLOWER_MAX = 1.15
BATCH = 32  # what the gateway puts together under load
PIECE = 250_000
# As wide as a registered person, by arithmetic.
PERSONS = """
insert into population_person (personal_no, full_name, birth_year, birth_month, birth_day,
 number_state, sex, ethnicity, religion, blood_type, marital_status, life_status,
 other_name, nationality, old_id_no, temporary_absence, residence_file_no, household_relation, household_book_no, phone, email,
 birth_place_version, birth_place_code, birth_place_detail,
 birth_registration_version, birth_registration_code, birth_registration_detail,
 home_town_version, home_town_code, home_town_detail, permanent_version, permanent_code, permanent_detail,
 temporary_version, temporary_code, temporary_detail, current_version, current_code, current_detail,
 id_cards, relatives, household_head, attached, load_batch)
select n, 'Nguyễn Văn Thử ' || i, 1950 + mod(i, 60), 1 + mod(i, 12), 1 + mod(i, 28),
 0, 1, 1, 0, 0, 1, 0,
 '', 'VN', lpad((mod(i * 7919, 999999937))::text, 9, '0'), '', '', '01', lpad((i / 4)::text, 9, '0'),
 '0000' || lpad(mod(i, 1000000)::text, 6, '0'), '',
 '', '', '', 'L2-2025', '46..19789', '', 'L2-2025', '46..19789', '', 'L2-2025', '46..19789', 'Số ' || mod(i, 400) || ' Lê Lợi',
 '', '', '', 'L2-2025', '46..19789', 'Số ' || mod(i, 400) || ' Lê Lợi',
 jsonb_build_array(jsonb_build_object('kind', 'cccd_chip', 'number', lpad(n::text, 12, '0'), 'issued_on', '2021-05-10',
  'issued_by', 'Cục Cảnh sát QLHC về TTXH')),
 jsonb_build_object('father', r, 'mother', r, 'spouse', r), r, '{{}}', 0
from generate_series({start}::bigint, {end}) i
cross join lateral (select {first} + i * {step} as n) a
cross join lateral (select jsonb_build_object('full_name', 'Nguyễn Văn Thử ' || i + 1,
 'personal_id', lpad((n + {step})::text, 12, '0'),
 'old_id_no', '', 'nationality', 'VN') as r) b"""


def run(*, quick: bool, out: Any = sys.stderr) -> dict[str, Any]:
    """Measure; gives the result that is printed as the last line."""
    persons, rounds = (50_000, 15) if quick else (1_000_000, 25)
    scratch = Path(tempfile.mkdtemp(prefix="dancu-bench-", dir="/var/tmp"))
    scratch.chmod(0o755)
    server = PostgresServer(scratch / "home")
    try:
        server.start()
        urls = {size: _filled(server, name, size, out) for name, size in (("dancu", persons), ("grown", 10 * persons))}
        return asyncio.run(_measure(urls, rounds, out))
    finally:
        server.stop()
        shutil.rmtree(scratch, ignore_errors=True)


def _filled(server: PostgresServer, name: str, persons: int, out: Any) -> Urls:
    if name != "dancu":
        with psycopg.connect(server.urls("postgres").owner, autocommit=True) as connection:
            connection.execute(f"create database {name}")  # type: ignore[arg-type]  # our own name
    urls = server.urls(name)
    environment = {
        **os.environ,
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        "DANCU_HOME": str(server.home),
        "DATABASE_URL": urls.web,
        "DATABASE_OWNER_URL": urls.owner,
        "DATABASE_GATEWAY_URL": urls.gateway,
    }
    subprocess.run([sys.executable, "-m", "dancu.cli.main", "migrate"], env=environment, check=True)
    began = time.monotonic()
    with psycopg.connect(urls.owner, autocommit=True) as connection:
        for start in range(1, persons + 1, PIECE):
            end = min(start + PIECE - 1, persons)
            connection.execute(PERSONS.format(start=start, end=end, first=FIRST, step=STEP))  # type: ignore[arg-type]  # our own numbers
        connection.execute("vacuum analyze population_person")
        size = connection.execute("select pg_size_pretty(pg_total_relation_size('population_person'))").fetchone()
    print(f"{persons} persons in {time.monotonic() - began:.0f} s, {size[0] if size else '?'}", file=out)
    return urls


async def _measure(urls: dict[int, Urls], rounds: int, out: Any) -> dict[str, Any]:
    connections = {size: await asyncpg.connect(each.gateway) for size, each in urls.items()}
    small, large = connections
    times: dict[str, dict[int, list[float]]] = {kind: {small: [], large: []} for kind in ("one", "batch")}
    chance = random.Random(1)
    for size, connection in connections.items():
        await _warm(connection, size, chance)
    for at in range(rounds):
        for size, connection in connections.items():
            times["one"][size].append(await _microseconds(connection, size, 1, 1000, chance))
            times["batch"][size].append(await _microseconds(connection, size, BATCH, 200, chance))
        shown = "  ".join(f"{kind} {each[small][-1]:.0f} → {each[large][-1]:.0f} µs" for kind, each in times.items())
        print(f"round {at + 1}: {shown}", file=out)
    for connection in connections.values():
        await connection.close()
    medians = {kind: {size: statistics.median(each[size]) for size in connections} for kind, each in times.items()}
    growth = {kind: each[large] / each[small] for kind, each in medians.items()}
    value = max(growth.values())
    return {
        "name": "growth",
        "value": round(value, 3),
        "unit": "times slower at ten times the persons",
        "limit": SLOWER_MAX,
        "ratio": round(SLOWER_MAX / value, 3),
        "size": large,
        "machine": f"{os.cpu_count()} cores",
        "growth": {kind: round(each, 3) for kind, each in growth.items()},
        "microseconds": {kind: {size: round(each[size], 1) for size in connections} for kind, each in medians.items()},
    }


async def _warm(connection: Any, size: int, chance: random.Random) -> None:
    """Every page read once in order, then as it will be asked."""
    await connection.fetchval("select sum(length(full_name)) from population.person_facts")
    await _microseconds(connection, size, BATCH, 2000, chance)


async def _microseconds(connection: Any, size: int, many: int, questions: int, chance: random.Random) -> float:
    """Median time of one question for so many random numbers."""
    asked = [[FIRST + STEP * chance.randint(1, size) for _ in range(many)] for _ in range(questions)]
    taken = [await _timed(connection.fetch, numbers) for numbers in asked]
    return statistics.median(taken) * 1e6


async def _timed(fetch: Callable[..., Awaitable[Sequence[Any]]], numbers: list[int]) -> float:
    began = time.perf_counter()
    rows = await fetch(NUMBERS_NARROW, numbers)
    taken = time.perf_counter() - began
    if len(rows) != len(set(numbers)) and len(rows) != len(numbers):
        raise RuntimeError(f"{len(rows)} rows for {len(numbers)} numbers")
    return taken


if __name__ == "__main__":
    print(json.dumps(run(quick="--quick" in sys.argv)))
