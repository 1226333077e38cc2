"""A gateway with a planted fault: one contract raises on U+0000."""

from __future__ import annotations

from dancu.gateway.dialects import plain
from dancu.gateway.server import app as app  # what the server is told to serve

_call_of = plain.call_of


def call_of(operation, namespace, stated):  # type: ignore[no-untyped-def]  # stands in for the real one
    told = list(stated)
    if any("\0" in text for _, text in told):
        raise RuntimeError("nobody foresaw this")
    return _call_of(operation, namespace, told)


plain.call_of = call_of
