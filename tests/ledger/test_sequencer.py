"""What is durable goes into the tree in the order of the cursor, and every entry can then be proven with public keys alone."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from dancu.ledger import api
from dancu.ledger.notes import opened_checkpoint
from dancu.ledger.proofs import check_proof
from dancu.ledger.tree import Grower, leaf_hash
from tests.ledger.sequenced import NOW, SUBJECT, Desk, an_act, written

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(os.environ["DATABASE_URL"], tmp_path)


def test_every_entry_can_be_proven_after_a_round(desk: Desk) -> None:
    entries = written(desk.url, [an_act(dossier_no=f"H57-{n}") for n in range(300)])

    assert desk.sequence(batch_max=128) == 300

    for entry in (entries[0], entries[255], entries[299]):
        proof = api.prove(entry.reference, {"subject"})
        checked = check_proof(proof, desk.key)
        assert checked.flaws == ()
        assert (checked.origin, checked.tree_size) == ("thu.vn/so/2026h2/e1", 300)
        assert proof.entry.encode() == entry.body
        assert proof.openings["subject"].value == SUBJECT
        assert set(proof.openings) == {"subject"}


def test_the_root_is_that_of_the_bodies_in_the_order_of_the_cursor(desk: Desk) -> None:
    for n in range(5):
        written(desk.url, [an_act(dossier_no=f"H57-{n}-{m}") for m in range(70)], NOW + timedelta(seconds=5 - n))
    desk.sequence(batch_max=64)

    with psycopg.connect(desk.url) as connection:
        bodies = connection.execute("select body from ledger_entry order by tx, id").fetchall()
    grower = Grower()
    grower.extend(leaf_hash(body) for (body,) in bodies)
    note, size, _at = api.latest_checkpoint(api.logs()[0]) or ("", 0, NOW)
    assert size == 350
    assert opened_checkpoint(note, [desk.key]).root == grower.root()


def test_what_an_open_transaction_may_still_write_behind_is_waited_for(desk: Desk) -> None:
    with psycopg.connect(desk.url) as slow:
        slow.execute("select pg_current_xact_id()")
        written(desk.url, [an_act()])
        before = desk.sequence(waits=False)
    after = desk.sequence()

    assert (before, after) == (0, 1)


def test_an_entry_of_another_half_year_goes_into_the_log_of_its_half(desk: Desk) -> None:
    last = datetime(2026, 12, 31, 16, 59, 59, tzinfo=UTC)  # one second to midnight in Viet Nam
    written(desk.url, [an_act(), an_act()], last, apart=timedelta(seconds=1))

    assert desk.sequence() == 2

    assert [log.origin for log in api.logs()] == ["thu.vn/so/2026h2/e1", "thu.vn/so/2027h1/e1"]


def test_a_body_that_does_not_give_its_hash_stops_the_signing(desk: Desk) -> None:
    written(desk.url, [an_act(), an_act()])
    with psycopg.connect(desk.url) as connection:  # as a file on the disk could be changed
        connection.execute("alter table ledger_entry alter column leaf drop expression")
        connection.execute("update ledger_entry set leaf = sha256(leaf) where id = (select max(id::text)::uuid from ledger_entry)")
    try:
        assert desk.sequence() == 0
        assert "does not give the hash" in desk.halted()
        assert api.logs() == []
    finally:
        with psycopg.connect(desk.url) as connection:
            connection.execute("alter table ledger_entry drop column leaf")
            connection.execute(
                "alter table ledger_entry add column leaf bytea not null "
                "generated always as (sha256('\\x00'::bytea || body)) stored"
            )
