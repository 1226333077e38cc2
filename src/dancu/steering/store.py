"""Tasks, the parts of bodies in them, and what was done: the only file that touches these tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

from dancu.kernel.errors import NotFound
from dancu.steering import models
from dancu.steering.deadlines import parse_deadline
from dancu.steering.domain import Action, ActionKind, Assignment, Standing, Task, TaskState

LISTED_MAX = 5_000
_TASK = (
    "id", "code", "document", "clause", "wording", "group", "owners", "co_owners", "deadline", "deliverable", "legal_basis",
    "assigned_on", "depends_on",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which parts of tasks are asked for (*bộ lọc nhiệm vụ*); empty means all."""

    body: str = ""
    document: str = ""
    group: str = ""
    state: str = ""
    late_on: date | None = None
    unreported_on: date | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """How many parts of tasks of a body stand where on a day (*thống kê nhiệm vụ theo trạng thái*)."""

    body: str
    total: int
    open: int
    reported: int
    done: int
    cancelled: int
    late: int
    unreported: int  # due, and nobody ever said a word
    done_late: int
    due_soon: int


def add_tasks(tasks: Iterable[Task], *, account: str, now: datetime) -> int:
    """Add tasks that are not there yet, by code; gives how many."""
    rows = [
        models.Task(**{name: getattr(task, name) for name in _TASK} | _as_columns(task), at=now, account=account) for task in tasks
    ]
    known = set(models.Task.objects.filter(code__in=[row.code for row in rows]).values_list("code", flat=True))
    new = [row for row in rows if row.code not in known]
    models.Task.objects.bulk_create(new)
    return len(new)


def _as_columns(task: Task) -> dict[str, Any]:
    return {
        "owners": list(task.owners),
        "co_owners": list(task.co_owners),
        "depends_on": list(task.depends_on),
        "deadline": task.deadline.text,
    }


def get_task(code: str) -> Task:
    """Raises `NotFound`."""
    row = models.Task.objects.filter(code=code).values(*_TASK).first()
    if row is None:
        raise no_task()
    return _task(row)


def tasks_by_code(codes: Sequence[str]) -> dict[str, Task]:
    return {row["code"]: _task(row) for row in models.Task.objects.filter(code__in=codes).values(*_TASK)}


def no_task() -> NotFound:
    return NotFound("steering.no_task", "Không có nhiệm vụ này.", "There is no such task.")


def lock_actions(task: UUID, body: str) -> list[Action] | None:
    """What was done about a body's part so far, held until the transaction ends; None where it has no part."""
    if not models.Assignment.objects.select_for_update().filter(task_id=task, body=body).exists():
        return None
    return actions_of(task, body)


def actions_of(task: UUID, body: str) -> list[Action]:
    """The oldest first."""
    return [_action(row) for row in models.TaskAction.objects.filter(task_id=task, body=body).order_by("number")]


def add_assignments(task: Task, bodies: Iterable[str], first: Action) -> None:
    """A body's part begins with its assigning."""
    for body in bodies:
        models.Assignment.objects.create(
            task_id=task.id,
            body=body,
            state=TaskState.OPEN,
            deadline=task.deadline.text,
            due=task.deadline.due,
            actions=1,
            changed_at=first.at,
        )
        _insert(task.id, body, 1, first)


def add_action(task: UUID, body: str, action: Action, after: Standing) -> None:
    """One action more, and the line brought up to date."""
    line = models.Assignment.objects.get(task_id=task, body=body)
    _insert(task, body, line.actions + 1, action)
    models.Assignment.objects.filter(task_id=task, body=body).update(
        state=after.state,
        deadline=after.deadline.text,
        due=after.deadline.due,
        done_on=after.done_on,
        percent=after.percent,
        extension_asked=after.extension_asked.text if after.extension_asked else "",
        is_stated_late=after.is_stated_late,
        is_told=after.is_told,
        actions=line.actions + 1,
        changed_at=action.at,
    )


def _insert(task: UUID, body: str, number: int, action: Action) -> None:
    models.TaskAction.objects.create(
        task_id=task,
        body=body,
        number=number,
        kind=action.kind,
        on=action.on,
        at=action.at,
        organisation=action.organisation,
        account=action.account,
        text=action.text,
        data=dict(action.data),
    )


