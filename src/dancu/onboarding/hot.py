"""What the gateway does at the gate by itself: close a system, never open one. Without a framework."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol

from dancu.ledger.domain import Act, ActKind
from dancu.onboarding.domain import BY_ITSELF

_SUSPEND = "select onboarding_suspend($1, $2, $3)"


class Connection(Protocol):
    """What we need of an asyncpg connection."""

    async def fetchval(self, query: str, *arguments: object) -> Any: ...


async def suspend(connection: Connection, client_id: str, reason: str, *, now: datetime) -> bool:
    """Close an official system in the caller's transaction; every gateway hears of it with the commit. False if it was not open."""
    return bool(await connection.fetchval(_SUSPEND, client_id, reason, now))


def suspension_act(organisation: str, client_id: str, reason: str, detail: str) -> Act:
    """A suspension nobody ordered, as the ledger keeps it; the caller appends it to its transaction."""
    return Act(ActKind.ADMINISTER, f"system.suspended:{reason}:{detail}", organisation, client_id, BY_ITSELF)
