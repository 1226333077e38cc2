"""Canary persons go through gateway and desk, agreeing, differing, malformed, and while things break; then their names and
numbers are looked for in everything the platform leaves behind: logs, temporary files, and every table that is not theirs.
"""

from __future__ import annotations

import contextlib
import csv
import json
import os
import random
import re
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql

from dancu.cli.launcher.postgres import PostgresServer
from tests.faults.desk import RESIDENCE, DeskOfficer, WebProcess
from tests.faults.finding import Control, Finding
from tests.faults.kills import HEADERS
from tests.faults.replays import basic
from tests.faults.surroundings import filled_server, laboratory
from tests.field_clients.clients import SERVICE_PATH, Person, court
from tests.gateway.process import BASIS, CLIENT, PURPOSE, GatewayProcess, command

MARK = "Zyqua"  # no Vietnamese name has it; each canary's name does
CALLERS = 8
# Where the platform keeps persons on purpose; the erasable half of the ledger is among them, the entries are not.
THEIR_TABLES = (
    "population_",
    "ledger_entrydetail",
    "procedures_draft",
    "procedures_dossier",
    "registrar_request",
)
_NUMBER = re.compile(rb"(?<!\d)\d{12}(?!\d)")


@dataclass
class Search:
    """Where canaries were found that should not be there."""

    places: list[str] = field(default_factory=list)
    looked_at: int = 0  # bytes of files and rows of tables

    def look(self, place: str, content: bytes, numbers: set[bytes]) -> None:
        self.looked_at += len(content)
        if MARK.lower().encode() in content.lower() or any(found in numbers for found in _NUMBER.findall(content)):
            self.places.append(place)


def canaries(count: int, chance: random.Random) -> list[dict[str, str]]:
    """Persons that exist nowhere else."""
    letters = "bcdghklmnpqrstvx"
    found = {}
    while len(found) < count:
        number = f"0461{chance.randint(60, 99)}{chance.randint(0, 999_999):06d}"
        name = f"{MARK} {''.join(chance.choice(letters) + chance.choice('aeiou') for _ in range(3)).capitalize()} Vàng"
        found[number] = {"personal_id": number, "full_name": name, "birth_date": f"19{number[4:6]}-05-17", "sex": "2"}
    return list(found.values())


def search(seed: int, count: int, app: str = "dancu.gateway.server:app") -> Search:
    """Needs a laboratory."""
    people = canaries(count, random.Random(seed))
    began, place = time.time(), f"leaks-{app.rpartition('.')[2].partition(':')[0]}"
    with filled_server(place) as server:
        _load(server, people)
        gateway, web = GatewayProcess(server.urls().gateway, app), WebProcess(server.urls())
        gateway.start()
        web.start()
        try:
            _traffic(people, gateway, web, server)
            numbers = {person["personal_id"].encode() for person in people}
            met = Search()
            for name, rows in _rows_of_other_tables(server):
                met.look(f"table {name}", rows, numbers)
            for file in _files(began):
                with contextlib.suppress(OSError):  # of somebody else, and gone meanwhile
                    met.look(file.name, file.read_bytes(), numbers)
        finally:
            gateway.stop()
            web.stop()
    return met


def no_trace(size: int, seed: int) -> Finding:
    """R21."""
    with laboratory():
        met = search(seed, size)
        talks = search(seed, 50, "tests.faults.talks:app")
    return Finding(
        not met.places and met.looked_at > 10_000,
        f"{len(met.places)} traces of {size:,} canaries in {met.looked_at / 1e6:.1f} MB of logs, files and other tables"
        + "".join(f"; {place}" for place in met.places[:5]),
        (Control("the question in the log", bool(talks.places), ", ".join(talks.places[:2])),),
    )


def _load(server: PostgresServer, people: list[dict[str, str]]) -> None:
    with tempfile.TemporaryDirectory(dir=os.environ["DANCU_HOME"]) as folder:
        file = Path(folder) / "persons.csv"
        with file.open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, list(people[0]))
            writer.writeheader()
            # A row that is refused must not be told with its values either.
            writer.writerows([*people, {**people[0], "birth_date": "1990-02-30"}])
        command(server.urls(), "population", "load", str(file))


