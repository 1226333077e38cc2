"""Runs a job in this process and kills it with SIGKILL at its n-th act on the file system, or with no act given not at all.

Started by the tests as a process of its own: FOLDER ACT.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

ACTS = {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.scandir", "fcntl.flock", "os.listdir"}


def main(folder: Path, act: int) -> None:
    from dancu.reconcile.running.job import run
    from dancu.reconcile.running.progress import Wish
    from tests.reconcile.engine.columns import KEY

    met = 0

    def killing(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal met
        if event in ACTS and arguments and str(folder) in str(arguments[0]):
            met += 1
            if met == act:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(killing)
    print(run(folder, KEY, lambda _progress: Wish.GO_ON).value, met)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
