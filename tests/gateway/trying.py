"""What the tests of the sandbox share: a system in trial beside an official one, its calls as they are kept, its clients."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
from psycopg import sql

from dancu.cli.launcher.postgres import Urls
from tests.conftest import copy_database, drop_database, urls_of
from tests.field_clients import clients, platforms
from tests.field_clients.clients import Person
from tests.field_clients.platforms import Sent
from tests.gateway.process import GatewayProcess, command

TRIED, REGISTERED = "mot-cua-thu", "bi-mat-chinh-thuc"
THU = Person("046093000002", "Trần Văn Thử", "19930203", "191000002")
KEPT_SECONDS = 15  # what is kept is written every five
OFFICER = "canbo.thu"
COUNTED = (
    "ledger_entry",
    "ledger_entrydetail",
    "ledger_answercount",
    "exchange_usage",
    "exchange_extractionuse",
    "exchange_learned",
    "exchange_attempt",
    "exchange_alarm",
    "exchange_idempotency",
)


@contextmanager
def a_trial(template: str) -> Iterator[tuple[Urls, str]]:
    """A filled database with one system more, which is in trial: addresses by role, and the trial's secret."""
    name = f"dancu_trial_{uuid4().hex[:12]}"
    copy_database(name, template)
    urls = urls_of(name)
    try:
        yield urls, open_trial(urls)
    finally:
        drop_database(name)


def open_trial(urls: Urls, *more: str) -> str:
    """Register a system, open its trial; gives the trial's secret."""
    command(urls, "exchange", "client", "add", TRIED, "--organisation", "H57", "--secret", REGISTERED, *more)
    return command(urls, "exchange", "client", "trial", TRIED).strip()


def in_trial(sent: Sent) -> Sent:
    """What a client of the field sends, with the accounts of the sandbox in place of its own."""
    body = sent.body
    for account in (b"canbo01", b"VDXP_H57"):
        body = body.replace(account, OFFICER.encode()) if body else body
    return Sent(sent.method, sent.path, sent.headers, body)


def soap(body: bytes, secret: str, **habits: Any) -> Sent:
    return in_trial(Sent("POST", clients.SERVICE_PATH, clients.headers(TRIED, secret, **habits), body))


def send(gateway: GatewayProcess, sent: Sent) -> tuple[int, bytes, dict[str, str]]:
    return gateway.call(sent.method, sent.path, sent.body, sent.headers)


def ask(gateway: GatewayProcess, secret: str, person: Person = THU, path: str = "/v1/verifications", **changes: Any) -> Any:
    """Our own contract, as a system in trial asks by it."""
    stated: dict[str, Any] = {
        "personal_id": person.number or None,
        "full_name": person.name,
        "birth_date": person.born,
        "officer": OFFICER,
        **changes,
    }
    return gateway.ask(path, client=TRIED, secret=secret, **stated)


def through_every_contract(gateway: GatewayProcess, secret: str) -> dict[str, Callable[[Person], tuple[int, str]]]:
    """By name of the client: asks for a person, gives status and all that came back as text."""
    told = send(gateway, in_trial(platforms.hau_giang_token(TRIED, secret)))[1]
    token = platforms.read_access_token(told)
    built: dict[str, Callable[[Person], Sent]] = {
        name: lambda person, build=build: soap(build(person), secret)
        for name, build in clients.BUILDERS.items()
        if name != "letter_761_bare"
    }
    built["lgsp"] = lambda person: platforms.api_manager(person, token)
    built["hau_giang"] = lambda person: platforms.hau_giang(person, TRIED, secret, token)
    built["dong_thap"] = lambda person: platforms.dong_thap(person, token)
    built["thanh_hoa"] = lambda person: platforms.thanh_hoa(person, TRIED)
    built["sharepoint"] = lambda person: platforms.sharepoint(person, TRIED)
    built["opencps_form"] = lambda person: platforms.opencps_form(person, TRIED)
    built["opencps_signed"] = lambda person: platforms.opencps_signed(person, TRIED, secret)
    built["warehouse"] = lambda person: platforms.warehouse_check(person, TRIED)

    def asking(build: Callable[[Person], Sent]) -> Callable[[Person], tuple[int, str]]:
        def asked(person: Person) -> tuple[int, str]:
            status, body, _ = send(gateway, in_trial(build(person)))
            return status, body.decode()

        return asked

    found = {name: asking(build) for name, build in built.items()}
    for kind in ("verifications", "disclosures"):

        def by_rest(person: Person, kind: str = kind) -> tuple[int, str]:
            status, told = ask(gateway, secret, person, f"/v1/{kind}")
            return status, json.dumps(told, ensure_ascii=False)

        found[kind] = by_rest
    return found


def counts(urls: Urls) -> dict[str, int]:
    """How many rows stand where looking at real people leaves some; changes of systems and grants aside."""
    with psycopg.connect(urls.owner) as connection:
        return {table: _count(connection, table) for table in COUNTED}


def _count(connection: psycopg.Connection[Any], table: str) -> int:
    row = connection.execute(sql.SQL("select count(*) from {}").format(sql.Identifier(table))).fetchone()
    assert row is not None
    return int(row[0])


def calls_of(urls: Urls, least: int = 1, client: str = TRIED) -> list[dict[str, Any]]:
    """The kept calls of a system, oldest first, once there are so many."""
    columns = "dialect, operation, outcome, status, duration_ms, scenario, is_handled, findings, asked"
    deadline = time.monotonic() + KEPT_SECONDS
    while True:
        with psycopg.connect(urls.owner) as connection:
            query = f"select {columns} from onboarding_trialcall where client_id = %s order by id"
            rows = connection.execute(query, [client]).fetchall()  # type: ignore[arg-type]  # our own columns
        if len(rows) >= least:
            return [dict(zip(columns.split(", "), row, strict=True)) for row in rows]
        assert time.monotonic() < deadline, f"only {len(rows)} of {least} calls are kept"
        time.sleep(0.1)


def codes(call: dict[str, Any]) -> set[str]:
    return {each["code"] for each in call["findings"]}


def take_away_the_registry(urls: Urls) -> None:
    """From here on the gateway's role may read nothing of persons and households."""
    role = sql.Identifier(urlsplit(urls.gateway).username or "")
    with psycopg.connect(urls.owner, autocommit=True) as connection:
        for table in ("population.person_facts", "population_person", "population_household", "population_membership"):
            connection.execute(sql.SQL("revoke all on {} from {}").format(sql.SQL(table), role))


def until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + KEPT_SECONDS
    while not is_so():
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.05)