def _traffic(people: list[dict[str, str]], gateway: GatewayProcess, web: WebProcess, server: PostgresServer) -> None:
    callers = [threading.Thread(target=_ask_about, args=(people[n::CALLERS], gateway)) for n in range(CALLERS)]
    stop = threading.Event()
    officer = _Clerk(web.port, people[: max(4, len(people) // 50)], stop)
    for thread in (*callers, officer):
        thread.start()
    time.sleep(1.5)
    server.kill()  # what is written while things break is where values slip out
    time.sleep(0.5)
    server.launch()
    server.wait_ready()
    for thread in (*callers, officer):
        thread.join(600)
    stop.set()


def _ask_about(people: list[dict[str, str]], gateway: GatewayProcess) -> None:
    for person in people:
        asked = {**{key: person[key] for key in ("personal_id", "full_name", "birth_date")}, "officer": "canbo01"}
        asked |= {"purpose": PURPOSE, "legal_basis": BASIS, "procedure": "1.001193"}
        name, number = person["full_name"], person["personal_id"]
        soap = court(Person(number, name, person["birth_date"].replace("-", "")))
        for path, body, headers in (
            ("/v1/verifications", json.dumps(asked), HEADERS),
            ("/v1/verifications", json.dumps({**asked, "full_name": name + " Sai"}), HEADERS),
            ("/v1/disclosures", json.dumps({**asked, "personal_id": number + "0"}), HEADERS),
            ("/v1/verifications", json.dumps({**asked, number: name}), HEADERS),
            ("/v1/verifications", json.dumps({**asked, "officer": name, "procedure": number}), HEADERS),
            ("/v1/verifications", f'{{"full_name": "{name}", "personal_id": {number}', HEADERS),
            (f"/v1/{number}", "{}", HEADERS),
            (SERVICE_PATH, soap.decode(), {"Authorization": basic(CLIENT, number), "Timestamp": number}),
            (SERVICE_PATH, f"<a>{name}</b>{number}", {"Authorization": basic(number, name), "Timestamp": "1"}),
        ):
            try:
                gateway.post(path, body.encode(), {**headers})
            except OSError:
                time.sleep(0.05)


class _Clerk(DeskOfficer):
    """Looks canaries up at the desk: agreeing, with a wrong date, in a field that cannot be read."""

    def __init__(self, port: int, people: list[dict[str, str]], stop: threading.Event) -> None:
        super().__init__(port, 0, stop)
        self._people = people

    def run(self) -> None:
        if not self._sign_in():
            return
        for person in self._people:
            year, month, day = person["birth_date"].split("-")
            claim = {"number": person["personal_id"], "name": person["full_name"], "birth_date": f"{day}/{month}/{year}"}
            for form in (
                claim,
                {**claim, "birth_date": "31/02/1990"},
                {"scan": "|".join(claim.values())},
                {**claim, "procedure": "x"},
            ):
                self._send("POST", "/mot-cua", {"procedure": RESIDENCE, **form})
            self._send("GET", f"/mot-cua/ho-so/{person['personal_id']}", {})


def _rows_of_other_tables(server: PostgresServer) -> Iterator[tuple[str, bytes]]:
    with psycopg.connect(server.urls().owner) as connection:
        names = connection.execute(
            "select relname from pg_class where relkind in ('r', 'p') and not relispartition"
            " and relnamespace = 'public'::regnamespace"
        ).fetchall()
        for (name,) in names:
            if name.startswith(THEIR_TABLES):
                continue
            query = sql.SQL("select t::text from {} t").format(sql.Identifier(name))
            rows = connection.execute(query).fetchall()
            yield name, b"\n".join(_with_binary(row[0]) for row in rows)


def _with_binary(text: str) -> bytes:
    """The row as text, and beside it every binary value decoded."""
    binary = b" ".join(bytes.fromhex(found) for found in re.findall(r"\\x((?:[0-9a-f]{2})+)", text))
    return text.encode() + b" " + binary


def _files(began: float) -> Iterator[Path]:
    """What was written since, but for the database's own files and keys."""
    home = Path(os.environ["DANCU_HOME"])
    for root in (home, Path(tempfile.gettempdir())):
        found = (Path(folder, name) for folder, _, names in os.walk(root) for name in names)  # passes over what is gone meanwhile
        for file in found:
            parts = file.relative_to(root).parts
            if "db" in parts or "keys" in parts or (root != home and len(parts) > 2):
                continue  # folders of other programs
            try:
                if file.is_file() and file.stat().st_mtime >= began and file.stat().st_size < 200_000_000:
                    yield file
            except OSError:
                continue
