"""How a question that waits is answered, or told that it will not be. Whoever was answered already stays so."""

from __future__ import annotations

import asyncio

from dancu.exchange.repeats import pass_on
from dancu.exchange.settle import Question
from dancu.kernel.errors import Conflict, Unavailable


def answer(question: Question, body: bytes) -> None:
    if not question.answered.done():
        question.answered.set_result(body)


def follow(question: Question, twin: Question, _: asyncio.Future[bytes]) -> None:
    pass_on([(question, twin)])


def fail(question: Question, failure: Unavailable | Conflict) -> None:
    if not question.answered.done():
        question.answered.set_exception(failure)


def unavailable() -> Unavailable:
    return Unavailable(
        "exchange.unavailable",
        "Hệ thống tạm thời chưa trả lời được. Gửi lại sau ít giây.",
        "The exchange cannot answer right now. Retry in a few seconds.",
    )
