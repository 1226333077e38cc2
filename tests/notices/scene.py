"""Steps, a clock that is set by hand, receivers that answer as told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from dancu.notices.domain.delivery import Delivered, Delivery, Outcome
from dancu.notices.domain.steps import Step
from dancu.notices.models import Attempt
from dancu.notices.models import Step as StepRow
from dancu.notices.store import steps as store
from dancu.notices.usecases.deliver import Tally, deliver_due
from dancu.notices.usecases.send import send
from tests.factories.people import NOW

OWNER = "H57.12.3"


class Clock:
    """Stands still until it is moved."""

    def __init__(self, at: datetime = NOW) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def goes_on(self, **by: float) -> None:
        self.at += timedelta(**by)


class Receiver:
    """A handler that keeps what it got and answers as told; a function may answer by delivery."""

    def __init__(self, *answers: Outcome | BaseException | Callable[[Delivery], Outcome]) -> None:
        self._answers, self.got = list(answers), list[Delivery]()

    def __call__(self, delivery: Delivery) -> Outcome:
        self.got.append(delivery)
        answer = (self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]) if self._answers else Delivered("d1")
        if isinstance(answer, BaseException):
            raise answer
        return answer(delivery) if callable(answer) else answer

    @property
    def counted(self) -> Counter[UUID]:
        return Counter(delivery.step_id for delivery in self.got)


def a_step(key: str = "k1", **more: Any) -> Step:
    values: dict[str, Any] = {"kind": "thu", "key": key, "payload": {"text": "xin chào"}, "owner": OWNER, "room": "test", **more}
    return Step(**values)


def sent(*steps: Step, at: datetime = NOW) -> list[UUID]:
    with transaction.atomic():
        return [send(step, now=at) for step in steps]


def delivered(clock: Clock, **handlers: Callable[[Delivery], Outcome]) -> Tally:
    """One round over all destinations; a handler for kind `thu` unless others are named (dots as underscores)."""
    return deliver_due({name.replace("_", "."): handler for name, handler in handlers.items()}, clock)


def row_of(step_id: UUID) -> StepRow:
    return StepRow.objects.get(pk=step_id)


def states(step_ids: Iterable[UUID]) -> list[str]:
    return [row_of(step_id).state for step_id in step_ids]


def attempts_of(step_id: UUID) -> list[tuple[int, str, str]]:
    return list(Attempt.objects.filter(step_id=step_id).order_by("id").values_list("number", "outcome", "code"))


def open_until(destination: str) -> datetime | None:
    return store.breaker_of(destination).open_until
