"""The outside verifier finds what an administrator of the database changes; `tests/faults/tamper.py` does it a thousand times."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import msgspec
import psycopg
import pytest

from dancu.kernel.errors import Invalid
from dancu.ledger import api, tiles
from dancu.ledger.audit import Auditor, Finding, Found
from dancu.ledger.logs import Head
from dancu.ledger.operating import audit_database
from tests.ledger.sequenced import NOW, Desk, an_act, written

pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(os.environ["DATABASE_URL"], tmp_path)
    written(desk.url, [an_act(dossier_no=f"H57-{n}") for n in range(600)])
    desk.sequence()
    return desk


def look(desk: Desk, auditor: Auditor, edit: str = "", *, full: bool = True) -> list[Found]:
    """Audit with an edit that is taken back afterwards."""
    with psycopg.connect(desk.url) as connection:
        if edit:
            connection.execute("set session_replication_role = replica")  # no trigger stops an administrator
            connection.execute(edit)  # type: ignore[arg-type]
        found = auditor.audit(connection, LATER, full=full)
        connection.rollback()
    return found


def test_an_untouched_ledger_gives_no_finding_and_a_head_to_keep(desk: Desk) -> None:
    auditor = Auditor([desk.key])

    assert look(desk, auditor) == []
    assert [(head.origin, head.size) for head in auditor.heads] == [("thu.vn/so/2026h2/e1", 600)]
    written(desk.url, [an_act() for _ in range(10)], LATER - timedelta(seconds=5))
    assert look(desk, auditor, full=False) == []  # not a minute old yet
    desk.sequence()
    assert look(desk, auditor, full=False) == []
    assert auditor.heads[0].size == 610


ONE = "(select at, entry_id from ledger_leaf where index = 299)"
EDITS = {
    "a body": (f"update ledger_entry set body = set_byte(body, 60, 33) where (at, id) = {ONE}", Finding.BODY),
    "an entry away": (f"delete from ledger_entry where (at, id) = {ONE}", Finding.MISSING),
    "an entry and its leaf away": (
        "with gone as (delete from ledger_leaf where index = 299 returning at, entry_id) "
        "delete from ledger_entry where (at, id) in (select * from gone)",
        Finding.MISSING,
    ),
    "a detail away": (f"delete from ledger_entrydetail where (at, entry_id) = {ONE}", Finding.ERASED),
    "a subject": (f"update ledger_entrydetail set subject = '046090000999' where (at, entry_id) = {ONE}", Finding.SALT),
    "a stored hash": (
        "update ledger_tile set hashes = set_byte(hashes, 40, get_byte(hashes, 40) # 4) where number = 1",
        Finding.TILE,
    ),
    "an entry without a leaf": (
        "insert into ledger_entry (at, id, tx, body) select at, gen_random_uuid(), tx, body from ledger_entry limit 1",
        Finding.NOT_IN_TREE,
    ),
    "the end": ("delete from ledger_checkpoint; delete from ledger_leaf; delete from ledger_entry", Finding.ROLLED_BACK),
    "the signature": ("update ledger_checkpoint set note = replace(note, 'thu.vn', 'gia.vn')", Finding.SIGNATURE),
}


@pytest.mark.parametrize("full", [True, False])
@pytest.mark.parametrize("what", EDITS)
def test_each_edit_is_found(desk: Desk, what: str, full: bool) -> None:
    auditor = Auditor([desk.key])
    assert look(desk, auditor) == []
    edit, finding = EDITS[what]

    found = look(desk, auditor, edit, full=full)

    assert finding in {each.finding for each in found}
    assert look(desk, auditor, full=full) == [], "nothing is kept of a pass that found something"


def test_a_body_changed_before_the_first_look_does_not_give_the_signed_root(desk: Desk) -> None:
    found = look(desk, Auditor([desk.key]), EDITS["a body"][0])

    assert {each.finding for each in found} >= {Finding.ROOT, Finding.TILE}


def test_without_the_key_nothing_is_believed(desk: Desk, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()

    found = look(desk, Auditor([Desk(desk.url, other).key]))

    assert {each.finding for each in found} == {Finding.SIGNATURE}


def test_a_recorded_erasure_is_no_finding(desk: Desk) -> None:
    reference = api.latest(1)[0].id
    api.erase(str(reference), organisation="A05", by="x", legal_basis="Luật 91/2025/QH15", dossier_no="YC-1", now=NOW)
    desk.sequence()

    assert look(desk, Auditor([desk.key])) == []


def test_a_log_learnt_beside_a_wrong_one_forgets_nothing_it_was_not_told(desk: Desk) -> None:
    """Of a pass that found something, blocks must not count as read while what stood in them is forgotten."""
    auditor = Auditor([desk.key])
    with psycopg.connect(desk.url) as connection:
        connection.execute("set session_replication_role = replica")
        connection.execute(EDITS["a detail away"][0])
        connection.execute(EDITS["an entry without a leaf"][0])
        for full in (True, False, False):
            found = auditor.audit(connection, LATER, full=full)
            assert {each.finding for each in found} == {Finding.ERASED, Finding.NOT_IN_TREE}
        connection.rollback()


def test_the_parts_of_an_entry_cannot_be_shifted_under_an_unchanged_digest(desk: Desk) -> None:
    auditor = Auditor([desk.key])
    assert look(desk, auditor) == []
    at = "from ledger_entry e where e.at = d.at and e.id = d.entry_id and (e.at, e.id) = " + ONE
    shifted = (
        "alter table ledger_entrydetail drop constraint ledger_entrydetail_salts_check;"  # an administrator can
        f"update ledger_entrydetail d set salts = substr(e.body, octet_length(e.body)) || salts {at};"
        f"update ledger_entry set body = substr(body, 1, octet_length(body) - 1) where (at, id) = {ONE}"
    )

    assert {each.finding for each in look(desk, auditor, shifted, full=False)} >= {Finding.BODY}


def test_a_state_of_an_earlier_version_keeps_its_heads_and_leaves_and_reads_every_block_again(desk: Desk) -> None:
    auditor, older = Auditor([desk.key]), Auditor([desk.key])
    assert look(desk, auditor) == []
    _version, [(origin, size, root, leaves, digests, *_sets)] = msgspec.msgpack.decode(auditor.dump())
    older.restore(msgspec.msgpack.encode(([(origin, size, root, leaves, digests)], [], [])))

    assert [(head.origin, head.size) for head in older.heads] == [(origin, 600)]
    assert {each.finding for each in look(desk, older, EDITS["a body"][0], full=False)} >= {Finding.BODY}
    assert look(desk, older, full=False) == []


def signed(desk: Desk, size: int, root: bytes | None = None) -> Head:
    """A head of the ledger's log at that size, or one with another root."""
    with psycopg.connect(desk.url) as connection, connection.cursor(binary=True) as cursor:
        (log,) = tiles.logs(cursor)
        return Head(log.origin, size, root or tiles.tree(cursor, log.id, 600).root(size))


