"""How the pages and the gateway are served: one place for the start-up, the tests and the benchmarks."""

from __future__ import annotations

import sys


def web_command(host: str, port: int, app: str = "dancu.project.wsgi:application") -> list[str]:
    """Django under Granian (WSGI): threads for blocking work, no proxy needed in front to start with."""
    options = ["--interface", "wsgi", "--workers", "1", "--blocking-threads", "8", "--no-access-log", "--log-level", "warning"]
    options += ["--workers-kill-timeout", "5"]  # asked to stop, a page that never ends would keep the server for ever
    return [sys.executable, "-m", "granian", *options, "--host", host, "--port", str(port), app]


def gateway_command(host: str, port: int, app: str = "dancu.gateway.server:app") -> list[str]:
    """One process of the gateway; with `DANCU_GATEWAY_PROCESSES` more of them share the port."""
    return [sys.executable, "-m", "dancu.gateway.serving", "--host", host, "--port", str(port), app]
