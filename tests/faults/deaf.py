"""A gateway that reads its directory once and then never again, as behind a network that hangs; all guards in place."""

from __future__ import annotations

import asyncpg

from dancu.exchange.hot import HotPath
from dancu.gateway.server import app as app  # what the server is told to serve

_refresh = HotPath._refresh


async def once(self: HotPath, connection: asyncpg.Connection) -> None:
    if self._directory is None:
        await _refresh(self, connection)


HotPath._refresh = once  # type: ignore[method-assign]
