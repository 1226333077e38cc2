"""Pages of subscribed persons whose record changed in a window of time, as the national contract asks for them. No framework."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import asyncpg

from dancu.exchange import subscriptions as pure
from dancu.exchange.domain import Kind, Refused, decide_with_keys, refusal_act
from dancu.exchange.subscribing import gate, read_present, subscription_from_row
from dancu.kernel.warrants import Warrant
from dancu.ledger.domain import ActKind, SealedEntry, seal
from dancu.onboarding.reader import KnownCaller
from dancu.population import reader as population
from dancu.population.domain import PersonFacts

if TYPE_CHECKING:
    from dancu.exchange.hot import HotPath

_IN_WINDOW = """select s.id, s.client_id, s.integration_code, s.procedure, s.purpose, s.legal_basis, s.subject_ref, s.sealed
from (
    select subscription_id, min(recorded_at) as first from exchange_feedchange
    where client_id = $1 and recorded_at >= $2 and recorded_at < $3 group by subscription_id
) c join exchange_subscription s on s.id = c.subscription_id and s.ended_at is null
order by c.first, s.id offset $4 limit $5"""


@dataclass(frozen=True, slots=True)
class Window:
    """A page of a window of time, which ends before `until` (*kỳ đồng bộ*)."""

    since: datetime
    until: datetime
    page: int  # from 1
    size: int


@dataclass(frozen=True, slots=True)
class WindowPerson:
    """A subscribed person whose record changed, as it stands now (*người có biến động trong kỳ*)."""

    number: str  # in force now
    facts: PersonFacts
    reference: str


async def tell_window(hot: HotPath, caller: KnownCaller, officer: str, window: Window) -> Sequence[WindowPerson] | Refused:
    """The granted facts of subscribed persons who changed in a window (*đồng bộ biến động theo kỳ*); each told is recorded.

    Who may not be told of any more, or tells nobody anything, is left out. Raises `Unavailable`, `TooMany`.
    """

    async def work(connection: asyncpg.Connection, now: datetime) -> tuple[Sequence[SealedEntry], Sequence[WindowPerson] | Refused]:
        if refused := gate(hot, caller, officer, now):
            return refused
        values = (window.since, window.until, (window.page - 1) * window.size, window.size)
        rows = await connection.fetch(_IN_WINDOW, caller.system.client_id, *values)
        decided: list[tuple[Warrant, int]] = []
        for row in rows:
            subscription = subscription_from_row(row, hot.subscription_keys)
            standing = hot.directory().standing(caller, subscription.integration_code, subscription.procedure, officer)
            if standing.grant is None or not standing.grant.may_disclose:
                continue
            request = pure.request_for(standing.system, subscription, officer, pure.tellable(standing.grant))
            decision = decide_with_keys(standing, request, now)
            if isinstance(decision, Warrant):
                decided.append((decision, subscription.sealed.personal_no))
            elif decision.reason in pure.PAUSING:
                entry = seal(refusal_act(None, request, decision.reason, standing.grant), now)
                return [entry], Refused(decision.reason, entry.reference)
        entries: list[SealedEntry] = []
        told: list[WindowPerson] = []
        for (warrant, _), found in zip(decided, await read_present(connection, decided), strict=True):
            if found is None or pure.tells_nothing(*found):
                continue
            present = found[1] if found[1] is not None else found[0]
            number = f"{population.key_row(present).personal_no:012d}"
            act = population.warranted_act(warrant, ActKind.DISCLOSE, pure.TOLD_OUTCOME, number, warrant.fields)
            entries.append(seal(act, now))
            told.append(WindowPerson(number, population.granted_facts(present, warrant.fields), entries[-1].reference))
        return entries, told

    return await hot.errands.run(caller.system, Kind.SUBSCRIBE, work)
