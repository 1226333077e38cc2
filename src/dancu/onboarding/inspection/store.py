"""Inspections, their actions and batches: the only file that touches their tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection

from dancu.kernel.errors import NotFound
from dancu.onboarding.inspection.actions import Action, Subject
from dancu.onboarding.inspection.batches import Batch
from dancu.onboarding.inspection.checklists import SubjectKind
from dancu.onboarding.inspection.domain import Finding, FindingState, Inspection
from dancu.onboarding.inspection.table import State
from dancu.onboarding.models import Centre as CentreRow
from dancu.onboarding.models import Inspection as InspectionRow
from dancu.onboarding.models import InspectionAction as ActionRow
from dancu.onboarding.models import InspectionBatch as BatchRow

ACTIONS_MAX, LIST_MAX = 2000, 500


@dataclass(frozen=True, slots=True)
class InspectionLine:
    """One inspection in a list."""

    id: UUID
    organisation: str
    client_id: str
    centre: str
    state: State
    on: date | None
    valid_to: date | None
    due_on: date | None
    changed_at: datetime


def get_inspection(identity: UUID, *, lock: bool = False) -> Inspection:
    """Folded from its actions; `lock` holds it for this transaction. Raises `NotFound`."""
    if lock:
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 19))", [f"inspection:{identity}"])
    whose = InspectionRow.objects.filter(id=identity).values_list("organisation", flat=True).first()
    rows = list(
        ActionRow.objects.filter(inspection_id=identity).order_by("sequence").values_list("content", flat=True)[:ACTIONS_MAX]
    )
    if not rows:
        raise NotFound("inspection.none", "Không có đợt kiểm tra này.", "There is no such inspection.")
    return _folded(identity, rows, whose or "")


def _folded(identity: UUID, rows: Sequence[dict[str, Any]], whose: str) -> Inspection:
    """`whose`: the body that has the system now, when it was moved while the inspection ran; nothing for a centre."""
    subject = msgspec.convert(rows[0]["subject"], Subject)
    if whose:
        subject = msgspec.structs.replace(subject, organisation=whose)
    return Inspection(identity, subject, tuple(msgspec.convert(row["action"], Action, strict=False) for row in rows))


def save_last(inspection: Inspection, dossier: UUID | None = None) -> None:
    """Write the newest action and bring the line up to it."""
    action, subject = inspection.actions[-1], inspection.subject
    is_centre = subject.kind is SubjectKind.CENTRE
    concluded = inspection.conclusion
    values: dict[str, Any] = {
        "organisation": "" if is_centre else subject.organisation,
        "client_id": "" if is_centre else subject.code,
        "centre": subject.code if is_centre else subject.centre,
        "state": inspection.state,
        "on_day": inspection.on,
        "valid_to": concluded.valid_until if concluded else None,
        "due_on": _next_due(inspection),
        "actions": len(inspection.actions),
        "changed_at": action.at,
    }
    InspectionRow.objects.update_or_create(id=inspection.id, defaults=values, create_defaults={**values, "dossier": dossier})
    said = {"subject": msgspec.to_builtins(subject), "action": msgspec.to_builtins(action)}
    ActionRow.objects.create(
        inspection_id=inspection.id,
        sequence=len(inspection.actions),
        at=action.at,
        account=action.by.account,
        unit=action.by.unit,
        content=said,
    )


def _next_due(inspection: Inspection) -> date | None:
    if inspection.state in (State.PASSED, State.FAILED, State.CANCELLED):
        return None
    # What was answered waits for an inspector: the body has nothing left to keep.
    open_: list[Finding] = [each for each in inspection.findings.values() if each.state is FindingState.OPEN]
    return min((each.due for each in open_), default=None)


def lines(client_id: str = "", organisation: str = "") -> list[InspectionLine]:
    """Inspections within reach, the newest day first."""
    rows = InspectionRow.objects.order_by("-on_day", "-changed_at")
    if client_id:
        rows = rows.filter(client_id=client_id)
    if organisation:
        rows = rows.filter(organisation=organisation)
    found = rows.values_list("id", "organisation", "client_id", "centre", "state", "on_day", "valid_to", "due_on", "changed_at")
    return [InspectionLine(row[0], row[1], row[2], row[3], State(row[4]), *row[5:]) for row in found[:LIST_MAX]]


def of_centre(centre: str) -> tuple[Inspection, ...]:
    """Every inspection of a centre itself, folded."""
    ids = InspectionRow.objects.filter(centre=centre, client_id="").order_by("on_day").values_list("id", flat=True)[:LIST_MAX]
    return tuple(get_inspection(identity) for identity in ids)


def open_of(client_id: str) -> UUID | None:
    """The inspection of a system that is under way."""
    states = (State.SCHEDULED, State.UNDER_WAY, State.NEEDS_SUPPLEMENT)
    return InspectionRow.objects.filter(client_id=client_id, state__in=states).values_list("id", flat=True).first()


def standing_of(client_id: str) -> UUID | None:
    """The inspection a system stands on: the one under way, or the last that was concluded."""
    concluded = InspectionRow.objects.filter(client_id=client_id, state__in=(State.PASSED, State.FAILED)).order_by("-changed_at")
    return open_of(client_id) or concluded.values_list("id", flat=True).first()


def move(identity: UUID, organisation: str) -> None:
    """The body of the system under inspection became another one."""
    InspectionRow.objects.filter(id=identity).update(organisation=organisation)


def last_of(client_id: str) -> UUID | None:
    return InspectionRow.objects.filter(client_id=client_id).order_by("-changed_at").values_list("id", flat=True).first()


def provider_of(centre: str) -> str:
    return CentreRow.objects.filter(code=centre).values_list("provider", flat=True).first() or ""


def batches() -> list[tuple[UUID, Batch]]:
    rows = BatchRow.objects.order_by("-at").values_list("id", "content")[:LIST_MAX]
    return [(identity, msgspec.convert(content, Batch, strict=False)) for identity, content in rows]


def get_batch(identity: UUID) -> Batch:
    content = BatchRow.objects.select_for_update().filter(id=identity).values_list("content", flat=True).first()
    if content is None:
        raise NotFound("batch.none", "Không có đợt kiểm tra này.", "There is no such batch.")
    return msgspec.convert(content, Batch, strict=False)


def save_choice(identity: UUID, batch: Batch) -> None:
    """Another body chose; who offered the days, and when, stays as it is."""
    BatchRow.objects.filter(id=identity).update(content=msgspec.to_builtins(batch))


def save_batch(identity: UUID, batch: Batch, at: datetime, by: str) -> None:
    values = {"name": batch.name, "document": batch.document, "content": msgspec.to_builtins(batch), "at": at, "by": by}
    BatchRow.objects.update_or_create(id=identity, defaults=values)
