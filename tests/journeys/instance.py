"""A whole instance started as a newcomer does, with a small simulated province."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path


class Instance:
    """`dancu up --demo` in a folder of its own."""

    def __init__(self, home: Path, persons: int = 300, more: dict[str, str] | None = None) -> None:
        self.home = home
        environment = {
            k: v for k, v in os.environ.items() if not k.startswith(("DATABASE_", "DANCU_TEST", "DJANGO_")) and k != "DANCU_HOME"
        }
        environment |= more or {}
        self.output = home.parent / f"{home.name}.out"
        with self.output.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "dancu.cli.main", "up", "--demo", "--home", str(home), "--persons", str(persons)],
                env=environment,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )

    def wait_ready(self, seconds: float = 90) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if "Ctrl-C" in self.output.read_text():
                return
            assert self.process.poll() is None, self.output.read_text()[-3000:]
            time.sleep(0.1)
        raise AssertionError(self.output.read_text()[-3000:])

    @property
    def running(self) -> dict[str, object]:
        return dict(json.loads((self.home / "running.json").read_text()))

    @property
    def web(self) -> str:
        return str(self.running["web"])

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, **self.running["environment"]}  # type: ignore[dict-item]

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(40)
