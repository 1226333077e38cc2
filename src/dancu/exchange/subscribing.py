"""What the gateway does for subscribers: subscribe, end, list, tell what changed. One transaction each, no framework."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import asyncpg
import msgspec
from msgspec.structs import replace

from dancu.exchange import subscriptions as pure
from dancu.exchange.domain import AccessRequest, Kind, Refusal, Refused, Verification, decide_with_keys, refusal_act
from dancu.exchange.limiting import limited, limited_actor
from dancu.exchange.reasons import Reason
from dancu.exchange.settle import Answer, Decided, Question, Settled, settle
from dancu.exchange.subscriptions import Change, Sealed, Subscription, ToldChange
from dancu.kernel.claims import PersonClaim
from dancu.kernel.errors import NotFound
from dancu.kernel.sealing import SealingKey
from dancu.kernel.warrants import Actor, Field, Warrant
from dancu.ledger.domain import Act, ActKind, SealedEntry, seal
from dancu.onboarding.domain import ConnectionState, Grant
from dancu.onboarding.reader import KnownCaller
from dancu.population import reader as population

if TYPE_CHECKING:
    from dancu.exchange.hot import HotPath

_STANDING = """select s.id, s.subject_ref
from exchange_subscription s join exchange_subscriptionmark m on m.subscription_id = s.id
where m.mark = $1 and s.client_id = $2 and s.integration_code = $3 and s.procedure = $4 and s.ended_at is null
order by s.at limit 1"""
_ADD = """insert into exchange_subscription (id, client_id, organisation, integration_code, procedure, purpose, legal_basis,
    subject_ref, mark, sealed, at, end_reason)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, '')
on conflict (client_id, integration_code, procedure, mark) where ended_at is null do nothing returning id"""
_ADD_MARKS = """insert into exchange_subscriptionmark (mark, subscription_id) select m, $2 from unnest($1::bytea[]) as known(m)
on conflict do nothing"""
_OWN = """select id, integration_code, procedure, subject_ref, at from exchange_subscription
where client_id = $1 and ended_at is null and id > $2 order by id limit $3"""
_END = """update exchange_subscription set ended_at = $3, end_reason = 'deleted'
where id = $1 and client_id = $2 and ended_at is null returning id"""
_END_OF_OTHER_GRANTS = """update exchange_subscription s set ended_at = $7, end_reason = 'grant' from exchange_subscriptionmark m
where m.subscription_id = s.id and m.mark = $1 and s.client_id = $2 and s.integration_code = $3 and s.procedure = $4
and s.ended_at is null and (s.purpose, s.legal_basis) <> ($5, $6)"""
_POSITION = "select last_number, forgotten_to from exchange_subscriber where client_id = $1"
_ARRIVED = "update exchange_subscriber set pulled = greatest(pulled, $2), pulled_at = $3 where client_id = $1"
SELECTED = """select c.number, c.id, c.kind, c.items, c.recorded_at, s.id, s.client_id, s.integration_code, s.procedure, s.purpose,
    s.legal_basis, s.subject_ref, s.sealed
from exchange_feedchange c join exchange_subscription s on s.id = c.subscription_id and s.ended_at is null"""
_AFTER = SELECTED + " where c.client_id = $1 and c.number > $2 and c.number <= $3 order by c.number limit $4"


class Keys:
    """The keys of subscriptions: what seals a number, and what tells equal numbers (*khoá của đăng ký*)."""

    def __init__(self, key: SealingKey) -> None:
        self._key, self._marking = key, key.derived("exchange subscription marks")

    def mark(self, personal_no: int) -> bytes:
        """Half of an HMAC-SHA-256: nobody guesses a number from it who has only the database."""
        return hmac.digest(self._marking, personal_no.to_bytes(8), hashlib.sha256)[:16]

    def seal(self, subscription_id: UUID, content: Sealed) -> bytes:
        return self._key.seal(msgspec.json.encode(content), belongs_to=f"subscription:{subscription_id}")

    def unseal(self, subscription_id: UUID, sealed: bytes) -> Sealed:
        return msgspec.json.decode(self._key.unseal(sealed, belongs_to=f"subscription:{subscription_id}"), type=Sealed)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a caller asks for when it subscribes (*yêu cầu đăng ký*)."""

    caller: KnownCaller
    request: AccessRequest
    claim: PersonClaim | None
    subject_ref: str


