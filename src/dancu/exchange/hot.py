"""What the gateway calls: questions are answered in batches, each batch one transaction with its ledger entries.

No Django. Two writers take what has gathered; nobody waits for a timer. Nothing is answered before the commit.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg
import structlog

from dancu.exchange.domain import (
    AccessRequest,
    Disclosure,
    Judgement,
    Kind,
    Refusal,
    Refused,
    Verification,
    decide_with_keys,
    judge,
    refusal_act,
    verification_of,
)
from dancu.exchange.reasons import Reason
from dancu.exchange.repeats import KEY_LENGTH_MAX as KEY_LENGTH_MAX  # the gateway's door is this module
from dancu.exchange.repeats import Repeats, pass_on
from dancu.exchange.repeats import RequestKey as RequestKey
from dancu.exchange.security_log import SecurityLog
from dancu.kernel.claims import PersonClaim
from dancu.kernel.errors import Conflict, TooMany, Unavailable
from dancu.kernel.sealing import SealingKey
from dancu.kernel.warrants import Field, Warrant
from dancu.ledger import journal
from dancu.ledger.domain import ENTROPY_BYTES, ActKind, SealedEntry, seal
from dancu.onboarding.domain import Standing
from dancu.onboarding.reader import CHANGED_CHANNEL, Directory, KnownCaller, read_directory
from dancu.population import reader as population

WRITERS = 2
BATCH_MAX = 256
QUEUE_MAX = 2048
# Together they keep a refusal within two seconds when the database hangs.
BATCH_SECONDS_MAX = 1.5
CONNECT_SECONDS_MAX = 1.0
DIRECTORY_REFRESH_SECONDS = 15.0
DIRECTORY_AGE_SECONDS_MAX = 45.0

_SESSION = {
    "application_name": "dancu-gateway",
    "statement_timeout": "1400",
    "lock_timeout": "1200",
    # The length of the arrays must not make the server plan each batch anew: that costs more than the batch.
    "plan_cache_mode": "force_generic_plan",
}
# What says that the connection or the server failed, not what was sent.
_LOST = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.QueryCanceledError,
    asyncpg.LockNotAvailableError,
)

log = structlog.get_logger("exchange")

Answer = Verification | Disclosure | Refused
_PENDING: asyncio.Future[bytes] = None  # type: ignore[assignment]  # never seen: `ask` replaces it at once


@dataclass(slots=True)
class Question:
    """One authenticated request on its way through a batch. Without a claim it is a refusal still to be recorded."""

    caller: KnownCaller
    request: AccessRequest
    claim: PersonClaim | None
    render: Callable[[Answer], bytes]
    stated: dict[Field, str] | None = None
    repeat: RequestKey | None = None
    answered: asyncio.Future[bytes] = _PENDING  # made when the question is asked


@dataclass(slots=True)
class _Decided:
    """A question with its decision, while its batch runs."""

    question: Question
    standing: Standing
    decision: Warrant | Refusal


class HotPath:
    """The exchange inside the gateway process: directory in memory, two writing connections (*đường khai thác nhanh*)."""

    def __init__(
        self,
        database_url: str,
        key: SealingKey,
        clock: Callable[[], datetime],
        *,
        batch_max: int = BATCH_MAX,
        writers: int = WRITERS,
    ) -> None:
        self._url, self._key, self._clock = database_url, key, clock
        self._batch_max, self._writers = batch_max, writers
        self._queue: deque[Question] = deque()
        self._wake = asyncio.Event()
        self._under_way = 0
        self._directory: Directory | None = None
        self._directory_read_at = 0.0
        self._refresh_now = asyncio.Event()
        self._repeats = Repeats(key)
        self.security_log = SecurityLog()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        self._loop = asyncio.get_running_loop()  # kept: asking for it costs a system call in Python 3.11
        loops: list[Callable[[], Any]] = [self._keep_directory_fresh, self._keep_security_log]
        self._tasks = [asyncio.create_task(run()) for run in [*loops, *[self._write_batches] * self._writers]]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._refuse_who_waits()

    # -- what the edges call -------------------------------------------------------------------------------------

    def directory(self) -> Directory:
        """Who may ask what. Raises `Unavailable` once it is too old to be trusted (rule 5)."""
        if self._directory is None or time.monotonic() - self._directory_read_at > DIRECTORY_AGE_SECONDS_MAX:
            raise _unavailable()
        return self._directory

    async def ask(self, question: Question) -> bytes:
        """Queue a question and wait for the answer of its batch. Raises `Unavailable`, `TooMany`, `Conflict`."""
        if len(self._queue) >= QUEUE_MAX:
            raise TooMany(
                "exchange.busy",
                "Hệ thống đang quá tải. Gửi lại sau ít giây.",
                "The exchange is overloaded. Retry in a few seconds.",
            )
        question.answered = self._loop.create_future()
        self._queue.append(question)
        if self._is_due():
            self._wake.set()
        return await question.answered

    @property
    def is_ready(self) -> bool:
        return self._directory is not None and time.monotonic() - self._directory_read_at <= DIRECTORY_AGE_SECONDS_MAX

    # -- batches -------------------------------------------------------------------------------------------------

    async def _write_batches(self) -> None:
        connection: asyncpg.Connection | None = None
        try:
            while True:
                batch = await self._take()
                self._under_way += len(batch)
                try:
                    if connection is None or connection.is_closed():
                        connection = await self._connect()
                    if connection is not None:
                        await self._serve_or_split(connection, batch)
                    else:
                        self._refuse_who_waits()
                finally:
                    self._under_way -= len(batch)
                    self._wake.set()
                    for question in batch:
                        if not question.answered.done():  # nobody waits for ever
                            _fail(question, _unavailable())
        finally:
            if connection is not None:
                connection.terminate()

    def _refuse_who_waits(self) -> None:
        """Who waited behind a database that hangs has waited long enough."""
        while self._queue:
            _fail(self._queue.popleft(), _unavailable())

    async def _take(self) -> list[Question]:
        while not self._is_due():
            self._wake.clear()
            await self._wake.wait()
        taken = min(len(self._queue), self._batch_max)
        return [self._queue.popleft() for _ in range(taken)]

    def _is_due(self) -> bool:
        """A batch is worth its round trips when nothing is under way, or half as much has gathered as is under way."""
        return bool(self._queue) and len(self._queue) >= min(self._under_way / 2, self._batch_max)

    async def _connect(self) -> asyncpg.Connection | None:
        try:
            return await asyncpg.connect(self._url, timeout=CONNECT_SECONDS_MAX, server_settings=_SESSION)
        except (OSError, asyncpg.PostgresError, TimeoutError) as failure:
            log.warning("exchange.database.unreachable", error=type(failure).__name__)
            return None

    async def _serve_or_split(self, connection: asyncpg.Connection, batch: list[Question]) -> None:
        """Serve the batch; when its data, not the connection, made it fail, serve its questions one by one."""
        try:
            await self._serve(connection, batch)
        except _LOST as failure:
            log.warning("exchange.batch.failed", error=type(failure).__name__, size=len(batch))
            if isinstance(failure, TimeoutError):
                self._refuse_who_waits()
        except Exception as failure:
            log.warning("exchange.batch.split", error=type(failure).__name__, size=len(batch))
            for question in batch:
                await self._serve_alone(connection, question)

    async def _serve_alone(self, connection: asyncpg.Connection, question: Question) -> None:
        try:
            # A key that another batch kept meanwhile is found now, and its answer repeated.
            await self._serve(connection, [question])
        except Exception as failure:
            log.error("exchange.question.failed", error=type(failure).__name__)

    async def _serve(self, connection: asyncpg.Connection, batch: list[Question]) -> None:
        now = self._clock()
        directory = self.directory_or_fail(batch)
        if directory is None:
            return
        async with asyncio.timeout(BATCH_SECONDS_MAX):
            try:
                await connection.execute("BEGIN")
                # Who is refused now gets no answer of before either, and no refusal is kept: grants change.
                for question in batch:
                    if question.repeat and isinstance(self._decide(directory, question, now).decision, Refusal):
                        question.repeat = None
                fresh, followers = await self._repeats.split(connection, batch, now)
                decided = [self._decide(directory, question, now) for question in fresh]
                entries, bodies = await self._settle(connection, decided, now)
                if entries:
                    await journal.append(connection, entries)
                await self._repeats.keep(connection, fresh, bodies, now)
                await connection.execute("COMMIT")
            except BaseException:
                await _roll_back(connection)
                raise
        for question, body in zip(fresh, bodies, strict=True):
            if not question.answered.done():
                question.answered.set_result(body)
        pass_on(followers)

    def directory_or_fail(self, batch: Sequence[Question]) -> Directory | None:
        try:
            return self.directory()
        except Unavailable as failure:
            for question in batch:
                _fail(question, failure)
            return None

    @staticmethod
    def _decide(directory: Directory, question: Question, now: datetime) -> _Decided:
        request = question.request
        standing = directory.standing(question.caller, request.integration_code, request.procedure, request.actor.officer)
        if question.claim is None:
            return _Decided(question, standing, Refusal(Reason.MALFORMED))
        return _Decided(question, standing, decide_with_keys(standing, request, now))

    async def _settle(
        self,
        connection: asyncpg.Connection,
        decided: list[_Decided],
        now: datetime,
    ) -> tuple[list[SealedEntry], list[bytes]]:
        """Read what the warrants allow, judge, seal one entry a question, render the answers (not yet sent)."""
        narrow = await _read(connection, [d for d in decided if d.question.request.kind is Kind.VERIFY], population.KEY_COLUMNS)
        wide = await _read(connection, [d for d in decided if d.question.request.kind is Kind.DISCLOSE], population.WIDE_COLUMNS)
        drawn = os.urandom(ENTROPY_BYTES * len(decided))
        entries, bodies = [], []
        for index, each in enumerate(decided):
            found = wide if each.question.request.kind is Kind.DISCLOSE else narrow
            entry, body = _conclude(each, found, now, drawn[index * ENTROPY_BYTES : (index + 1) * ENTROPY_BYTES])
            entries.append(entry)
            bodies.append(body)
        return entries, bodies

    # -- directory and security log --------------------------------------------------------------------------------

    async def _keep_directory_fresh(self) -> None:
        while True:
            connection = await self._connect()
            if connection is not None:
                try:
                    await connection.add_listener(CHANGED_CHANNEL, lambda *_: self._refresh_now.set())
                    while True:
                        self._refresh_now.clear()  # before reading: a change told while we read is read again
                        await self._refresh(connection)
                        with contextlib.suppress(TimeoutError):
                            await asyncio.wait_for(self._refresh_now.wait(), DIRECTORY_REFRESH_SECONDS)
                except Exception as failure:  # whatever it is, the next round tries again: who may ask must stay known
                    log.warning("exchange.directory.not_read", error=type(failure).__name__)
                connection.terminate()
            await asyncio.sleep(0.3)

    async def _refresh(self, connection: asyncpg.Connection) -> None:
        async with asyncio.timeout(BATCH_SECONDS_MAX):
            started = time.monotonic()
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                self._directory = await read_directory(connection, self._key)
            self._directory_read_at = started

    async def _keep_security_log(self) -> None:
        while True:
            await asyncio.sleep(5)
            if self.security_log.is_empty:
                continue
            connection = await self._connect()
            if connection is not None:
                with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
                    await self.security_log.flush(connection, self._clock())
                connection.terminate()


async def _roll_back(connection: asyncpg.Connection) -> None:
    try:
        await connection.execute("ROLLBACK", timeout=0.2)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError, asyncio.CancelledError):
        connection.terminate()


async def _read(connection: asyncpg.Connection, decided: list[_Decided], columns: str) -> population.FoundPersons:
    warrants, numbers, old_numbers = [], [], []
    for each in decided:
        claim = each.question.claim
        if isinstance(each.decision, Warrant) and claim is not None:
            warrants.append(each.decision)
            if claim.personal_id is not None:
                numbers.append(claim.personal_id.number)
            else:
                old_numbers.append(claim.old_id_no)
    if not warrants:
        return population.FoundPersons({}, {})
    return await population.rows_for(connection, warrants, numbers, old_numbers, columns)


def _conclude(each: _Decided, found: population.FoundPersons, now: datetime, drawn: bytes) -> tuple[SealedEntry, bytes]:
    question, claim = each.question, each.question.claim
    if not isinstance(each.decision, Warrant):  # the common case first: asking a struct what it is not is slow
        entry = seal(refusal_act(claim, question.request, each.decision.reason, each.standing.grant), now, drawn)
        return entry, question.render(Refused(each.decision.reason, entry.reference))
    assert claim is not None
    assert each.standing.grant is not None
    rows = _candidates(claim, found)
    judgement = judge(claim, [population.key_row(row) for row in rows], each.standing.grant, question.stated)
    verifies = question.request.kind is Kind.VERIFY
    kind = ActKind.VERIFY if verifies else ActKind.DISCLOSE
    entry = seal(population.consultation_act(claim, each.decision, kind, judgement), now, drawn)
    verification = verification_of(judgement, entry.reference, entry.at)
    if verifies:
        return entry, question.render(verification)
    return entry, question.render(Disclosure(verification, _facts(judgement, rows, each.decision, claim)))


def _facts(judgement: Judgement, rows: Sequence[Any], warrant: Warrant, claim: PersonClaim) -> Any:
    if judgement.person is None:
        return None
    row = next(row for row in rows if row[0] == judgement.person.personal_no)
    return population.facts_from_row(row, warrant.fields, claim)


def _candidates(claim: PersonClaim, found: population.FoundPersons) -> Sequence[Any]:
    if claim.personal_id is not None:
        row = found.by_number.get(claim.personal_id.number)
        return () if row is None else (row,)
    return found.by_old_number.get(claim.old_id_no, ())


def _fail(question: Question, failure: Unavailable | Conflict) -> None:
    if not question.answered.done():
        question.answered.set_exception(failure)


def _unavailable() -> Unavailable:
    return Unavailable(
        "exchange.unavailable",
        "Hệ thống tạm thời chưa trả lời được. Gửi lại sau ít giây.",
        "The exchange cannot answer right now. Retry in a few seconds.",
    )
