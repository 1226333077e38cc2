"""A gateway with the guard taken out: it answers before its entries are durable. Only the control of the kill test serves it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import asyncpg

from dancu.gateway.server import app as app  # what the server is told to serve
from dancu.kernel.config import read_config
from dancu.ledger import journal
from dancu.ledger.domain import SealedEntry

LATE_SECONDS = 0.05
_tasks: set[asyncio.Task[None]] = set()
_append = journal.append


async def append_later(
    connection: journal.Connection, entries: Sequence[SealedEntry], source: str, more: journal.Beside | None = None
) -> None:
    async def write() -> None:
        await asyncio.sleep(LATE_SECONDS)
        own = await asyncpg.connect(read_config().database_gateway_url)
        await _append(own, entries, source, more)
        await own.close()

    task = asyncio.create_task(write())
    _tasks.add(task)
    task.add_done_callback(_tasks.discard)


journal.append = append_later  # type: ignore[assignment]
