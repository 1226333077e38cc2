"""Requests and their actions: the only file that touches their tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import IntegrityError, connection
from django.db.models import Q, QuerySet

from dancu.kernel.errors import NotFound
from dancu.population.api import Hand
from dancu.registrar.domain.requests import (
    ACTIONS_MAX,
    Action,
    ActionKind,
    Request,
    State,
    content_from,
    data_of,
)
from dancu.registrar.models import Request as RequestRow
from dancu.registrar.models import RequestAction

PAGE_LENGTH = 25
Cursor = tuple[datetime, UUID]


@dataclass(frozen=True, slots=True)
class RequestLine:
    """One request in a list."""

    id: UUID
    kind: str
    state: State
    author: str
    author_unit: str
    changed_at: datetime
    submitted_at: datetime | None

    @property
    def code(self) -> str:
        return Request(self.id).code


def find_request(request: UUID, *, lock: bool = False) -> Request:
    """The request folded from its actions; one without any when there is none yet. `lock` holds it for this transaction.

    A request that does not exist yet is held too: whoever writes it first wins.
    """
    if lock:
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 7))", [f"request:{request}"])
    rows = RequestAction.objects.filter(request_id=request).order_by("sequence")[:ACTIONS_MAX].values()
    return Request(request, tuple(_action(row) for row in rows))


def get_request(request: UUID, *, lock: bool = False) -> Request:
    """As above. Raises `NotFound`."""
    found = find_request(request, lock=lock)
    if not found.actions:
        raise no_request()
    return found


def no_request() -> NotFound:
    """There is none, or it is not yours to know."""
    return NotFound("request.none", "Không có đề nghị này.", "There is no such request.")


def save_last(request: Request) -> None:
    """Write the newest action and bring the line up to it. Raises `NotFound` where the identity is another unit's request."""
    try:
        _append(request)
    except IntegrityError as taken:
        if "registrar_four_eyes" in str(taken):
            raise
        raise no_request() from taken
    RequestRow.objects.update_or_create(id=request.id, defaults=line_of(request))


def _append(request: Request) -> None:
    action = request.last
    RequestAction.objects.create(
        request_id=request.id,
        sequence=len(request.actions),
        kind=action.kind,
        at=action.at,
        account=action.by.account,
        unit=action.by.unit,
        holder=action.by.holder,
        acting_for=msgspec.to_builtins(action.acting_for) if action.acting_for else None,
        content=data_of(action.content) if action.content else None,
        digest=action.digest,
        text=action.text,
    )


def line_of(request: Request) -> dict[str, Any]:
    """What the line of a request must say; a test compares."""
    submitted = [a.at for a in request.actions if a.kind is ActionKind.SUBMIT]
    return {
        "kind": request.content.payload.kind,
        "state": request.state.value,
        "subject": request.content.subject,
        "organisation": request.author.unit.partition("/")[0],
        "author": request.author.account,
        "author_unit": request.author.unit,
        "actions": len(request.actions),
        "changed_at": request.last.at,
        "submitted_at": submitted[-1] if submitted else None,
    }


def stored_line(request: UUID) -> Mapping[str, Any]:
    """The line as it stands. Raises `DoesNotExist`."""
    return dict(RequestRow.objects.values(*_LINE).get(id=request))


_LINE = ("kind", "state", "subject", "organisation", "author", "author_unit", "actions", "changed_at", "submitted_at")


def requests_of_unit(unit: str, states: tuple[State, ...], after: Cursor | None, kind: str = "") -> list[RequestLine]:
    """A unit's own requests, those changed last first; one more than a page when there is more."""
    rows = RequestRow.objects.filter(author_unit=unit, state__in=states).order_by("-changed_at", "-id")
    if after:
        rows = rows.filter(Q(changed_at__lt=after[0]) | Q(changed_at=after[0], id__lt=after[1]))
    return _lines(rows, kind)


def requests_waiting(apart_from_unit: str, after: Cursor | None, kind: str = "") -> list[RequestLine]:
    """Requests other units handed in, the oldest first; one more than a page when there is more."""
    rows = RequestRow.objects.filter(state=State.SUBMITTED).exclude(author_unit=apart_from_unit).order_by("submitted_at", "id")
    if after:
        rows = rows.filter(Q(submitted_at__gt=after[0]) | Q(submitted_at=after[0], id__gt=after[1]))
    return _lines(rows, kind)


def requests_decided_by(account: str, after: Cursor | None, kind: str = "") -> list[RequestLine]:
    """What an approver decided, newest first."""
    decided = RequestAction.objects.filter(account=account, kind__in=[ActionKind.APPROVE, ActionKind.REJECT, ActionKind.RETURN])
    rows = RequestRow.objects.filter(id__in=decided.values("request_id")).order_by("-changed_at", "-id")
    if after:
        rows = rows.filter(Q(changed_at__lt=after[0]) | Q(changed_at=after[0], id__lt=after[1]))
    return _lines(rows, kind)


def open_requests_about(subject: int) -> list[RequestLine]:
    """Requests about a person that are not decided yet."""
    rows = RequestRow.objects.filter(subject=subject, state__in=[State.DRAFT, State.SUBMITTED, State.RETURNED])
    return _lines(rows.order_by("-changed_at", "-id"), "")


def count_of_unit(unit: str, states: tuple[State, ...]) -> int:
    return RequestRow.objects.filter(author_unit=unit, state__in=states).count()


def count_waiting(apart_from_unit: str) -> int:
    return RequestRow.objects.filter(state=State.SUBMITTED).exclude(author_unit=apart_from_unit).count()


def _lines(rows: QuerySet[RequestRow], kind: str) -> list[RequestLine]:
    if kind:
        rows = rows.filter(kind=kind)
    found = rows.values_list("id", "kind", "state", "author", "author_unit", "changed_at", "submitted_at")[: PAGE_LENGTH + 1]
    return [RequestLine(row[0], row[1], State(row[2]), *row[3:]) for row in found]


def _action(row: Mapping[str, Any]) -> Action:
    return Action(
        ActionKind(row["kind"]),
        row["at"],
        Hand(row["account"], row["unit"], row["holder"]),
        content_from(row["content"]) if row["content"] else None,
        row["digest"],
        row["text"],
        Hand(**row["acting_for"]) if row["acting_for"] else None,
    )
