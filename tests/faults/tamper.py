"""A superuser edits the ledger at random, a thousand times in eight ways; an outside verifier with read access, the public key
and one old head must find every edit, and must say nothing about an untouched ledger.

Edits come in batches inside a transaction that is taken back after the audit, which reads in the same one: it sees what a
committed edit would show. Rollbacks of the whole database are real copies made while the ledger grew. Nobody has the key but the
sequencer, so an editor can change every row, but sign none.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import psycopg
from psycopg import sql

from dancu.cli.launcher.postgres import PostgresServer
from dancu.ledger import tiles
from dancu.ledger.audit import Auditor, Found
from dancu.ledger.domain import ENTROPY_BYTES, Act, ActKind, seal
from dancu.ledger.logs import Head
from dancu.ledger.notes import opened_checkpoint, parse_note
from dancu.ledger.tree import HASH_BYTES, leaf_hash
from tests.faults.finding import Control, Finding
from tests.faults.surroundings import laboratory
from tests.gateway.process import command
from tests.ledger.sequenced import Desk

ENTRIES_EACH = 1_000  # entries in the ledger for each edit: a million for a thousand
BATCH, PER_TRANSACTION = 50, 2_000
FOUND_SECONDS_MAX = 60.0
START = datetime(2026, 8, 3, 1, tzinfo=UTC)
LATER = START + timedelta(days=30)

Connection = psycopg.Connection[tuple]
Cursor = psycopg.Cursor[tuple]


@dataclass(frozen=True)
class Edit:
    """One edit, and what a finding about it names."""

    kind: str
    marks: frozenset[str]


@dataclass
class Met:
    """What came out of all batches."""

    made: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    missed_by_trusting: Counter[str] = field(default_factory=Counter)
    first_seconds: float = 0.0  # the pass over everything, before any edit
    longest_seconds: float = 0.0  # of the passes that had to find edits, and of one that had to find nothing
    false_alarms: int = 0
    entries: int = 0


def found(size: int, seed: int) -> Finding:
    """`size` edits over a thousand times as many entries; every one found, none imagined."""
    with laboratory(), _server() as server:
        met = attack(server, size, seed)
    missed = sum(met.missed.values())
    holds = not missed and not met.false_alarms and met.longest_seconds <= FOUND_SECONDS_MAX and len(met.made) == len(KINDS)
    kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(met.made.items()))
    figure = (
        f"{met.made.total()} edits ({kinds}), {missed} missed, {met.false_alarms} false alarms in {met.entries} entries, "
        f"longest audit {met.longest_seconds:.1f} s after a first one over everything of {met.first_seconds:.1f} s"
    )
    trusting = ", ".join(f"{kind} {count}" for kind, count in sorted(met.missed_by_trusting.items()))
    control = Control("a verifier that trusts stored hashes", bool(met.missed_by_trusting), f"misses {trusting}")
    return Finding(holds, figure, (control,))


@contextlib.contextmanager
def _server() -> Iterator[PostgresServer]:
    """A server with empty tables, and nobody on it but us."""
    server = PostgresServer(Path(os.environ["DANCU_HOME"]) / "tampered", settings={"shared_buffers": "512MB"})
    server.start()
    try:
        command(server.urls(), "migrate")
        yield server
    finally:
        server.stop()
        shutil.rmtree(server.home, ignore_errors=True)


def attack(server: PostgresServer, size: int, seed: int) -> Met:
    """Needs a laboratory. Fills a ledger, keeps copies for the rollbacks, then edits and audits."""
    chance, met = random.Random(seed), Met(entries=size * ENTRIES_EACH)
    folder = Path(tempfile.mkdtemp(prefix="tamper-", dir=os.environ["DANCU_HOME"]))
    url = server.urls().owner
    desk = Desk(url, folder)
    copies = _grow(server, desk, met.entries, max(1, min(3, size // 40)))
    try:
        with psycopg.connect(url) as connection:
            auditor = Auditor([desk.key], [_head_kept(desk, connection)])
            began = time.monotonic()
            met.false_alarms += len(auditor.audit(connection, LATER, full=True))
            met.first_seconds = time.monotonic() - began
            met.false_alarms += len(_timed(met, lambda: auditor.audit(connection, LATER, full=False)))
            connection.rollback()
            left = size - len(copies)
            while left > 0:
                left -= _batch(connection, auditor, desk, min(left, BATCH), chance, met)
        for copy in copies:
            _audit_rolled_back(server.url("dancu_owner", copy), auditor, desk, met)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return met


def _grow(server: PostgresServer, desk: Desk, entries: int, copies: int) -> list[str]:
    """Entries as the platform makes them; at some points the whole database is copied, as a backup would be."""
    made, at = [], START
    stops = {entries * part // 10: f"tampered_{part}" for part in (3, 5, 8)[:copies]}
    for first in range(0, entries, PER_TRANSACTION):
        with psycopg.connect(desk.url) as connection:
            _write(connection, at, first, min(PER_TRANSACTION, entries - first))
        at += timedelta(seconds=7)
        if name := next((stops.pop(stop) for stop in sorted(stops) if first + PER_TRANSACTION >= stop), ""):
            desk.sequence()
            with psycopg.connect(server.url("dancu_owner", "postgres"), autocommit=True) as connection:
                statement = sql.SQL("create database {} template dancu").format(sql.Identifier(name))
                connection.execute(statement)
            made.append(name)
    desk.sequence()
    return made


def _write(connection: Connection, at: datetime, first: int, count: int) -> None:
    drawn = os.urandom(ENTROPY_BYTES * count)
    entries = [
        seal(
            Act(ActKind.VERIFY, "match", f"H{n % 60:02d}", "he-thong", f"canbo{n % 90:02d}", f"{46_090_000_000 + first + n:012d}"),
            at,
            drawn[n * ENTROPY_BYTES : (n + 1) * ENTROPY_BYTES],
        )
        for n in range(count)
    ]
    with connection.cursor() as cursor:
        with cursor.copy("copy ledger_entry (at, id, body) from stdin") as copy:
            for entry in entries:
                copy.write_row((entry.at, entry.reference, entry.body))
        with cursor.copy("copy ledger_entrydetail (at, entry_id, subject, officer, dossier_no, salts) from stdin") as copy:
            for entry in entries:
                copy.write_row((entry.at, entry.reference, entry.subject, entry.officer, entry.dossier_no, entry.salts))


def _head_kept(desk: Desk, connection: Connection) -> Head:
    """The one old head the verifier holds: from the first tenth of the log."""
    row = connection.execute("select note from ledger_checkpoint order by size offset 1 limit 1").fetchone()
    assert row is not None
    head = opened_checkpoint(row[0], [desk.key])
    return Head(head.origin, head.size, head.root)


def _batch(connection: Connection, auditor: Auditor, desk: Desk, count: int, chance: random.Random, met: Met) -> int:
    """Some edits together, or one that leaves nothing of the others; audited, and taken back."""
    alone = met.made["truncate"] * len(KINDS) <= met.made.total() // 4
    with connection.cursor() as cursor:
        cursor.execute("set session_replication_role = replica")  # no trigger stops a superuser
        if alone:
            edits = [_truncate(cursor, chance)]
        else:
            places = iter(chance.sample(range(_size(cursor)), 2 * count))
            edits = [chance.choice(IN_A_BATCH)(cursor, places, chance) for _ in range(count)]
    seen = _timed(met, lambda: auditor.audit(connection, LATER, full=False))
    trusting = trusting_audit(connection, desk)
    for edit in edits:
        met.made[edit.kind] += 1
        met.missed[edit.kind] += not _is_told(edit, seen)
        met.missed_by_trusting[edit.kind] += not trusting
    connection.rollback()
    connection.execute("set session_replication_role = origin")
    connection.rollback()
    met.missed, met.missed_by_trusting = +met.missed, +met.missed_by_trusting
    return len(edits)


def _audit_rolled_back(url: str, auditor: Auditor, desk: Desk, met: Met) -> None:
    with psycopg.connect(url) as connection:
        seen = _timed(met, lambda: auditor.audit(connection, LATER, full=False))
        met.made["rollback"] += 1
        if not any(each.finding == "rolled-back" for each in seen):
            met.missed["rollback"] += 1
        if not trusting_audit(connection, desk):
            met.missed_by_trusting["rollback"] += 1


def _is_told(edit: Edit, seen: Sequence[Found]) -> bool:
    return any(each.where in edit.marks or not edit.marks for each in seen)


def _timed(met: Met, look: Callable[[], list[Found]]) -> list[Found]:
    began = time.monotonic()
    seen = look()
    met.longest_seconds = max(met.longest_seconds, time.monotonic() - began)
    return seen


# -- the edits ---------------------------------------------------------------------------------------------------------


def _size(cursor: Cursor) -> int:
    return int(cursor.execute("select max(index) + 1 from ledger_leaf where log = 1").fetchone()[0])  # type: ignore[index]


def _entry_at(cursor: Cursor, place: int) -> tuple[datetime, UUID]:
    row = cursor.execute("select at, entry_id from ledger_leaf where log = 1 and index = %s", [place]).fetchone()
    assert row is not None
    return row[0], row[1]


def _change_body(cursor: Cursor, places: Iterator[int], chance: random.Random) -> Edit:
    """One byte of a body; half of the time the stored hash of the leaf is made to fit."""
    place = next(places)
    at, identity = _entry_at(cursor, place)
    row = cursor.execute("select body from ledger_entry where at = %s and id = %s", [at, identity]).fetchone()
    assert row is not None
    body = bytearray(row[0])
    body[chance.randrange(len(body))] ^= 1 << chance.randrange(7)
    cursor.execute("update ledger_entry set body = %s where at = %s and id = %s", [bytes(body), at, identity])
    if chance.random() < 0.5:
        _overwrite(cursor, place, leaf_hash(bytes(body)))
    return Edit("change", frozenset({str(identity)}))


def _delete(cursor: Cursor, places: Iterator[int], chance: random.Random) -> Edit:
    """An entry; half of the time its leaf and its detail as well."""
    place = next(places)
    at, identity = _entry_at(cursor, place)
    cursor.execute("delete from ledger_entry where at = %s and id = %s", [at, identity])
    if chance.random() < 0.5:
        cursor.execute("delete from ledger_leaf where at = %s and entry_id = %s", [at, identity])
        cursor.execute("delete from ledger_entrydetail where at = %s and entry_id = %s", [at, identity])
    return Edit("delete", frozenset({str(identity), f"place {place}"}))


def _reorder(cursor: Cursor, places: Iterator[int], chance: random.Random) -> Edit:
    """Two entries change places, and the stored hashes with them."""
    first, second = next(places), next(places)
    marks, hashes = set(), []
    for place in (first, second):
        at, identity = _entry_at(cursor, place)
        row = cursor.execute("select leaf from ledger_entry where at = %s and id = %s", [at, identity]).fetchone()
        assert row is not None
        hashes.append(row[0])
        marks |= {str(identity), f"place {place}"}
    for old, new in ((first, -1), (second, first), (-1, second)):
        far = 10**12
        cursor.execute(
            "update ledger_leaf set index = %s where log = 1 and index = %s", [far if new < 0 else new, far if old < 0 else old]
        )
    _overwrite(cursor, first, hashes[1])
    _overwrite(cursor, second, hashes[0])
    return Edit("reorder", frozenset(marks))


def _insert_into_the_past(cursor: Cursor, places: Iterator[int], chance: random.Random) -> Edit:
    """An entry that was never made, dated and numbered as if it had been; some stand in the tree's table too."""
    at, _identity = _entry_at(cursor, next(places))
    entry = seal(Act(ActKind.VERIFY, "match", "H01", "he-thong", "canbo.la", "046090999999"), at)
    tx = cursor.execute("select tx::text from ledger_entry where at = %s limit 1", [entry.at]).fetchone()
    cursor.execute(
        "insert into ledger_entry (at, id, tx, body) values (%s, %s, %s::text::xid8, %s)",
        [entry.at, entry.reference, tx[0] if tx else "1000", entry.body],
    )
    if chance.random() < 0.3:
        cursor.execute(
            "insert into ledger_leaf (log, index, at, entry_id, tx) select log, max(index) + 1, %s, %s, '1000' from ledger_leaf "
            "group by log",
            [entry.at, entry.reference],
        )
    return Edit("insert", frozenset({entry.reference, f"{entry.reference} stands behind the signed head"}))


