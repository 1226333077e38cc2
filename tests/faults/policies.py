"""Row-level security as the database itself holds it: the catalogue says every table of tenants is covered, and probes under
the roles at work, with and without a reach, are answered by the policies alone.

No page and no filter stands between: each probe is SQL on a connection of its own role.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Sequence

import psycopg
from psycopg import sql

from dancu.cli.launcher.postgres import Urls
from tests.faults.finding import Control, Finding
from tests.faults.matrix import ALL_TENANTS, world
from tests.faults.surroundings import filled_server, laboratory
from tests.faults.tenants import TENANTS
from tests.house.test_tenants import OPEN, TENANT_COLUMNS, WITHOUT_FORCE

_POWERS = "select rolsuper or rolbypassrls or rolcreaterole from pg_roles where rolname = current_user"
_OWNS = "select count(*) from pg_class where pg_get_userbyid(relowner) = current_user"
_FORCED = "select relname from pg_class where relrowsecurity and relforcerowsecurity and not relispartition order by 1"
_SET = (
    "select set_config('dancu.scope', %s, false), set_config('dancu.organisation', %s, false), set_config('dancu.unit', %s, false)"
)
_SILENT = ("", "nobody", "Nation", "nation ", "unit", "own", "'; --")  # scopes that reach nothing by themselves
_ORGANISATION = "organisation"


def real(size: int, seed: int) -> Finding:
    """`size` probes of random tables, roles and reaches."""
    with (
        laboratory(),
        filled_server(f"policies-{secrets.token_hex(3)}") as server,
        world(server, ALL_TENANTS) as (urls, _),
        psycopg.connect(urls.owner, autocommit=True) as owner,
    ):
        bare = {name for name, _ in owner.execute(WITHOUT_FORCE, [TENANT_COLUMNS]).fetchall()} - set(OPEN)
        tables = [name for (name,) in owner.execute(_FORCED).fetchall()]
        filled = [name for name in tables if _count(owner, name)]
        strong = [role for role in (urls.web, urls.gateway) if _is_strong(role)]
        wrong, seen = _probe(urls, owner, filled, size, random.Random(seed))
        with_powers = sum(_count(owner, name) for name in filled)  # the owner's connection, with no reach at all
        owner.execute("alter table procedures_dossier disable row level security")
        lost, _ = _probe(urls, owner, ["procedures_dossier"], 50, random.Random(seed))
    figure = (
        f"{len(bare)} of {len(tables)} tables of tenants without a forced policy, {len(strong)} roles at work with powers; "
        f"{len(wrong)} of {size:,} probes told a row out of reach, {seen:,} rows in reach were told"
    )
    figure += "".join(f"\n       {fault}" for fault in wrong[:5])
    controls = (
        Control("the owner's connection", with_powers > 0, f"{with_powers} rows with no reach"),
        Control("the policy of dossiers is gone", bool(lost), f"{len(lost)} of 50 probes"),
    )
    return Finding(not (bare or strong or wrong) and seen > 0, figure, controls)


def _is_strong(role: str) -> bool:
    with psycopg.connect(role) as probe:
        return bool(_one(probe, _POWERS)) or bool(_one(probe, _OWNS))


def _probe(urls: Urls, owner: psycopg.Connection, tables: Sequence[str], size: int, chance: random.Random) -> tuple[list[str], int]:
    """What was told wrongly, and how many rows rightly."""
    wrong: list[str] = []
    seen = 0
    columns = {name: _column(owner, name) for name in tables}
    organisations = sorted({organisation for organisation, _ in TENANTS.values()})
    with psycopg.connect(urls.web, autocommit=True, prepare_threshold=None) as probe:
        for _ in range(size):
            table, organisation = chance.choice(list(tables)), chance.choice(organisations)
            speaks = columns[table] == _ORGANISATION and chance.random() < 0.5
            scope = _ORGANISATION if speaks else chance.choice(_SILENT)
            probe.execute("discard all")
            if scope:  # else a connection on which nothing was ever said
                probe.execute(_SET, [scope, organisation, ""])
            told = _by_organisation(probe, table, columns[table])
            if told.keys() - ({organisation} if speaks else set()):
                wrong.append(f"{table}: scope {scope!r} of {organisation!r} told {told}")
            seen += told.get(organisation, 0) if speaks else 0
    return wrong, seen


def _column(connection: psycopg.Connection, table: str) -> str:
    rows = connection.execute("select column_name from information_schema.columns where table_name = %s", [table]).fetchall()
    return _ORGANISATION if (_ORGANISATION,) in rows else ""


def _by_organisation(connection: psycopg.Connection, table: str, column: str) -> dict[str, int]:
    whose = sql.Identifier(column) if column else sql.Literal("?")
    query = sql.SQL("select {}::text, count(*) from {} group by 1").format(whose, sql.Identifier(table))
    try:
        return dict(connection.execute(query).fetchall())
    except psycopg.errors.InsufficientPrivilege:
        return {}


def _count(connection: psycopg.Connection, table: str) -> int:
    return int(_one(connection, sql.SQL("select count(*) from {}").format(sql.Identifier(table))))  # type: ignore[call-overload]


def _one(connection: psycopg.Connection, query: str | sql.Composed) -> object:
    row = connection.execute(query).fetchone()  # type: ignore[arg-type]  # our own literals
    assert row is not None
    return row[0]
