"""How a step is tried: outcomes, pauses between attempts, when to give up, the breaker of a destination. Pure."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

ATTEMPTS_MAX = 8  # no policy goes beyond
# How long a worker holds a step. Twice as long as any attempt may take, so that nobody tries it meanwhile.
LEASE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class KindPolicy:
    """How often and how long steps of a kind are tried (*quy định gửi*); data with a source and a first day."""

    kind: str
    destination: str
    timeout: timedelta  # of one attempt
    attempts_max: int
    first_pause: timedelta
    pause_max: timedelta
    deadline: timedelta  # from the first day of a round; then it is quarantined
    valid_from: date
    words: str  # what people call it

    def __post_init__(self) -> None:
        if not 1 <= self.attempts_max <= ATTEMPTS_MAX:
            raise ValueError(f"{self.kind}: attempts from 1 to {ATTEMPTS_MAX}")
        if self.timeout > LEASE / 2:
            raise ValueError(f"{self.kind}: an attempt takes at most {LEASE / 2}")


@dataclass(frozen=True, slots=True)
class Delivery:
    """One attempt, as the handler of the kind gets it (*lần gửi*). The receiver knows the step by `step_id` and counts it once."""

    step_id: UUID
    kind: str
    key: str
    destination: str
    owner: str
    payload: Mapping[str, object]
    attempt: int
    timeout_seconds: float
    now: datetime


@dataclass(frozen=True, slots=True)
class Delivered:
    """The receiver has it (*đã nhận*); `digest` is of its answer, hex."""

    digest: str = ""


@dataclass(frozen=True, slots=True)
class Failed:
    """Not this time (*gửi chưa được*). `destination` says that the receiver itself did not answer, which opens its breaker."""

    code: str
    words: str = ""
    destination: bool = True


@dataclass(frozen=True, slots=True)
class Rejected:
    """Never in this form (*bị từ chối hẳn*): quarantined at once."""

    code: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Postponed:
    """Nothing was tried, something of ours is missing (*tạm hoãn*); the reason stays in sight and no attempt is spent."""

    code: str
    words: str = ""
    pause: timedelta = timedelta(minutes=5)


Outcome = Delivered | Failed | Rejected | Postponed
Handler = Callable[[Delivery], Outcome]


class Next(StrEnum):
    """What becomes of a step after an attempt (*bước tiếp theo*)."""

    DONE = "done"
    AGAIN = "again"
    QUARANTINE = "quarantine"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a step, when it is tried again, and the code people see (*kết luận của lần gửi*)."""

    next: Next
    due_at: datetime | None = None
    code: str = ""
    words: str = ""


def judge(outcome: Outcome, policy: KindPolicy, attempt: int, began: datetime, now: datetime, seed: str) -> Verdict:
    """Done, again at a moment, or quarantined. `began` is the start of the round, `seed` makes the jitter replayable."""
    if isinstance(outcome, Delivered):
        return Verdict(Next.DONE)
    if isinstance(outcome, Rejected):
        return Verdict(Next.QUARANTINE, None, outcome.code, outcome.words)
    out_of_time = now - began >= policy.deadline
    if isinstance(outcome, Postponed):
        next_ = Next.QUARANTINE if out_of_time else Next.AGAIN
        return Verdict(next_, now + outcome.pause, outcome.code, outcome.words)
    if attempt >= policy.attempts_max or out_of_time:
        return Verdict(Next.QUARANTINE, None, outcome.code, outcome.words)
    return Verdict(Next.AGAIN, now + pause_after(attempt, policy, seed), outcome.code, outcome.words)


def pause_after(attempt: int, policy: KindPolicy, seed: str) -> timedelta:
    """Twice as long after every attempt up to the longest, then between half and all of it: a crowd does not come back at once."""
    full = min(policy.first_pause * int(2 ** (attempt - 1)), policy.pause_max)
    return full * random.Random(f"{seed}:{attempt}").uniform(0.5, 1.0)  # noqa: S311 - spreads load, keeps no secret


@dataclass(frozen=True, slots=True)
class Breaker:
    """How a destination did lately (*cầu dao của nơi nhận*): while open nothing is tried; then one attempt probes it."""

    failures: int = 0  # in a row
    open_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class BreakerPolicy:
    """After how many failures a breaker opens, and for how long (*ngưỡng cầu dao*)."""

    failures_max: int
    first_pause: timedelta
    pause_max: timedelta


def room_for(breaker: Breaker, policy: BreakerPolicy, now: datetime, wanted: int) -> int:
    """How many attempts the destination may get now: none while open, one to probe it, else what is wanted."""
    if breaker.open_until is not None and now < breaker.open_until:
        return 0
    return 1 if breaker.failures >= policy.failures_max else wanted


def after_answer(breaker: Breaker, policy: BreakerPolicy, outcome: Outcome, now: datetime) -> Breaker:
    """The breaker after an attempt. A refusal is an answer too: the destination lives."""
    if isinstance(outcome, Postponed) or (isinstance(outcome, Failed) and not outcome.destination):
        return breaker
    if not isinstance(outcome, Failed):
        return Breaker()
    failures = breaker.failures + 1
    if failures < policy.failures_max:
        return replace(breaker, failures=failures)
    pause = min(policy.first_pause * 2 ** min(failures - policy.failures_max, 16), policy.pause_max)
    return Breaker(failures, now + pause)
