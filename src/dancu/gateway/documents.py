"""The description of the contracts beside our own, for who writes a client or tests this one."""

from __future__ import annotations

from pathlib import Path

from dancu.exchange.hot import HotPath
from dancu.gateway.calls import TEXT, HttpCall, Reply, Route
from dancu.gateway.soap import failed

DIALECTS = Path(__file__).parent / "dialects.openapi.yaml"


async def describe(_: HotPath, call: HttpCall) -> Reply:
    """The JSON, query and token contracts as OpenAPI."""
    return Reply(200, TEXT, DIALECTS.read_bytes())


ROUTE = Route({"GET": describe}, failed)
