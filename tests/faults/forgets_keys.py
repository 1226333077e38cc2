"""A gateway with the guard taken out: it remembers keys in its memory only, so that a restart forgets them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from dancu.exchange.hot import Question
from dancu.exchange.repeats import Connection, Repeats
from dancu.gateway.server import app as app  # what the server is told to serve

_kept: dict[tuple[str, str], bytes] = {}


async def keep(self: Repeats, connection: Connection, fresh: Sequence[Question], bodies: Sequence[bytes], at: datetime) -> None:
    for question, body in zip(fresh, bodies, strict=True):
        if (repeat := question.repeat) is not None:
            from dancu.exchange import repeats

            plain = repeats._digest(repeat) + body
            _kept[repeat.client_id, repeat.key] = self._sealing.seal(plain, belongs_to=repeats._owner(repeat))


async def kept(self: Repeats, connection: Connection, batch: Sequence[Question], now: datetime) -> dict[tuple[str, str], bytes]:
    return dict(_kept)


Repeats.keep = keep  # type: ignore[method-assign]
Repeats._kept = kept  # type: ignore[method-assign]
