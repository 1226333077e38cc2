"""Parts of a nation made by several processes."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

Job = TypeVar("Job")


def made_by(workers: int, make: Callable[[Job], int], jobs: Sequence[Job]) -> Iterator[int]:
    """What `make` gives of each job, in the order they end; `make` stands at the top of its module, to be handed over."""
    if workers <= 1 or len(jobs) <= 1:
        yield from map(make, jobs)
        return
    # Workers start afresh: a forked copy of a process with threads may hang. One thread of polars each, or they fight.
    os.environ["POLARS_MAX_THREADS"] = "1"
    with multiprocessing.get_context("spawn").Pool(min(workers, len(jobs))) as pool:
        yield from pool.imap_unordered(make, jobs)
