"""A database that is older or other than what was signed is never signed on; a new epoch says openly what became of the old one.

The databases are real copies: one is kept as a backup would be, the other goes on, and then the copy takes its place.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from dancu.kernel.errors import Conflict, Invalid
from dancu.ledger import tiles
from dancu.ledger.audit import Auditor
from dancu.ledger.epochs import Operator, new_epoch, resume
from dancu.ledger.logs import Head
from dancu.ledger.notes import parse_key, parse_note, verify_note
from dancu.ledger.operating import export_logs
from dancu.ledger.sequencer import Sequencer
from tests.conftest import _with_database, copy_database, drop_database
from tests.ledger.sequenced import NOW, Desk, an_act, until_all_is_readable, written

BY = Operator("A05", "nguoi.van.hanh", "restore of 2026-11-24", NOW)


class Place(NamedTuple):
    name: str
    desk: Desk

    def backup(self) -> str:
        copy = f"{self.name}_backup"
        copy_database(copy, self.name)
        return copy

    def restore(self, backup: str) -> None:
        with psycopg.connect(os.environ["DANCU_TEST_OWNER"], autocommit=True) as connection:
            connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(self.name)))
            connection.execute(sql.SQL("alter database {} rename to {}").format(sql.Identifier(backup), sql.Identifier(self.name)))

    def run(self, statement: str) -> list[tuple]:
        with psycopg.connect(self.desk.url) as connection:
            done = connection.execute(statement)  # type: ignore[arg-type]
            return done.fetchall() if done.description else []


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    name = f"dancu_epoch_{uuid4().hex[:12]}"
    copy_database(name)
    desk = Desk(_with_database(os.environ["DANCU_TEST_OWNER"], name), tmp_path)
    written(desk.url, [an_act(dossier_no=f"1-{n}") for n in range(300)])
    desk.sequence()
    yield Place(name, desk)
    drop_database(name)


def test_a_restored_older_database_halts_and_a_new_epoch_says_what_was_lost(place: Place) -> None:
    backup = place.backup()
    written(place.desk.url, [an_act(dossier_no=f"2-{n}") for n in range(40)])
    place.desk.sequence()
    lost = place.desk.memory.heads()["thu.vn/so/2026h2/e1"]
    place.restore(backup)
    written(place.desk.url, [an_act(dossier_no=f"3-{n}") for n in range(60)])

    assert place.desk.sequence() == 0
    assert "other than what was signed at 340 entries" in place.desk.halted()
    with closing(psycopg.connect(place.desk.url, autocommit=True)) as connection, pytest.raises(Invalid):
        new_epoch(connection, place.desk.signer, place.desk.memory, Operator("A05", "x", " ", NOW))
    with closing(psycopg.connect(place.desk.url, autocommit=True)) as connection:
        assert new_epoch(connection, place.desk.signer, place.desk.memory, BY) == 2

    assert place.desk.sequence() == 61  # the sixty, and the entry of the new epoch itself
    with closing(psycopg.connect(place.desk.url)) as connection, connection.cursor() as cursor:
        old, new = tiles.logs(cursor)
        assert (old.is_open, new.origin, new.is_open) == (False, "thu.vn/so/2026h2/e2", True)
        statement = parse_note(cursor.execute("select statement from ledger_epoch").fetchone()[0])  # type: ignore[index]
    assert verify_note(statement, parse_key(old.key))
    assert f"{old.origin} 300 " in statement.text
    assert f" {lost.size} " in statement.text
    assert place.run("select count(*) from ledger_entry e left join ledger_leaf l on entry_id = id where entry_id is null") == [
        (0,)
    ]


def test_an_older_database_with_too_few_entries_halts_at_once(place: Place) -> None:
    backup = place.backup()
    written(place.desk.url, [an_act()])
    place.desk.sequence()
    place.restore(backup)

    assert place.desk.sequence() == 0
    assert "older than what was signed" in place.desk.halted()


def test_a_head_signed_just_before_a_crash_is_reached_again_and_nothing_halts(place: Place) -> None:
    written(place.desk.url, [an_act(dossier_no=f"2-{n}") for n in range(100)])
    with psycopg.connect(place.desk.url, autocommit=True) as connection:
        until_all_is_readable(connection)
        dying = Sequencer(connection, place.desk.signer, place.desk.memory, lambda: NOW, batch_max=70)
        with connection.transaction(), connection.cursor(binary=True) as cursor:
            dying._round(cursor)
            raise psycopg.Rollback  # signed and remembered, not committed
    owed = place.desk.memory.heads()["thu.vn/so/2026h2/e1"]

    assert (owed.size, place.desk.sequence(batch_max=16)) == (370, 100)
    assert place.desk.halted() == ""


def test_a_changed_right_edge_halts_and_can_only_be_given_up(place: Place) -> None:
    place.run("alter table ledger_tile disable trigger all; update ledger_tile set hashes = set_byte(hashes, 7, 1) where level = 0")
    written(place.desk.url, [an_act()])

    assert place.desk.sequence() == 0
    assert "right edge" in place.desk.halted()
    with closing(psycopg.connect(place.desk.url, autocommit=True)) as connection:
        with pytest.raises(Conflict):
            resume(connection, place.desk.signer, place.desk.memory, BY)
        new_epoch(connection, place.desk.signer, place.desk.memory, BY)
    assert place.desk.sequence() == 302  # all of them: the broken log keeps none


def test_without_its_memory_nothing_is_signed_until_the_operator_says_so(place: Place) -> None:
    (place.desk.folder / "ledger.heads").unlink()
    written(place.desk.url, [an_act()])

    assert place.desk.sequence() == 0
    assert "no memory" in place.desk.halted()
    with closing(psycopg.connect(place.desk.url, autocommit=True)) as connection:
        resume(connection, place.desk.signer, place.desk.memory, BY)
    assert place.desk.sequence() == 2
    assert place.desk.memory.heads()["thu.vn/so/2026h2/e1"].size == 302


def test_a_full_tile_is_never_changed_and_none_is_removed(place: Place) -> None:
    for change in (
        "update ledger_tile set hashes = set_byte(hashes, 7, 1)",
        "update ledger_tile set hashes = substr(hashes, 1, 32)",
        "delete from ledger_tile",
    ):
        with pytest.raises(psycopg.errors.RestrictViolation):
            place.run(change)


def audited(desk: Desk, auditor: Auditor, edit: str = "") -> list[tuple[str, str]]:
    """What an audit an hour later finds, as finding and place; an edit is taken back."""
    with psycopg.connect(desk.url) as connection:
        if edit:
            connection.execute("set session_replication_role = replica")
            connection.execute(edit)  # type: ignore[arg-type]
        found = auditor.audit(connection, NOW + timedelta(hours=1), full=False)
        connection.rollback()
    return [(str(each.finding), each.where) for each in found]


def gives_up(place: Place) -> None:
    place.run("alter table ledger_tile disable trigger all; update ledger_tile set hashes = set_byte(hashes, 7, 1) where level = 0")
    with closing(psycopg.connect(place.desk.url, autocommit=True)) as connection:
        new_epoch(connection, place.desk.signer, place.desk.memory, BY)
    place.desk.sequence()


def test_after_a_log_was_given_up_audits_say_so_once_and_go_on_as_before(place: Place, tmp_path: Path) -> None:
    auditor = Auditor([place.desk.key])
    assert audited(place.desk, auditor) == []
    gives_up(place)
    note = ("given-up", "thu.vn/so/2026h2/e1", "by epoch 2: none kept, 300 signed; restore of 2026-11-24")

    for _ in range(2):
        assert audited(place.desk, auditor) == []
        assert [(str(each.finding), each.log, each.where) for each in auditor.notes] == [note]
    assert {head.origin: head.size for head in auditor.heads}["thu.vn/so/2026h2/e2"] == 301
    edit = "update ledger_entry set body = set_byte(body, 60, 33) where id = (select entry_id from ledger_leaf where index = 3)"
    assert "body" in {finding for finding, _ in audited(place.desk, auditor, edit)}
    assert export_logs(place.desk.url, tmp_path / "out") == [("thu.vn/so/2026h2/e2", 301)]


def test_a_statement_hides_no_edit_of_a_log_it_gives_up(place: Place) -> None:
    auditor = Auditor([place.desk.key])
    assert audited(place.desk, auditor) == []
    edited = "(select entry_id from ledger_leaf where index = 3)"
    place.run(
        "set session_replication_role = replica;"
        f"delete from ledger_entrydetail where entry_id = {edited}; delete from ledger_entry where id = {edited}"
    )
    gives_up(place)

    assert audited(place.desk, auditor) == [("missing", "1 entries seen before it was given up are nowhere")]
    more = Head("thu.vn/so/2026h2/e1", 301, bytes(32))
    assert audited(place.desk, Auditor([place.desk.key], [more])) == [
        ("rolled-back", "301 were signed, and the statement does not say so")
    ]


def test_a_statement_that_no_key_of_the_book_signed_gives_up_nothing(place: Place, tmp_path: Path) -> None:
    with closing(psycopg.connect(place.desk.url, autocommit=True)) as connection:
        new_epoch(connection, place.desk.signer, place.desk.memory, BY)
    place.desk.sequence()
    auditor = Auditor([place.desk.key])
    assert audited(place.desk, auditor) == []
    forged = "update ledger_epoch set statement = regexp_replace(statement, 'e1 300 [^ ]+', 'e1 given-up'); "

    found = audited(
        place.desk, auditor, forged + "delete from ledger_leaf where index < 300 and log in (select min(id) from ledger_log)"
    )

    assert ("signature", "the statement of epoch 2") in found
    assert "missing" in {finding for finding, _ in found}


def test_what_a_restore_lost_is_a_note_and_a_log_that_never_was_in_the_copy_is_named(place: Place) -> None:
    auditor = Auditor([place.desk.key])
    backup = place.backup()
    written(place.desk.url, [an_act() for _ in range(40)])
    written(place.desk.url, [an_act()], NOW - timedelta(days=200))
    place.desk.sequence()
    assert audited(place.desk, auditor) == []
    place.restore(backup)
    assert {finding for finding, _ in audited(place.desk, auditor)} == {"rolled-back"}
    place.desk.sequence()
    with closing(psycopg.connect(place.desk.url, autocommit=True)) as connection:
        new_epoch(connection, place.desk.signer, place.desk.memory, BY)
    place.desk.sequence()

    for _ in range(2):
        assert audited(place.desk, auditor) == []
        assert {(str(each.finding), each.log[10:]) for each in auditor.notes} == {("lost", "2026h2/e1"), ("lost", "2026h1/e1")}


def test_a_damaged_log_that_was_not_given_up_does_not_keep_the_others_from_the_export(place: Place, tmp_path: Path) -> None:
    written(place.desk.url, [an_act()], NOW - timedelta(days=200))
    place.desk.sequence()
    oldest = "(select id from ledger_log order by shard limit 1)"
    place.run(f"set session_replication_role = replica; delete from ledger_tile where log = {oldest}")

    with pytest.raises(Conflict):
        export_logs(place.desk.url, tmp_path / "out")

    assert [file.parent.parent.name for file in (tmp_path / "out").glob("*/e*/checkpoint")] == ["2026h2"]
