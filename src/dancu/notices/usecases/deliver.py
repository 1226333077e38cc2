"""Try what is due: claim, call the handler of the kind outside any transaction, record what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
import structlog
from django.db import transaction

from dancu.kernel.errors import DancuError, Unavailable
from dancu.notices import keys, policies
from dancu.notices.domain.delivery import (
    LEASE,
    Breaker,
    Delivered,
    Delivery,
    Failed,
    Handler,
    KindPolicy,
    Next,
    Outcome,
    Postponed,
    Rejected,
    Verdict,
    after_answer,
    judge,
    room_for,
)
from dancu.notices.domain.steps import WORDS_LENGTH_MAX, StepState, names_a_person
from dancu.notices.store import steps as store
from dancu.notices.store.steps import Claimed

STEPS_A_RUN = 500  # of one destination; the next run goes on
log = structlog.get_logger()
Clock = Callable[[], datetime]
_ENDS: Mapping[Next, StepState] = {
    Next.DONE: StepState.DONE,
    Next.AGAIN: StepState.WAITING,
    Next.QUARANTINE: StepState.QUARANTINED,
}


@dataclass(slots=True)
class Tally:
    """What a run did (*kết quả lượt gửi*)."""

    done: int = 0
    again: int = 0
    quarantined: int = 0


def deliver_due(handlers: Mapping[str, Handler], now: Clock) -> Tally:
    """Every destination with something due, one after the other (*gửi những gì đến hạn*)."""
    tally = Tally()
    for destination in store.destinations_due(now()):
        deliver_to(destination, handlers, now, tally)
    return tally


def deliver_to(destination: str, handlers: Mapping[str, Handler], now: Clock, tally: Tally | None = None) -> Tally:
    """What is due for one destination, as far as its breaker lets through (*gửi tới một nơi nhận*)."""
    tally = tally or Tally()
    for _ in range(STEPS_A_RUN):
        moment = now()
        breaker = store.breaker_of(destination)
        if not room_for(breaker, policies.breaker_policy(moment), moment, 1):
            break
        held = store.claim(destination, moment, LEASE, 1)
        if not held:
            break
        _count(tally, _attempt(held[0], handlers, breaker, now))
    return tally


def _count(tally: Tally, next_: Next) -> None:
    tally.done += next_ is Next.DONE
    tally.again += next_ is Next.AGAIN
    tally.quarantined += next_ is Next.QUARANTINE


def _attempt(held: Claimed, handlers: Mapping[str, Handler], breaker: Breaker, now: Clock) -> Next:
    policy, began = policies.policy_of(held.kind, held.created_at), now()
    if held.left_by is not None:
        store.add_attempt(held.id, held.attempt - 1, held.left_by, began - held.left_by, "interrupted", code="worker.died")
    outcome = _outcome(held, handlers, policy, began)
    ended = now()
    verdict = judge(outcome, policy, held.attempt, held.began_at, ended, str(held.id))
    with transaction.atomic():
        _record(held, outcome, verdict, began, ended)
        if breaker != Breaker() or isinstance(outcome, Failed):
            _tell_breaker(held.destination, outcome, ended)
    if verdict.next is Next.QUARANTINE:
        log.warning("notices.step.quarantined", step=str(held.id), kind=held.kind, code=verdict.code)
    return verdict.next


def _outcome(held: Claimed, handlers: Mapping[str, Handler], policy: KindPolicy, began: datetime) -> Outcome:
    if held.attempt > policy.attempts_max:
        return Rejected("worker.died")  # it took the worker with it every time: it is not tried for ever
    if (handler := handlers.get(held.kind)) is None:
        return Postponed("handler.missing", held.kind)
    try:
        payload = msgspec.json.decode(keys.sealing().unseal(held.payload, belongs_to=f"step:{held.id}"))[3]
    except (ValueError, LookupError, TypeError, RecursionError):
        return Rejected("step.unreadable")
    delivery = Delivery(
        held.id,
        held.kind,
        held.key,
        held.destination,
        held.owner,
        payload,
        held.attempt,
        policy.timeout.total_seconds(),
        began,
    )
    try:
        return handler(delivery)
    except (Unavailable, OSError) as failure:
        return Failed(_code_of(failure))
    except DancuError as failure:
        return Failed(failure.code, destination=False)
    except Exception as failure:  # a fault of ours with this one step: nothing of it may stop the others
        log.error("notices.handler.failed", kind=held.kind, error=type(failure).__name__)
        return Failed("handler.failed", type(failure).__name__, destination=False)


def _code_of(failure: Exception) -> str:
    if isinstance(failure, DancuError):
        return failure.code
    if isinstance(failure, TimeoutError):
        return "destination.timeout"
    return "destination.refused" if isinstance(failure, ConnectionRefusedError) else "destination.broken"


def _record(held: Claimed, outcome: Outcome, verdict: Verdict, began: datetime, ended: datetime) -> None:
    # What a handler says of a failure is shown to operators: a personal number in it is not kept.
    safe = "" if names_a_person(verdict.words) else verdict.words[:WORDS_LENGTH_MAX]
    words = {"code": verdict.code[:WORDS_LENGTH_MAX], "words": safe}
    if isinstance(outcome, Postponed):
        # Nothing was tried, so nothing is counted; the reason stands at the step.
        values: dict[str, object] = {"attempts": held.attempt - 1, **words}
    else:
        digest = outcome.digest if isinstance(outcome, Delivered) else ""
        store.add_attempt(held.id, held.attempt, began, _not_negative(ended - began), _name(outcome), digest=digest, **words)
        values = dict(words)
    if verdict.due_at is not None and verdict.next is Next.AGAIN:
        values["due_at"] = verdict.due_at
    if verdict.next is not Next.AGAIN:
        values["ended_at"] = ended if verdict.next is Next.DONE else None
    if not store.settle(held, _ENDS[verdict.next], **values):
        log.warning("notices.lease.lost", step=str(held.id))


def _name(outcome: Outcome) -> str:
    return type(outcome).__name__.lower()


def _not_negative(took: timedelta) -> timedelta:
    return max(took, timedelta())  # a clock that was set back


def _tell_breaker(destination: str, outcome: Outcome, now: datetime) -> None:
    with store.breaker_for_update(destination, now) as row:
        before = Breaker(row.failures, row.open_until)
        after = after_answer(before, policies.breaker_policy(now), outcome, now)
        if after != before:
            row.failures, row.open_until, row.changed_at = after.failures, after.open_until, now
            row.save(update_fields=["failures", "open_until", "changed_at"])
