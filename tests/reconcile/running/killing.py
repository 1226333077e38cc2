"""Runs a job in a process of its own and kills it, or gives it no room: FOLDER ACT BYTES.

SIGKILL comes at the n-th act on the job's folder, which is between any two openings, renames and removals; 0 for never. BYTES is
the size a file may reach, in place of a full disk; 0 for any. Prints what came of it.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
from pathlib import Path
from typing import Any

ACTS = {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.scandir", "os.listdir"}


def main(folder: Path, act: int, room: int) -> None:
    from dancu.kernel.errors import DancuError
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
    if room:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
    try:
        print(run(folder, KEY, lambda _progress: Wish.GO_ON).value, met)
    except DancuError as failure:
        print(failure.code)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