def test_every_head_given_by_hand_is_compared_whatever_the_state_has(desk: Desk) -> None:
    first = Auditor([desk.key])
    assert look(desk, first) == []

    for heads, found in (
        ([signed(desk, 200), signed(desk, 300)], []),
        ([signed(desk, 200, bytes(32)), signed(desk, 300)], ["the head of 200 entries that was kept"]),
        ([signed(desk, 300), signed(desk, 200, bytes(32))], ["the head of 200 entries that was kept"]),
        ([signed(desk, 600, bytes(32))], ["the head of 600 entries that was kept"]),
        ([signed(desk, 700, bytes(32)), signed(desk, 300)], ["600 entries, 700 were signed"]),
    ):
        auditor = Auditor([desk.key], heads)
        auditor.restore(first.dump())
        assert [each.where for each in look(desk, auditor, full=False)] == found


def test_a_head_of_before_a_change_of_keys_is_taken_by_the_key_that_signed_it(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    keys = [str(Desk(desk.url, tmp_path / "new").key), str(desk.key)]
    with psycopg.connect(desk.url) as connection:
        (note,) = connection.execute("select note from ledger_checkpoint order by size limit 1").fetchone() or ("",)

    assert audit_database(desk.url, keys, [note], None, full=True, now=LATER)[0] == []
    with pytest.raises(Invalid):
        audit_database(desk.url, keys[:1], [note], None, full=True, now=LATER)
