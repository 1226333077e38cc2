"""What every address of our own contract needs beside the two busiest: bodies read, limits, ids, refusals and errors rendered."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import UUID

import msgspec

from dancu.exchange.domain import Refused
from dancu.exchange.hot import HotPath
from dancu.gateway import problems, rest
from dancu.gateway.calls import HttpCall, Reply
from dancu.kernel.errors import Invalid
from dancu.onboarding.reader import KnownCaller

NO_ONE = UUID(int=0)
Answered = Callable[[HotPath, KnownCaller, HttpCall, re.Match[str]], Awaitable[Reply]]
T = TypeVar("T")

encode = msgspec.json.Encoder().encode


def problem(said: problems.Problem, extra: list[tuple[bytes, bytes]] | None = None) -> Reply:
    headers = list(extra or [])
    if said.status in (429, 503) and not headers:
        headers.append((b"retry-after", str(problems.RETRY_AFTER_SECONDS).encode()))
    return Reply(said.status, problems.CONTENT_TYPE, encode(said), headers)


def refusal(told: Refused) -> Reply:
    wait = told.retry_after_seconds
    said = problems.refused(told.reason, told.message, told.message_en, told.reference, 429 if wait else 403)
    return problem(said, [(b"retry-after", b"%d" % wait)] if wait else None)


def decoded(body: bytes, kind: type[T]) -> T:
    """The body as a value. Raises `Invalid` naming the place; for U+0000 too, which no database text holds."""
    try:
        told = msgspec.json.decode(body, type=kind)
    except (msgspec.ValidationError, msgspec.DecodeError, UnicodeDecodeError) as failure:
        raise rest.body_error(failure) from None
    if b"\\u0000" in body:  # the only way to write it
        for name, value in msgspec.to_builtins(told).items():
            if _holds_nul(value):
                raise Invalid("request.characters", "Có ký tự cấm (U+0000).", "A forbidden character (U+0000).", field=name)
    return told


def _holds_nul(value: object) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any(_holds_nul(each) for each in value.values())
    return isinstance(value, list) and any(_holds_nul(each) for each in value)


def limit_of(call: HttpCall, most: int) -> int:
    text = call.parameters.get("limit", str(most))
    if not (text.isascii() and text.isdigit() and len(text) <= 6 and 1 <= int(text) <= most):
        raise Invalid("request.limit", f"limit từ 1 đến {most}.", f"limit is from 1 to {most}.", field="limit")
    return int(text)


def uuid_of(text: str, field: str) -> UUID | None:
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError:
        raise Invalid("request.id", "Mã không đúng dạng.", "This is no id.", field=field) from None
