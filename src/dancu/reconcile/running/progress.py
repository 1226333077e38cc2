"""What a running job says of itself, and what whoever watches it may wish."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Stage(StrEnum):
    """A step of a job (*bước đối soát*), in the order they are taken."""

    COMPARING = "comparing"
    DUPLICATES = "duplicates"
    CANDIDATES = "candidates"
    RESULTS = "results"
    REPORT = "report"

    @property
    def words(self) -> str:
        return _WORDS[self]


_WORDS = {
    Stage.COMPARING: "Đối soát",
    Stage.DUPLICATES: "Tìm bản ghi trùng",
    Stage.CANDIDATES: "Tìm người có thể khớp",
    Stage.RESULTS: "Ghi kết quả",
    Stage.REPORT: "Lập báo cáo",
}


class Wish(StrEnum):
    """What is to become of a running job (*yêu cầu khi đang chạy*)."""

    GO_ON = "go_on"
    PAUSE = "pause"
    CANCEL = "cancel"


class Outcome(StrEnum):
    """What became of a run (*kết thúc lần chạy*)."""

    DONE = "done"
    PAUSED = "paused"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is (*tiến độ*). `of` is an estimate while a text is read, and 0 where nobody can tell."""

    stage: Stage
    done: int
    of: int
    rate: float  # a second, in this run
    counts: Mapping[str, int] = field(default_factory=dict)  # per grade, and rows in quarantine

    @property
    def seconds_left(self) -> float | None:
        """Of this stage; None where nobody can tell."""
        return (self.of - self.done) / self.rate if self.rate and self.of >= self.done else None


Watch = Callable[[Progress], Wish]


class StoppedError(Exception):
    """Whoever watches wants the job to stop here."""

    def __init__(self, wish: Wish) -> None:
        super().__init__(wish)
        self.wish = wish


class Watcher:
    """Tells progress of one stage and hears wishes."""

    def __init__(self, watch: Watch, stage: Stage) -> None:
        self._watch, self._stage, self._began = watch, stage, time.monotonic()
        self._first: int | None = None

    def tell(self, done: int, of: int, counts: Mapping[str, int] | None = None) -> None:
        """Raises `StoppedError` when the job is to pause or to end."""
        first = self._first = done if self._first is None else self._first
        seconds = max(time.monotonic() - self._began, 1e-6)
        wish = self._watch(Progress(self._stage, done, of, (done - first) / seconds, counts or {}))
        if wish is not Wish.GO_ON:
            raise StoppedError(wish)

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._began
