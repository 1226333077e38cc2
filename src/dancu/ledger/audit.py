"""The outside verifier: trusts no stored hash, only its keys and the head it kept. Read access is enough. No framework.

It hashes every body again, builds every tile again, and compares: with the signed heads, with the stored tiles, with what it
saw before. The first pass reads everything. Later ones let the server hash blocks of old entries and read again only those
whose digest changed; a full pass every now and then does not trust the server's hashing either.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import msgspec
import psycopg

from dancu.kernel.errors import Invalid
from dancu.ledger import tiles
from dancu.ledger.domain import commitment
from dancu.ledger.logs import Head, Log
from dancu.ledger.notes import VerifierKey, opened_checkpoint
from dancu.ledger.statements import Closing, read_statement
from dancu.ledger.tree import EMPTY_ROOT, HASH_BYTES, Grower, Tile, leaf_hash

BLOCK = 4096
_VERSION = 2  # of what `dump` gives; the first had no number
GRACE = timedelta(minutes=1)


class Finding(StrEnum):
    """What an audit can find (*phát hiện khi kiểm toán sổ*)."""

    SIGNATURE = "signature"  # a stored head does not carry the log's signature
    ROLLED_BACK = "rolled-back"  # the log ends before the head that was kept
    ROOT = "root"  # the entries do not give a signed root
    BODY = "body"  # an entry's body is not the one of its leaf
    MISSING = "missing"  # a leaf without its entry, or a place without a leaf
    ORDER = "order"  # entries stand in another order than they were written
    TILE = "tile"  # a stored tile is not the one the entries give
    SALT = "salt"  # a detail does not open the commitments of its entry
    NOT_IN_TREE = "not-in-tree"  # an entry older than a minute, or than one that has, has no leaf
    ERASED = "erased"  # a detail is gone, and no entry says that it was erased
    GIVEN_UP = "given-up"  # a note: a signed statement says that none of its leaves were kept
    LOST = "lost"  # a note: a signed statement says that it was closed before its end, or that its end is not known


@dataclass(frozen=True, slots=True)
class Found:
    """One finding, with what it is about: an entry's reference, a tile, a head (*một phát hiện*)."""

    finding: Finding
    log: str
    where: str


@dataclass(slots=True)
class Kept:
    """What an auditor keeps of one log between passes: the head, all leaf hashes, a digest of every block (*sổ tay kiểm toán*).

    The entries of blocks that did not change are not read again, so that what they said of erasures is kept as well.
    """

    head: Head
    leaves: bytes = b""
    digests: dict[int, bytes] = field(default_factory=dict)
    erased: set[str] = field(default_factory=set)  # entries whose erasure an entry of this log records
    without_detail: set[str] = field(default_factory=set)

    def leaf(self, place: int) -> bytes | None:
        return self.leaves[place * HASH_BYTES : (place + 1) * HASH_BYTES] or None


@dataclass(slots=True)
class _Pass:
    """What one look at one log gave."""

    origin: str
    seen: Kept
    found: list[Found]
    is_signed: bool = True


class _Saved(msgspec.Struct, array_like=True):
    origin: str
    size: int
    root: bytes
    leaves: bytes
    digests: dict[int, bytes]
    erased: set[str] = set()
    without_detail: set[str] = set()


def _is_given_up(closing: Closing | None) -> bool:
    return closing is not None and closing.is_given_up


def _in_words(closing: Closing) -> str:
    signed = closing.signed.size if closing.signed else "nobody knows how many"
    kept = closing.closed.size if closing.closed else "none"
    return f"by epoch {closing.epoch}: {kept} kept, {signed} signed; {closing.reason}"


class _Body(msgspec.Struct):
    id: str
    kind: str
    outcome: str
    subject: str
    officer: str
    dossier: str


