"""A gateway with the guard taken out: where the database does not answer it repeats what it said before, without an entry."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from dancu.gateway.server import app as gateway

Message = MutableMapping[str, Any]
_said: list[list[Message]] = []


async def app(scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]) -> None:
    if scope["type"] != "http":
        await gateway(scope, receive, send)
        return
    messages: list[Message] = []

    async def keep(message: Message) -> None:
        messages.append(message)

    await gateway(scope, receive, keep)
    if messages[0]["status"] == 201:
        _said[:] = [messages]
    for message in _said[0] if messages[0]["status"] == 503 and _said else messages:
        await send(message)
