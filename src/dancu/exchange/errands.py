"""The second executor of the gateway: one transaction for each request that is not one question about one person.

It has connections of its own, so that the hot path never waits for it, and the same promise: nothing is answered before the
commit, and a database that hangs is told within two seconds.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import TypeVar

import asyncpg
import structlog

from dancu.exchange.connections import LOST
from dancu.kernel.errors import NotFound, TooMany, Unavailable
from dancu.ledger import journal
from dancu.ledger.domain import SealedEntry

CONNECTIONS_MAX = 2
WAITING_MAX = 64
ERRAND_SECONDS_MAX = 1.8
CONNECT_SECONDS_MAX = 1.0
_SESSION = {"application_name": "dancu-gateway-errands", "statement_timeout": "1600", "lock_timeout": "1200"}
_LOST = (*LOST, asyncpg.DeadlockDetectedError)
T = TypeVar("T")
Work = Callable[[asyncpg.Connection, datetime], Awaitable[tuple[Sequence[SealedEntry], T]]]

log = structlog.get_logger("exchange")


class Errands:
    """Runs work against the database, a few at a time (*bộ xử lý yêu cầu nhiều bước*)."""

    def __init__(self, database_url: str, clock: Callable[[], datetime], *, has_registry: bool = True) -> None:
        self._url, self._clock, self._has_registry = database_url, clock, has_registry
        self._free: list[asyncpg.Connection] = []
        self._turn = asyncio.Semaphore(CONNECTIONS_MAX)
        self._waiting = 0

    async def run(self, work: Work[T]) -> T:
        """Do the work in one transaction, with its ledger entries. Raises what the work raises, `Unavailable`, `TooMany`.

        Where the registry is at the hub above, raises `NotFound`: an empty table must not speak for it.
        """
        if not self._has_registry:
            raise NotFound(
                "feeds.not_here",
                "Cổng này không giữ Cơ sở dữ liệu dân cư. Đăng ký nhận biến động, lấy danh sách ở hệ thống cấp trên.",
                "The registry is not here. Subscribe and ask for lists at the hub above.",
            )
        if self._waiting >= WAITING_MAX:
            raise TooMany(
                "exchange.busy",
                "Hệ thống đang quá tải. Gửi lại sau ít giây.",
                "The exchange is overloaded. Retry in a few seconds.",
            )
        self._waiting += 1
        try:
            async with asyncio.timeout(ERRAND_SECONDS_MAX), self._turn:
                return await self._run(work)
        except _LOST as failure:
            log.warning("exchange.errand.failed", error=type(failure).__name__)
            raise _unavailable() from None
        finally:
            self._waiting -= 1

    async def stop(self) -> None:
        while self._free:
            self._free.pop().terminate()

    async def _run(self, work: Work[T]) -> T:
        connection = await self._connection()
        is_whole = False
        try:
            async with connection.transaction():
                entries, told = await work(connection, self._clock())
                if entries:
                    await journal.append(connection, entries, f"gateway-{connection.get_server_pid()}")
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


def _unavailable() -> Unavailable:
    return Unavailable(
        "exchange.unavailable",
        "Hệ thống tạm thời chưa trả lời được. Gửi lại sau ít giây.",
        "The exchange cannot answer right now. Retry in a few seconds.",
    )
