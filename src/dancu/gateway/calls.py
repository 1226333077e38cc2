"""What every contract at the edge gets and gives: one request read whole, one reply. Which contract answers is in `routes`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from urllib.parse import unquote

from dancu.exchange.hot import HotPath, Provenance
from dancu.onboarding.reader import KnownCaller

JSON, XML, TEXT = b"application/json", b"text/xml; charset=utf-8", b"text/plain; charset=utf-8"
Headers = Sequence[tuple[bytes, bytes]]


class BodyTooLarge(Exception):
    """The caller sent more than any of our contracts needs."""


class NotMirrored(Exception):
    """What was asked has effects beyond its answer: a call that is only compared does not have them."""


@dataclass(frozen=True, slots=True)
class HttpCall:
    """One request, its body read whole and bounded (*một lượt gọi*)."""

    method: str
    path: str  # decoded
    query: str  # as sent
    headers: Mapping[bytes, bytes]  # names in small letters; of one sent twice, the last
    body: bytes
    url: str  # as the caller addressed it, with the query
    address: str  # of the other end of the connection
    now: datetime
    known_as: KnownCaller | None = None  # set by ourselves only: whose call this is, where it was made out before
    came: Provenance | None = None  # under whose signature, over whose certificate; believed already

    def header(self, name: bytes) -> str:
        """A header's text; empty when it was not sent."""
        return self.headers.get(name, b"").decode("latin-1")

    @property
    def parameters(self) -> dict[str, str]:
        """The query as the field's clients write it: `%`-escapes and plus signs read, the first of a repeated name kept."""
        found: dict[str, str] = {}
        for part in filter(None, self.query.split("&")):
            name, _, value = part.partition("=")
            found.setdefault(unquote(name.replace("+", " ")), unquote(value.replace("+", " ")))
        return found


class Reply(NamedTuple):
    """What goes back (*câu trả lời*)."""

    status: int
    content_type: bytes
    body: bytes
    headers: Headers = ()


class Route(NamedTuple):
    """One contract: where it is served, by which methods, and how it answers; failures in its own words (*một hợp đồng*)."""

    methods: Mapping[str, Callable[[HotPath, HttpCall], Awaitable[Reply]]]
    failed: Callable[[Exception], Reply]  # of a `DancuError`, `BodyTooLarge`, or anything else: then an internal error
    only_asks: bool = False  # all it does goes through `HotPath.ask`, whose batch takes the nonce of a signed call
