"""Acts of administration in the ledger: who gave or took which grant, and when.

The only module here that knows the ledger's tables; it goes once the ledger's own door answers this question.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec
from django.db import connection

_FIRST = UUID(int=0)


class _Body(msgspec.Struct):
    kind: str
    outcome: str
    system: str


class Administered(msgspec.Struct, frozen=True):
    """An act of administration: a grant given or taken, a state changed."""

    reference: UUID
    at: datetime
    outcome: str
    system: str


@dataclass(frozen=True, slots=True)
class Place:
    """Up to which entry the ledger was read."""

    at: datetime
    entry: UUID = _FIRST


_decode = msgspec.json.Decoder(_Body).decode
# Whatever the entries say, so that one statement is as long as its window and no longer.
_WINDOW = """
select e.id, e.at, e.body, coalesce(d.subject, '') = ''
from (select id, at, body from ledger_entry where at >= %s and at <= %s and (at, id) > (%s, %s) order by at, id limit %s) e
left join ledger_entrydetail d on d.at = e.at and d.entry_id = e.id
order by e.at, e.id
"""


def administered(after: Place, until: datetime, window: int) -> tuple[list[Administered], Place | None]:
    """Acts of administration among the next entries up to a moment, in their order, and where to read on: None at the end."""
    with connection.cursor() as query:
        query.execute(_WINDOW, [after.at, until, after.at, after.entry, window])
        rows = query.fetchall()
    found = []
    for entry, at, body, is_about_nobody in rows:
        read = _decode(bytes(body))
        if is_about_nobody and read.kind == "administer":
            found.append(Administered(entry, at, read.outcome, read.system))
    return found, Place(rows[-1][1], rows[-1][0]) if len(rows) == window else None
