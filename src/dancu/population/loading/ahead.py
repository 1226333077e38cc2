"""Work done ahead in a thread of its own, handed over in order, a little at a time."""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator, Iterator
from typing import TypeVar

T = TypeVar("T")
_DEPTH = 2


class _Ended:
    def __init__(self, failure: BaseException | None = None) -> None:
        self.failure = failure


def ahead(made: Iterator[T]) -> Generator[T, None, None]:
    """Give what `made` gives, made in another thread; a failure there is raised here. Whoever leaves early stops the thread."""
    ready: queue.Queue[T | _Ended] = queue.Queue(_DEPTH)
    stopped = threading.Event()

    def hand_over(thing: T | _Ended) -> bool:
        while not stopped.is_set():
            try:
                ready.put(thing, timeout=0.1)
            except queue.Full:
                continue
            return True
        return False

    def work() -> None:
        try:
            for thing in made:
                if not hand_over(thing):
                    return
            hand_over(_Ended())
        except BaseException as failure:
            hand_over(_Ended(failure))

    worker = threading.Thread(target=work, name="load-ahead", daemon=True)
    worker.start()
    try:
        while not isinstance(thing := ready.get(), _Ended):
            yield thing
        if thing.failure is not None:
            raise thing.failure
    finally:
        stopped.set()
        worker.join()
