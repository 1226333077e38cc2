"""The line to the hub above for pages and jobs: their threads share one event loop, one pool of connections, one breaker."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import TimeoutError as Late
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from dancu.exchange.upstream.domain import Fault, Heard, Outgoing, UpstreamFailed
from dancu.kernel.upstream import Upstream

if TYPE_CHECKING:
    from dancu.exchange.upstream.line import Line

GRACE_SECONDS = 1.0  # beyond the line's own budget: only a loop that hangs is met by it


class DeskLine:
    """A line that threads may ask (*đường kết nối cấp trên của các trang*)."""

    def __init__(self, settings: Upstream, key_folder: Path) -> None:
        from dancu.exchange.upstream.line import Line  # its HTTP client is large, and only pages of a hub ask above

        self._loop = asyncio.new_event_loop()
        self._line: Line = Line(settings, key_folder)
        self._thread = threading.Thread(target=self._loop.run_forever, name="upstream", daemon=True)
        self._thread.start()

    def ask(self, asked: Outgoing) -> Heard:
        """Ask one question within its budget. Raises `UpstreamFailed`."""
        answer = asyncio.run_coroutine_threadsafe(self._line.ask(asked), self._loop)
        try:
            return answer.result(self._line.settings.seconds + GRACE_SECONDS)
        except Late:
            answer.cancel()
            raise UpstreamFailed(Fault.TIMED_OUT) from None

    def close(self) -> None:
        """Give its connections back and end its thread. Nobody may ask it any more."""
        asyncio.run_coroutine_threadsafe(self._line.close(), self._loop).result(GRACE_SECONDS)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(GRACE_SECONDS)


@lru_cache(maxsize=2)
def desk_line(settings: Upstream, key_folder: Path) -> DeskLine:
    """The line of this process."""
    return DeskLine(settings, key_folder)
