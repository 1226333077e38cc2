"""The appender, without a framework: used inside the transaction that discloses, by the gateway and by the back office."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from dancu.ledger.domain import SealedEntry

# One statement for both halves: they stand or fall together, and a batch costs one round trip.
APPEND = """
with detail as (
    insert into ledger_entrydetail (entry_id, at, subject, officer, dossier_no, salts)
    select * from unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::bytea[])
)
insert into ledger_entry (id, at, body)
select * from unnest($1::uuid[], $2::timestamptz[], $7::bytea[])
"""


class Connection(Protocol):
    """What we need of an asyncpg connection."""

    async def execute(self, query: str, *arguments: object) -> str: ...


async def append(connection: Connection, entries: Sequence[SealedEntry]) -> None:
    """Write the entries in the transaction the connection is in. Nothing may be answered before it commits."""
    await connection.execute(APPEND, *columns(entries))


def columns(entries: Sequence[SealedEntry]) -> tuple[list[object], ...]:
    return (
        [e.reference for e in entries],
        [e.at for e in entries],
        [e.subject for e in entries],
        [e.officer for e in entries],
        [e.dossier_no for e in entries],
        [e.salts for e in entries],
        [e.body for e in entries],
    )
