"""Queries of the desk; values in, values out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection
from django.db.models import F, Q

from dancu.kernel.clock import local
from dancu.kernel.errors import NotFound
from dancu.procedures.domain.dossier import (
    OPEN_STATES,
    RUNNING_STATES,
    STATE_WORDS,
    Action,
    ActionKind,
    Dossier,
    State,
)
from dancu.procedures.models import Dossier as DossierRow
from dancu.procedures.models import DossierAction
from dancu.procedures.models import Draft as DraftRow

PAGE_LENGTH = 50


@dataclass(slots=True)
class Draft:
    """A form being filled at a desk (*tờ khai đang điền*)."""

    id: UUID
    organisation: str
    officer: str
    procedure: str
    claim: dict[str, Any]
    created_at: datetime
    persons: dict[str, Any] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)
    disputed: list[dict[str, str]] = field(default_factory=list)
    later_reason: str = ""


@dataclass(frozen=True, slots=True)
class DossierLine:
    """A dossier in the list (*dòng hồ sơ*)."""

    number: str
    procedure: str
    applicant_name: str
    received_at: datetime
    due_at: datetime
    state: State
    comparison: str

    @property
    def state_word(self) -> str:
        return STATE_WORDS[self.state]

    @property
    def is_clock_running(self) -> bool:
        return self.state in RUNNING_STATES


def save_draft(draft: Draft) -> None:
    """Raises `NotFound` where another organisation has a form of this id: no more is told of it."""
    values = {
        "officer": draft.officer,
        "procedure": draft.procedure,
        "claim": draft.claim,
        "persons": draft.persons,
        "typed": draft.typed,
        "disputed": draft.disputed,
        "later_reason": draft.later_reason,
        "created_at": draft.created_at,
    }
    try:
        DraftRow.objects.update_or_create(id=draft.id, organisation=draft.organisation, defaults=values)
    except IntegrityError as taken:
        raise _no_draft() from taken


def find_draft(draft_id: UUID, organisation: str) -> Draft | None:
    row = DraftRow.objects.filter(id=draft_id, organisation=organisation).first()
    return _draft(row) if row else None


def list_drafts(organisation: str, officer: str) -> list[Draft]:
    """Forms an officer opened and nobody sent, newest first."""
    sent = DossierRow.objects.filter(organisation=organisation).values("draft_id")
    rows = DraftRow.objects.filter(organisation=organisation, officer=officer).exclude(id__in=sent)
    return [_draft(row) for row in rows.order_by("-created_at")[:PAGE_LENGTH]]


def forget_drafts(before: datetime) -> int:
    return int(DraftRow.objects.filter(created_at__lt=before).delete()[0])


def get_draft(draft_id: UUID, organisation: str) -> Draft:
    draft = find_draft(draft_id, organisation)
    if draft is None:
        raise _no_draft()
    return draft


def _no_draft() -> NotFound:
    return NotFound("draft.none", "Không có tờ khai này, hoặc tờ khai thuộc đơn vị khác.", "There is no such form.")


def _draft(row: DraftRow) -> Draft:
    return Draft(
        row.id,
        row.organisation,
        row.officer,
        row.procedure,
        row.claim,
        row.created_at,
        row.persons,
        row.typed,
        row.disputed,
        row.later_reason,
    )


def next_serial(organisation: str, day: date) -> int:
    """The next serial of the day; the row lock keeps two desks from the same number."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into procedures_dossierserial (organisation, day, last) values (%s, %s, 1) "
            "on conflict (organisation, day) do update set last = procedures_dossierserial.last + 1 returning last",
            [organisation, day],
        )
        return int(cursor.fetchone()[0])


def number_of_draft(draft_id: UUID, organisation: str) -> str | None:
    rows = DossierRow.objects.filter(organisation=organisation, draft_id=draft_id)
    return rows.values_list("number", flat=True).first()


def lock_draft(draft_id: UUID) -> None:
    """Two receptions of one draft take turns."""
    DraftRow.objects.select_for_update().filter(id=draft_id).values_list("id", flat=True).first()


def add_dossier(dossier: Dossier, draft_id: UUID) -> None:
    DossierRow.objects.create(
        organisation=dossier.organisation,
        number=dossier.number,
        organisation_name=dossier.organisation_name,
        unit_name=dossier.unit_name,
        procedure=dossier.procedure,
        draft_id=draft_id,
        applicant_name=dossier.applicant_name,
        applicant_number=dossier.applicant_number,
        form=dict(dossier.form),
        received_at=dossier.received_at,
        due_at=dossier.due_at,
        state=dossier.state,
        comparison=dossier.comparison,
    )
    for sequence, action in enumerate(dossier.actions, start=1):
        _append(dossier.organisation, dossier.number, sequence, action)


