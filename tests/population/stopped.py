"""`dancu population load` as a process of its own that stops itself at a chosen moment.

Run by `python -m tests.population.stopped`.
Arguments: moment, how many times it is reached before, then those of `dancu population load`.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

ROWS_A_CHUNK = 100


def stop(how: str) -> None:
    if how == "asked":
        signal.raise_signal(signal.SIGINT)
    elif how == "wait":  # until whoever reads us has done the harm
        print("here", flush=True)
        sys.stdin.readline()
    else:
        os.kill(os.getpid(), signal.SIGKILL)


def main(moment: str, times: int, arguments: list[str]) -> None:
    import django

    django.setup()
    from dancu.cli.main import main as dancu
    from dancu.population.loading import batches, files, load

    how, _, where = moment.partition(":")
    places: dict[str, tuple[Any, str]] = {
        "before the commit": (batches, "keep_progress"),
        "after the commit": (load._Run, "_tell"),
        "before the statistics": (load, "_let_the_server_count"),
        "before the end": (batches, "finish"),
    }
    if where:
        owner, name = places[where]
        setattr(owner, name, _stopping(getattr(owner, name), times, how))
    files.CHUNK_ROWS = ROWS_A_CHUNK
    dancu(["population", "load", *arguments])


def _stopping(real: Callable[..., Any], times: int, how: str) -> Callable[..., Any]:
    reached = 0

    def wrapped(*given: Any, **named: Any) -> Any:
        nonlocal reached
        reached += 1
        result = real(*given, **named)
        if reached == times:
            stop(how)
        return result

    return wrapped


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3:])
