"""Pages of subscribed persons whose record changed in a window of time, as the national contract asks for them. No framework.

The moment of a change is when its line was written, and a minute: whoever asks window after window is told of every line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
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

# Added to when a line was written: a client whose clock is so far ahead asks for no window that still fills.
SETTLING = timedelta(minutes=1)
# Who ended since the window was over keeps her place, untold: the next page begins where the last one stopped.
_IN_WINDOW = """select s.id, s.client_id, s.integration_code, s.procedure, s.purpose, s.legal_basis, s.subject_ref, s.sealed,
    s.ended_at
from (
    select subscription_id, min(number) as first from exchange_feedchange
    where client_id = $1 and written_at >= $2 and written_at < $3 group by subscription_id
) c join exchange_subscription s on s.id = c.subscription_id and (s.ended_at is null or s.ended_at >= $3)
order by c.first offset $4 limit $5"""


@dataclass(frozen=True, slots=True)
class Window:
    """A page of a window of time, which ends before `until` (*kỳ đồng bộ*); in it is what was written down a minute before."""

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

    A window that is over never gets another line, so its pages stand still. Who may not be told of any more, or tells nobody
    anything, is left out. Raises `Unavailable`, `TooMany`.
    """

    async def work(connection: asyncpg.Connection, now: datetime) -> tuple[Sequence[SealedEntry], Sequence[WindowPerson] | Refused]:
        if refused := gate(hot, caller, officer, now):
            return refused
        await connection.execute(pure.FEED_LOCK_SHARED)  # lines under way carry an earlier moment: they are waited for
        values = (window.since - SETTLING, window.until - SETTLING, (window.page - 1) * window.size, window.size)
        rows = await connection.fetch(_IN_WINDOW, caller.system.client_id, *values)
        decided: list[tuple[Warrant, int]] = []
        for row in rows:
            if row[8] is not None:
                continue
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
