"""What the world may read of the ledger: heads, tiles, counts, statements. Never an entry: bodies would betray sealed looks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from dancu.ledger import counts, tiles
from dancu.ledger.logs import Log
from dancu.ledger.tree import HASH_BYTES


@dataclass(frozen=True, slots=True)
class PublishedLog:
    """One log as the page lists it (*quyển sổ đã công bố*)."""

    log: Log
    size: int
    signed_at: datetime | None
    witnesses: tuple[str, ...]
    witnessed_size: int
    sealed: int  # entries of this half year whose persons do not see them yet


_WITNESSED = """
select size, array_agg(witness order by witness) from ledger_cosignature where log = %s group by size order by size desc limit 1
"""
_SEALED = """
select count(*) from ledger_seal where lifted_at is null and until > %s and at >= %s and at < %s
"""


def published_logs(today: date) -> list[PublishedLog]:
    """Every log, newest first."""
    with connection.cursor() as cursor:
        return [_published(cursor, log, today) for log in reversed(tiles.logs(cursor))]


def find_checkpoint(shard: str, epoch: int) -> str | None:
    with connection.cursor() as cursor:
        log = tiles.find_log_of(cursor, shard, epoch)
        newest = tiles.last_head(cursor, log) if log else None
        return str(tiles.note_at(cursor, log, newest[0].size)) if log and newest else None


def find_tile(shard: str, epoch: int, level: int, number: int, width: int) -> bytes | None:
    """Exactly so many hashes of a tile; None where the log does not have them yet."""
    with connection.cursor() as cursor:
        log = tiles.find_log_of(cursor, shard, epoch)
        hashes = tiles.tile(cursor, log.id, level, number) if log else None
    return hashes[: width * HASH_BYTES] if hashes and len(hashes) >= width * HASH_BYTES else None


def find_statement(epoch: int) -> str | None:
    with connection.cursor() as cursor:
        cursor.execute("select statement from ledger_epoch where epoch = %s", [epoch])
        row = cursor.fetchone()
    return row[0] if row else None


def _published(cursor: tiles.Cursor, log: Log, today: date) -> PublishedLog:
    newest = tiles.last_head(cursor, log)
    cursor.execute(_WITNESSED, [log.id])
    witnessed, witnesses = cursor.fetchone() or (0, ())
    year, half = int(log.shard[:4]), int(log.shard[5])
    since = counts.begin_of(date(year, 1 if half == 1 else 7, 1))
    until = counts.begin_of(date(year, 7, 1) if half == 1 else date(year + 1, 1, 1))
    cursor.execute(_SEALED, [today, since, until])
    sealed = cursor.fetchone()[0]
    return PublishedLog(log, newest[0].size if newest else 0, newest[2] if newest else None, tuple(witnesses), witnessed, sealed)
