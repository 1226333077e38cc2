"""Every address × method × visitor × whose row: answered as the table of actions says, and no row shown out of reach.

The oracle is the pure decision over the table; what it is compared with are real pages under the pages' own database
role. Three mistakes are planted: the table forgotten, every question of the rooms without its filter *and* one policy
gone; the filters alone must still show nothing, for then the database holds them.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg import sql

from dancu.cli.launcher.postgres import PostgresServer, Urls
from dancu.identity.actions import Action, Allowed, Denied, Scope, Target, may, reaches
from dancu.identity.domain import Officer
from tests.faults.finding import Control, Finding
from tests.faults.surroundings import filled_server, laboratory
from tests.faults.tenants import TENANTS, VISITORS, marks
from tests.faults.visits import EVERYONE, METHODS, TARGETS, in_process

Cell = tuple[str, str, str, str]  # route, method, visitor, whose row
ALL_TENANTS = dict.fromkeys(TENANTS, 1)
# Rows of tenants nobody of the visitors may change: compared before and after.
FOREIGN = ("parent", "child", "sibling")
# The visitors and rows the planted mistakes are looked for with.
CONTROL = ("xem.motcua", "xem.dancu", "xem.khongvai"), ("own", "sibling")
_MARKS = {mark.text: mark for mark in marks()}
# The parts of an address that say whose row it is, the actions they are asked under, and what the row is.
_ROW_OF = {"<str:number>": "dossier", "<uuid:draft_id>": "dossier", "<uuid:request_id>": "request", "<uuid:opening>": "glass"}
# Where the answer to what is in reach may still be that it is not there: a copy nobody attached, a form that became a dossier.
_MAY_BE_MISSING = ("/tep", "/sua", "/phieu/", "/mo-khan")


@dataclass(frozen=True)
class Told:
    """What a cell answered."""

    status: int
    marks: tuple[str, ...]
    location: str


def run(size: int, seed: int) -> Finding:
    """Visit `size` cells, 0 for all. Every address is among them whatever the size."""
    with laboratory(), filled_server(f"matrix-{secrets.token_hex(3)}") as server, world(server, ALL_TENANTS) as (urls, now):
        access = {route: said for route, said in in_process(urls, _order(now, []))["routes"]}
        cells = chosen(sorted(access), size, random.Random(seed))
        before = rows_of(urls, FOREIGN)
        answers = visit(urls, now, cells)
        wrong = [fault for cell, told in zip(cells, answers, strict=True) if (fault := judge(access, cell, told, now))]
        changed = [table for table, digest in rows_of(urls, FOREIGN).items() if digest != before[table]]
        shown = sum(bool(told.marks) for told in answers)
        fewer = [(route, "GET", who, target) for route in sorted(access) for who in CONTROL[0] for target in CONTROL[1]]
        held = forgetful(urls, access, now, fewer)
        controls = planted(urls, access, now, fewer)
    figure = (
        f"{len(wrong)} leaks and {len(changed)} changed tables of others in {len(cells):,} cells of {len(access)} addresses; "
        f"{shown} answers showed rows in reach; {len(held)} leaks when the pages forget every filter"
    )
    holds = not wrong and not changed and not held and shown > 0
    for fault in [*wrong[:5], *held[:5]]:
        figure += f"\n       {fault}"
    return Finding(holds, figure, controls)


def chosen(routes: Sequence[str], size: int, chance: random.Random) -> list[Cell]:
    """A sample that has every address and visitor, the own row and somebody else's; all cells for 0."""
    every = [(route, method, who, target) for route in routes for method in METHODS for who in EVERYONE for target in TARGETS]
    chance.shuffle(every)
    if not size or size >= len(every):
        return every
    first = [("GET", "own"), ("GET", "sibling")] if size >= 1500 else [("GET", "own")]
    must = [(route, method, who, target) for route in routes for who in EVERYONE for method, target in first]
    taken = set(must)
    return must[:size] + [cell for cell in every if cell not in taken][: max(0, size - len(must))]


def visit(urls: Urls, now: datetime, cells: Sequence[Cell], without: Sequence[str] = ()) -> list[Told]:
    told = in_process(urls, {**_order(now, cells), "without": list(without)})
    return [Told(status, tuple(found), location) for status, found, location in told]


def judge(access: dict[str, str], cell: Cell, told: Told, now: datetime) -> str:
    """What is wrong with an answer, in words; empty when it is as the table says."""
    said = decided(access[cell[0]], cell[2], now)
    if told.status >= 500 and told.status != 503:
        return f"{cell}: {told.status}"
    if leaked := [text for text in told.marks if not may_show(said, cell[2], _MARKS[text].target)]:
        return f"{cell}: {told.status} shows {leaked}"
    if access[cell[0]] == "public":
        return ""
    if told.status not in (expected := expected_statuses(access[cell[0]], cell, said)):
        return f"{cell}: {told.status} instead of {sorted(expected)}"
    return ""


def decided(access: str, who: str, now: datetime) -> Allowed | Denied | None:
    """What the table says to this visitor of this page; None for who is nobody to it."""
    kind, _, name = access.partition(":")
    if kind != "officer" or who not in VISITORS:
        return None
    return may(officer_of(who), name, on=now.astimezone().date())


def officer_of(who: str) -> Officer:
    organisation, unit = TENANTS["own"]
    return Officer(0, who, who, organisation, "", unit, "", frozenset(VISITORS[who]), 1)


