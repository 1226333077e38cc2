"""Calls of systems in trial, kept for whoever builds them: in memory for some seconds, then in a table, the newest of each system.

No framework. Nothing waits for a write; what cannot be written is tried again, and past a bound the oldest is let go.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

import msgspec

from dancu.exchange.trial.findings import Finding, scrubbed

WAITING_MAX = 1_000  # of all systems, between two writes
WAITING_SHARE_MAX = 200  # of one system
STRANGERS_WAITING_MAX = 20  # of one system's, of calls that only named it
KEPT_MAX = 200  # of one system, and beside them the newest of each case that was met well
STRANGERS_KEPT_MAX = 50  # and of calls that only named it: whoever names a system pushes out none of its own
KEPT_FOR = timedelta(days=30)
UNAUTHENTICATED = "unauthenticated"  # the outcome of a call that only named its system

_COLUMNS = "client_id, organisation, at, dialect, operation, outcome, status, duration_ms, scenario, is_handled, findings, asked"
_ADD = f"""insert into onboarding_trialcall ({_COLUMNS})
select c, o, at, d, op, oc, s, ms, sc, h, f::jsonb, a::jsonb
from unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::smallint[], $8::int[], $9::text[],
    $10::boolean[], $11::text[], $12::text[]) as kept(c, o, at, d, op, oc, s, ms, sc, h, f, a)"""  # noqa: S608 - our own columns
_FORGET = """delete from onboarding_trialcall where client_id = any($1) and (at < $2 or id in (
    select id from (
        select id, outcome = $5 as is_stranger, scenario <> '' and is_handled as is_met,
            row_number() over (partition by client_id, outcome = $5 order by id desc) as of_kind,
            row_number() over (partition by client_id, scenario, is_handled order by id desc) as of_case
        from onboarding_trialcall where client_id = any($1)
    ) as numbered
    where of_kind > case when is_stranger then $4::int else $3::int end and not (is_met and of_case = 1)))"""
_encode = msgspec.json.Encoder().encode


class Connection(Protocol):
    """What we need of an asyncpg connection."""

    async def execute(self, query: str, *arguments: object) -> str: ...


@dataclass(frozen=True, slots=True)
class TrialCall:
    """One call of a system in trial as its integrator looks at it (*lần gọi thử nghiệm*)."""

    client_id: str
    organisation: str
    at: datetime
    dialect: str
    operation: str
    outcome: str
    status: int
    duration_ms: int
    scenario: str = ""
    is_handled: bool = False
    findings: Sequence[Finding] = ()
    asked: Mapping[str, str] | None = None
    id: int = 0  # 0 until it stands in the table


class TrialCalls:
    """What is kept between two writes (*sổ gọi thử nghiệm*)."""

    def __init__(self) -> None:
        self._waiting: deque[TrialCall] = deque(maxlen=WAITING_MAX)
        self._of: Counter[tuple[str, bool]] = Counter()  # since the last write, by system and whether it only was named

    def has_room(self, client_id: str, *, is_stranger: bool) -> bool:
        """Past its share of a system nothing more is kept until the next write."""
        return self._of[client_id, is_stranger] < (STRANGERS_WAITING_MAX if is_stranger else WAITING_SHARE_MAX)

    def add(self, call: TrialCall) -> None:
        """Keep a call, where there is room for it."""
        is_stranger = call.outcome == UNAUTHENTICATED
        if self.has_room(call.client_id, is_stranger=is_stranger):
            self._of[call.client_id, is_stranger] += 1
            self._waiting.append(call)

    @property
    def is_empty(self) -> bool:
        return not self._waiting

    async def flush(self, connection: Connection, now: datetime) -> None:
        """Write what waits and let go of what is too old or too much; what cannot be written is kept for the next time."""
        taken = list(self._waiting)
        self._waiting.clear()
        self._of.clear()
        try:
            await connection.execute(_ADD, *_columns(taken))
        except BaseException:
            for call in reversed(taken):  # the newest first, as far as there is room
                if len(self._waiting) < WAITING_MAX:
                    self._waiting.appendleft(call)
            raise
        clients = sorted({call.client_id for call in taken})
        await connection.execute(_FORGET, clients, now - KEPT_FOR, KEPT_MAX, STRANGERS_KEPT_MAX, UNAUTHENTICATED)


def _columns(calls: Sequence[TrialCall]) -> list[list[Any]]:
    rows = [
        (
            call.client_id,
            call.organisation,
            call.at,
            call.dialect,
            call.operation,
            call.outcome,
            call.status,
            call.duration_ms,
            call.scenario,
            call.is_handled,
            scrubbed(_encode(call.findings).decode()),
            scrubbed(_encode(call.asked or {}).decode()),
        )
        for call in calls
    ]
    return [list(column) for column in zip(*rows, strict=True)]
