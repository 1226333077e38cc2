"""Cases and their actions: the only file that touches their tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from dancu.kernel.errors import NotFound
from dancu.kernel.four_eyes import Hand
from dancu.protection import subjects
from dancu.protection.domain.cases import (
    ACTIONS_MAX,
    CLOSED,
    OPEN_STATES,
    CaseAction,
    CaseActionKind,
    CaseFile,
    CaseKind,
    CaseState,
    case_code,
)
from dancu.protection.models import Case as CaseRow
from dancu.protection.models import CaseAction as CaseActionRow
from dancu.protection.models import Desk

PAGE_LENGTH = 25
CASES_OF_SUBJECT_MAX = 200
Cursor = tuple[datetime, UUID]
_LINE = ("id", "kind", "state", "organisation", "assignee", "asked_organisation", "opened_at", "due_at", "changed_at")


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One case in a list: nothing in it says whose it is."""

    id: UUID
    kind: CaseKind
    state: CaseState
    organisation: str
    assignee: str
    asked_organisation: str
    opened_at: datetime
    due_at: datetime
    changed_at: datetime

    @property
    def code(self) -> str:
        return case_code(self.id, self.opened_at)

    def is_late(self, now: datetime) -> bool:
        return self.state not in CLOSED and now > self.due_at


def current_desk(now: datetime) -> str:
    """The organisation new cases go to; empty while none was appointed."""
    row = Desk.objects.filter(since__lte=now).order_by("-since", "-id").values_list("organisation", flat=True).first()
    return row or ""


def add_desk(organisation: str, since: datetime, author: str) -> None:
    Desk.objects.create(organisation=organisation, since=since, author=author)


def find_case(case: UUID, *, lock: bool = False) -> CaseFile | None:
    """The case folded from its actions. `lock` holds it for this transaction, also one that does not exist yet."""
    if lock:
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 7))", [f"case:{case}"])
    line = CaseRow.objects.filter(id=case).values("organisation").first()
    return CaseFile(case, line["organisation"], _actions([case]).get(case, ())) if line else None


def get_case(case: UUID, *, lock: bool = False) -> CaseFile:
    """As above. Raises `NotFound`."""
    found = find_case(case, lock=lock)
    if found is None:
        raise no_case()
    return found


def no_case() -> NotFound:
    """There is none, or it is not yours to know."""
    return NotFound("case.none", "Không có yêu cầu này.", "There is no such case.")


def add_case(case: CaseFile, subject: str) -> None:
    """Write a new case with its opening; `subject` are the twelve digits."""
    CaseRow.objects.create(
        id=case.id,
        subject_key=subjects.key_of(subject),
        subject_sealed=subjects.seal_text(subject, f"subject:{case.id}"),
        **line_of(case),
    )
    _add_last(case)


def save_last(case: CaseFile) -> None:
    """Write the newest action and bring the line up to it."""
    _add_last(case)
    CaseRow.objects.filter(id=case.id).update(**line_of(case))


def line_of(case: CaseFile) -> dict[str, Any]:
    """What the line of a case must say; a test compares."""
    return {
        "organisation": case.organisation,
        "kind": case.kind.value,
        "state": case.state.value,
        "about": UUID(case.about) if case.about else None,
        "asked_organisation": case.asked_organisation,
        "assignee": case.assignee,
        "actions": len(case.actions),
        "opened_at": case.opening.at,
        "due_at": case.due_at,
        "changed_at": case.last.at,
    }


def stored_line(case: UUID) -> Mapping[str, Any]:
    """The line as it stands. Raises `DoesNotExist`."""
    names = (
        "organisation",
        "kind",
        "state",
        "about",
        "asked_organisation",
        "assignee",
        "actions",
        "opened_at",
        "due_at",
        "changed_at",
    )
    return dict(CaseRow.objects.values(*names).get(id=case))


def subject_of(case: UUID) -> str:
    """The twelve digits of the person a case is about. Raises `NotFound`."""
    sealed = CaseRow.objects.filter(id=case).values_list("subject_sealed", flat=True).first()
    if sealed is None:
        raise no_case()
    return subjects.open_text(bytes(sealed), f"subject:{case}")


