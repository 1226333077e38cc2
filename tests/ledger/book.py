"""A ledger written through the real doors, and its dumps as a database administrator makes them."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
from psycopg import sql

from dancu.cli.launcher.postgres import PostgresServer, Urls
from tests.field_clients import clients
from tests.gateway.process import CLIENT, PEOPLE, SECRET, GatewayProcess, command

OFFICER, DOSSIER, OPERATOR = "canbo01", "H57-261124-0042", "nguoi.van.hanh"
PERSON = PEOPLE[0]
UNKNOWN_OLD_ID = "191000999"


@dataclass(frozen=True)
class Entry:
    """Both halves of one row of the book."""

    reference: str
    body: bytes
    leaf: bytes
    values: tuple[str, str, str]  # subject, officer, dossier number
    salts: bytes

    @property
    def told(self) -> dict[str, str]:
        return dict(json.loads(self.body))

    @property
    def commitments(self) -> tuple[str, str, str]:
        return self.told["subject"], self.told["officer"], self.told["dossier"]


@contextmanager
def copy_of(template: str) -> Iterator[Urls]:
    """A database like the template, for one module."""
    name, owner = f"dancu_book_{uuid4().hex[:12]}", os.environ["DANCU_TEST_OWNER"]
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(6)")  # one copy of the template at a time
        connection.execute(sql.SQL("create database {} template {}").format(sql.Identifier(name), sql.Identifier(template)))
    roles = ("DANCU_TEST_OWNER", "DANCU_TEST_WEB", "DANCU_TEST_GATEWAY")
    yield Urls(*(_in(os.environ[role], name) for role in roles))
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def _in(url: str, name: str) -> str:
    return urlsplit(url)._replace(path=f"/{name}").geturl()


def write(urls: Urls) -> str:
    """Every kind of act about one person, by both dialects and by an operator. Gives the secret the operator was shown."""
    gateway = GatewayProcess(urls.gateway)
    gateway.start()
    try:
        for path in ("/v1/verifications", "/v1/disclosures"):
            assert gateway.ask(path, dossier_no=DOSSIER, key=f"kept{path}")[0] == 201
        assert gateway.ask(full_name="Trần Văn Khác", dossier_no=DOSSIER)[1]["outcome"] == "no_match"
        assert gateway.ask(personal_id=None, old_id_no=UNKNOWN_OLD_ID)[1]["outcome"] == "no_match"
        assert gateway.ask(officer="canbo.la", dossier_no=DOSSIER)[0] == 403
        assert gateway.ask(birth_date="17/05")[0] == 422
        asked = clients.Person(PERSON["personal_id"], PERSON["full_name"], "19900517", PERSON["old_id_no"])
        status, answer, _ = gateway.post(clients.SERVICE_PATH, clients.BUILDERS["court"](asked), clients.headers(CLIENT, SECRET))
        assert (status, b"<ns1:Ten>" in answer) == (200, True)
    finally:
        gateway.stop()
    before = os.environ.get("LOGNAME")
    os.environ["LOGNAME"] = OPERATOR
    try:
        return command(urls, "exchange", "client", "add", "he-thong-hai", "--organisation", "H57").strip()
    finally:
        os.environ.pop("LOGNAME") if before is None else os.environ.update(LOGNAME=before)


def entries(url: str) -> list[Entry]:
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "select e.id, e.body, e.leaf, d.subject, d.officer, d.dossier_no, d.salts from ledger_entry e "
            "join ledger_entrydetail d on d.at = e.at and d.entry_id = e.id order by e.at, e.id"
        ).fetchall()
    return [Entry(str(row[0]), bytes(row[1]), bytes(row[2]), (row[3], row[4], row[5]), bytes(row[6])) for row in rows]


def dump(url: str, *options: str) -> str:
    programs = PostgresServer(Path(os.environ["DANCU_HOME"]))._bin  # the server's own, so that the versions agree
    made = subprocess.run([str(programs / "pg_dump"), "-d", url, *options], capture_output=True, text=True, timeout=60)
    assert made.returncode == 0, made.stderr
    return made.stdout


def traces(text: str, values: Sequence[str]) -> list[str]:
    """Which of the values the dump gives away: as text, as bytes (a dump shows bytes in hexadecimal), as escaped JSON."""
    return [
        value
        for value in values
        if any(
            form in text for form in (value, value.encode().hex(), json.dumps(value)[1:-1], json.dumps(value)[1:-1].encode().hex())
        )
    ]
