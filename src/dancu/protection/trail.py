"""Acts of administration in the ledger: who gave or took which grant, and when.

The only module here that knows the ledger's tables; it goes once the ledger's own door answers this question.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec
from django.db import connection


class _Body(msgspec.Struct):
    outcome: str
    organisation: str
    system: str


@dataclass(frozen=True, slots=True)
class Administered:
    """An act of administration: a grant given or taken, a state changed."""

    reference: UUID
    at: datetime
    outcome: str
    organisation: str
    system: str
    officer: str


_decode = msgspec.json.Decoder(_Body).decode
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
