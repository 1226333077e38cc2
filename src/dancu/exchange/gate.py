"""Before the queue: who asks too fast is refused at once, counted in usage and in the security log, and costs nothing more.

A throttled call has no ledger entry: nothing was asked of anybody's data, and a flood must not become a flood of entries.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Protocol

import asyncpg

from dancu.exchange import usage
from dancu.exchange.domain import AccessRequest
from dancu.exchange.quota import Quota, Quotas
from dancu.exchange.security_log import Connection, SecurityLog
from dancu.exchange.usage import Ending, UsageKey
from dancu.kernel.clock import local
from dancu.kernel.errors import TooMany

_WORDS = {
    Quota.SYSTEM: (
        "Hệ thống gọi nhanh hơn hạn mức mỗi giây đã đăng ký. Gửi chậm lại; cần nhiều hơn thì đề nghị nâng hạn mức.",
        "The system calls faster than its registered rate. Slow down; ask for a higher rate if you need it.",
    ),
    Quota.ORGANISATION: (
        "Các hệ thống của cơ quan cùng gọi nhanh hơn hạn mức mỗi giây. Gửi chậm lại sau ít giây.",
        "The organisation's systems together call faster than its rate. Slow down and retry in a few seconds.",
    ),
}


class Kept(Protocol):
    """Counts in memory that are added to their table every few seconds."""

    @property
    def is_empty(self) -> bool: ...
    async def flush(self, connection: asyncpg.Connection, now: datetime) -> None: ...


class Gate:
    """What a gateway process refuses without asking anybody, and counts until it is written (*cửa hạn mức*)."""

    def __init__(self, processes: int = 1) -> None:
        self.quotas = Quotas(processes)
        self.security_log = SecurityLog()
        self._throttled: dict[UsageKey, list[int]] = {}
        self._writer = f"quota-{secrets.token_hex(8)}"  # nobody else's rows

    def admit(self, request: AccessRequest, at: float) -> None:
        """Raises `TooMany` for whoever passes a rate."""
        actor = request.actor
        passed = self.quotas.passed(actor.system, at)
        if passed is None:
            return
        key = UsageKey(actor.organisation, actor.system, "", request.kind, "")  # before anything is looked up
        self._throttled.setdefault(key, [0] * len(Ending))[usage.THROTTLED] += 1
        self.security_log.note_system(passed, actor.system)
        raise TooMany("exchange.quota", *_WORDS[passed])

    @property
    def is_empty(self) -> bool:
        return self.security_log.is_empty and not self._throttled

    async def flush(self, connection: Connection, now: datetime) -> None:
        """Write what was counted; what cannot be written is kept for the next time."""
        if not self.security_log.is_empty:
            await self.security_log.flush(connection, now)
        throttled, self._throttled = self._throttled, {}
        if not throttled:
            return
        try:
            await connection.execute(usage.ADD, local(now).date(), self._writer, *usage.columns(throttled))
        except BaseException:
            for key, counts in throttled.items():
                kept = self._throttled.setdefault(key, [0] * len(Ending))
                kept[:] = [one + other for one, other in zip(kept, counts, strict=True)]
            raise


def busy() -> TooMany:
    """There is no room in the queue, or none left for this organisation."""
    return TooMany(
        "exchange.busy",
        "Hệ thống đang quá tải. Gửi lại sau ít giây.",
        "The exchange is overloaded. Retry in a few seconds.",
    )
