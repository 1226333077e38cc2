"""Keeps child processes running: one that dies comes back, with growing pauses; nothing outlives the supervisor."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dancu.cli.launcher.postgres import die_with_parent

STOP_SECONDS_MAX = 10.0
PAUSE_SECONDS_MAX = 10.0
STABLE_SECONDS = 30.0


@dataclass
class Child:
    """One process we keep alive."""

    name: str
    command: Sequence[str]
    environment: dict[str, str]
    log: Path
    when_orphaned: signal.Signals = signal.SIGTERM  # what it gets when the supervisor is killed
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    deaths: int = 0
    start_again_at: float = 0.0

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                env=self.environment,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                preexec_fn=die_with_parent(os.getpid(), self.when_orphaned),
            )
        self.started_at = time.monotonic()


@dataclass
class Supervisor:
    """Starts children and brings the dead back until told to stop."""

    say: Callable[[str], None]
    children: list[Child] = field(default_factory=list)
    stopping: bool = False
    stop_seconds: float = STOP_SECONDS_MAX

    def add(self, child: Child) -> None:
        child.start()
        self.children.append(child)

    def look_after(self) -> None:
        """One round: who died is started again after a pause that grows with every death in a row."""
        now = time.monotonic()
        for child in self.children:
            if child.process is not None and child.process.poll() is not None and not self.stopping:
                _signal(child.process, signal.SIGKILL)  # whatever it started in turn
                child.deaths = 1 if now - child.started_at > STABLE_SECONDS else child.deaths + 1
                pause = min(0.2 * 2 ** (child.deaths - 1), PAUSE_SECONDS_MAX)
                self.say(f"{child.name} ended with {child.process.returncode}; it starts again in {pause:.1f} s (log: {child.log})")
                child.process, child.start_again_at = None, now + pause
            elif child.process is None and now >= child.start_again_at and not self.stopping:
                child.start()

    def stop(self) -> None:
        """Ask all to end, wait, then insist."""
        self.stopping = True
        running = [child.process for child in self.children if child.process is not None and child.process.poll() is None]
        for process in running:
            _signal(process, signal.SIGTERM)
        deadline = time.monotonic() + self.stop_seconds
        for process in running:
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                _signal(process, signal.SIGKILL)
                process.wait()
        for process in running:
            _signal(process, signal.SIGKILL)  # whatever a server left behind in its own group


def _signal(process: subprocess.Popen[bytes], number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)
