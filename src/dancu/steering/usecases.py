"""Tasks are set, reported on, confirmed, given longer, ended: each step is added, and nothing is overwritten."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from dancu.identity.api import Officer
from dancu.kernel.clock import local
from dancu.ledger import api as ledger
from dancu.steering import store
from dancu.steering.domain import (
    DUE_SOON_DAYS,
    Action,
    ActionKind,
    Assignment,
    Side,
    Standing,
    Task,
    TaskState,
    check_action,
    overall,
    standing_on,
)
from dancu.steering.store import Tally

SYSTEM = "theo-doi"


@dataclass(frozen=True, slots=True)
class Step:
    """What somebody wants done about a body's part of a task (*bước xử lý nhiệm vụ*)."""

    kind: ActionKind
    text: str = ""
    on: date | None = None  # today, where nothing is said
    deadline: str = ""  # as `deadlines.parse_deadline` reads it
    done_on: date | None = None
    evidence: str = ""  # the paper it rests on
    percent: int | None = None


def set_tasks(tasks: Sequence[tuple[Task, Sequence[str]]], *, organisation: str, account: str, now: datetime) -> int:
    """Set tasks with the bodies that have a part in each (*giao nhiệm vụ*); gives how many were new. Safe to repeat, by code."""
    new = 0
    for task, bodies in tasks:
        with transaction.atomic():
            if not store.add_tasks([task], account=account, now=now):
                continue
            first = Action(ActionKind.ASSIGN, task.assigned_on, now, organisation, account)
            store.add_assignments(task, bodies, first)
            new += 1
    if new:
        _record(f"steering.tasks:{new}", organisation, account, now)
    return new


def take_step(officer: Officer, side: Side, code: str, body: str, step: Step, *, now: datetime) -> Assignment:
    """Do one step about a body's part of a task (*xử lý nhiệm vụ*). The day of a step may lie behind, never ahead.

    Raises `NotFound` for a task or part that is not there, `Conflict` where it does not fit, `Invalid` naming the field.
    """
    return record_step(side, code, body, step, organisation=officer.organisation_code, account=officer.account, now=now)


def record_step(side: Side, code: str, body: str, step: Step, *, organisation: str, account: str, now: datetime) -> Assignment:
    """The same for what a document tells instead of an officer."""
    task, today = store.get_task(code), local(now).date()
    with transaction.atomic():
        actions = store.lock_actions(task.id, body)
        if actions is None:
            raise store.no_task()
        action = Action(step.kind, step.on or today, now, organisation, account, step.text.strip(), _data(step))
        check_action(task, actions, action, side, today)
        after = standing_on(task, [*actions, action], today)
        store.add_action(task.id, body, action, after)
        _record(f"steering.{step.kind}:{task.code}:{body}", organisation, account, now)
    return Assignment(task, body, after)


def _data(step: Step) -> dict[str, object]:
    return {
        name: value
        for name, value in (
            ("deadline", step.deadline),
            ("done_on", step.done_on.isoformat() if step.done_on else None),
            ("evidence", step.evidence.strip()),
            ("percent", step.percent),
        )
        if value not in (None, "")
    }


def tallies_today(*, now: datetime) -> list[Tally]:
    """Per body how many parts stand where, the most late first (*tổng hợp nhiệm vụ theo cơ quan*)."""
    today = local(now).date()
    return store.tallies(today, today + timedelta(days=DUE_SOON_DAYS))


def board_on(day: date) -> list[Assignment]:
    """Every part as it stood at the end of a day (*bảng nhiệm vụ vào một ngày*)."""
    return [Assignment(task, body, standing_on(task, actions, day)) for task, body, actions in store.histories(day)]


@dataclass(frozen=True, slots=True)
class TaskCounts:
    """How many tasks, not parts, stand where (*số nhiệm vụ*): one is late as soon as one body is."""

    total: int
    done: int
    reported: int
    late: int
    unreported: int
    due_soon: int


def counts_of(parts: Iterable[Assignment], day: date) -> TaskCounts:
    """Tasks of a board, each once however many bodies have a part in it (*đếm nhiệm vụ*)."""
    by_task: dict[str, list[Standing]] = {}
    for each in parts:
        by_task.setdefault(each.task.code, []).append(each.standing)
    states = Counter(overall(standings) for standings in by_task.values())
    late = sum(any(one.done_on is None and one.is_late(day) for one in standings) for standings in by_task.values())
    unreported = sum(any(one.is_unreported(day) for one in standings) for standings in by_task.values())
    soon = sum(any(one.is_due_soon(day) for one in standings) for standings in by_task.values())
    return TaskCounts(len(by_task), states[TaskState.DONE], states[TaskState.REPORTED], late, unreported, soon)


def tallies_of(parts: Iterable[Assignment], day: date) -> list[Tally]:
    """The same counts of a board of the past (*tổng hợp vào một ngày*)."""
    by_body: dict[str, list[Assignment]] = {}
    for each in parts:
        by_body.setdefault(each.body, []).append(each)
    found = [_tally(body, own, day) for body, own in by_body.items()]
    return sorted(found, key=lambda each: (-each.late, -each.total, each.body))


def _tally(body: str, own: Sequence[Assignment], day: date) -> Tally:
    states = Counter(each.standing.state for each in own)
    lates = [each for each in own if each.standing.is_late(day)]
    done_late = sum(each.standing.state is TaskState.DONE for each in lates)
    return Tally(
        body,
        len(own),
        states[TaskState.OPEN],
        states[TaskState.REPORTED],
        states[TaskState.DONE],
        states[TaskState.CANCELLED],
        len(lates) - done_late,
        sum(each.standing.is_unreported(day) for each in own),
        done_late,
        sum(each.standing.is_due_soon(day) for each in own),
    )


def timeline(code: str, body: str) -> list[Action]:
    """What was done about a body's part, the newest first (*diễn biến*). Raises `NotFound`."""
    task = store.get_task(code)
    found = store.actions_of(task.id, body)
    if not found:
        raise store.no_task()
    return found[::-1]


def late(parts: Iterable[Assignment], day: date) -> list[Assignment]:
    """Those that are late on a day and not done, the longest first (*nhiệm vụ chậm tiến độ*)."""
    found = [each for each in parts if each.standing.done_on is None and each.standing.is_late(day)]
    return sorted(found, key=lambda each: (-each.standing.days_late(day), each.task.code, each.body))


def _record(outcome: str, organisation: str, account: str, now: datetime) -> None:
    act = ledger.Act(ledger.ActKind.ADMINISTER, outcome, organisation, SYSTEM, account, legal_basis="Quyết định 06/QĐ-TTg")
    ledger.record(act, now=now)
