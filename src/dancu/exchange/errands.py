"""The second executor of the gateway: one transaction for each request that is not one question about one person.

It has connections of its own, so that the hot path never waits for it, and the same promise: nothing is answered before the
commit, and a database that hangs is told within two seconds.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import TypeVar

import asyncpg
import structlog

from dancu.exchange import usage
from dancu.exchange.answers import unavailable
from dancu.exchange.connections import LOST
from dancu.exchange.domain import AccessRequest, Kind
from dancu.exchange.gate import Gate, busy
from dancu.exchange.trial.tried import is_tried, not_offered
from dancu.kernel.errors import NotFound
from dancu.kernel.warrants import Actor
from dancu.ledger import journal
from dancu.ledger.domain import SealedEntry
from dancu.onboarding.domain import InformationSystem

CONNECTIONS_MAX = 2
WAITING_MAX, WAITING_SHARE_MAX = 64, 32  # of all, of one organisation
ERRAND_SECONDS_MAX = 1.8
CONNECT_SECONDS_MAX = 1.0
_SESSION = {"application_name": "dancu-gateway-errands", "statement_timeout": "1600", "lock_timeout": "1200"}
_LOST = (*LOST, asyncpg.DeadlockDetectedError)
T = TypeVar("T")
Work = Callable[[asyncpg.Connection, datetime], Awaitable[tuple[Sequence[SealedEntry], T]]]

log = structlog.get_logger("exchange")


class Errands:
    """Runs work against the database, a few at a time (*bộ xử lý yêu cầu nhiều bước*)."""

    def __init__(self, database_url: str, clock: Callable[[], datetime], gate: Gate, *, has_registry: bool = True) -> None:
        self._url, self._clock, self._gate, self._has_registry = database_url, clock, gate, has_registry
        self._free: list[asyncpg.Connection] = []
        self._turn = asyncio.Semaphore(CONNECTIONS_MAX)
        self._waiting: Counter[str] = Counter()

    async def run(self, system: InformationSystem, kind: Kind, work: Work[T]) -> T:
        """Do the work in one transaction, with its entries and their usage. Raises what the work raises, `Unavailable`, `TooMany`.

        Where the registry is at the hub above, raises `NotFound`: an empty table must not speak for it. So it does for a system in
        trial: what it subscribes to or lists would be real people.
        """
        if is_tried(system):
            self._gate.admit_trial(system.client_id, asyncio.get_running_loop().time())
            raise not_offered(system)
        if not self._has_registry:
            raise NotFound(
                "feeds.not_here",
                "Cổng này không giữ Cơ sở dữ liệu dân cư. Đăng ký nhận biến động, lấy danh sách ở hệ thống cấp trên.",
                "The registry is not here. Subscribe and ask for lists at the hub above.",
            )
        asked = AccessRequest(Actor(system.organisation, system.client_id, ""), kind, "", "")
        self._gate.admit(asked, asyncio.get_running_loop().time())
        if self._waiting.total() >= WAITING_MAX or self._waiting[system.organisation] >= WAITING_SHARE_MAX:
            raise busy()
        self._waiting[system.organisation] += 1
        try:
            async with asyncio.timeout(ERRAND_SECONDS_MAX), self._turn:
                return await self._run(kind, work)
        except _LOST as failure:
            log.warning("exchange.errand.failed", error=type(failure).__name__)
            raise unavailable() from None
        finally:
            self._waiting[system.organisation] -= 1
            if not self._waiting[system.organisation]:
                del self._waiting[system.organisation]

    async def stop(self) -> None:
        while self._free:
            self._free.pop().terminate()

    async def _run(self, kind: Kind, work: Work[T]) -> T:
        connection = await self._connection()
        is_whole = False
        try:
            async with connection.transaction():
                entries, told = await work(connection, self._clock())
                if entries:
                    more = usage.beside(usage.tally_entries(kind, entries))
                    await journal.append(connection, entries, f"gateway-{connection.get_server_pid()}", more)
            is_whole = True
        except _LOST:
            raise
        except BaseException as failure:
            is_whole = isinstance(failure, Exception)  # rolled back, and good for the next
            raise
        finally:
            if is_whole and not connection.is_closed():
                self._free.append(connection)
            else:
                connection.terminate()
        return told

    async def _connection(self) -> asyncpg.Connection:
        while self._free:
            connection = self._free.pop()
            if not connection.is_closed():
                return connection
        return await asyncpg.connect(self._url, timeout=CONNECT_SECONDS_MAX, server_settings=_SESSION)