_decode = msgspec.json.Decoder(_Body).decode
_ROWS = """
select l.index, l.tx::text, l.entry_id, e.body, d.subject, d.officer, d.dossier_no, d.salts, e.tx::text
from ledger_leaf l
left join ledger_entry e on e.at = l.at and e.id = l.entry_id
left join ledger_entrydetail d on d.at = l.at and d.entry_id = l.entry_id
where l.log = %s and l.index >= %s and l.index < %s order by l.index
"""
# One digest a block: whatever is read above goes into it, in the same order, and no part can be moved into its neighbour.
_DIGESTS = """
select l.index / %s, count(e.id), sha256(string_agg(
    sha256(coalesce(e.body, '')) || sha256(coalesce(d.salts, '')) || sha256(convert_to(
    row(l.index, l.tx, e.tx, l.entry_id, e.body is null, d.subject, d.officer, d.dossier_no)::text, 'UTF8')), '' order by l.index))
from ledger_leaf l
left join ledger_entry e on e.at = l.at and e.id = l.entry_id
left join ledger_entrydetail d on d.at = l.at and d.entry_id = l.entry_id
where l.log = %s group by 1
"""
_WITHOUT_LEAF = """
select e.id from ledger_entry e left join ledger_leaf l on l.at = e.at and l.entry_id = e.id
where l.entry_id is null and e.tx < pg_snapshot_xmin(pg_current_snapshot())
    and (e.at < %s or e.tx < (select max(tx) from ledger_leaf)) limit 10000
"""
_TILES = "select level, number, hashes from ledger_tile where log = %s"


