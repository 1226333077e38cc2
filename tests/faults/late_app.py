"""The gateway with a leak put in on purpose: requests marked `x-late: 1` take some microseconds more."""

from __future__ import annotations

import os
import time
from typing import Any

from dancu.exchange.hot import MISS_HELD_SECONDS
from dancu.gateway.server import Gateway

_LATE = int(os.environ.get("FAULTS_LATE_MICROSECONDS", "0")) / 1e6
_gateway = Gateway(miss_held_seconds=float(os.environ.get("FAULTS_MISS_HELD_SECONDS", MISS_HELD_SECONDS)))


async def app(scope: Any, receive: Any, send: Any) -> None:
    if _LATE and scope["type"] == "http" and (b"x-late", b"1") in scope["headers"]:
        until = time.perf_counter() + _LATE
        while time.perf_counter() < until:
            pass
    await _gateway(scope, receive, send)