@dataclass(frozen=True, slots=True)
class Subscribed:
    """The answer: the verification, and the subscription where the keys agreed (*kết quả đăng ký*)."""

    verification: Verification
    subscription_id: UUID | None
    subject_ref: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class Told:
    """A page of changes, recorded by now (*trang biến động đã báo*)."""

    changes: Sequence[tuple[ToldChange, str]]  # with its ledger entry
    next: int
    is_more: bool


@dataclass(frozen=True, slots=True)
class OwnLine:
    """One standing subscription in its owner's list; nothing about the person (*dòng đăng ký*)."""

    id: UUID
    integration_code: str
    procedure: str
    subject_ref: str
    at: datetime


async def subscribe(hot: HotPath, wish: Wish) -> Subscribed | Refused:
    """Be told of a person's changes from now on, if the three keys agree (*đăng ký nhận biến động*). Safe to repeat.

    Unknown, wrong and protected look the same and are told no sooner than one another. Raises `Unavailable`, `TooMany`.
    """
    started = asyncio.get_running_loop().time()
    settled: list[Settled] = []

    async def work(connection: asyncpg.Connection, now: datetime) -> tuple[Sequence[SealedEntry], Subscribed | Refused]:
        answers: list[Answer] = []
        directory = hot.directory()
        request = wish.request
        standing = directory.standing(wish.caller, request.integration_code, request.procedure, request.actor.officer)
        decision: Warrant | Refusal = Refusal(Reason.MALFORMED)
        if wish.claim is not None:
            decision = decide_with_keys(standing, request, now)
            if isinstance(decision, Warrant) and not hot.watch.is_calm:
                decision = limited(hot.watch, request, wish.claim, now) or decision
        await connection.execute(pure.FEED_LOCK_SHARED)
        question = Question(wish.caller, request, wish.claim, lambda told: answers.append(told) or b"")  # type: ignore[func-returns-value]
        settled[:] = await settle(connection, [Decided(question, standing, decision)], now)
        answer, judgement = answers[0], settled[0].judgement
        if isinstance(answer, Refused):
            return [settled[0].entry], answer
        assert isinstance(answer, Verification)
        if judgement is None or judgement.person is None:
            return [settled[0].entry], Subscribed(answer, None, "", is_new=False)
        assert isinstance(decision, Warrant)
        kept = await _keep(hot, connection, wish, decision, judgement.person, now)
        return [settled[0].entry], Subscribed(answer, *kept)

    told = await hot.errands.run(wish.caller.system, Kind.SUBSCRIBE, work)
    hot.count_settled(settled[0])
    if isinstance(told, Subscribed) and told.subscription_id is None:
        await asyncio.sleep(max(0.0, started + hot.errand_miss_held_seconds - asyncio.get_running_loop().time()))
    return told


