"""The gateway's own program in this process, without a socket and without a database: a system in trial needs no more of it."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from dancu.exchange.hot import HotPath
from dancu.exchange.trial.calls import TrialCall
from dancu.exchange.trial.secrets import with_trial_secrets
from dancu.gateway.front import Front
from dancu.gateway.server import Gateway
from dancu.gateway.signatures import Signatures
from dancu.kernel.sealing import SealingKey
from dancu.onboarding.domain import ConnectionState, Grant, InformationSystem, WireProfile
from dancu.onboarding.reader import Directory, KnownCaller
from tests.field_clients.platforms import Sent

TRIED, OFFICIAL, REGISTERED = "mot-cua-thu", "he-thong", "bi-mat-chinh-thuc"
PROFILE = WireProfile(networks=("127.0.0.0/8",), officer="canbo.thu", procedure="1.001193", integration_code="037")
KEY = SealingKey(bytes(range(32)))
Answer = tuple[int, bytes, dict[str, str]]


def systems() -> list[InformationSystem]:
    return [
        InformationSystem(TRIED, "H57", TRIED, ConnectionState.TRIAL, ("dich-vu-dan-cu",), profile=PROFILE),
        InformationSystem(OFFICIAL, "H57", OFFICIAL, ConnectionState.OFFICIAL, profile=PROFILE),
    ]


class Here:
    """A gateway that knows one system in trial and one official one, and no rates. Without a database only a trial is answered."""

    def __init__(self, grants: Iterable[Grant] = ()) -> None:
        self.hot = HotPath("postgresql://nowhere.invalid", KEY, lambda: datetime.now(UTC))
        callers = {each.client_id: KnownCaller(each, REGISTERED) for each in systems()}
        known = {(each.client_id, each.integration_code, each.procedure): each for each in grants}
        self.hot._directory = with_trial_secrets(Directory(callers, known, frozenset()), KEY)
        self.hot._directory_read_at, self.hot._counts_are_read = math.inf, True  # it never grows too old
        self.hot.gate.has_trials = True
        self.gateway = Gateway()
        self.gateway._hot = self.hot
        self.gateway._signatures = Signatures("127.0.0.1", None, Front(b""), has_help=False)

    @property
    def secret(self) -> str:
        return self.hot.directory().callers[TRIED].secret

    def send(self, sent: Sent, address: str = "127.0.0.1") -> Answer:
        return asyncio.run(self.asked(scope_of(sent, address), sent.body or b""))

    async def asked(self, scope: Any, body: bytes, inside: Callable[[], Awaitable[None]] | None = None) -> Answer:
        """One call; `inside` is done where a server begins the next one of a connection, as its answer goes out."""
        told: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            told.append(message)
            if inside is not None and message["type"] == "http.response.body":
                await inside()

        await self.gateway(scope, receive, send)
        names = {name.decode(): value.decode() for name, value in told[0]["headers"]}
        return told[0]["status"], told[1]["body"], names

    def kept(self) -> list[TrialCall]:
        """What is explained of all calls since the last time."""
        inspector, calls = self.gateway._inspector, self.hot.sandbox.calls
        while inspector._waiting:
            inspector._explain_next(self.hot)
        found = list(calls._waiting)
        calls._waiting.clear()
        calls._of.clear()
        return found


def scope_of(sent: Sent, address: str = "127.0.0.1") -> dict[str, Any]:
    """A call as a server hands it over."""
    bare, _, query = sent.path.partition("?")
    headers = {"Host": "127.0.0.1", **sent.headers, "Content-Length": str(len(sent.body or b""))}
    return {
        "type": "http",
        "method": sent.method,
        "path": unquote(bare),
        "raw_path": bare.encode(),
        "query_string": query.encode(),
        "headers": [(name.lower().encode(), value.encode("latin-1", "replace")) for name, value in headers.items()],
        "client": (address, 1),
        "scheme": "http",
    }
