"""What operators see of steps: counts, lists, one step with its attempts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from uuid import UUID

from django.db import connection

from dancu.notices.domain.steps import OPEN_STATES, StepState
from dancu.notices.models import Attempt, Destination, Step, StepAction
from dancu.notices.store.steps import no_step

STEPS_A_PAGE = 50
_OPEN = """select destination, state, count(*), min(due_at) from notices_step
where state in ('waiting', 'under_way', 'quarantined') group by destination, state"""
_ENDED = "select destination, state, count(*) from notices_step where ended_at > %s group by destination, state"


@dataclass(frozen=True, slots=True)
class StepLine:
    """A step without its payload."""

    id: UUID
    position: int
    kind: str
    destination: str
    to: str
    about: str
    owner: str
    room: str
    state: StepState
    created_at: datetime
    due_at: datetime
    attempts: int
    ended_at: datetime | None
    code: str
    words: str
    order_key: str


_LINE = tuple(each.name for each in fields(StepLine))


@dataclass(frozen=True, slots=True)
class Tried:
    """One attempt."""

    number: int
    began_at: datetime
    milliseconds: int
    outcome: str
    code: str
    words: str
    digest: str


@dataclass(frozen=True, slots=True)
class Operated:
    """What an operator did."""

    at: datetime
    account: str
    action: str
    reason: str


@dataclass(slots=True)
class Standing:
    """How a destination stands: open steps by state, ended since a moment, its breaker."""

    destination: str
    waiting: int = 0
    under_way: int = 0
    quarantined: int = 0
    done: int = 0
    cancelled: int = 0
    oldest_due: datetime | None = None
    failures: int = 0
    open_until: datetime | None = None


def standings(since: datetime) -> list[Standing]:
    """Every destination with something open, or ended since the moment; the worst first."""
    found: dict[str, Standing] = {}
    with connection.cursor() as cursor:
        cursor.execute(_OPEN)
        for name, state, count, oldest in cursor.fetchall():
            row = found.setdefault(name, Standing(name))
            setattr(row, state, count)
            if state == StepState.WAITING:
                row.oldest_due = oldest
        cursor.execute(_ENDED, [since])
        for name, state, count in cursor.fetchall():
            setattr(found.setdefault(name, Standing(name)), state, count)
    for name, failures, until in Destination.objects.filter(name__in=found).values_list("name", "failures", "open_until"):
        found[name].failures, found[name].open_until = failures, until
    return sorted(found.values(), key=lambda each: (-each.quarantined, -each.waiting, each.destination))


def steps(
    state: StepState | None, destination: str, kind: str, before: int | None, limit: int = STEPS_A_PAGE + 1
) -> list[StepLine]:
    """Newest first; without a state those that are open."""
    rows = Step.objects.filter(state__in=[state] if state else OPEN_STATES)
    if destination:
        rows = rows.filter(destination=destination)
    if kind:
        rows = rows.filter(kind=kind)
    if before is not None:
        rows = rows.filter(position__lt=before)
    return [_line(row) for row in rows.order_by("-position").values_list(*_LINE)[:limit]]


def get_step(step_id: UUID) -> StepLine:
    """Raises `NotFound`."""
    row = Step.objects.filter(pk=step_id).values_list(*_LINE).first()
    if row is None:
        raise no_step()
    return _line(row)


def held_by(line: StepLine) -> UUID | None:
    """The earlier step of the same order key that has to end first."""
    if not line.order_key:
        return None
    earlier = Step.objects.filter(order_key=line.order_key, position__lt=line.position, state__in=OPEN_STATES)
    return earlier.order_by("position").values_list("id", flat=True).first()


def attempts(step_id: UUID, limit: int = 200) -> list[Tried]:
    rows = Attempt.objects.filter(step_id=step_id).order_by("-id")
    columns = ("number", "began_at", "milliseconds", "outcome", "code", "words", "digest")
    return [Tried(*row) for row in rows.values_list(*columns)[:limit]]


def operated(step_id: UUID, limit: int = 100) -> list[Operated]:
    rows = StepAction.objects.filter(step_id=step_id).order_by("-id")
    return [Operated(*row) for row in rows.values_list("at", "account", "action", "reason")[:limit]]


def _line(row: Sequence[object]) -> StepLine:
    values = dict(zip(_LINE, row, strict=True))
    return StepLine(**{**values, "state": StepState(str(values["state"]))})  # type: ignore[arg-type]  # the columns by name
