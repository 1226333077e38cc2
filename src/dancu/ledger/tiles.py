"""Logs, tiles, leaves and heads in the database, over the cursor of any driver: Django's here, plain psycopg's in the sequencer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from dancu.ledger.logs import Head, Log
from dancu.ledger.notes import Note, Signature, parse_note
from dancu.ledger.tree import HASH_BYTES, TILE_HEIGHT, TILE_WIDTH, Tile, TileSource, Tree

_LOG = "select id, origin, shard, epoch, key, state = 'open', created_at, closed_at, reason from ledger_log"
_HEAD = "select size, root, note, at from ledger_checkpoint"


class Cursor(Protocol):
    """What we need of a database cursor."""

    def execute(self, query: Any, params: Any = None, /) -> Any: ...
    def fetchone(self) -> Any: ...
    def fetchall(self) -> Any: ...


def logs(cursor: Cursor) -> list[Log]:
    """Every log, oldest first."""
    cursor.execute(f"{_LOG} order by epoch, shard")
    return [Log(*row) for row in cursor.fetchall()]


def find_log(cursor: Cursor, log_id: int) -> Log | None:
    cursor.execute(f"{_LOG} where id = %s", [log_id])
    row = cursor.fetchone()
    return Log(*row) if row else None


def find_log_of(cursor: Cursor, shard: str, epoch: int) -> Log | None:
    cursor.execute(f"{_LOG} where shard = %s and epoch = %s", [shard, epoch])
    row = cursor.fetchone()
    return Log(*row) if row else None


def add_log(cursor: Cursor, origin: str, shard: str, epoch: int, key: str, now: datetime) -> int:
    cursor.execute(
        "insert into ledger_log (origin, shard, epoch, key, created_at) values (%s, %s, %s, %s, %s) returning id",
        [origin, shard, epoch, key, now],
    )
    return int(cursor.fetchone()[0])


def last_heads(cursor: Cursor) -> dict[str, Head]:
    """The newest head of every open log, by origin."""
    cursor.execute(
        "select l.origin, c.size, c.root from ledger_log l join lateral (select size, root from ledger_checkpoint c "
        "where c.log = l.id order by size desc limit 1) c on true where l.state = 'open'"
    )
    return {row[0]: Head(row[0], row[1], bytes(row[2])) for row in cursor.fetchall()}


def last_head(cursor: Cursor, log: Log) -> tuple[Head, str, datetime] | None:
    """The newest head of one log, its note and when it was signed."""
    cursor.execute(f"{_HEAD} where log = %s order by size desc limit 1", [log.id])
    row = cursor.fetchone()
    return (Head(log.origin, row[0], bytes(row[1])), row[2], row[3]) if row else None


def note_at(cursor: Cursor, log: Log, size: int) -> Note | None:
    """The signed head of that size, with every witness that signed it."""
    cursor.execute(f"{_HEAD} where log = %s and size = %s", [log.id, size])
    row = cursor.fetchone()
    if row is None:
        return None
    note = parse_note(row[2])
    return note.with_signatures(cosignatures(cursor, log, size))


def cosignatures(cursor: Cursor, log: Log, size: int) -> list[Signature]:
    cursor.execute("select line from ledger_cosignature where log = %s and size = %s order by witness", [log.id, size])
    return [parse_note(f"\n\n{row[0].strip()}\n").signatures[0] for row in cursor.fetchall()]


def witnessed_size(cursor: Cursor, log: Log, at_least: int) -> int | None:
    """The newest head of at least that size which the most witnesses signed; None without any."""
    cursor.execute(
        "select size from ledger_cosignature where log = %s and size >= %s group by size order by count(*) desc, size desc limit 1",
        [log.id, at_least],
    )
    row = cursor.fetchone()
    return int(row[0]) if row else None


def save_head(cursor: Cursor, log_id: int, head: Head, note: Note, now: datetime) -> None:
    cursor.execute(
        "insert into ledger_checkpoint (log, size, root, at, note) values (%s, %s, %s, %s, %s)",
        [log_id, head.size, head.root, now, str(note)],
    )


def save_tiles(cursor: Cursor, log_id: int, tiles: Iterable[Tile]) -> None:
    changed = list(tiles)
    cursor.execute(
        "insert into ledger_tile (log, level, number, hashes) "
        "select %s, * from unnest(%s::smallint[], %s::bigint[], %s::bytea[]) "
        "on conflict (log, level, number) do update set hashes = excluded.hashes",
        [log_id, [t.level for t in changed], [t.number for t in changed], [t.hashes for t in changed]],
    )


def save_leaves(cursor: Cursor, log_id: int, first: int, entries: Sequence[tuple[datetime, UUID, str]]) -> None:
    """Give entries (moment, identity, transaction) their places from `first` on."""
    cursor.execute(
        "insert into ledger_leaf (log, index, at, entry_id, tx) "
        "select %s, * from unnest(%s::bigint[], %s::timestamptz[], %s::uuid[], %s::text[]::xid8[])",
        [
            log_id,
            list(range(first, first + len(entries))),
            [at for at, _, _ in entries],
            [identity for _, identity, _ in entries],
            [tx for _, _, tx in entries],
        ],
    )


def edge(cursor: Cursor, log_id: int, size: int) -> list[Tile]:
    """The last tile of every level of a tree of that size."""
    wanted = []
    for level in range(8):
        count = size >> (level * TILE_HEIGHT)
        if not count:
            break
        wanted.append((level, (count - 1) // TILE_WIDTH, count - (count - 1) // TILE_WIDTH * TILE_WIDTH))
    if not wanted:
        return []
    cursor.execute(
        "select level, number, hashes from ledger_tile where log = %s "
        "and (level, number) in (select * from unnest(%s::smallint[], %s::bigint[]))",
        [log_id, [w[0] for w in wanted], [w[1] for w in wanted]],
    )
    found = {(row[0], row[1]): bytes(row[2]) for row in cursor.fetchall()}
    return [Tile(level, number, found.get((level, number), b"")[: width * HASH_BYTES]) for level, number, width in wanted]


def tile(cursor: Cursor, log_id: int, level: int, number: int) -> bytes | None:
    cursor.execute("select hashes from ledger_tile where log = %s and level = %s and number = %s", [log_id, level, number])
    row = cursor.fetchone()
    return bytes(row[0]) if row else None


def tree(cursor: Cursor, log_id: int, size: int) -> Tree:
    """The tree of a log as the database has it. Raises `BrokenTree` on reading where tiles are missing or short."""
    return Tree(size, _source(cursor, log_id))


class BrokenTree(Exception):
    """A tile that must be there is missing or too short: the tree was tampered with, or is not this size."""


def _source(cursor: Cursor, log_id: int) -> TileSource:
    def read(level: int, number: int, width: int) -> bytes:
        hashes = tile(cursor, log_id, level, number)
        if hashes is None or len(hashes) < width * HASH_BYTES:
            raise BrokenTree(f"tile {level}/{number} of log {log_id}")
        return hashes

    return read
