"""What the gateway does for lists by criteria: take requests, tell their state, tell a page. One transaction each, no framework."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import asyncpg
import msgspec

from dancu.exchange import lists
from dancu.exchange.domain import Kind, Refusal, Refused, refusal_act
from dancu.exchange.lists import Asked, ListLine, ListState, Page, Progress, Telling, decide_list
from dancu.exchange.repeats import KEY_LENGTH_MAX
from dancu.exchange.subscribing import gate
from dancu.kernel.errors import Conflict, Invalid, NotFound, TooMany
from dancu.kernel.warrants import Warrant
from dancu.ledger.domain import Act, ActKind, SealedEntry, seal
from dancu.onboarding.reader import KnownCaller
from dancu.population import reader as population
from dancu.population.domain import SEALED, PersonFacts

if TYPE_CHECKING:
    from dancu.exchange.hot import HotPath

_LINE = "id, state, reason, found, pages, at, changed_at, expires_at"
_BY_KEY = f"select {_LINE}, sealed from exchange_listrequest where client_id = $1 and key = $2 and key <> ''"  # noqa: S608
_OPEN = "select count(*) from exchange_listrequest where client_id = $1 and state in ('received', 'running')"
_ADD = """insert into exchange_listrequest (id, client_id, organisation, key, state, sealed, progress, at, changed_at)
values ($1, $2, $3, $4, 'received', $5, $6, $7, $7) on conflict do nothing returning id"""
_ADD_STEP = """insert into exchange_liststep (request_id, number, at, state, reason)
select $1, coalesce(max(number), 0) + 1, $2, $3, '' from exchange_liststep where request_id = $1"""
_GET = f"select {_LINE}, sealed from exchange_listrequest where id = $1 and client_id = $2 for update"  # noqa: S608
_OWN = f"""select {_LINE} from exchange_listrequest where client_id = $1 and id > $2 order by id limit $3"""  # noqa: S608
_STEPS = "select at, state, reason from exchange_liststep where request_id = $1 order by number limit 100"
_DELETE = "update exchange_listrequest set state = 'deleted', changed_at = $2, key = '' where id = $1"
_PAGE = "select sealed, told_at from exchange_listpage where request_id = $1 and number = $2 for update"
_TOLD = "update exchange_listpage set sealed = $3, told_at = $4 where request_id = $1 and number = $2"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A list a caller asks for (*yêu cầu lập danh sách*); the same key asks once."""

    caller: KnownCaller
    asked: Asked
    key: str = ""


@dataclass(frozen=True, slots=True)
class ListedPerson:
    """One person of a page, with the ledger entry under which she was told (*người trong danh sách*)."""

    facts: PersonFacts
    reference: str


@dataclass(frozen=True, slots=True)
class ToldPage:
    """A page of a list, recorded by now (*trang danh sách đã cung cấp*)."""

    line: ListLine
    number: int
    persons: Sequence[ListedPerson]


async def request_list(hot: HotPath, wanted: Wanted) -> ListLine | Refused:
    """Take a request for a list (*tiếp nhận yêu cầu danh sách*); the worker does it. Refusals are recorded.

    Raises `Invalid` for wrong criteria, `Conflict` for a key that asked for something else, `TooMany`, `Unavailable`.
    """
    asked, key = wanted.asked, _checked_key(wanted.key)
    lists.check_criteria(asked.criteria)
    system = wanted.caller.system

    async def work(connection: asyncpg.Connection, now: datetime) -> tuple[Sequence[SealedEntry], ListLine | Refused]:
        if refused := gate(hot, wanted.caller, asked.officer, now):
            return refused
        request = asked.request(system.organisation, system.client_id)
        standing = hot.directory().standing(wanted.caller, asked.integration_code, asked.procedure, asked.officer)
        decision = decide_list(standing, request, now)
        if isinstance(decision, Refusal):
            entry = seal(refusal_act(None, request, decision.reason, standing.grant), now)
            return [entry], Refused(decision.reason, entry.reference)
        if (known := await _by_key(hot, connection, wanted, key)) is not None:
            return (), known
        if await connection.fetchval(_OPEN, system.client_id) >= lists.OPEN_MAX:
            raise TooMany(
                "list.too_many",
                f"Đang có {lists.OPEN_MAX} yêu cầu danh sách chưa xong. Chờ xong hoặc xoá bớt rồi lập tiếp.",
                f"{lists.OPEN_MAX} requests are still open. Wait for them or delete some.",
            )
        new = uuid4()
        sealed, progress = hot.list_keys.seal(asked, str(new)), hot.list_keys.seal(Progress(), f"{new}:progress")
        if await connection.fetchval(_ADD, new, system.client_id, system.organisation, key, sealed, progress, now) is None:
            known = await _by_key(hot, connection, wanted, key)  # somebody was as quick
            assert known is not None, "who came first holds the row"
            return (), known
        await connection.execute(_ADD_STEP, new, now, ListState.RECEIVED)
        return [seal(list_act(decision, "list.asked"), now)], ListLine(new, ListState.RECEIVED, "", 0, 0, now, now, None)

    return await hot.errands.run(system, Kind.LIST, work)


