"""A gateway with a planted fault: it keeps something of every request for ever."""

from __future__ import annotations

from dancu.gateway import server
from dancu.gateway.server import app as app  # what the server is told to serve

_kept: list[bytes] = []
_read = server._read


async def read(receive, content_length=None):  # type: ignore[no-untyped-def]  # stands in for the real one
    body = await _read(receive, content_length)
    _kept.append(b"%d" % len(_kept) + b"x" * 131_072)
    return body


server._read = read