class Auditor:
    """Holds keys, old heads, and what it saw; looks at a database (*kiểm toán viên của sổ*)."""

    def __init__(self, keys: Sequence[VerifierKey], heads: Sequence[Head] = ()) -> None:
        self._keys = {str(key): key for key in keys}
        self._given = tuple(heads)  # every one is compared at its size, whatever a state has
        self._kept: dict[str, Kept] = {}
        self.notes: list[Found] = []  # of the last pass: what signed statements own up to, each time; no edit by itself

    @property
    def heads(self) -> list[Head]:
        """The newest head seen of every log: what to keep until the next time."""
        newest: dict[str, Head] = {}
        for head in (*(kept.head for kept in self._kept.values()), *self._given):
            newest[head.origin] = max(newest.get(head.origin, head), head, key=lambda each: each.size)
        return list(newest.values())

    def _heads_of(self, origin: str) -> list[Head]:
        """What this log was seen to be: by an earlier pass, and by the heads that were given."""
        kept = self._kept.get(origin)
        known = [*([kept.head] if kept else []), *(head for head in self._given if head.origin == origin)]
        return sorted(dict.fromkeys(known), key=lambda each: each.size)

    def dump(self) -> bytes:
        """What to keep in a file until the next time."""
        logs = [
            _Saved(kept.head.origin, kept.head.size, kept.head.root, kept.leaves, kept.digests, kept.erased, kept.without_detail)
            for kept in self._kept.values()
        ]
        return msgspec.msgpack.encode((_VERSION, logs))

    def restore(self, kept: bytes) -> None:
        """Take up what `dump` gave, beside the heads given by hand. An older file's heads and leaves stay, its digests do not."""
        version, saved, *_older = msgspec.msgpack.decode(kept)
        is_ours = version == _VERSION
        for log in msgspec.convert(saved if is_ours else version, list[_Saved]):
            head = Head(log.origin, log.size, log.root)
            self._kept[log.origin] = Kept(head, log.leaves, log.digests if is_ours else {}, log.erased, log.without_detail)

    def audit(self, connection: psycopg.Connection[Any], now: datetime, *, full: bool = True) -> list[Found]:
        """Look at everything; gives what is wrong, empty when nothing is (*kiểm toán sổ*).

        `full`: read and hash every body here; otherwise only blocks that are new or whose digest changed.
        """
        with connection.cursor(binary=True) as cursor:
            closings, found = self._closings(cursor)
            known = tiles.logs(cursor)
            logs = [log for log in known if log.is_open or not _is_given_up(closings.get(log.origin))]
            for origin in sorted({head.origin for head in self.heads} - {log.origin for log in known}):
                closing = closings.get(origin)
                if closing is None or not closing.is_gone or not all(map(closing.admits, self._heads_of(origin))):
                    found.append(Found(Finding.ROLLED_BACK, origin, "the whole log is gone"))
            passes = [self._audit_log(cursor, log, closings.get(log.origin), full) for log in logs]
            found += self._look_at_given_up(cursor, [log for log in known if log not in logs], closings.values(), passes)
            recorded = set[str]().union(*(each.seen.erased for each in passes))
            for each in passes:
                unexplained = each.seen.without_detail - recorded
                each.found += [Found(Finding.ERASED, each.origin, reference) for reference in sorted(unexplained)]
                found += each.found
            cursor.execute(_WITHOUT_LEAF, [now - GRACE])
            found += [Found(Finding.NOT_IN_TREE, "", str(row[0])) for row in cursor.fetchall()]
        # Nothing is learnt of a log in which something was found: it is found again the next time.
        self._kept |= {each.origin: each.seen for each in passes if each.is_signed and not each.found}
        return found

    def _closings(self, cursor: psycopg.Cursor[Any]) -> tuple[dict[str, Closing], list[Found]]:
        """What signed statements say of each log; the earliest counts, and one without a signature says nothing."""
        closings: dict[str, Closing] = {}
        found = []
        for epoch, statement in tiles.statements(cursor):
            try:
                told = read_statement(statement, self._keys.values())
            except Invalid:
                found.append(Found(Finding.SIGNATURE, "", f"the statement of epoch {epoch}"))
                continue
            closings = {each.origin: each for each in told} | closings
        self.notes = [
            Found(Finding.GIVEN_UP if each.is_given_up else Finding.LOST, each.origin, _in_words(each))
            for each in closings.values()
            if each.has_lost
        ]
        return closings, found

    def _look_at_given_up(
        self, cursor: psycopg.Cursor[Any], logs: Sequence[Log], closings: Iterable[Closing], passes: Sequence[_Pass]
    ) -> list[Found]:
        """No statement hides an edit: it owns up to every head that was seen, and the entries seen stand in other logs."""
        found = []
        for log in logs:
            cursor.execute("select count(*) from ledger_leaf where log = %s", [log.id])
            if left := cursor.fetchall()[0][0]:
                found.append(Found(Finding.MISSING, log.origin, f"{left} leaves still stand in a log that was given up"))
        for each in (closing for closing in closings if closing.is_given_up):
            kept = self._kept.get(each.origin)
            missing = set(_split(kept.leaves)) if kept else set()
            for other in passes:
                missing.difference_update(_split(other.seen.leaves))
            if missing:
                found.append(Found(Finding.MISSING, each.origin, f"{len(missing)} entries seen before it was given up are nowhere"))
            found += [
                Found(Finding.ROLLED_BACK, each.origin, f"{head.size} were signed, and the statement does not say so")
                for head in self._heads_of(each.origin)
                if not each.admits(head)
            ]
        return found

    def _audit_log(self, cursor: psycopg.Cursor[Any], log: Log, closing: Closing | None, full: bool) -> _Pass:
        head, found = self._signed_head(cursor, log)
        if head is None:
            return _Pass(log.origin, Kept(Head(log.origin, 0, EMPTY_ROOT)), found, is_signed=False)
        closing = None if log.is_open else closing
        if closing is not None and closing.closed != head:
            found.append(Found(Finding.ROOT, log.origin, f"epoch {closing.epoch} closed it at another head"))
        kept = self._kept.get(log.origin)
        seen = Kept(head) if full or kept is None else Kept(head, erased=set(kept.erased), without_detail=set(kept.without_detail))
        wrong, leaves = self._read_entries(cursor, log, seen, kept, full)
        grown, built = Grower(), list[Tile]()
        for before in self._heads_of(log.origin):
            if before.size > head.size:
                if closing is None or not closing.admits(before):
                    found.append(Found(Finding.ROLLED_BACK, log.origin, f"{head.size} entries, {before.size} were signed"))
                continue
            built += grown.extend(_split(leaves[grown.size * HASH_BYTES : before.size * HASH_BYTES]))
            if grown.root() != before.root:
                found.append(Found(Finding.ROOT, log.origin, f"the head of {before.size} entries that was kept"))
        built += grown.extend(_split(leaves[grown.size * HASH_BYTES :]))
        if grown.size != head.size or grown.root() != head.root:
            found.append(Found(Finding.ROOT, log.origin, f"the signed head of {head.size} entries"))
        found += wrong + _compare_tiles(cursor, log, built)
        seen.leaves, seen.digests = bytes(leaves), _digests(cursor, log)
        return _Pass(log.origin, seen, found)

    def _signed_head(self, cursor: psycopg.Cursor[Any], log: Log) -> tuple[Head | None, list[Found]]:
        stored = tiles.last_head(cursor, log)
        if stored is None:
            return None, [Found(Finding.ROLLED_BACK, log.origin, "no head is stored")] if self._heads_of(log.origin) else []
        head, note, _at = stored
        key = self._keys.get(log.key)
        try:
            opened = opened_checkpoint(note, [key] if key else [])
        except Exception:  # whatever stands there, it is no signed head
            opened = None
        if key is None or opened is None or (opened.origin, opened.size, opened.root) != (log.origin, head.size, head.root):
            return head, [Found(Finding.SIGNATURE, log.origin, f"the head of {head.size} entries")]
        return head, []

    def _read_entries(
        self, cursor: psycopg.Cursor[Any], log: Log, seen: Kept, kept: Kept | None, full: bool
    ) -> tuple[list[Found], bytearray]:
        """The leaf hashes of all bodies; blocks whose digest did not change since they were read are taken from memory."""
        unchanged, head = set[int](), seen.head
        if kept is not None and not full:
            now = _digests(cursor, log)
            unchanged = {block for block, digest in kept.digests.items() if now.get(block) == digest}
        found: list[Found] = []
        leaves, last = bytearray(), (0, "")
        for block in range((head.size + BLOCK - 1) // BLOCK):
            first, end = block * BLOCK, min((block + 1) * BLOCK, head.size)
            if block in unchanged and kept is not None and len(kept.leaves) >= end * HASH_BYTES:
                leaves += kept.leaves[first * HASH_BYTES : end * HASH_BYTES]
                last = (0, "")
                continue
            cursor.execute(_ROWS, [log.id, first, end])
            for place, row in zip(range(first, end), _placed(cursor.fetchall(), first, end), strict=True):
                leaf, wrong, last = _look(row, last, kept.leaf(place) if kept else None, seen)
                leaves += leaf
                found += [Found(finding, log.origin, where or f"place {place}") for finding, where in wrong]
        cursor.execute("select entry_id from ledger_leaf where log = %s and index >= %s limit 1000", [log.id, head.size])
        found += [Found(Finding.MISSING, log.origin, f"{row[0]} stands behind the signed head") for row in cursor.fetchall()]
        return found, leaves


_NO_LEAF = bytes(HASH_BYTES)
_Wrong = list[tuple[Finding, str]]


def _look(row: Any, last: tuple[int, str], known: bytes | None, seen: Kept) -> tuple[bytes, _Wrong, tuple[int, str]]:
    """Look at one entry: its leaf hash, what is wrong with it, and its place in the order."""
    if row is None or row[3] is None:
        return _NO_LEAF, [(Finding.MISSING, str(row[2]) if row else "")], last
    _index, tx, identity, body, *detail, entry_tx = row
    reference, leaf = str(identity), leaf_hash(body)
    wrong: _Wrong = []
    order = (int(tx), reference)
    if order <= last or tx != entry_tx:
        wrong.append((Finding.ORDER, reference))
    try:
        told = _decode(body)
    except msgspec.DecodeError:
        told = None
    if told is None or told.id != reference or (known is not None and known != leaf):
        wrong.append((Finding.BODY, reference))
    if told is not None:
        if told.kind == "erase":
            seen.erased.add(told.outcome.removeprefix("detail.erased:"))
        if detail[3] is None:
            seen.without_detail.add(reference)
        elif not _opens(told, *detail):
            wrong.append((Finding.SALT, reference))
    return leaf, wrong, order


def _opens(told: _Body, subject: str, officer: str, dossier: str, salts: bytes) -> bool:
    return (
        told.subject == commitment(salts[:32], subject)
        and told.officer == commitment(salts[32:64], officer)
        and told.dossier == commitment(salts[64:], dossier)
    )


def _placed(rows: Sequence[Any], first: int, end: int) -> Iterator[Any]:
    """The rows by place, None where there is none."""
    by_place = {row[0]: row for row in rows}
    return (by_place.get(place) for place in range(first, end))


def _split(leaves: bytes | bytearray) -> Iterator[bytes]:
    return (bytes(leaves[at : at + HASH_BYTES]) for at in range(0, len(leaves), HASH_BYTES))


def _digests(cursor: psycopg.Cursor[Any], log: Log) -> dict[int, bytes]:
    cursor.execute(_DIGESTS, [BLOCK, log.id])
    return {row[0]: hashlib.sha256(row[1].to_bytes(8, "big") + row[2]).digest() for row in cursor.fetchall()}


def _compare_tiles(cursor: psycopg.Cursor[Any], log: Log, built: Sequence[Tile]) -> list[Found]:
    """Every stored tile against the one the entries give; a tile that was built twice counts in its last form."""
    expected: Mapping[tuple[int, int], bytes] = {(tile.level, tile.number): tile.hashes for tile in built}
    cursor.execute(_TILES, [log.id])
    stored = {(row[0], row[1]): row[2] for row in cursor.fetchall()}
    return [
        Found(Finding.TILE, log.origin, f"{level}/{number}")
        for level, number in sorted(expected.keys() | stored.keys())
        if expected.get((level, number)) != stored.get((level, number))
    ]