def cases_about(subject: str) -> list[CaseFile]:
    """Every case of one person, the newest first."""
    rows = CaseRow.objects.filter(subject_key=subjects.key_of(subject)).order_by("-opened_at", "-id")
    found = list(rows.values_list("id", "organisation")[:CASES_OF_SUBJECT_MAX])
    actions = _actions([row[0] for row in found])
    return [CaseFile(row[0], row[1], actions[row[0]]) for row in found]


def is_about(case: UUID, subject: str) -> bool:
    return CaseRow.objects.filter(id=case, subject_key=subjects.key_of(subject)).exists()


def open_lines(
    organisation: str, kind: str, after: Cursor | None, *, late_at: datetime | None = None, in_time_at: datetime | None = None
) -> list[CaseLine]:
    """Cases of a desk that are open, what is due first first; one more than a page when there is more."""
    rows = _of_desk(organisation).filter(state__in=OPEN_STATES)
    if late_at:
        rows = rows.filter(due_at__lt=late_at)
    if in_time_at:
        rows = rows.filter(due_at__gte=in_time_at)
    return _lines(_due_first(rows, after), kind)


def closed_lines(organisation: str, kind: str, after: Cursor | None) -> list[CaseLine]:
    """Cases of a desk that are closed, the last first."""
    rows = _of_desk(organisation).filter(state__in=CLOSED).order_by("-changed_at", "-id")
    if after:
        rows = rows.filter(Q(changed_at__lt=after[0]) | Q(changed_at=after[0], id__lt=after[1]))
    return _lines(rows, kind)


def asked_lines(organisation: str, kind: str = "", after: Cursor | None = None) -> list[CaseLine]:
    """Cases another desk asked this organisation to explain, that still wait for it."""
    rows = CaseRow.objects.filter(asked_organisation=organisation, state=CaseState.WITH_ORGANISATION)
    return _lines(_due_first(rows.exclude(organisation__in=["", organisation]), after), kind)


def counts(organisation: str, now: datetime) -> dict[str, int]:
    """How many are open and how many of them late."""
    rows = _of_desk(organisation).filter(state__in=OPEN_STATES)
    return {"open": rows.count(), "late": rows.filter(due_at__lt=now).count()}


def _of_desk(organisation: str) -> QuerySet[CaseRow]:
    return CaseRow.objects.filter(organisation__in=["", organisation])


def _due_first(rows: QuerySet[CaseRow], after: Cursor | None) -> QuerySet[CaseRow]:
    if after:
        rows = rows.filter(Q(due_at__gt=after[0]) | Q(due_at=after[0], id__gt=after[1]))
    return rows.order_by("due_at", "id")


def _lines(rows: QuerySet[CaseRow], kind: str) -> list[CaseLine]:
    if kind:
        rows = rows.filter(kind=kind)
    found = rows.values_list(*_LINE)[: PAGE_LENGTH + 1]
    return [CaseLine(row[0], CaseKind(row[1]), CaseState(row[2]), *row[3:]) for row in found]


def _add_last(case: CaseFile) -> None:
    action, sequence = case.last, len(case.actions)
    CaseActionRow.objects.create(
        case_id=case.id,
        sequence=sequence,
        organisation=case.organisation,
        kind=action.kind,
        at=action.at,
        account=action.by.account,
        unit=action.by.unit,
        holder=action.by.holder,
        text_sealed=subjects.seal_text(action.text, f"case:{case.id}:{sequence}"),
        data=dict(action.data),
    )


def _actions(cases: list[UUID]) -> dict[UUID, tuple[CaseAction, ...]]:
    limit = ACTIONS_MAX * max(1, len(cases))
    rows = CaseActionRow.objects.filter(case_id__in=cases).order_by("case_id", "sequence")[:limit].values()
    found: dict[UUID, tuple[CaseAction, ...]] = {case: () for case in cases}
    for row in rows:
        found[row["case_id"]] += (_action(row),)
    return found


def _action(row: Mapping[str, Any]) -> CaseAction:
    return CaseAction(
        CaseActionKind(row["kind"]),
        row["at"],
        Hand(row["account"], row["unit"], row["holder"]),
        subjects.open_text(row["text_sealed"], f"case:{row['case_id']}:{row['sequence']}"),
        row["data"],
    )