async def list_line(hot: HotPath, caller: KnownCaller, request_id: UUID) -> tuple[ListLine, Asked]:
    """One's own request and what it asked (*trạng thái yêu cầu*). Raises `NotFound`, also for somebody else's."""

    async def work(connection: asyncpg.Connection, now: datetime) -> tuple[Sequence[SealedEntry], tuple[ListLine, Asked]]:
        return (), await _get(hot, connection, caller, request_id)

    return await hot.errands.run(caller.system, Kind.LIST, work)


async def list_history(hot: HotPath, caller: KnownCaller, request_id: UUID) -> list[tuple[datetime, str, str]]:
    """The states one's own request went through, with their moments (*lịch sử yêu cầu*). Raises `NotFound`."""

    async def work(connection: asyncpg.Connection, now: datetime) -> tuple[Sequence[SealedEntry], list[tuple[datetime, str, str]]]:
        await _get(hot, connection, caller, request_id)
        return (), [tuple(row) for row in await connection.fetch(_STEPS, request_id)]

    return await hot.errands.run(caller.system, Kind.LIST, work)


async def own_lists(hot: HotPath, caller: KnownCaller, after: UUID, limit: int) -> list[ListLine]:
    """A system's requests, in the order of their ids (*các yêu cầu danh sách*)."""

    async def work(connection: asyncpg.Connection, now: datetime) -> tuple[Sequence[SealedEntry], list[ListLine]]:
        return (), [_line(row) for row in await connection.fetch(_OWN, caller.system.client_id, after, limit)]

    return await hot.errands.run(caller.system, Kind.LIST, work)


async def delete_list(hot: HotPath, caller: KnownCaller, request_id: UUID) -> None:
    """Delete one's own request with its result (*xoá yêu cầu*). Raises `NotFound`; deleting again changes nothing."""

    async def work(connection: asyncpg.Connection, now: datetime) -> tuple[Sequence[SealedEntry], None]:
        line, _ = await _get(hot, connection, caller, request_id)
        if not lists.may_follow(line.state, ListState.DELETED):
            return (), None
        await connection.execute(_DELETE, request_id, now)
        await connection.execute(_ADD_STEP, request_id, now, ListState.DELETED)
        system = caller.system
        return [seal(Act(ActKind.ADMINISTER, "list.deleted", system.organisation, system.client_id, ""), now)], None

    await hot.errands.run(caller.system, Kind.LIST, work)


async def tell_page(hot: HotPath, caller: KnownCaller, request_id: UUID, number: int, officer: str) -> ToldPage | Refused:
    """Tell a page of a list (*đọc trang danh sách*): each person stands in the ledger before she is told, once for an officer.

    The same page again is the same answer under the same entries, without items no longer granted and whoever was sealed or
    protected since. Raises `NotFound`, `Conflict` for a list that is not ready, `Unavailable`, `TooMany`.
    """
    new: list[int] = []

    async def work(connection: asyncpg.Connection, now: datetime) -> tuple[Sequence[SealedEntry], ToldPage | Refused]:
        new.clear()
        if refused := gate(hot, caller, officer, now):
            return refused
        line, asked = await _get(hot, connection, caller, request_id)
        if line.state is ListState.READY and line.expires_at is not None and line.expires_at <= now:
            raise lists.not_ready(ListState.EXPIRED)
        if line.state is not ListState.READY:
            raise lists.not_ready(line.state)
        request = asked.request(caller.system.organisation, caller.system.client_id, officer)
        standing = hot.directory().standing(caller, asked.integration_code, asked.procedure, officer)
        decision = decide_list(standing, request, now)
        if isinstance(decision, Refusal):
            entry = seal(refusal_act(None, request, decision.reason, standing.grant), now)
            return [entry], Refused(decision.reason, entry.reference)
        row = await connection.fetchrow(_PAGE, request_id, number)
        if row is None:
            raise NotFound("list.page", f"Danh sách có {line.pages} trang.", f"The list has {line.pages} pages.", field="page")
        page = hot.list_keys.page(request_id, number, bytes(row[0]))
        if (telling := page.told_to(officer)) is not None:
            return (), ToldPage(line, number, await _again(connection, decision, telling))
        told, entries = await _first(connection, decision, page, now)
        new.extend(each[0] for each in told)
        kept = hot.list_keys.seal(page.with_telling(Telling(officer, tuple(told))), f"{request_id}:{number}")
        await connection.execute(_TOLD, request_id, number, kept, now)
        return entries, ToldPage(line, number, [ListedPerson(_facts(facts), reference) for _, reference, facts in told])

    answer = await hot.errands.run(caller.system, Kind.LIST, work)
    hot.count_told(caller.system, officer, new)
    return answer


