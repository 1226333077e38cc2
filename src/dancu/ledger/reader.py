"""How far the tree lags, for the gateway: one short read, no framework."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from dancu.ledger.staleness import Freshness as Freshness  # the gateway's door is this module
from dancu.ledger.staleness import Staleness as Staleness
from dancu.ledger.staleness import staleness_of as staleness_of

# The first entry behind the cursor is the oldest but for moments: the order is that of the transactions.
OLDEST_WAITING = """
select at from ledger_entry
where tx >= coalesce((select tx from ledger_sequencer), '0'::xid8)
    and (tx, id) > (coalesce((select tx from ledger_sequencer), '0'::xid8),
        coalesce((select id from ledger_sequencer), '00000000-0000-0000-0000-000000000000'::uuid))
order by tx limit 1
"""


class Connection(Protocol):
    """What we need of an asyncpg connection."""

    async def fetch(self, query: str, *arguments: object) -> Sequence[Any]: ...


async def read_staleness(connection: Connection, now: datetime) -> Staleness:
    """What may still be told at this moment, by what the database says (*đọc độ chậm*)."""
    rows = await connection.fetch(OLDEST_WAITING)
    return staleness_of(rows[0][0] if rows else None, now)