def get_dossier(organisation: str, number: str, *, for_update: bool = False) -> Dossier:
    rows = DossierRow.objects.filter(organisation=organisation, number=number)
    row = (rows.select_for_update() if for_update else rows).first()
    if row is None:
        raise no_dossier()
    actions = tuple(
        Action(ActionKind(a.kind), a.at, a.by, a.data)
        for a in DossierAction.objects.filter(organisation=organisation, number=number).order_by("sequence")
    )
    return Dossier(
        row.number,
        row.organisation,
        row.organisation_name,
        row.unit_name,
        row.procedure,
        row.applicant_name,
        row.applicant_number,
        row.form,
        row.received_at,
        row.due_at,
        State(row.state),
        row.comparison,
        actions,
        row.compare_attempts,
    )


def subject_of(organisation: str, number: str) -> str | None:
    """Whom a dossier is about, as the ledger writes it; None where there is no such dossier."""
    found = DossierRow.objects.filter(organisation=organisation, number=number).values_list("applicant_number", flat=True).first()
    return None if found is None else as_subject(found)


def as_subject(number: str) -> str:
    """A personal number, or an old one marked as such; empty for anything else."""
    return number if len(number) == 12 else f"cmnd:{number}" if len(number) == 9 else ""


def no_dossier() -> NotFound:
    """There is none, or it is another organisation's: both look the same."""
    return NotFound(
        "dossier.none",
        "Không có hồ sơ này trong đơn vị của bạn. Kiểm tra lại mã hồ sơ.",
        "There is no such dossier in your organisation.",
    )


def save_action(
    dossier: Dossier,
    action: Action,
    state: State,
    *,
    due: datetime | None = None,
    comparison: str = "",
    form: Mapping[str, Any] | None = None,
) -> None:
    _append(dossier.organisation, dossier.number, len(dossier.actions) + 1, action)
    changes: dict[str, Any] = {"state": state}
    if due is not None:
        changes["due_at"] = due
    if comparison:
        changes["comparison"] = comparison
    if form is not None:
        changes["form"] = dict(form)
    DossierRow.objects.filter(organisation=dossier.organisation, number=dossier.number).update(**changes)


def list_dossiers(organisation: str, which: str, now: datetime, after: tuple[datetime, str] | None) -> list[DossierLine]:
    """A page of the newest first; `which` is all, open, today, overdue or pending; one line more says there is more."""
    rows = DossierRow.objects.filter(organisation=organisation)
    still_open = Q(state__in=OPEN_STATES)
    if which == "open":
        rows = rows.filter(still_open)
    elif which == "overdue":
        rows = rows.filter(state__in=RUNNING_STATES, due_at__lt=now)
    elif which == "today":
        start = local(now).replace(hour=0, minute=0, second=0, microsecond=0)
        rows = rows.filter(state__in=RUNNING_STATES, due_at__gte=start, due_at__lt=start + timedelta(days=1))
    elif which == "pending":
        rows = rows.filter(comparison="pending")
    if after is not None:
        rows = rows.filter(Q(received_at__lt=after[0]) | Q(received_at=after[0], number__lt=after[1]))
    names = ("number", "procedure", "applicant_name", "received_at", "due_at", "state", "comparison")
    lines = rows.order_by("-received_at", "-number").values_list(*names)[: PAGE_LENGTH + 1]
    return [DossierLine(n, p, a, r, d, State(s), c) for n, p, a, r, d, s, c in lines]


def pending_dossiers(limit: int) -> Sequence[tuple[str, str]]:
    """The oldest whose comparison is still open, least tried first."""
    rows = DossierRow.objects.filter(comparison="pending").order_by("compare_attempts", "received_at")
    return list(rows.values_list("organisation", "number")[:limit])


def count_attempt(organisation: str, number: str) -> None:
    DossierRow.objects.filter(organisation=organisation, number=number).update(compare_attempts=F("compare_attempts") + 1)


def _append(organisation: str, number: str, sequence: int, action: Action) -> None:
    DossierAction.objects.create(
        organisation=organisation,
        number=number,
        sequence=sequence,
        kind=action.kind,
        at=action.at,
        by=action.by,
        data=dict(action.data),
    )
