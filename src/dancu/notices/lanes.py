"""Destinations side by side in the worker's process: a slow one holds its own lane and nobody else's."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock

import structlog
from django.db import connections

LANES = 8
log = structlog.get_logger()


class Lanes:
    """Runs the work of each destination by itself, never twice at a time; work that comes meanwhile runs once more after it."""

    def __init__(self, work: Callable[[str], object], lanes: int = LANES) -> None:
        self._work, self._pool = work, ThreadPoolExecutor(lanes, "notices")
        self._lock, self._again = Lock(), dict[str, bool]()

    def go(self, destination: str) -> Future[None] | None:
        """Start the destination's lane, or ask the running one to look once more."""
        with self._lock:
            if destination in self._again:
                self._again[destination] = True
                return None
            self._again[destination] = False
        return self._pool.submit(self._run, destination)

    def _run(self, destination: str) -> None:
        try:
            while True:
                self._work(destination)
                with self._lock:
                    if not self._again[destination]:
                        del self._again[destination]
                        return
                    self._again[destination] = False
        except BaseException as failure:
            # What was under way comes back by its lease; the lane opens again with the next look.
            log.error("notices.lane.failed", error=type(failure).__name__)
            with self._lock:
                self._again.pop(destination, None)
            if not isinstance(failure, Exception):
                raise
        finally:
            connections.close_all()