async def _keep(
    hot: HotPath, connection: asyncpg.Connection, wish: Wish, warrant: Warrant, person: population.PersonRow, now: datetime
) -> tuple[UUID, str, bool]:
    """The subscription that stands, or a new one."""
    request, keys = wish.request, hot.subscription_keys
    mark, client_id = keys.mark(person.personal_no), request.actor.system
    grant_key = (request.integration_code, request.procedure)
    # Made for a purpose or a basis that is no longer granted: nothing would ever be told under it.
    await connection.execute(_END_OF_OTHER_GRANTS, mark, client_id, *grant_key, warrant.purpose, warrant.legal_basis, now)
    found = await connection.fetchrow(_STANDING, mark, client_id, *grant_key)
    if found is not None:
        return found[0], found[1], False
    new = uuid4()
    sealed = keys.seal(new, Sealed(person.personal_no, request.actor.officer, request.dossier_no))
    values = (warrant.purpose, warrant.legal_basis, wish.subject_ref, mark, sealed, now)
    if await connection.fetchval(_ADD, new, client_id, request.actor.organisation, *grant_key, *values) is None:
        found = await connection.fetchrow(_STANDING, mark, client_id, *grant_key)  # somebody was as quick
        assert found is not None, "who came first holds the row"
        return found[0], found[1], False
    numbers = [person.personal_no] + ([person.successor_no] if person.successor_no else [])
    await connection.execute(_ADD_MARKS, [keys.mark(number) for number in numbers], new)
    return new, wish.subject_ref, True


async def end_subscription(hot: HotPath, caller: KnownCaller, subscription_id: UUID) -> None:
    """End one's own subscription (*kết thúc đăng ký*). Raises `NotFound` for none, somebody else's, and one that ended."""

    async def work(connection: asyncpg.Connection, now: datetime) -> tuple[Sequence[SealedEntry], None]:
        system = caller.system
        if await connection.fetchval(_END, subscription_id, system.client_id, now) is None:
            raise NotFound("subscription.none", "Không có đăng ký này.", "There is no such subscription.", field="id")
        act = Act(ActKind.ADMINISTER, f"subscription.ended:{subscription_id}", system.organisation, system.client_id, "")
        return [seal(act, now)], None

    await hot.errands.run(caller.system, Kind.SUBSCRIBE, work)


async def own_subscriptions(hot: HotPath, caller: KnownCaller, after: UUID, limit: int) -> list[OwnLine]:
    """A system's standing subscriptions, in the order of their ids (*danh sách đăng ký*)."""

    async def work(connection: asyncpg.Connection, now: datetime) -> tuple[Sequence[SealedEntry], list[OwnLine]]:
        rows = await connection.fetch(_OWN, caller.system.client_id, after, min(limit, pure.LISTED_MAX))
        return (), [OwnLine(*row) for row in rows]

    return await hot.errands.run(caller.system, Kind.SUBSCRIBE, work)


async def tell_changes(hot: HotPath, caller: KnownCaller, officer: str, after: str, limit: int) -> Told | Refused:
    """What changed after a cursor, oldest first; every change told stands in the ledger (*báo biến động*).

    The same cursor gives the same changes again, with values as they stand now. Raises `Invalid` for a cursor that was never
    given or is too old, `Unavailable`, `TooMany`.
    """

    async def work(connection: asyncpg.Connection, now: datetime) -> tuple[Sequence[SealedEntry], Told | Refused]:
        if refusal := gate(hot, caller, officer, now):
            return refusal
        client_id = caller.system.client_id
        position = await connection.fetchrow(_POSITION, client_id)
        last, forgotten_to = (position[0], position[1]) if position else (0, 0)
        start = pure.read_cursor(after, last, forgotten_to)
        rows = await connection.fetch(_AFTER, client_id, start, last, limit + 1)
        page = rows[:limit]
        reached = page[-1][0] if len(rows) > limit else last
        entries, told = await tell(hot, connection, caller, officer, [_change(hot, row) for row in page], now)
        if isinstance(told, Refused):
            return entries, told
        await connection.execute(_ARRIVED, client_id, start, now)
        return entries, Told(told, reached, len(rows) > limit)

    return await hot.errands.run(caller.system, Kind.SUBSCRIBE, work)


