"""Tasks of the documents on file are set once, with what the documents themselves say became of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from uuid import NAMESPACE_URL, uuid5

from dancu.identity.api import BodyKind, bodies, bodies_on
from dancu.steering import store, usecases
from dancu.steering.documents.reading import FOLDER, read_bodies, read_documents
from dancu.steering.documents.sources import NamedBody, SourceDocument, SourceTask, StatedState
from dancu.steering.domain import ActionKind, Side, Task
from dancu.steering.usecases import Step

MINISTRIES, PROVINCES, LIST = "MINISTRIES", "PROVINCES", "list:"
_OF_MINISTRIES = (BodyKind.MINISTRY, BodyKind.MINISTRY_LEVEL, BodyKind.GOVERNMENT_AGENCY)


def load_documents(*, organisation: str, account: str, now: datetime) -> int:
    """Set the tasks of every document on file (*nạp nhiệm vụ từ văn bản*); gives how many are new. Safe to repeat."""
    codes = {each.code for each in bodies()}
    named = {each.code: each for each in read_bodies(FOLDER, codes)}
    new = 0
    for document in read_documents(FOLDER, codes):
        known = set(store.tasks_by_code([task.id for task in document.tasks]))
        for source in document.tasks:
            if source.id in known:
                continue
            task = _task_of(document, source)
            parts = sorted(set(_bodies_of(document, source.owners, named, task.assigned_on)))
            new += usecases.set_tasks([(task, parts)], organisation=organisation, account=account, now=now)
            for body in parts:
                for step in _told(document, source):
                    usecases.record_step(Side.SECRETARY, task.code, body, step, organisation=organisation, account=account, now=now)
    return new


def _task_of(document: SourceDocument, source: SourceTask) -> Task:
    return Task(
        uuid5(NAMESPACE_URL, f"dancu:steering:{source.id}"),
        source.id,
        document.head.id,
        source.clause,
        source.wording,
        source.group,
        source.owners,
        source.co_owners,
        source.deadline,
        source.deliverable,
        source.legal_basis,
        source.assigned_on or document.head.day,
        source.depends_on,
    )


def _told(document: SourceDocument, source: SourceTask) -> Iterator[Step]:
    """What the document says became of a task: done with which paper, or late."""
    if source.state is StatedState.DONE:
        yield Step(ActionKind.CONFIRM, "", document.head.day, done_on=source.done_on or document.head.day, evidence=source.done_by)
    if source.state is StatedState.LATE:
        where = f"{document.head.number}, {document.clause_of(source.clause).place}"
        yield Step(ActionKind.STATE_LATE, f"Văn bản nêu nhiệm vụ chậm tiến độ: {where}", document.head.day, evidence=where)


def _bodies_of(document: SourceDocument, owners: Iterable[str], named: Mapping[str, NamedBody], day: date) -> Iterator[str]:
    """Who answers for a task: a group is everybody in it on that day, a unit answers through its body."""
    for owner in owners:
        if owner.startswith(LIST):
            items = document.list_of(owner.removeprefix(LIST)).items
            yield from (item.body for item in items if item.body)
        elif owner == MINISTRIES:
            yield from (each.code for kind in _OF_MINISTRIES for each in bodies_on(day, kind))
        elif owner == PROVINCES:
            yield from (each.code for each in bodies_on(day, BodyKind.PEOPLE_COMMITTEE))
        elif owner in named:
            yield from _of_named(document, named[owner], named, day)
        else:
            yield owner


def _of_named(document: SourceDocument, body: NamedBody, named: Mapping[str, NamedBody], day: date) -> Iterator[str]:
    if body.members:
        yield from _bodies_of(document, body.members, named, day)
    elif body.parent:
        yield from _bodies_of(document, [body.parent], named, day)
    else:
        yield body.code
