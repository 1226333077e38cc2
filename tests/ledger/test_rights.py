"""The roles of pages and gateway append and read. Whatever else they try, PostgreSQL itself refuses, on every partition."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import RawCursor
from psycopg.errors import InsufficientPrivilege

from dancu.ledger import journal
from dancu.ledger.domain import Act, ActKind, seal
from tests.ledger.conftest import Book
from tests.ledger.sequenced import Desk, an_act, written

TABLES = ("ledger_entry", "ledger_entrydetail")
ROLES = ("web", "gateway")
_ADDS = ("INSERT", "SELECT")
GATEWAY_RIGHTS = {
    **dict.fromkeys((*TABLES, "ledger_seal"), _ADDS),
    "ledger_answercount": (*_ADDS, "UPDATE"),
    "ledger_sequencer": ("SELECT",),
}
# What may be updated of the tables of the tree is a matter of columns: see the last test.
WEB_RIGHTS = dict.fromkeys(
    (
        *TABLES,
        "ledger_answercount",
        "ledger_checkpoint",
        "ledger_cosignature",
        "ledger_daycount",
        "ledger_epoch",
        "ledger_leaf",
        "ledger_log",
        "ledger_seal",
        "ledger_sequencer",
        "ledger_tile",
    ),
    _ADDS,
)
CHANGES = (
    "update {} set at = at",
    "delete from {}",
    "truncate {}",
    "select 1 from {} for update",
    "insert into {} (at) select at from {} on conflict on constraint {}_pkey do update set at = excluded.at",
    "lock table {} in access exclusive mode",
    "alter table {} disable trigger all",
    "drop table {}",
    "create trigger t before insert on {} execute function suppress_redundant_updates_trigger()",
)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        urlsplit(os.environ.get("DANCU_TEST_OWNER", "")).username == urlsplit(os.environ.get("DANCU_TEST_WEB", "")).username,
        reason="the given server has one role for everything",
    ),
]


@pytest.fixture(params=ROLES)
def connection(request: pytest.FixtureRequest, book: Book) -> Iterator[psycopg.Connection]:
    """As one of the two roles; nothing stays."""
    with psycopg.connect(getattr(book.urls, request.param)) as opened:
        yield opened
        opened.rollback()


def partitions(connection: psycopg.Connection) -> list[str]:
    query = "select inhrelid::regclass::text from pg_inherits where inhparent = any(%s::regclass[]) order by 1"
    return [row[0] for row in connection.execute(query, [list(TABLES)])]


def refused(connection: psycopg.Connection, statement: str, name: str) -> bool:
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(statement.replace("{}", name))
    except InsufficientPrivilege:
        return True
    return False


def test_both_roles_append_and_read_back(connection: psycopg.Connection) -> None:
    entry = seal(
        Act(ActKind.VERIFY, "match", "H57", "he-thong", "canbo01", "046090000101", integration_code="REST"),
        datetime(2026, 11, 24, tzinfo=UTC),
    )

    RawCursor(connection).execute(journal.APPEND, journal.columns([entry], "gateway-1"))

    row = connection.execute(
        "select body, subject from ledger_entry e join ledger_entrydetail d on d.at = e.at and entry_id = id where id = %s",
        [entry.reference],
    ).fetchone()
    assert row == (entry.body, "046090000101")
    counted = "select organisation, count from ledger_answercount where source = 'gateway-1'"
    assert connection.execute(counted).fetchall() == [("H57", 1)]


@pytest.mark.parametrize("change", CHANGES)
def test_neither_role_changes_what_is_written(connection: psycopg.Connection, change: str) -> None:
    assert [table for table in TABLES if not refused(connection, change, table)] == []


def test_no_partition_is_a_way_around(connection: psycopg.Connection) -> None:
    reached = partitions(connection)
    statements = (*CHANGES, "select 1 from {}", "insert into {} default values")

    assert len(reached) > 40
    assert [(table, s) for table in reached for s in statements if not refused(connection, s, table)] == []


def test_neither_role_becomes_the_owner_or_holds_a_right_we_do_not_know(connection: psycopg.Connection, book: Book) -> None:
    owner = urlsplit(book.urls.owner).username or ""
    rights = connection.execute(
        "select table_name, privilege_type from information_schema.table_privileges where table_name like 'ledger%' "
        "and grantee in (current_user, 'PUBLIC') order by 1, 2"
    ).fetchall()

    known = GATEWAY_RIGHTS if connection.info.user == urlsplit(book.urls.gateway).username else WEB_RIGHTS
    assert rights == sorted((table, right) for table, held in known.items() for right in held)
    assert refused(connection, "set role {}", owner)
    assert refused(connection, "set session authorization {}", owner)
    assert refused(connection, "create table {} (id uuid)", "shadow")


def test_the_owner_can_do_what_is_refused_to_the_roles(book: Book) -> None:
    """The refusals above are about the role, not about a statement that nobody could run."""
    with psycopg.connect(book.urls.owner) as owner:
        possible = [change for change in CHANGES if not change.startswith(("insert", "create"))]

        assert [(t, s) for t in (*TABLES, "ledger_entry_2026h2") for s in possible if refused(owner, s, t)] == []


def test_the_role_of_the_worker_is_enough_to_sequence_and_to_erase(book: Book, tmp_path: Path) -> None:
    """And whoever has it can neither take a leaf away nor change a tile that is full."""
    entries = written(book.urls.web, [an_act(sealed_until=date(2027, 2, 1), legal_basis="BLTTHS") for _ in range(300)])
    desk = Desk(book.urls.web, tmp_path)

    assert desk.sequence() >= 300
    with psycopg.connect(book.urls.web) as connection:
        for change in (
            "delete from {}",
            "truncate {}",
            "update {} set log = log",
        ):
            for table in ("ledger_leaf", "ledger_tile", "ledger_checkpoint", "ledger_cosignature"):
                assert refused(connection, change, table), (change, table)
        assert refused(connection, "update {} set note = note", "ledger_checkpoint")
        assert refused(connection, "update {} set until = until", "ledger_seal")
        assert refused(connection, "delete from {}", "ledger_entrydetail")
        with pytest.raises(psycopg.errors.RestrictViolation):
            connection.execute(
                "select ledger_erase_detail(%s, %s, %s, %s)",
                [entries[0].at, entries[0].reference, entries[1].at, entries[1].reference],
            )