def _swap_salts(cursor: Cursor, places: Iterator[int], chance: random.Random) -> Edit:
    """The salts of two entries change owners, or the subject of one is another person's."""
    (at, one), (other_at, other) = _entry_at(cursor, next(places)), _entry_at(cursor, next(places))
    if chance.random() < 0.3:
        cursor.execute("update ledger_entrydetail set subject = '046090888888' where at = %s and entry_id = %s", [at, one])
        return Edit("salt swap", frozenset({str(one)}))
    cursor.execute(
        "update ledger_entrydetail d set salts = o.salts from ledger_entrydetail o "
        "where (d.at, d.entry_id) in ((%s, %s), (%s, %s)) and (o.at, o.entry_id) in ((%s, %s), (%s, %s)) "
        "and o.entry_id <> d.entry_id",
        [at, one, other_at, other, at, one, other_at, other],
    )
    return Edit("salt swap", frozenset({str(one), str(other)}))


def _flip_a_bit(cursor: Cursor, places: Iterator[int], chance: random.Random) -> Edit:
    """One bit of a stored tile of any level."""
    row = cursor.execute(
        "select level, number, hashes from ledger_tile where level = %s order by random() limit 1", [chance.choice((0, 0, 0, 1))]
    ).fetchone()
    assert row is not None
    hashes = bytearray(row[2])
    hashes[chance.randrange(len(hashes))] ^= 1 << chance.randrange(8)
    cursor.execute("update ledger_tile set hashes = %s where level = %s and number = %s", [bytes(hashes), row[0], row[1]])
    return Edit("bit flip", frozenset({f"{row[0]}/{row[1]}"}))