async def _first(
    connection: asyncpg.Connection, warrant: Warrant, page: Page, now: datetime
) -> tuple[list[tuple[int, str, msgspec.Raw]], list[SealedEntry]]:
    rows = (
        await population.rows_for(connection, [warrant] * len(page.numbers), page.numbers, [], population.WIDE_COLUMNS)
    ).by_number
    told: list[tuple[int, str, msgspec.Raw]] = []
    entries: list[SealedEntry] = []
    for number in page.numbers:
        if number not in rows or is_gone(rows[number]):
            continue
        act = population.warranted_act(warrant, ActKind.DISCLOSE, lists.LISTED_OUTCOME, f"{number:012d}", warrant.fields)
        entries.append(seal(act, now))
        facts = population.granted_facts(rows[number], warrant.fields)
        told.append((number, entries[-1].reference, msgspec.Raw(msgspec.json.encode(facts))))
    return told, entries


async def _again(connection: asyncpg.Connection, warrant: Warrant, telling: Telling) -> list[ListedPerson]:
    """What the entries of a telling cover, as far as it may be told now: what was granted since is in no entry, nor told here."""
    told = telling.persons
    rows = (await population.rows_for(connection, [warrant] * len(told), [each[0] for each in told], [])).by_number
    return [
        ListedPerson(population.still_granted(_facts(facts), warrant), reference)
        for no, reference, facts in told
        if no in rows and not is_gone(rows[no])
    ]


def is_gone(row: Sequence[Any]) -> bool:
    """Sealed or protected since the list was made, or kept under another number now."""
    key = population.key_row(row)
    return bool(key.flags & SEALED) or key.number_state != 0


def list_act(warrant: Warrant, outcome: str) -> Act:
    """An act on a whole list, about nobody by name."""
    return population.warranted_act(warrant, ActKind.SEARCH, outcome, "", warrant.fields)


async def _get(hot: HotPath, connection: asyncpg.Connection, caller: KnownCaller, request_id: UUID) -> tuple[ListLine, Asked]:
    row = await connection.fetchrow(_GET, request_id, caller.system.client_id)
    if row is None:
        raise NotFound("list.none", "Không có yêu cầu này.", "There is no such request.", field="id")
    return _line(row), hot.list_keys.asked(request_id, bytes(row[8]))


async def _by_key(hot: HotPath, connection: asyncpg.Connection, wanted: Wanted, key: str) -> ListLine | None:
    row = await connection.fetchrow(_BY_KEY, wanted.caller.system.client_id, key) if key else None
    if row is None:
        return None
    known = hot.list_keys.asked(row[0], bytes(row[8]))
    if not hmac.compare_digest(_digest(known), _digest(wanted.asked)):
        raise Conflict(
            "idempotency.other_request",
            "Khoá Idempotency-Key này đã dùng cho một yêu cầu khác. Dùng khoá mới.",
            "This Idempotency-Key was used for another request. Use a new key.",
        )
    return _line(row)


def _digest(asked: Asked) -> bytes:
    return hashlib.sha256(msgspec.json.encode(asked, order="sorted")).digest()


def _checked_key(key: str) -> str:
    if len(key) > KEY_LENGTH_MAX or (key and not key.isprintable()):
        raise Invalid(
            "idempotency.key",
            f"Idempotency-Key dài tối đa {KEY_LENGTH_MAX} ký tự in được.",
            f"Idempotency-Key has at most {KEY_LENGTH_MAX} printable characters.",
            field="Idempotency-Key",
        )
    return key


def _facts(kept: msgspec.Raw) -> PersonFacts:
    return msgspec.json.decode(kept, type=PersonFacts)


def _line(row: Sequence[Any]) -> ListLine:
    return ListLine(row[0], ListState(row[1]), *row[2:8])
