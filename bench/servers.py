"""The gateway as the bench serves it: one path more, which reads the body and answers a constant: the limit."""

from __future__ import annotations

import os
from typing import Any

from dancu.exchange.hot import BATCH_MAX, WRITERS
from dancu.gateway.server import Gateway

CONSTANT = (
    b'{"id":"01a1fc29-b7cf-7b01-95d1-95453ab22fc2","outcome":"match","at":"2026-11-21T03:32:34.895+00:00",'
    b'"fields":{},"life_status":"alive","successor":null,"explanation":null}'
)
_HEADERS = [(b"content-type", b"application/json"), (b"content-length", str(len(CONSTANT)).encode())]
_gateway = Gateway(
    batch_max=int(os.environ.get("BENCH_BATCH_MAX", BATCH_MAX)), writers=int(os.environ.get("BENCH_WRITERS", WRITERS))
)


async def app(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] != "http" or scope["path"] != "/constant":
        await _gateway(scope, receive, send)
        return
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 201, "headers": _HEADERS})
    await send({"type": "http.response.body", "body": CONSTANT})
