"""A process hears that it is to stop, whatever the signal interrupts."""

from __future__ import annotations

import subprocess
import sys

INTERRUPTED = """
import os, signal, threading
from dancu.cli.told_to_stop import set_when_told
stop = threading.Event()
set_when_told(stop)
with stop._cond:  # the main thread is on its way into, or out of, waiting for it
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGTERM):
        os.kill(os.getpid(), number)
assert stop.wait(10)
print("ended")
"""


def test_signals_that_interrupt_the_waiting_itself_end_the_process() -> None:
    said = subprocess.run([sys.executable, "-c", INTERRUPTED], capture_output=True, text=True, timeout=60, check=True)

    assert said.stdout == "ended\n"


def test_thousands_of_signals_are_one() -> None:
    many = INTERRUPTED.replace("(signal.SIGTERM, signal.SIGINT, signal.SIGTERM)", "[signal.SIGTERM] * 20_000")

    assert subprocess.run([sys.executable, "-c", many], capture_output=True, text=True, timeout=60, check=True).stdout == "ended\n"
