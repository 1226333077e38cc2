"""The ledger's queries for the back office, on the connection of the caller's transaction."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection

from dancu.ledger import journal
from dancu.ledger.domain import SealedEntry, moment_of


@dataclass(frozen=True, slots=True)
class RecordedEntry:
    """An entry as read back: the canonical body, and the detail where it was not erased (*bút toán đã ghi*)."""

    id: UUID
    at: datetime
    body: dict[str, Any]  # the canonical JSON, decoded
    subject: str | None
    officer: str | None
    dossier_no: str | None


def _driver_form(query: str) -> str:
    """The journal's statement with this driver's placeholders: the SQL itself is written once."""
    for index in range(11, 0, -1):
        query = query.replace(f"${index}::", f"%(p{index})s::")
    return query


_APPEND = _driver_form(journal.APPEND)
_APPEND_SEALS = _driver_form(journal.APPEND_SEALS)
_SOURCES = 8
_SELECT = """
select e.id, e.at, e.body, d.subject, d.officer, d.dossier_no
from ledger_entry e left join ledger_entrydetail d on d.at = e.at and d.entry_id = e.id
"""


def append(entries: Sequence[SealedEntry]) -> None:
    with connection.cursor() as cursor:
        # Officers are spread over some rows, so that they seldom wait for each other.
        source = f"web-{zlib.crc32(entries[0].officer.encode()) % _SOURCES}"
        cursor.execute(_APPEND, _numbered(journal.columns(entries, source)))
        if any(e.sealed_until for e in entries):
            cursor.execute(_APPEND_SEALS, _numbered(journal.seal_columns(entries)))


def _numbered(columns: Sequence[Any]) -> dict[str, Any]:
    return {f"p{i}": column for i, column in enumerate(columns, start=1)}


def find_entry(entry_id: UUID) -> RecordedEntry | None:
    with connection.cursor() as cursor:
        cursor.execute(_SELECT + "where e.at = %s and e.id = %s", [moment_of(entry_id), entry_id])
        row = cursor.fetchone()
    return _entry(row) if row else None


def latest_entries(limit: int) -> list[RecordedEntry]:
    with connection.cursor() as cursor:
        cursor.execute(_SELECT + "order by e.at desc, e.id desc limit %s", [limit])
        return [_entry(row) for row in cursor.fetchall()]


def erase_detail(at: datetime, entry_id: UUID, recorded_at: datetime, recorded: UUID) -> bool:
    """Through the one function that may delete details; it refuses without the entry that records it."""
    with connection.cursor() as cursor:
        cursor.execute("select ledger_erase_detail(%s, %s, %s, %s)", [at, entry_id, recorded_at, recorded])
        return bool(cursor.fetchone()[0])


def lift_seal(at: datetime, entry_id: UUID, by: str, now: datetime) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "update ledger_seal set lifted_at = %s, lifted_by = %s where at = %s and entry_id = %s and lifted_at is null",
            [now, by, at, entry_id],
        )
        return bool(cursor.rowcount)


def count_entries() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from ledger_entry")
        row = cursor.fetchone()
    return int(row[0])


def _entry(row: tuple[Any, ...]) -> RecordedEntry:
    return RecordedEntry(row[0], row[1], msgspec.json.decode(bytes(row[2])), row[3], row[4], row[5])
