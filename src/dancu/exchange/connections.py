"""Connections of the gateway to the database: their settings, and what says that one is lost. No Django."""

from __future__ import annotations

import asyncio

import asyncpg
import structlog

CONNECT_SECONDS_MAX = 1.0
SESSION = {
    "application_name": "dancu-gateway",
    "statement_timeout": "1400",
    "lock_timeout": "1200",
    # The length of the arrays must not make the server plan each batch anew: that costs more than the batch.
    "plan_cache_mode": "force_generic_plan",
}
# What says that the connection or the server failed, not what was sent.
LOST = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.QueryCanceledError,
    asyncpg.LockNotAvailableError,
)

log = structlog.get_logger("exchange")


async def connect(url: str) -> asyncpg.Connection | None:
    """A connection, or None where there is none to be had now."""
    try:
        return await asyncpg.connect(url, timeout=CONNECT_SECONDS_MAX, server_settings=SESSION)
    except Exception as failure:  # whatever it is, who called tries again: a loop that ends is never missed
        log.warning("exchange.database.unreachable", error=type(failure).__name__)
        return None


async def roll_back(connection: asyncpg.Connection) -> None:
    """End the transaction, or the connection where that takes long."""
    try:
        await connection.execute("ROLLBACK", timeout=0.2)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError, asyncio.CancelledError):
        connection.terminate()
