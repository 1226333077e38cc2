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
        """Those that are not asked under the key of a question that is away: these wait for its answer and are asked once."""
        if not self._keyed:
            return batch
        fresh = []
        for question in batch:
            twin = self._keyed.get(_key_of(question)) if question.repeat and not question.forwarded else None
            if twin is None or twin.answered.done():
                fresh.append(question)
            else:
                question.is_held = True
                twin.answered.add_done_callback(partial(_follow, question, twin))
        return fresh

    def send(self, settled: Settled) -> None:
        """Send a question whose entry is durable."""
        question = settled.decided.question
        question.forwarded = settled.entry.reference
        if question.repeat is not None:
            self._keyed[_key_of(question)] = question
            question.answered.add_done_callback(partial(self._forget, _key_of(question)))
        self._tasks[id(question)] = asyncio.create_task(self._ask(question, settled))

    async def stop(self) -> None:
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.line.close()

    def _forget(self, key: tuple[str, str], _: asyncio.Future[bytes]) -> None:
        self._keyed.pop(key, None)

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


def _key_of(question: Question) -> tuple[str, str]:
    assert question.repeat is not None
    return question.repeat.client_id, question.repeat.key


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
