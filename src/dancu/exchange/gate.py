"""Before the queue: who asks too fast is refused at once, counted in usage and in the security log, and costs nothing more.

A throttled call has no ledger entry: nothing was asked of anybody's data, and a flood must not become a flood of entries.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Protocol

import asyncpg
import msgspec

from dancu.exchange import usage
from dancu.exchange.domain import AccessRequest
from dancu.exchange.quota import Quota, Quotas
from dancu.exchange.security_log import Connection, SecurityLog
from dancu.exchange.usage import Ending, UsageKey
from dancu.kernel.clock import local
from dancu.kernel.errors import TooMany
from dancu.onboarding.domain import ConnectionState, InformationSystem

TRIAL_PER_SECOND = 50  # of a system in trial at most: it is tried here, not measured
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
        self.quotas, self._trial_quotas = Quotas(processes), Quotas(processes)
        self.security_log = SecurityLog()
        self._throttled: dict[UsageKey, list[int]] = {}
        self.has_trials = False  # is any system in trial?
        self._writer = f"quota-{secrets.token_hex(8)}"  # nobody else's rows

    def set_rates(self, systems: Iterable[InformationSystem]) -> None:
        """What the profiles of all systems say now. Those in trial are held by themselves: they use up nothing of others."""
        known = list(systems)
        self.quotas.set_rates(known)
        tried = [_in_trial(each) for each in known if each.state is ConnectionState.TRIAL]
        self._trial_quotas.set_rates(tried)
        self.has_trials = bool(tried)

    def admit_trial(self, client_id: str, at: float) -> None:
        """Raises `TooMany` for a system in trial that passes its rate; in no count of usage, for nothing of it is use."""
        if self._trial_quotas.passed(client_id, at) is not None:
            self.security_log.note_system(Quota.SYSTEM, client_id)
            raise TooMany("exchange.quota", *_WORDS[Quota.SYSTEM])

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


def _in_trial(system: InformationSystem) -> InformationSystem:
    rate = min(system.profile.rate_per_second or TRIAL_PER_SECOND, TRIAL_PER_SECOND)
    profile = msgspec.structs.replace(system.profile, rate_per_second=rate)
    return replace(system, profile=profile)


def busy() -> TooMany:
    """There is no room in the queue, or none left for this organisation."""
    return TooMany(
        "exchange.busy",
        "Hệ thống đang quá tải. Gửi lại sau ít giây.",
        "The exchange is overloaded. Retry in a few seconds.",
    )
