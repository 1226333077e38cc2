"""What the room reads of the ledger beyond its door: entries of a stretch of time, and acts of administration.

The only module here that knows the ledger's tables; it goes once the ledger's own door answers these questions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec
from django.db import connection

SCANNED_AT_ONCE = 20_000
_TELLS_NOTHING = frozenset({"refuse", "administer"})


class _Body(msgspec.Struct):
    kind: str
    organisation: str
    system: str
    fields: list[str]
    purpose: str = ""
    basis: str = ""
    procedure: str = ""
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Looked:
    """One look at one person: who was looked at, by which organisation, when, which items."""

    at: datetime
    subject: str
    organisation: str
    fields: Sequence[str]


@dataclass(frozen=True, slots=True)
class Stretch:
    """What one reading gave: the looks that fit, how many entries were read, where to go on (empty: at the end)."""

    looks: list[Looked]
    scanned: int
    cursor: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Administered:
    """An act of administration: a grant given or taken, a state changed."""

    reference: UUID
    at: datetime
    outcome: str
    organisation: str
    system: str
    officer: str


_STRETCH = """
select e.at, e.id, e.body, d.subject, d.officer
from ledger_entry e join ledger_entrydetail d on d.at = e.at and d.entry_id = e.id
where e.at >= %s and e.at < %s and (e.at, e.id) > (%s, %s) and d.subject <> ''
order by e.at, e.id limit %s
"""
_decode = msgspec.json.Decoder(_Body).decode


def subjects_of(
    *, organisation: str = "", system: str = "", officer: str = "", since: datetime, until: datetime, cursor: str = ""
) -> Stretch:
    """Whom somebody looked at from one moment to another, a bounded piece of the ledger at a time."""
    at, _bar, entry = cursor.partition("|")
    after = (datetime.fromisoformat(at), UUID(entry)) if cursor else (since, UUID(int=0))
    with connection.cursor() as query:
        query.execute(_STRETCH, [max(since, after[0]), until, *after, SCANNED_AT_ONCE])
        rows = query.fetchall()
    found = []
    for moment, _id, body, subject, by in rows:
        read = _decode(bytes(body))
        fits = (organisation in ("", read.organisation)) and (system in ("", read.system)) and (officer in ("", by))
        if fits and read.kind not in _TELLS_NOTHING:
            found.append(Looked(moment, subject, read.organisation, read.fields))
    is_last = len(rows) < SCANNED_AT_ONCE
    return Stretch(found, len(rows), "" if is_last else f"{rows[-1][0].isoformat()}|{rows[-1][1]}", rows[-1][0] if rows else None)


_ADMINISTERED = """
select e.id, e.at, e.body, coalesce(d.officer, '')
from ledger_entry e left join ledger_entrydetail d on d.at = e.at and d.entry_id = e.id
where e.at > %s and e.at <= %s and coalesce(d.subject, '') = '' and convert_from(e.body, 'UTF8')::json ->> 'kind' = 'administer'
order by e.at, e.id limit %s
"""


def administered(since: datetime, until: datetime, limit: int = 1000) -> list[Administered]:
    """Acts of administration after one moment and up to another, in their order."""
    with connection.cursor() as query:
        query.execute(_ADMINISTERED, [since, until, limit])
        rows = query.fetchall()
    found = []
    for entry, at, body, officer in rows:
        read = _decode(bytes(body))
        found.append(Administered(entry, at, read.outcome, read.organisation, read.system, officer))
    return found
