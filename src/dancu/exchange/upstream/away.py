"""Questions of the gateway that are away: recorded, sent to the hub above, not yet back. They come back through the same queue."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

import structlog

from dancu.exchange.domain import Kind
from dancu.exchange.repeats import pass_on
from dancu.exchange.settle import Question, Settled
from dancu.exchange.upstream.domain import Fault, Outgoing, UpstreamFailed
from dancu.exchange.upstream.line import Line
from dancu.kernel.warrants import Warrant

log = structlog.get_logger("exchange")


class Away:
    """What is under way to the hub above in this process (*câu hỏi đang gửi cấp trên*)."""

    def __init__(self, line: Line, come_back: Callable[[Question], None]) -> None:
        self.line, self._come_back = line, come_back
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._keyed: dict[tuple[str, str], Question] = {}

    def __contains__(self, question: Question) -> bool:
        return id(question) in self._tasks

    def without_twins(self, batch: list[Question]) -> list[Question]:
        """Without those asked under the key of one that is not answered yet: they wait for its answer and are asked once."""
        fresh = []
        for question in batch:
            if question.repeat is None or question.forwarded:
                fresh.append(question)
                continue
            key = (question.repeat.client_id, question.repeat.key)
            twin = self._keyed.get(key)
            if twin is not None and twin is not question and not twin.answered.done():
                question.is_held = True
                twin.answered.add_done_callback(partial(_follow, question, twin))
                continue
            fresh.append(question)
            if twin is not question:
                # From now on, not when it leaves: another batch may hold its twin at this moment.
                self._keyed[key] = question
                question.answered.add_done_callback(partial(self._forget, key, question))
        return fresh

    def send(self, settled: Settled) -> None:
        """Send a question whose entry is durable."""
        question = settled.decided.question
        question.forwarded = settled.entry.reference
        self._tasks[id(question)] = asyncio.create_task(self._ask(question, settled))

    async def stop(self) -> None:
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.line.close()

    def _forget(self, key: tuple[str, str], question: Question, _: asyncio.Future[bytes]) -> None:
        if self._keyed.get(key) is question:
            del self._keyed[key]

    async def _ask(self, question: Question, settled: Settled) -> None:
        try:
            question.heard = await self.line.ask(outgoing_of(question, settled, self.line.settings.verify == "record"))
        except UpstreamFailed as failure:
            question.heard = failure.fault
        except Exception as failure:  # whatever it is, the question comes back: nobody waits for ever
            log.error("exchange.upstream.failed", error=type(failure).__name__)
            question.heard = Fault.FAILED
        finally:
            self._come_back(question)  # before it is forgotten here, so that it is always somewhere
            del self._tasks[id(question)]


def _follow(question: Question, twin: Question, _: asyncio.Future[bytes]) -> None:
    pass_on([(question, twin)])


def outgoing_of(question: Question, settled: Settled, always_record: bool) -> Outgoing:
    warrant, claim = settled.decided.decision, question.claim
    assert isinstance(warrant, Warrant)
    assert claim is not None
    needs_record = question.request.kind is Kind.DISCLOSE or bool(question.stated) or always_record
    return Outgoing(claim, question.request, warrant, settled.entry.reference, needs_record)


def fault_of(question: Question) -> Fault:
    """Why a question that came back has no answer."""
    return question.heard if isinstance(question.heard, Fault) else Fault.FAILED