def gate(hot: HotPath, caller: KnownCaller, officer: str, now: datetime) -> tuple[list[SealedEntry], Refused] | None:
    """Reasons against the whole request, whatever it asks; recorded (*kiểm tra chung*)."""
    system = caller.system
    current = hot.directory().callers.get(system.client_id, caller).system
    actor = Actor(system.organisation, system.client_id, officer)
    refusal: Refusal | None = None
    if current.state is ConnectionState.SUSPENDED:
        refusal = Refusal(Reason.CLIENT_SUSPENDED)
    elif current.state is not ConnectionState.OFFICIAL:
        refusal = Refusal(Reason.CONNECTION_NOT_OFFICIAL)
    elif (system.organisation, officer) not in hot.directory().accounts:
        refusal = Refusal(Reason.OFFICER_NOT_LISTED)
    elif not hot.watch.is_calm:
        refusal = limited_actor(hot.watch, actor, now)
    if refusal is None:
        return None
    entry = seal(refusal_act(None, pure.bare_request(actor), refusal.reason, None), now)
    return [entry], Refused(refusal.reason, entry.reference, refusal.retry_after_seconds)


async def tell(
    hot: HotPath, connection: asyncpg.Connection, caller: KnownCaller, officer: str, changes: Sequence[Change], now: datetime
) -> tuple[list[SealedEntry], list[tuple[ToldChange, str]] | Refused]:
    """Decide, read and shape a page of changes; what may not be told any more is left out, what may not now stops the page."""
    decided: list[tuple[Change, Warrant, Grant]] = []
    for change in changes:
        subscription = change.subscription
        standing = hot.directory().standing(caller, subscription.integration_code, subscription.procedure, officer)
        if standing.grant is None:
            continue
        items = change.items & pure.tellable(standing.grant)
        request = pure.request_for(standing.system, subscription, officer, items)
        decision = decide_with_keys(standing, request, now)
        if isinstance(decision, Warrant):
            decided.append((change, replace(decision, fields=items), standing.grant))
        elif decision.reason in pure.PAUSING:
            entry = seal(refusal_act(None, request, decision.reason, standing.grant), now)
            return [entry], Refused(decision.reason, entry.reference)
    rows = await read_present(connection, [(warrant, change.subscription.sealed.personal_no) for change, warrant, _ in decided])
    told = []
    for (change, warrant, grant), found in zip(decided, rows, strict=True):
        if found is not None:
            shaped = pure.told_change(change, warrant, *found, discloses=grant.may_disclose)
            if shaped is not None:
                told.append((shaped, seal(shaped.act, now)))
    return [entry for _, entry in told], [(each, entry.reference) for each, entry in told]


async def read_present(
    connection: asyncpg.Connection, asked: Sequence[tuple[Warrant, int]]
) -> list[tuple[Sequence[Any], Sequence[Any] | None] | None]:
    """For each warrant the row of a number, and where that was replaced the row of its successor."""
    if not asked:
        return []
    warrants, numbers = [warrant for warrant, _ in asked], [number for _, number in asked]
    own = (await population.rows_for(connection, warrants, numbers, [], population.WIDE_COLUMNS)).by_number
    led = [(w, own[n][2]) for w, n in asked if n in own and own[n][2]]
    heirs: dict[int, Sequence[Any]] = {}
    if led:
        to = [number for _, number in led]
        heirs = (await population.rows_for(connection, [w for w, _ in led], to, [], population.WIDE_COLUMNS)).by_number
    return [(own[n], heirs.get(own[n][2]) if own[n][2] else None) if n in own else None for n in numbers]


def _change(hot: HotPath, row: Sequence[Any]) -> Change:
    return change_from_row(row, hot.subscription_keys)


def change_from_row(row: Sequence[Any], keys: Keys) -> Change:
    """A row of `SELECTED`."""
    items = msgspec.json.decode(row[3]) if isinstance(row[3], str | bytes) else row[3]
    touched, fields = pure.Touched(row[2]), frozenset(Field(name) for name in items)
    return Change(row[0], row[1], touched, fields, row[4], subscription_from_row(row[5:], keys))


def subscription_from_row(row: Sequence[Any], keys: Keys) -> Subscription:
    """Its id, system, grant, purpose and basis, reference and sealed content, in this order."""
    return Subscription(row[0], row[1], row[2], row[3], row[4], row[5], row[6], keys.unseal(row[0], bytes(row[7])))
