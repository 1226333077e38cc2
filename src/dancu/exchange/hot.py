"""What the gateway calls: questions are answered in batches, each batch one transaction with its ledger entries.

No Django. Two writers take what has gathered; nobody waits for a timer. Nothing is answered before the commit.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

import asyncpg
import structlog

from dancu.exchange.domain import AccessRequest, Refusal, counts_of, decide_with_keys, refusal_after, subject_asked
from dancu.exchange.extraction import refuses
from dancu.exchange.reasons import Reason
from dancu.exchange.repeats import KEY_LENGTH_MAX as KEY_LENGTH_MAX  # the gateway's door is this module
from dancu.exchange.repeats import Repeats, Twins, pass_on
from dancu.exchange.repeats import RequestKey as RequestKey
from dancu.exchange.security_log import SecurityLog
from dancu.exchange.settle import Answer as Answer
from dancu.exchange.settle import Decided, Settled, settle
from dancu.exchange.settle import Question as Question
from dancu.exchange.sharing import START_SECONDS_MAX, Sharing
from dancu.exchange.watch import Watch
from dancu.kernel.claims import PersonClaim
from dancu.kernel.errors import Conflict, TooMany, Unavailable
from dancu.kernel.sealing import SealingKey
from dancu.kernel.warrants import Warrant
from dancu.ledger import journal
from dancu.onboarding.domain import ConnectionState
from dancu.onboarding.reader import CHANGED_CHANNEL, Directory, read_directory

WRITERS = 2
BATCH_MAX = 256
QUEUE_MAX = 2048
# Together they keep a refusal within two seconds when the database hangs.
BATCH_SECONDS_MAX = 1.5
CONNECT_SECONDS_MAX = 1.0
DIRECTORY_REFRESH_SECONDS = 15.0
DIRECTORY_AGE_SECONDS_MAX = 45.0
SHARE_SECONDS = 1.0
# No miss is answered sooner: unknown number, wrong name, wrong date take the same time. Longer than a batch takes at rest.
MISS_HELD_SECONDS = 0.005

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
        miss_held_seconds: float = MISS_HELD_SECONDS,
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
        self._miss_held = miss_held_seconds
        self.watch = Watch(key)
        self._sharing = Sharing(self.watch, key, secrets.token_hex(8))
        self._share_now = asyncio.Event()
        self._counts_are_read = False
        self.security_log = SecurityLog()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        self._loop = asyncio.get_running_loop()  # kept: asking for it costs a system call in Python 3.11
        loops: list[Callable[[], Any]] = [self._keep_directory_fresh, self._keep_security_log, self._keep_sharing]
        self._tasks = [asyncio.create_task(run()) for run in [*loops, *[self._write_batches] * self._writers]]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._refuse_who_waits()

    # -- what the edges call -------------------------------------------------------------------------------------

    def directory(self) -> Directory:
        """Who may ask what. Raises `Unavailable` once it is too old to be trusted (rule 5), and before counts are read."""
        if self._directory is None or not self.is_ready:
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
        question.answered, question.asked_at = self._loop.create_future(), self._loop.time()
        self._queue.append(question)
        if self._is_due():
            self._wake.set()
        return await question.answered

    @property
    def is_ready(self) -> bool:
        return self._counts_are_read and time.monotonic() - self._directory_read_at <= DIRECTORY_AGE_SECONDS_MAX

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
                        if not question.answered.done() and not question.is_held:  # nobody waits for ever
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
        except Exception as failure:  # whatever it is, who called tries again: a loop that ends is never missed
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
                for each in self._decide_all(directory, [question for question in batch if question.repeat], now):
                    if isinstance(each.decision, Refusal):
                        each.question.repeat = None
                fresh, followers = await self._repeats.split(connection, batch, now)
                settled = await settle(connection, self._decide_all(directory, fresh, now), now)
                if settled:
                    await journal.append(connection, [each.entry for each in settled], f"gateway-{connection.get_server_pid()}")
                await self._repeats.keep(connection, fresh, [each.body for each in settled], now)
                await connection.execute("COMMIT")
            except BaseException:
                await _roll_back(connection)
                raise
        self._tell(settled, followers, now)

    def directory_or_fail(self, batch: Sequence[Question]) -> Directory | None:
        try:
            return self.directory()
        except Unavailable as failure:
            for question in batch:
                _fail(question, failure)
            return None

    @staticmethod
    def _decide(directory: Directory, question: Question, now: datetime) -> Decided:
        request = question.request
        standing = directory.standing(question.caller, request.integration_code, request.procedure, request.actor.officer)
        if question.claim is None:
            return Decided(question, standing, Refusal(Reason.MALFORMED))
        return Decided(question, standing, decide_with_keys(standing, request, now))

    def _decide_all(self, directory: Directory, questions: Sequence[Question], now: datetime) -> list[Decided]:
        """Grants first, then limits on extraction; where nobody is stopped these need not be asked."""
        decided = [self._decide(directory, question, now) for question in questions]
        if not self.watch.is_calm:
            for each in decided:
                if isinstance(each.decision, Warrant) and (claim := each.question.claim) is not None:
                    each.decision = self._limited(each.question.request, claim, now) or each.decision
        return decided

    def _limited(self, request: AccessRequest, claim: PersonClaim, now: datetime) -> Refusal | None:
        """What limits on extraction have to say against a question that is granted."""
        watch, actor = self.watch, request.actor
        if watch.shut and watch.is_shut(actor.system, now):
            return Refusal(Reason.CLIENT_SUSPENDED)
        crossing = watch.crossing(actor, now)
        if crossing is not None and refuses(crossing, has_whole_date=claim.birth_date.is_full):
            return refusal_after(crossing, now)
        if watch.has_spent and watch.is_spent(actor, subject_asked(claim), now):
            return Refusal(Reason.ATTEMPTS_SPENT)
        return None

    def _tell(self, settled: Sequence[Settled], followers: Sequence[Twins], now: datetime) -> None:
        """Answer and count what stands in the ledger now. A miss is held until its time: how long it took must not show."""
        watch, planted = self.watch, self.watch.planted
        for each in settled:
            question, judgement = each.decided.question, each.judgement
            if judgement is None:
                _answer(question, each.body)
                continue
            actor = question.request.actor
            if judgement.person is not None:
                _answer(question, each.body)
                watch.count_hit(actor, each.entry.subject, now)
            else:
                self._answer_later(question, each.body)
                assert question.claim is not None
                counts = counts_of(judgement, question.claim, is_somebody=each.is_somebody)
                watch.count_miss(actor, each.entry.subject, counts, now)
            if planted and question.claim is not None and watch.asks_about_planted(question.claim):
                watch.count_planted(actor)
        watch.look(now)
        if watch.is_urgent:
            self._share_now.set()
        for question, twin in followers:
            if twin.is_held:
                question.is_held = True
                twin.answered.add_done_callback(partial(_follow, question, twin))
            else:
                pass_on([(question, twin)])

    def _answer_later(self, question: Question, body: bytes) -> None:
        due = question.asked_at + self._miss_held
        if due <= self._loop.time():
            _answer(question, body)
        else:
            question.is_held = True
            self._loop.call_at(due, _answer, question, body)

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
                directory = await read_directory(connection, self._key)
            self._directory, self._directory_read_at = directory, started
            organisations = {client: caller.system.organisation for client, caller in directory.callers.items()}
            self.watch.set_volumes(directory.grants.values(), organisations)
            closed = [c for c, caller in directory.callers.items() if caller.system.state is not ConnectionState.OFFICIAL]
            self.watch.directory_knows(closed)

    async def _keep_sharing(self) -> None:
        while True:
            connection = await self._connect()
            if connection is not None:
                try:
                    while True:
                        await self._share(connection)
                        with contextlib.suppress(TimeoutError):
                            await asyncio.wait_for(self._share_now.wait(), SHARE_SECONDS)
                except Exception as failure:  # what could not be written is written the next time
                    log.warning("exchange.counts.not_shared", error=type(failure).__name__)
                connection.terminate()
            await asyncio.sleep(0.3)

    async def _share(self, connection: asyncpg.Connection) -> None:
        self._share_now.clear()
        if not self._counts_are_read:
            async with asyncio.timeout(START_SECONDS_MAX):
                await self._sharing.begin(connection, self._clock())
            self._counts_are_read = True
        if self._directory is not None:
            systems = {client: caller.system for client, caller in self._directory.callers.items()}
            async with asyncio.timeout(BATCH_SECONDS_MAX):
                await self._sharing.exchange(connection, systems, self._clock())

    async def _keep_security_log(self) -> None:
        while True:
            await asyncio.sleep(5)
            if self.security_log.is_empty:
                continue
            connection = await self._connect()
            if connection is not None:
                try:
                    await self.security_log.flush(connection, self._clock())
                except Exception as failure:
                    log.warning("exchange.security_log.not_written", error=type(failure).__name__)
                connection.terminate()


async def _roll_back(connection: asyncpg.Connection) -> None:
    try:
        await connection.execute("ROLLBACK", timeout=0.2)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError, asyncio.CancelledError):
        connection.terminate()


def _answer(question: Question, body: bytes) -> None:
    if not question.answered.done():
        question.answered.set_result(body)


def _follow(question: Question, twin: Question, _: asyncio.Future[bytes]) -> None:
    pass_on([(question, twin)])


def _fail(question: Question, failure: Unavailable | Conflict) -> None:
    if not question.answered.done():
        question.answered.set_exception(failure)


def _unavailable() -> Unavailable:
    return Unavailable(
        "exchange.unavailable",
        "Hệ thống tạm thời chưa trả lời được. Gửi lại sau ít giây.",
        "The exchange cannot answer right now. Retry in a few seconds.",
    )
