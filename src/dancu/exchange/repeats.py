"""Idempotency of the public API: the same key with the same request gets the same answer, once (rule 3)."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from dancu.kernel.errors import Conflict
from dancu.kernel.sealing import SealingKey
from dancu.ledger import journal

if TYPE_CHECKING:
    from dancu.exchange.settle import Question

KEY_LENGTH_MAX = 128
KEPT = timedelta(days=1)
_DIGEST_BYTES = 32

_FIND = """select r.client_id, r.key, r.answer from exchange_idempotency r
join unnest($1::text[], $2::text[]) as asked(client_id, key) on r.client_id = asked.client_id and r.key = asked.key
where r.at > $3"""
_KEEP = """insert into exchange_idempotency (client_id, key, answer, at)
select c, k, a, $4 from unnest($1::text[], $2::text[], $3::bytea[]) as kept(c, k, a) order by c, k
on conflict (client_id, key) do update set answer = excluded.answer, at = excluded.at where exchange_idempotency.at <= $5"""


class Connection(Protocol):
    async def fetch(self, query: str, *arguments: object) -> Sequence[Any]: ...
    async def execute(self, query: str, *arguments: object) -> str: ...


@dataclass(frozen=True, slots=True)
class RequestKey:
    """The caller's key and the digest of what was asked under it (*khoá chống gửi trùng*)."""

    client_id: str
    key: str
    body: bytes  # path and body: the same key for another question is refused


class Keeping(NamedTuple):
    """Answers to keep, as columns (*câu trả lời cần lưu*)."""

    clients: list[str]
    keys: list[str]
    sealed: list[bytes]


def kept_beside(first: int) -> str:
    """Keeps them beside the entries of a batch, whose moment they take; a key that was used before fails it."""
    return f"""insert into exchange_idempotency (client_id, key, answer, at)
select c, k, a, {journal.AT}
from unnest(${first}::text[], ${first + 1}::text[], ${first + 2}::bytea[]) as kept(c, k, a) order by c, k"""  # noqa: S608 - our own columns


Twins = tuple["Question", "Question"]  # one that follows, and the one whose answer it gets


class KeptMeanwhile(Exception):
    """Another batch kept an answer under one of the keys: nothing of this one may stand; asked again, it is found."""


class Repeats:
    """Answered requests by key. Answers are sealed: they may hold facts about a person."""

    def __init__(self, sealing: SealingKey) -> None:
        self._sealing = sealing

    async def split(self, connection: Connection, batch: list[Question], now: datetime) -> tuple[list[Question], list[Twins]]:
        """Answer repeats from what was kept. Gives the questions that are new, and those that share another's answer."""
        if not any(question.repeat for question in batch):
            return batch, []
        kept = await self._kept(connection, batch, now)
        fresh: list[Question] = []
        followers: list[Twins] = []
        first: dict[tuple[str, str], Question] = {}
        for question in batch:
            repeat = question.repeat
            if repeat is None:
                fresh.append(question)
            elif (found := kept.get((repeat.client_id, repeat.key))) is not None:
                if question.forwarded:  # another process asked above as well: what came of that is recorded too
                    question.is_overtaken = True
                    fresh.append(question)
                else:
                    self._replay(question, repeat, found)
            elif (twin := first.get((repeat.client_id, repeat.key))) is not None:
                followers.append((question, twin))
            else:
                first[(repeat.client_id, repeat.key)] = question
                fresh.append(question)
        return fresh, followers

    def keeping(self, answered: Iterable[tuple[Question, bytes]]) -> Keeping:
        """What is to be kept of these: the answers of those that were asked under a key."""
        keyed = [(each.repeat, body) for each, body in answered if each.repeat is not None and not each.is_overtaken]
        return Keeping(
            [r.client_id for r, _ in keyed],
            [r.key for r, _ in keyed],
            [self._sealing.seal(_digest(r) + body, belongs_to=_owner(r)) for r, body in keyed],
        )

    @staticmethod
    async def keep(connection: Connection, keeping: Keeping, at: datetime) -> None:
        """Keep them in the transaction of their ledger entries, also over what was kept too long ago to count."""
        if keeping.keys:
            done = await connection.execute(_KEEP, *keeping, at, at - KEPT)
            if int(done.rpartition(" ")[2]) != len(keeping.keys):
                raise KeptMeanwhile

    async def _kept(self, connection: Connection, batch: Sequence[Question], now: datetime) -> dict[tuple[str, str], bytes]:
        keys = [q.repeat for q in batch if q.repeat is not None]
        rows = await connection.fetch(_FIND, [k.client_id for k in keys], [k.key for k in keys], now - KEPT)
        return {(row[0], row[1]): bytes(row[2]) for row in rows}

    def _replay(self, question: Question, repeat: RequestKey, sealed: bytes) -> None:
        if question.answered.done():
            return
        kept = self._sealing.unseal(sealed, belongs_to=_owner(repeat))
        digest, answer = kept[:_DIGEST_BYTES], kept[_DIGEST_BYTES:]
        if hmac.compare_digest(digest, _digest(repeat)):
            question.answered.set_result(answer)
        else:
            question.answered.set_exception(other_request())


def pass_on(followers: Sequence[Twins]) -> None:
    """The same key twice at the same moment: once the first is answered, the second gets its answer, or a conflict."""
    for question, twin in followers:
        assert question.repeat is not None
        assert twin.repeat is not None
        if question.answered.done() or not twin.answered.done() or twin.answered.cancelled():
            continue
        if question.repeat.body != twin.repeat.body:
            question.answered.set_exception(other_request())
        elif failure := twin.answered.exception():
            question.answered.set_exception(failure)
        else:
            question.answered.set_result(twin.answered.result())


def _digest(repeat: RequestKey) -> bytes:
    # Kept only inside the sealed answer: in the open, a hash over twelve digits would be guessed in minutes.
    return hashlib.sha256(repeat.body).digest()


def _owner(repeat: RequestKey) -> str:
    return f"answer:{repeat.client_id}:{repeat.key}"


def other_request() -> Conflict:
    """The key was used for another question."""
    return Conflict(
        "idempotency.other_request",
        "Khoá Idempotency-Key này đã dùng cho một yêu cầu khác. Dùng khoá mới.",
        "This Idempotency-Key was used for another request. Use a new key.",
    )