def may_show(said: Allowed | Denied | None, who: str, row: tuple[str, str, str]) -> bool:
    return isinstance(said, Allowed) and reaches(officer_of(who), said.scope, Target(*row))


def expected_statuses(access: str, cell: Cell, said: Allowed | Denied | None) -> set[int]:
    route, method, who, target = cell
    if said is None:
        if access.startswith("citizen:") and who == "citizen":
            return {200, 404, 405, 409, 422}
        return {403} if access.startswith("key:") else {302, 401}  # a program has no page to sign in at
    if isinstance(said, Denied):
        return {403}
    fine = {200, 302, 401, 404, 405, 409, 422, 429}
    if method == "POST":
        fine |= {403}  # a step of the page that is an action of its own
    row = next((kind for part, kind in _ROW_OF.items() if part in route), "")
    if not row or method not in ("GET", "HEAD"):
        return fine
    if target == "none" or not _reaches_row(said.action, said.scope, who, target, row):
        return {404, 405} | ({302} if target == "child" and "desk" in VISITORS[who] else set()) | _asks_why(route, who, target)
    if any(part in route for part in _MAY_BE_MISSING) or "quyen/" in route:
        return fine
    return {200, 302} | ({405} if method == "HEAD" else set())  # not every page answers HEAD


def _asks_why(route: str, who: str, target: str) -> set[int]:
    """The question before the glass is for numbers of organisations below, whether there is such a row or not."""
    return {200} if route.endswith("/mo-khan") and target == "child" else set()


def _reaches_row(action: Action, scope: Scope, who: str, target: str, row: str) -> bool:
    mark = next(each for each in _MARKS.values() if each.tenant == target and each.kind == row)
    return action.name != "access.break_glass" and reaches(officer_of(who), scope, Target(*mark.target))


def planted(urls: Urls, access: dict[str, str], now: datetime, cells: Sequence[Cell]) -> tuple[Control, ...]:
    """The mistakes the matrix must see."""

    def found(without: Sequence[str]) -> list[str]:
        answers = visit(urls, now, cells, without)
        return [fault for cell, told in zip(cells, answers, strict=True) if (fault := judge(access, cell, told, now))]

    table = found(["table"])
    with without_policy(urls, "procedures_dossier"):
        dossiers = found(["filters"])
    with without_policy(urls, "registrar_request"), without_policy(urls, "registrar_requestaction"):
        requests = found(["filters"])
    return (
        Control("the pages forget the table of actions", bool(table), f"{len(table)} cells"),
        Control("the policy of dossiers is gone and the pages forget their filter", bool(dossiers), f"{len(dossiers)} cells"),
        Control("the policy of requests is gone and the pages forget their filter", bool(requests), f"{len(requests)} cells"),
    )


def forgetful(urls: Urls, access: dict[str, str], now: datetime, cells: Sequence[Cell]) -> list[str]:
    """Leaks when the pages forget every filter by tenant and the database alone holds the rows."""
    answers = visit(urls, now, cells, ["filters"])
    return [fault for cell, told in zip(cells, answers, strict=True) if "shows" in (fault := judge(access, cell, told, now))]


@contextmanager
def without_policy(urls: Urls, table: str) -> Iterator[None]:
    """The table without its row-level security, as after a migration that lost it."""
    name = sql.Identifier(table)
    with psycopg.connect(urls.owner, autocommit=True) as owner:
        owner.execute(sql.SQL("alter table {} disable row level security").format(name))
        try:
            yield
        finally:
            owner.execute(sql.SQL("alter table {} enable row level security").format(name))


@contextmanager
def world(server: PostgresServer, tenants: dict[str, int], now: datetime | None = None) -> Iterator[tuple[Urls, datetime]]:
    """A database with these tenants' rows, a copy of the filled one; and when they were written."""
    now, name = now or datetime.now(UTC), f"world_{secrets.token_hex(4)}"
    with psycopg.connect(server.urls("postgres").owner, autocommit=True) as owner:
        owner.execute(sql.SQL("create database {} template dancu").format(sql.Identifier(name)))
    urls = server.urls(name)
    in_process(urls, {"do": "seed", "now": now.isoformat(), "tenants": tenants})
    yield urls, now


_TABLES = (
    "procedures_draft",
    "procedures_dossier",
    "procedures_dossieraction",
    "procedures_dossierserial",
    "registrar_request",
    "registrar_requestaction",
    "identity_officer",
    "identity_glass",
)


def rows_of(urls: Urls, tenants: Sequence[str]) -> dict[str, str]:
    """A digest of the rows of these tenants, table by table."""
    organisations = [TENANTS[tenant][0] for tenant in tenants]
    column = {"registrar_requestaction": "split_part(unit, '/', 1)", "identity_officer": "organisation_id"}
    found = {}
    with psycopg.connect(urls.owner) as owner:
        for table in _TABLES:
            query = sql.SQL("select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) from {} t where {} = any(%s)")
            whose: Any = sql.SQL(column.get(table, "organisation"))  # type: ignore[arg-type]  # our own literals
            found[table] = owner.execute(query.format(sql.Identifier(table), whose), [organisations]).fetchone()[0]  # type: ignore[index]
    return found


def _order(now: datetime, cells: Sequence[Cell]) -> dict[str, Any]:
    return {"do": "cells", "now": now.isoformat(), "cells": list(cells)}