def assignments(wanted: Wanted, start: int = 0, limit: int = LISTED_MAX) -> list[Assignment]:
    """Parts of tasks as they stand from a place on, what is due first at the top; those without a deadline last."""
    rows = models.Assignment.objects.all()
    if wanted.body:
        rows = rows.filter(body=wanted.body)
    if wanted.state:
        rows = rows.filter(state=wanted.state)
    if wanted.late_on is not None:
        late = Q(due__lt=wanted.late_on, is_told=True) | Q(is_stated_late=True)
        rows = rows.filter(late, state__in=(TaskState.OPEN, TaskState.REPORTED))
    if wanted.unreported_on is not None:
        rows = rows.filter(due__lt=wanted.unreported_on, is_told=False, is_stated_late=False, state=TaskState.OPEN)
    if wanted.document or wanted.group:
        tasks = models.Task.objects.all()
        tasks = tasks.filter(document=wanted.document) if wanted.document else tasks
        tasks = tasks.filter(group=wanted.group) if wanted.group else tasks
        rows = rows.filter(task_id__in=tasks.values("id"))
    lines = list(rows.order_by("due", "task_id", "body")[start : start + limit])
    tasks_of = _tasks({line.task_id for line in lines})
    return [Assignment(tasks_of[line.task_id], line.body, _standing(line)) for line in lines]


def parts_of(task: Task) -> list[Assignment]:
    """Every body's part of a task."""
    rows = models.Assignment.objects.filter(task_id=task.id).order_by("body")
    return [Assignment(task, row.body, _standing(row)) for row in rows]


def tallies(day: date, soon: date) -> list[Tally]:
    """Per body how many parts stand where, as things stand now and held against a day."""
    with connection.cursor() as cursor:
        cursor.execute(_TALLY, {"day": day, "soon": soon})
        return [Tally(*row) for row in cursor.fetchall()]


_TALLY = """
select body, count(*), count(*) filter (where state = 'open'), count(*) filter (where state = 'reported'),
    count(*) filter (where state = 'done'), count(*) filter (where state = 'cancelled'),
    count(*) filter (where state in ('open', 'reported') and (is_stated_late or (is_told and due < %(day)s))),
    count(*) filter (where state = 'open' and not is_told and not is_stated_late and due < %(day)s),
    count(*) filter (where state = 'done' and done_on > due),
    count(*) filter (where state in ('open', 'reported') and due between %(day)s and %(soon)s)
from steering_assignment group by body order by 7 desc, 2 desc, body"""


def histories(known_until: date) -> list[tuple[Task, str, list[Action]]]:
    """Every part with what was done up to a day, for a board of the past."""
    tasks = {row["id"]: _task(row) for row in models.Task.objects.filter(assigned_on__lte=known_until).values(*_TASK)}
    found: dict[tuple[UUID, str], list[Action]] = {}
    for row in models.TaskAction.objects.filter(on__lte=known_until).order_by("task_id", "body", "number").iterator(5_000):
        found.setdefault((row.task_id, row.body), []).append(_action(row))
    return [(tasks[task], body, actions) for (task, body), actions in found.items() if task in tasks]


def groups_and_documents() -> tuple[list[str], list[str]]:
    """What tasks may be filtered by."""
    rows = models.Task.objects
    return (
        list(rows.values_list("group", flat=True).distinct().order_by("group")),
        list(rows.values_list("document", flat=True).distinct().order_by("document")),
    )


def _tasks(ids: set[UUID]) -> dict[UUID, Task]:
    return {row["id"]: _task(row) for row in models.Task.objects.filter(pk__in=ids).values(*_TASK)}


def _task(row: Mapping[str, Any]) -> Task:
    columns = {name: row[name] for name in _TASK}
    for name in ("owners", "co_owners", "depends_on"):
        columns[name] = tuple(columns[name])
    return Task(**{**columns, "deadline": parse_deadline(columns["deadline"])})


def _standing(line: models.Assignment) -> Standing:
    asked = parse_deadline(line.extension_asked) if line.extension_asked else None
    return Standing(
        TaskState(line.state),
        parse_deadline(line.deadline),
        line.done_on,
        asked,
        line.percent,
        line.is_stated_late,
        line.is_told,
        None,
    )


def _action(row: models.TaskAction) -> Action:
    return Action(ActionKind(row.kind), row.on, row.at, row.organisation, row.account, row.text, row.data)
