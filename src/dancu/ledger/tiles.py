"""Logs, tiles, leaves and heads in the database, over the cursor of any driver: Django's here, plain psycopg's in the sequencer."""

from __future__ import annotations

import struct
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

import psycopg

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


def statements(cursor: Cursor) -> list[tuple[int, str]]:
    """The signed statement of every epoch that has one, oldest first."""
    cursor.execute("select epoch, statement from ledger_epoch order by epoch")
    return cursor.fetchall()  # type: ignore[no-any-return]


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
    return [_signature(row[0]) for row in cursor.fetchall()]


def _signature(line: str) -> Signature:
    """A witness's line, which is a note without a text."""
    return parse_note(f"\n\n{line.strip()}\n").signatures[0]


# The newest head that the most witnesses signed, among the last signed by any; without witnesses the newest of all.
_NOTE_OVER = """
select size, note, array(select line from ledger_cosignature s where s.log = c.log and s.size = c.size order by witness)
from ledger_checkpoint c where log = %(log)s and size = coalesce(%(size)s::bigint, (
    select size from (
        select size from ledger_cosignature where log = %(log)s and size > %(index)s order by size desc limit 64
    ) recent group by size order by count(*) desc, size desc limit 1
), (select max(size) from ledger_checkpoint where log = %(log)s)) and size > %(index)s
"""


def note_over(cursor: Cursor, log: Log, index: int, size: int | None = None) -> tuple[int, Note] | None:
    """The signed head to prove a place against, with its witnesses: of the given size, or the one most relied upon."""
    cursor.execute(_NOTE_OVER, {"log": log.id, "index": index, "size": size})
    row = cursor.fetchone()
    return (row[0], parse_note(row[1]).with_signatures(map(_signature, row[2]))) if row else None


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


# One row of a binary COPY: five columns, each after its length.
_LEAF = struct.Struct("!hiiiqiqi16sIQ")
_SIGNATURE, _END = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff"
_EPOCH, _MICROSECOND = datetime(2000, 1, 1, tzinfo=UTC), timedelta(microseconds=1)


def save_leaves(cursor: psycopg.Cursor[Any], log_id: int, first: int, entries: Iterable[tuple[datetime, UUID, str]]) -> None:
    """Give entries (moment, identity, transaction) their places from `first` on."""
    pack = _LEAF.pack
    rows = b"".join(
        pack(5, 4, log_id, 8, place, 8, (at - _EPOCH) // _MICROSECOND, 16, identity.bytes, 8, int(tx))
        for place, (at, identity, tx) in enumerate(entries, first)
    )
    with cursor.copy("copy ledger_leaf (log, index, at, entry_id, tx) from stdin (format binary)") as copy:
        copy.write(_SIGNATURE + rows + _END)


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
    found = _some_tiles(cursor, log_id, [(level, number) for level, number, _ in wanted])
    return [Tile(level, number, found.get((level, number), b"")[: width * HASH_BYTES]) for level, number, width in wanted]


def tile(cursor: Cursor, log_id: int, level: int, number: int) -> bytes | None:
    cursor.execute("select hashes from ledger_tile where log = %s and level = %s and number = %s", [log_id, level, number])
    row = cursor.fetchone()
    return bytes(row[0]) if row else None


def tree(cursor: Cursor, log_id: int, size: int) -> Tree:
    """The tree of a log as the database has it. Raises `BrokenTree` on reading where tiles are missing or short."""
    return Tree(size, _source(cursor, log_id, {}))


def tree_around(cursor: Cursor, log_id: int, size: int, index: int) -> Tree:
    """The same tree with all tiles that the path of one leaf needs read at once: those above the leaf, and the right edge."""
    wanted = set()
    for level in range(8):
        if count := size >> (level * TILE_HEIGHT):
            wanted |= {(level, (count - 1) // TILE_WIDTH), (level, (index >> (level * TILE_HEIGHT)) // TILE_WIDTH)}
    return Tree(size, _source(cursor, log_id, _some_tiles(cursor, log_id, wanted)))


class BrokenTree(Exception):
    """A tile that must be there is missing or too short: the tree was tampered with, or is not this size."""


def _source(cursor: Cursor, log_id: int, known: Mapping[tuple[int, int], bytes]) -> TileSource:
    def read(level: int, number: int, width: int) -> bytes:
        hashes = known.get((level, number)) or tile(cursor, log_id, level, number)
        if hashes is None or len(hashes) < width * HASH_BYTES:
            raise BrokenTree(f"tile {level}/{number} of log {log_id}")
        return hashes

    return read


def _some_tiles(cursor: Cursor, log_id: int, wanted: Collection[tuple[int, int]]) -> dict[tuple[int, int], bytes]:
    cursor.execute(
        # By the index whatever the statistics say: one look for each tile.
        "select w.level, w.number, t.hashes from unnest(%s::smallint[], %s::bigint[]) as w (level, number) cross join lateral "
        "(select hashes from ledger_tile t where t.log = %s and t.level = w.level and t.number = w.number limit 1) t",
        [[level for level, _ in wanted], [number for _, number in wanted], log_id],
    )
    return {(row[0], row[1]): bytes(row[2]) for row in cursor.fetchall()}
