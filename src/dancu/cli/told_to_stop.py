"""How a process that runs until it is told hears of it."""

from __future__ import annotations

import contextlib
import os
import signal
import threading


def set_when_told(stop: threading.Event) -> None:
    """Set the event at SIGINT and SIGTERM, however many come and whatever they interrupt.

    A handler runs inside whatever the main thread was doing. Setting an event takes its lock; the main thread may be waiting on
    that very event, or be in the handler of the signal before, and would wait for itself for ever. So the handler writes a byte,
    and a thread of its own sets the event.
    """
    reading, writing = os.pipe()
    os.set_blocking(writing, False)

    def told(*_: object) -> None:
        with contextlib.suppress(BlockingIOError):  # so many signals that the pipe is full: it has been said
            os.write(writing, b".")

    def wait() -> None:
        os.read(reading, 1)
        stop.set()

    threading.Thread(target=wait, daemon=True, name="told to stop").start()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, told)
