"""How the pages and the gateway are served: one place for the start-up, the tests and the benchmarks."""

from __future__ import annotations

import sys


def web_command(host: str, port: int, app: str = "dancu.project.wsgi:application") -> list[str]:
    """Django under Granian (WSGI): threads for blocking work, no proxy needed in front to start with."""
    options = ["--interface", "wsgi", "--workers", "1", "--blocking-threads", "8", "--no-access-log", "--log-level", "warning"]
    options += ["--workers-kill-timeout", "5"]  # asked to stop, a page that never ends would keep the server for ever
    return [sys.executable, "-m", "granian", *options, "--host", host, "--port", str(port), app]


def gateway_command(host: str, port: int, app: str = "dancu.gateway.server:app") -> list[str]:
    """The gateway under uvicorn: parser, loop and our code share one thread, so no request waits for the interpreter lock."""
    options = [
        "--loop",
        "uvloop",
        "--http",
        "dancu.gateway.protocol:BoundedProtocol",
        "--ws",
        "none",
        "--lifespan",
        "on",
        "--no-access-log",
        "--log-level",
        "error",  # a warning for each malformed request would let outsiders fill the disk
    ]
    quiet = ["--no-server-header", "--no-date-header", "--no-proxy-headers"]
    patience = ["--timeout-keep-alive", "75", "--timeout-graceful-shutdown", "5", "--backlog", "2048"]
    return [sys.executable, "-m", "uvicorn", *options, *quiet, *patience, "--host", host, "--port", str(port), app]
