"""A witness as another organisation runs it: a process of its own behind a port."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from dancu.cli.launcher.ports import hold_port
from dancu.ledger.notes import VerifierKey, parse_key
from dancu.ledger.witnessing import Peer

READY_SECONDS_MAX = 20.0


class WitnessProcess:
    """`dancu witness` in a folder of its own; `module` may be one with a guard taken out."""

    def __init__(
        self, home: Path, logs: list[VerifierKey], name: str = "nhan-chung.vidu.vn", module: str = "dancu.cli.main"
    ) -> None:
        home.mkdir(parents=True, exist_ok=True)
        (home / "logs.toml").write_text("".join(f'[[log]]\nkey = "{key}"\n' for key in logs), encoding="utf-8")
        self.home, self.name, self._module = home, name, module
        self.port = 0
        self.key: VerifierKey

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def peer(self) -> Peer:
        return Peer(f"Tổ chức {self.name}", self.url, self.key)

    def start(self) -> WitnessProcess:
        first = 20_000 + os.getpid() % 20_000
        with hold_port("127.0.0.1", range(first, first + 500, 3)) as self.port:
            command = [sys.executable, "-m", self._module, "witness", "--home", str(self.home), "--name", self.name]
            self.process = subprocess.Popen(
                [*command, "--port", str(self.port)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
            )
            assert self.process.stdout is not None
            self.key = parse_key(self.process.stdout.readline())
            self._wait()
        return self

    def page(self, path: str = "/") -> str:
        with urllib.request.urlopen(self.url + path, timeout=5) as response:
            return str(response.read().decode())

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        if self.process.poll() is None:
            self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> None:
        self.process.send_signal(number)
        self.process.wait(10)
        if self.process.stdout is not None:
            self.process.stdout.close()

    def _wait(self) -> None:
        deadline = time.monotonic() + READY_SECONDS_MAX
        while True:
            try:
                self.page()
                return
            except (urllib.error.URLError, OSError):
                assert self.process.poll() is None, "the witness ended"
                assert time.monotonic() < deadline, "the witness does not answer"
                time.sleep(0.02)