def _truncate(cursor: Cursor, chance: random.Random) -> Edit:
    """The newest part of everything away, as if it had never been; or whole tables."""
    if chance.random() < 0.3:
        cursor.execute(f"truncate {chance.choice(('ledger_entry', 'ledger_leaf', 'ledger_tile', 'ledger_checkpoint'))}")
        return Edit("truncate", frozenset())
    rows = cursor.execute("select size from ledger_checkpoint order by size").fetchall()
    size = chance.choice(rows[:-1])[0]
    cursor.execute("delete from ledger_checkpoint where size > %s", [size])
    cursor.execute(
        "delete from ledger_entry where (at, id) in (select at, entry_id from ledger_leaf where log = 1 and index >= %s)", [size]
    )
    cursor.execute(
        "delete from ledger_entrydetail d where not exists (select from ledger_entry e where e.at = d.at and e.id = entry_id)"
    )
    cursor.execute("delete from ledger_leaf where log = 1 and index >= %s", [size])
    cursor.execute("delete from ledger_tile where number * 256 >= %s >> (level * 8)", [size])
    cursor.execute(
        "update ledger_tile set hashes = substr(hashes, 1, 32 * ((%s >> (level * 8)) - number * 256)::int) "
        "where (number + 1) * 256 > %s >> (level * 8)",
        [size, size],
    )
    return Edit("truncate", frozenset())


def _overwrite(cursor: Cursor, place: int, hashed: bytes) -> None:
    cursor.execute(
        "update ledger_tile set hashes = overlay(hashes placing %s from %s) where level = 0 and number = %s",
        [hashed, place % 256 * HASH_BYTES + 1, place // 256],
    )


IN_A_BATCH = (_change_body, _delete, _reorder, _insert_into_the_past, _swap_salts, _flip_a_bit)
KINDS = ("change", "delete", "reorder", "insert", "salt swap", "bit flip", "truncate", "rollback")


def trusting_audit(connection: Connection, desk: Desk) -> list[Found]:
    """The planted weakness: signature and root are checked, but from stored hashes; bodies are not read, and no head was kept."""
    with connection.cursor() as cursor:
        for log in tiles.logs(cursor):
            newest = tiles.last_head(cursor, log)
            if newest is None:
                return [Found("root", log.origin, "no head")]  # type: ignore[arg-type]
            head, note, _at = newest
            try:
                opened_checkpoint(str(parse_note(note)), [desk.key])
                whole = tiles.tree(cursor, log.id, head.size).root() == head.root
            except tiles.BrokenTree:
                whole = False
            if not whole:
                return [Found("root", log.origin, "")]  # type: ignore[arg-type]
    return []
