"""Questions of the gateway that are away: recorded, sent to the hub above, not yet back. They come back through the same queue."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

import structlog

from dancu.exchange.domain import Kind, Refusal
from dancu.exchange.repeats import Twins
from dancu.exchange.settle import Decided, Question, Settled
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

    def reserve(self, decided: list[Decided]) -> tuple[list[Decided], list[Twins]]:
        """Each key is asked once at a time. Gives those asked now, and those that share the answer of one not answered yet.

        A key is reserved before its question leaves: another batch may hold its twin at this moment. Who is refused shares nothing.
        """
        asked, followers = [], []
        for each in decided:
            question = each.question
            if question.repeat is None or question.forwarded or isinstance(each.decision, Refusal):
                asked.append(each)
                continue
            key = (question.repeat.client_id, question.repeat.key)
            twin = self._keyed.get(key)
            if twin is not None and twin is not question and not twin.answered.done():
                followers.append((question, twin))
                continue
            asked.append(each)
            if twin is not question:
                self._keyed[key] = question
                question.answered.add_done_callback(partial(self._forget, key, question))
        return asked, followers

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


def outgoing_of(question: Question, settled: Settled, always_record: bool) -> Outgoing:
    warrant, claim = settled.decided.decision, question.claim
    assert isinstance(warrant, Warrant)
    assert claim is not None
    needs_record = question.request.kind is Kind.DISCLOSE or bool(question.stated) or always_record
    return Outgoing(claim, question.request, warrant, settled.entry.reference, needs_record)


def fault_of(question: Question) -> Fault:
    """Why a question that came back has no answer."""
    return question.heard if isinstance(question.heard, Fault) else Fault.FAILED
