"""Commands and whole instances started as an operator starts them, results and talk apart; and the processes they are made of."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from dancu.cli.launcher.postgres import die_with_parent

COMMAND = [sys.executable, "-m", "dancu.cli.main"]
# A word of each child's command line.
CHILDREN = {
    "web": "dancu.project.wsgi",
    "gateway": "dancu.gateway.server",
    "worker": "dancu.cli.worker",
    "database": "bin/postgres",
}


def settings(**given: str) -> dict[str, str]:
    """The environment of a shell in which nothing of ours is set, and what is given."""
    ours = ("DATABASE_", "DANCU_", "DJANGO_")
    return {**{k: v for k, v in os.environ.items() if not k.startswith(ours) or k == "DANCU_PG_BIN"}, **given}


def dancu(*arguments: str, **given: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *arguments], env=settings(**given), capture_output=True, text=True, timeout=60)


class Started:
    """`dancu up` in a folder of its own."""

    def __init__(self, home: Path, *options: str, **given: str) -> None:
        self.home = home
        self._out, self._err = (home.parent / f"{home.name[:20]}-{time.monotonic_ns()}.{end}" for end in ("out", "err"))
        with self._out.open("wb") as out, self._err.open("wb") as err:
            self.process = subprocess.Popen(
                [*COMMAND, "up", "--home", str(home), *options],
                env=settings(**given),
                stdout=out,
                stderr=err,
                start_new_session=True,
                preexec_fn=die_with_parent(os.getpid()),
            )

    @property
    def printed(self) -> str:
        return self._out.read_text()

    @property
    def said(self) -> str:
        return self._err.read_text()

    @property
    def ready_seconds(self) -> float:
        found = re.search(r"ready after ([0-9.]+) s", self.said)
        assert found, self.said
        return float(found[1])

    @property
    def known(self) -> dict[str, str]:
        return dict(json.loads((self.home / "running.json").read_text()))

    @property
    def owner_url(self) -> str:
        return str(self.known["environment"]["DATABASE_OWNER_URL"])  # type: ignore[index]

    def wait_ready(self) -> None:
        until(lambda: "Ctrl-C" in self.printed or self.process.poll() is not None, 90, lambda: self.said)
        assert self.process.poll() is None, self.said

    def answers(self) -> bool:
        return all(status_of(url) == 200 for url in (f"{self.known['web']}/suc-khoe", f"{self.known['gateway']}/health"))

    def child(self, name: str) -> int | None:
        """The process we started under this name, not what it started in turn."""
        found = (pid for pid, line in processes_of(self.home).items() if CHILDREN[name] in line and parent(pid) == self.process.pid)
        return next(found, None)

    def end(self, by: signal.Signals = signal.SIGINT) -> int:
        self.process.send_signal(by)
        return self.process.wait(40)


def processes_of(home: Path) -> dict[int, str]:
    """Every process that was given this home, works in it or names it, with its command line."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            line = (folder / "cmdline").read_bytes()
            traces = [line, (folder / "environ").read_bytes(), os.fsencode((folder / "cwd").readlink())]
        except OSError:  # it ended meanwhile, or is another user's
            continue
        if any(os.fsencode(home) in trace for trace in traces):
            found[int(folder.name)] = line.replace(b"\0", b" ").decode()
    return found


def parent(pid: int) -> int:
    return _stat(pid)[0]


def group(pid: int) -> int:
    return _stat(pid)[1]


def _stat(pid: int) -> tuple[int, int]:
    try:
        _, above, group, *_ = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:  # it ended meanwhile
        return 0, 0
    return int(above), int(group)


def status_of(url: str) -> int:
    """The answer's status; 0 where nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return int(response.status)
    except urllib.error.HTTPError as failure:
        return failure.code
    except OSError:
        return 0


def until(true: Callable[[], bool], seconds: float, explain: Callable[[], object] = lambda: "it never came") -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, explain()
        time.sleep(0.05)
