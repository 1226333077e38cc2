"""What the gateway calls: questions are answered in batches, each batch one transaction with its ledger entries.

No Django. Two writers take what has gathered; nobody waits for a timer. Nothing is answered before the commit.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

import asyncpg
import structlog

from dancu.exchange import usage
from dancu.exchange.answers import answer, fail, follow, unavailable
from dancu.exchange.beside import beside, is_known_before, look
from dancu.exchange.connections import LOST, connect, roll_back
from dancu.exchange.domain import AccessRequest, Kind, Refusal, Refused, counts_of, decide_with_keys
from dancu.exchange.errands import Errands
from dancu.exchange.gate import Gate, Kept, busy
from dancu.exchange.limiting import limited
from dancu.exchange.lists import ListKeys
from dancu.exchange.provenance import CAME as CAME  # the gateway's door is this module
from dancu.exchange.provenance import CHECKED_BEFORE as CHECKED_BEFORE
from dancu.exchange.provenance import Provenance as Provenance
from dancu.exchange.provenance import doubt, spend
from dancu.exchange.provenance import settled as mark_settled
from dancu.exchange.reasons import REASON_WORDS, Reason
from dancu.exchange.repeats import KEY_LENGTH_MAX as KEY_LENGTH_MAX
from dancu.exchange.repeats import Repeats, Twins, pass_on
from dancu.exchange.repeats import RequestKey as RequestKey
from dancu.exchange.settle import Answer as Answer
from dancu.exchange.settle import Decided, Settled, endings_of, entries_of, settle, settle_forwarded
from dancu.exchange.settle import Question as Question
from dancu.exchange.sharing import START_SECONDS_MAX, Sharing
from dancu.exchange.subscribing import Keys
from dancu.exchange.trial.asking import Sandbox
from dancu.exchange.trial.secrets import with_trial_secrets
from dancu.exchange.trial.tried import is_tried
from dancu.exchange.turns import TurnQueue
from dancu.exchange.upstream.away import Away, fault_of
from dancu.exchange.upstream.domain import UpstreamFailed
from dancu.exchange.upstream.line import Line as Line
from dancu.exchange.watch import Watch
from dancu.kernel.errors import Conflict, Unavailable
from dancu.kernel.sealing import SealingKey
from dancu.kernel.warrants import Actor, Warrant
from dancu.ledger import journal
from dancu.onboarding.domain import ConnectionState, InformationSystem
from dancu.onboarding.reader import CHANGED_CHANNEL, Directory, KnownCaller, read_directory

WRITERS = 2
SPENDERS = 4
BATCH_MAX = 256
QUEUE_MAX = 2048
QUEUE_SHARE_MAX = 1024  # of one organisation
TURN_MAX = 16  # of one organisation under way while others ask too: who comes waits no longer than these take
# Together they keep a refusal within two seconds when the database hangs.
BATCH_SECONDS_MAX = 1.5
DIRECTORY_REFRESH_SECONDS = 15.0
DIRECTORY_AGE_SECONDS_MAX = 45.0
SHARE_SECONDS = 1.0
KEEP_SECONDS = 5.0
# No miss is answered sooner: unknown number, wrong name, wrong date take the same time. Longer than a batch takes at rest.
MISS_HELD_SECONDS = 0.005
_TRIAL = ConnectionState.TRIAL  # a name of the module: looking an enumeration's member up costs more than comparing it

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
        line: Line | None = None,
        processes: int = 1,
    ) -> None:
        self._url, self._key, self._clock = database_url, key, clock
        self._batch_max, self._writers = batch_max, writers
        self._queue: TurnQueue[Question] = TurnQueue(QUEUE_MAX, QUEUE_SHARE_MAX, TURN_MAX)
        self.gate = Gate(processes)
        self._wake, self._spending = asyncio.Event(), asyncio.Semaphore(SPENDERS)
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
        self.security_log = self.gate.security_log
        self.sandbox = Sandbox(self.gate, clock)
        self.kept: list[Kept] = [self.gate, self.sandbox.calls]  # counts that are written every few seconds
        self.errands = Errands(database_url, clock, self.gate, has_registry=line is None)
        self.subscription_keys, self.list_keys = Keys(key), ListKeys(key)
        self.errand_miss_held_seconds = 4 * miss_held_seconds  # a transaction by itself takes longer than its share of a batch
        self._tasks: list[asyncio.Task[None]] = []
        self._away = Away(line, self._come_back) if line is not None else None

    async def start(self) -> None:
        self._loop = asyncio.get_running_loop()  # kept: asking for it costs a system call in Python 3.11
        loops: list[Callable[[], Any]] = [self._keep_directory_fresh, self._keep_counts, self._keep_sharing]
        self._tasks = [asyncio.create_task(run()) for run in [*loops, *[self._write_batches] * self._writers]]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.errands.stop()
        self._refuse_who_waits()
        if self._away is not None:
            await self._away.stop()
        await self._write_kept()

    # -- what the edges call -------------------------------------------------------------------------------------

    def directory(self) -> Directory:
        """Who may ask what. Raises `Unavailable` once it is too old to be trusted (rule 5), and before counts are read."""
        if self._directory is None or not self.is_ready:
            raise unavailable()
        return self._directory

    async def ask(self, question: Question) -> bytes:
        """Queue a question and wait for the answer of its batch. Raises `Unavailable`, `TooMany`, `Conflict`."""
        if question.caller.system.state is _TRIAL and is_tried(question.caller.system):
            return await self.sandbox.ask(self, question)
        question.asked_at = self._loop.time()
        self.gate.admit(question.request, question.asked_at)
        if not self._queue.add(question.request.actor.organisation, question, question.asked_at):
            raise busy()
        question.came = question.came or CAME.get()
        question.answered = self._loop.create_future()
        if self._is_due():
            self._wake.set()
        return await question.answered

    def _come_back(self, question: Question) -> None:
        """The hub above has answered, or failed: what came of it is recorded before anybody hears."""
        self._queue.put_back(question.request.actor.organisation, question)
        if self._is_due():
            self._wake.set()

    @property
    def line_state(self) -> str:
        """How the line to the hub above does; empty where the registry is here."""
        return self._away.line.state if self._away is not None else ""

    def derived_key(self, purpose: str) -> bytes:
        """A key of this installation for one purpose of the edge's own."""
        return self._key.derived(purpose)

    async def spend(self, call: Provenance) -> None:
        """Take a signed call that no question of a batch takes, once. Raises `Conflict` for one that came before."""
        try:
            async with asyncio.timeout(BATCH_SECONDS_MAX), self._spending:
                if (connection := await connect(self._url)) is None:
                    raise unavailable()
                try:
                    await spend(connection, [call], self._clock())
                finally:
                    connection.terminate()
        except LOST:
            raise unavailable() from None
        mark_settled([call])
        if call.is_replayed:
            raise Conflict("signature.replayed", *REASON_WORDS[Reason.REPLAYED])

    @property
    def is_ready(self) -> bool:
        return self._counts_are_read and time.monotonic() - self._directory_read_at <= DIRECTORY_AGE_SECONDS_MAX

    # -- batches -------------------------------------------------------------------------------------------------

    async def _write_batches(self) -> None:
        connection: asyncpg.Connection | None = None
        try:
            while True:
                batch, shares = await self._take()
                self._under_way += len(batch)
                back = {id(question) for question in batch if question.forwarded}
                try:
                    if connection is None or connection.is_closed():
                        connection = await connect(self._url)
                    if connection is not None:
                        await self._serve_or_split(connection, batch)
                    else:
                        self._refuse_who_waits()
                finally:
                    self._under_way -= len(batch)
                    self._queue.finished(shares)
                    self._wake.set()
                    for question in batch:  # nobody waits for ever
                        has_left = question.forwarded and id(question) not in back
                        if not (question.answered.done() or question.is_held or has_left):
                            fail(question, unavailable())
        finally:
            if connection is not None:
                connection.terminate()

    def _refuse_who_waits(self) -> None:
        """Who waited behind a database that hangs has waited long enough."""
        for question in self._queue.drain():
            fail(question, unavailable())

    async def _take(self) -> tuple[list[Question], Mapping[str, int]]:
        while not self._is_due():
            self._wake.clear()
            await self._wake.wait()
        return self._queue.take(self._batch_max, self._loop.time())

    def _is_due(self) -> bool:
        """A batch is worth its round trips when nothing is under way, or half as much has gathered as is under way."""
        if self._queue.waiting < min(self._under_way / 2, self._batch_max):
            return False
        return self._queue.takeable(self._loop.time()) > 0

    async def _serve_or_split(self, connection: asyncpg.Connection, batch: list[Question]) -> None:
        """Serve the batch; when its data, not the connection, made it fail, serve its questions one by one."""
        try:
            await self._serve(connection, batch)
        except LOST as failure:
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
        """Nonces and kept answers are written beside the entries; where one was known before, all is done again, with a look first.

        A question that leaves under a key is never tried so: it would be gone before anybody knew that it was asked before.
        """
        may_leave_twice = self._away is not None and any(each.repeat and not each.forwarded for each in batch)
        try:
            await self._serve_once(connection, batch, look_first=may_leave_twice)
        except asyncpg.UniqueViolationError as failure:
            if not is_known_before(failure):
                raise
            await self._serve_once(connection, batch, look_first=True)

    async def _serve_once(self, connection: asyncpg.Connection, batch: list[Question], *, look_first: bool) -> None:
        now = self._clock()
        directory = self.directory_or_fail(batch)
        if directory is None:
            return
        async with asyncio.timeout(BATCH_SECONDS_MAX):
            try:
                signed = list({id(q.came): q.came for q in batch if q.came is not None and q.came.must_be_spent}.values())
                # A batch without a look at our own registry, nonces or kept answers is one statement: a transaction by itself.
                is_begun = self._away is None or look_first
                if is_begun:
                    await connection.execute("BEGIN")
                decide = partial(self._decide_all, directory, now=now)
                fresh, followers = await look(connection, batch, signed, self._repeats, decide, now) if look_first else (batch, [])
                decided = decide(fresh)
                if self._away is not None:
                    decided, more_followers = self._away.reserve(decided)
                    followers += more_followers
                settled = await self._settle(connection, decided, now)
                entries = entries_of(settled)
                keeping = self._repeats.keeping((each.decided.question, each.body) for each in settled if each.is_kept)
                if not (is_begun or journal.is_one_statement(entries)):
                    is_begun = True
                    await connection.execute("BEGIN")
                if settled:
                    used, writer = usage.tally(endings_of(settled)), f"gateway-{connection.get_server_pid()}"
                    more = usage.beside(used) if look_first else beside(used, signed, keeping)
                    await journal.append(connection, entries, writer, more)
                if look_first:
                    await self._repeats.keep(connection, keeping, now)
                if is_begun:
                    await connection.execute("COMMIT")
                mark_settled(signed)
            except BaseException:
                await roll_back(connection)
                raise
        self._tell(settled, followers, now)

    async def _settle(self, connection: asyncpg.Connection, decided: list[Decided], now: datetime) -> list[Settled]:
        if self._away is None:
            return await settle(connection, decided, now)
        return settle_forwarded(decided, now, self._away.line.settings.name)

    def directory_or_fail(self, batch: Sequence[Question]) -> Directory | None:
        try:
            return self.directory()
        except Unavailable as failure:
            for question in batch:
                fail(question, failure)
            return None

    @staticmethod
    def _decide(directory: Directory, question: Question, now: datetime) -> Decided:
        request = question.request
        standing = directory.standing(question.caller, request.integration_code, request.procedure, request.actor.officer)
        if doubted := _doubted(directory, question.came, standing.system):
            return Decided(question, standing, Refusal(doubted))
        if question.claim is None:
            return Decided(question, standing, Refusal(Reason.MALFORMED))
        return Decided(question, standing, decide_with_keys(standing, request, now))

    async def refuse_doubted(self, caller: KnownCaller, came: Provenance | None) -> Refused | None:
        """For what is no question about one person: the recorded refusal of a call that must be signed or certified and is not."""
        if _doubted(self.directory(), came, caller.system) is None:
            return None
        told: list[Answer] = []
        nothing = AccessRequest(Actor(caller.system.organisation, caller.system.client_id, ""), Kind.VERIFY, "", "")
        await self.ask(Question(caller, nothing, None, lambda answer: told.append(answer) or b""))  # type: ignore[func-returns-value]
        return told[-1] if isinstance(told[-1], Refused) else None

    def _decide_all(self, directory: Directory, questions: Sequence[Question], now: datetime) -> list[Decided]:
        """Grants first, then limits on extraction; where nobody is stopped these need not be asked."""
        decided = [self._decide(directory, question, now) for question in questions]
        if not self.watch.is_calm:
            for each in decided:
                if isinstance(each.decision, Warrant) and (claim := each.question.claim) is not None:
                    each.decision = limited(self.watch, each.question.request, claim, now) or each.decision
        return decided

    def count_settled(self, settled: Settled) -> None:
        """Count a question that was settled outside a batch, as `_tell` counts those in one."""
        question, judgement, now = settled.decided.question, settled.judgement, settled.entry.at
        if judgement is not None and question.claim is not None:
            if judgement.person is not None:
                self.watch.count_hit(question.request.actor, settled.entry.subject, now)
            else:
                counts = counts_of(judgement, question.claim, is_somebody=settled.is_somebody)
                self.watch.count_miss(question.request.actor, settled.entry.subject, counts, now)
            if self.watch.asks_about_planted(question.claim):
                self.watch.count_planted(question.request.actor)
        self.watch.look(now)

    def count_told(self, system: InformationSystem, officer: str, numbers: Sequence[int]) -> None:
        """Count persons that were told without a question about each."""
        actor, now = Actor(system.organisation, system.client_id, officer), self._clock()
        for number in numbers:
            self.watch.count_hit(actor, f"{number:012d}", now)
        self.watch.look(now)

    def _tell(self, settled: Sequence[Settled], followers: Sequence[Twins], now: datetime) -> None:
        """Answer and count what stands in the ledger now. A miss is held until its time: how long it took must not show."""
        watch, planted = self.watch, self.watch.planted
        for each in settled:
            question, judgement = each.decided.question, each.judgement
            if each.leaves:
                assert self._away is not None
                self._away.send(each)
                continue
            if judgement is None:
                if each.has_failed:
                    fail(question, UpstreamFailed(fault_of(question)).told())
                else:
                    answer(question, each.body)
                if question.claim is None:
                    self.security_log.note_system("malformed", question.request.actor.system)
                continue
            actor = question.request.actor
            if judgement.person is not None:
                answer(question, each.body)
                watch.count_hit(actor, each.entry.subject, now)
                for other in each.others:
                    watch.count_hit(actor, other.subject, now)
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
            if twin.answered.done():
                pass_on([(question, twin)])
            else:  # held until its time, or away at the hub above
                question.is_held = True
                twin.answered.add_done_callback(partial(follow, question, twin))

    def _answer_later(self, question: Question, body: bytes) -> None:
        due = question.asked_at + self._miss_held
        if due <= self._loop.time():
            answer(question, body)
        else:
            question.is_held = True
            self._loop.call_at(due, answer, question, body)

    # -- directory and security log --------------------------------------------------------------------------------

    async def _keep_directory_fresh(self) -> None:
        while True:
            connection = await connect(self._url)
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
                finally:  # also when we are told to stop: a listener nobody reads holds the whole database up
                    connection.terminate()
            await asyncio.sleep(0.3)

    async def _refresh(self, connection: asyncpg.Connection) -> None:
        async with asyncio.timeout(BATCH_SECONDS_MAX):
            started = time.monotonic()
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                directory = with_trial_secrets(await read_directory(connection, self._key), self._key)
            self._directory, self._directory_read_at = directory, started
            self.gate.set_rates(caller.system for caller in directory.callers.values())
            organisations = {client: caller.system.organisation for client, caller in directory.callers.items()}
            self.watch.set_volumes(directory.grants.values(), organisations)
            closed = [c for c, caller in directory.callers.items() if caller.system.state is not ConnectionState.OFFICIAL]
            self.watch.directory_knows(closed)

    async def _keep_sharing(self) -> None:
        while True:
            connection = await connect(self._url)
            if connection is not None:
                try:
                    while True:
                        await self._share(connection)
                        with contextlib.suppress(TimeoutError):
                            await asyncio.wait_for(self._share_now.wait(), SHARE_SECONDS)
                except Exception as failure:  # what could not be written is written the next time
                    log.warning("exchange.counts.not_shared", error=type(failure).__name__)
                finally:
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

    async def _keep_counts(self) -> None:
        while True:
            await asyncio.sleep(KEEP_SECONDS)
            await self._write_kept()

    async def _write_kept(self) -> None:
        if all(each.is_empty for each in self.kept) or (connection := await connect(self._url)) is None:
            return
        try:
            for each in self.kept:
                try:
                    if not each.is_empty:
                        await each.flush(connection, self._clock())
                except Exception as failure:
                    log.warning("exchange.counts.not_kept", error=type(failure).__name__)
        finally:
            connection.terminate()


def _doubted(directory: Directory, came: Provenance | None, system: InformationSystem) -> Reason | None:
    hub = directory.callers.get(system.via) if system.via else None
    return doubt(came, system, is_hub_open=hub is not None and hub.system.state is ConnectionState.OFFICIAL)
