"""The registry officers' search: server time of a whole search, ledger entries committed, over what people type with their slips.

Recall counts the queries that can be answered: of a frequent name with nothing but a year, twenty lines cannot show everybody.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

from bench.search_people import Asked, fill, questions
from dancu.cli.launcher.postgres import PostgresServer, Urls

LIMIT_MILLISECONDS, SHOWN = 150.0, 20
ORGANISATION, OFFICERS, CASE = "H57", 200, "H57.1-261124-0007"


def run(*, quick: bool, out: Any = sys.stderr, persons: int = 0) -> dict[str, Any]:
    """Measure; gives the result that is printed as the last line."""
    persons, asked = persons or (200_000 if quick else 10_000_000), 400 if quick else 2_000
    scratch = Path(tempfile.mkdtemp(prefix="dancu-bench-", dir="/var/tmp"))
    scratch.chmod(0o755)
    database = PostgresServer(scratch / "home")
    try:
        database.start()
        _prepare(database.urls(), scratch / "home")
        began = time.monotonic()
        made = fill(database.urls().owner, persons)
        print(f"{made} persons made in {time.monotonic() - began:.1f} s", file=out)
        return _measure(database.urls(), made, asked, out)
    finally:
        database.stop()
        shutil.rmtree(scratch, ignore_errors=True)


def _prepare(urls: Urls, home: Path) -> None:
    (home / "keys").mkdir(exist_ok=True)
    (home / "keys" / "secrets.key").write_bytes(os.urandom(32))
    (home / "keys" / "django.key").write_text("bench" * 10)
    os.environ.update(DANCU_HOME=str(home), DATABASE_URL=urls.web, DATABASE_OWNER_URL=urls.owner, DATABASE_GATEWAY_URL=urls.gateway)
    subprocess.run([sys.executable, "-m", "dancu.cli.main", "migrate"], check=True)
    from dancu.cli.command import start_django

    start_django()
    from dancu.exchange.api import REGISTRY_INTEGRATION, REGISTRY_PROCEDURE
    from dancu.kernel import clock
    from dancu.kernel.sealing import SealingKey
    from dancu.kernel.warrants import SENSITIVE_FIELDS, Field
    from dancu.onboarding import api as onboarding

    now, client = clock.now(), onboarding.REGISTRY_SYSTEM
    system = onboarding.InformationSystem(client, ORGANISATION, "bench", onboarding.ConnectionState.REGISTERED)
    onboarding.register_system(system, key=SealingKey.from_folder(home / "keys"), by="bench", now=now)
    onboarding.set_state(client, onboarding.ConnectionState.OFFICIAL, reason="bench", by="bench", now=now)
    fields = frozenset(Field) - SENSITIVE_FIELDS
    onboarding.grant(
        onboarding.Grant(
            client, REGISTRY_INTEGRATION, REGISTRY_PROCEDURE, fields, "bench", "bench", date(2020, 1, 1), registry=True
        ),
        by="bench",
        now=now,
    )
    onboarding.list_accounts_for(ORGANISATION, [f"canbo{n:03d}" for n in range(OFFICERS)], by="bench", now=now)


def _measure(urls: Urls, persons: int, count: int, out: Any) -> dict[str, Any]:
    from dancu.population.api import refresh_search

    began = time.monotonic()
    refresh_search(owner_url=urls.owner)
    index_seconds = time.monotonic() - began
    print(f"filed in {index_seconds:.1f} s: {persons / index_seconds:.0f} persons/s", file=out)
    drawn = questions(urls.owner, count)
    answerable = [_is_answerable(asked) for asked in drawn]
    for number in range(5):  # the words of names come into memory
        _search(drawn[number], 0)
    times: dict[str, list[float]] = defaultdict(list)
    hits: dict[str, list[bool]] = defaultdict(list)
    everything: list[bool] = []
    for number, asked in enumerate(drawn):
        began = time.perf_counter()
        found = _search(asked, number)
        times[asked.kind].append((time.perf_counter() - began) * 1000)
        everything.append(asked.personal_no in found)
        if answerable[number]:
            hits[asked.kind].append(everything[-1])
        if answerable[number] and not everything[-1] and "-v" in sys.argv:
            print(f"missed: {asked}", file=out)
    return _result(persons, index_seconds, times, hits, everything, out)


def _search(asked: Asked, number: int) -> list[int]:
    """As the pages do it, spread over officers so that nobody's budget is reached."""
    from dancu.exchange.api import Kind, Refused, read_query, registry_request, search_persons
    from dancu.kernel import clock

    query = read_query(asked.text, asked.birth_date, province=asked.province)
    request = registry_request(ORGANISATION, f"canbo{number % OFFICERS:03d}", Kind.SEARCH, CASE)
    answer = search_persons(query, request, now=clock.now())
    assert not isinstance(answer, Refused), answer.reason
    return [person.personal_id.number for person in answer.persons]


def _is_answerable(asked: Asked) -> bool:
    """Whether so few people share what was meant and what was typed that twenty lines could show them all."""
    from django.db import connection

    from dancu.kernel.names import folded_name
    from dancu.population.search.keys import folded_words, hashed, place_key, whole_key, word_key

    if not asked.birth_date or ("dirty date" not in asked.kind and len(asked.birth_date) > 4):
        return True
    with connection.cursor() as cursor:
        cursor.execute("select full_name, birth_year from population_person where personal_no = %s", [asked.personal_no])
        name, year = cursor.fetchone()
        namesakes = 0
        for keys in (
            [whole_key(folded_name(name), year)],
            [word_key(word, int(asked.birth_date[-4:])) for word in folded_words(asked.text)],
        ):
            keys += [place_key(asked.province, year)] if asked.province else []
            cursor.execute("select count(*) from population_searchentry where keys @> %s::int4[]", [hashed(keys)])
            namesakes += cursor.fetchone()[0]
    return namesakes <= SHOWN + 1  # she herself may be counted twice


def _result(
    persons: int, index_seconds: float, times: dict[str, list[float]], hits: dict[str, list[bool]], everything: list[bool], out: Any
) -> dict[str, Any]:
    for kind in sorted(times):
        found = f"{sum(hits[kind])} of {len(hits[kind])} found" if hits[kind] else "nothing answerable"
        print(
            f"{kind:28} {len(times[kind]):5}  p50 {_at(times[kind], 50):6.1f} ms  p95 {_at(times[kind], 95):6.1f} ms  {found}",
            file=out,
        )
    together = [value for column in times.values() for value in column]
    dirty = [hit for kind, column in hits.items() if "dirty" in kind or "slip" in kind for hit in column]
    p95 = _at(together, 95)
    return {
        "name": "search",
        "value": round(p95, 1),
        "unit": "ms, p95 of server time",
        "limit": LIMIT_MILLISECONDS,
        "ratio": round(LIMIT_MILLISECONDS / p95, 2),
        "size": persons,
        "machine": f"{os.cpu_count()} cores",
        "p50_ms": round(_at(together, 50), 1),
        "recall_dirty": round(sum(dirty) / len(dirty), 4),
        "recall_of_all_asked": round(sum(everything) / len(everything), 4),
        "answerable": sum(map(len, hits.values())),
        "asked": len(everything),
        "filed_per_second": round(persons / index_seconds),
    }


def _at(values: list[float], percent: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1] if len(values) > 1 else values[0]


if __name__ == "__main__":
    size = int(sys.argv[sys.argv.index("--persons") + 1]) if "--persons" in sys.argv else 0
    print(json.dumps(run(quick="--quick" in sys.argv, persons=size)))
