"""The end of one attempt: when its time is over the connection is cut, however slowly the other side drips its bytes.

A socket's own timeout counts from byte to byte; one byte a second would hold a lane for hours.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from types import TracebackType


class Deadline:
    """A `with` block of so many seconds (*thời hạn của một lần gửi*); `watch` names the socket to cut."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.is_over = seconds, False
        self._find: Callable[[], socket.socket | None] = lambda: None
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True

    def __enter__(self) -> Deadline:
        self._timer.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, failure: BaseException | None, trace: TracebackType | None) -> None:
        self._timer.cancel()

    def watch(self, find: Callable[[], socket.socket | None]) -> None:
        """`find` gives the socket in use at that moment: TLS puts another one in its place."""
        self._find = find
        if self.is_over:
            self._cut()

    def _cut(self) -> None:
        self.is_over = True
        if (found := self._find()) is not None:
            with contextlib.suppress(OSError):
                found.shutdown(socket.SHUT_RDWR)
