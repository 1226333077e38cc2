"""Breaches and what was done about them: the only file that touches their tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from dancu.kernel.errors import NotFound
from dancu.kernel.four_eyes import Hand
from dancu.protection import subjects
from dancu.protection.domain.breaches import (
    BREACH_ACTIONS_MAX,
    Breach,
    BreachAction,
    BreachActionKind,
    BreachState,
    breach_code,
)
from dancu.protection.models import Breach as BreachRow
from dancu.protection.models import BreachAction as BreachActionRow

LIST_LIMIT = 100


@dataclass(frozen=True, slots=True)
class BreachLine:
    """One breach in a list."""

    id: UUID
    state: BreachState
    noticed_at: datetime
    due_at: datetime
    told_at: datetime | None

    @property
    def code(self) -> str:
        return breach_code(self.id, self.noticed_at)

    def is_late(self, now: datetime) -> bool:
        return (self.told_at or now) > self.due_at


def find_breach(breach: UUID, *, lock: bool = False) -> Breach | None:
    """The breach folded from its actions. `lock` holds it for this transaction, also one that does not exist yet."""
    if lock:
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 7))", [f"breach:{breach}"])
    rows = list(BreachActionRow.objects.filter(breach_id=breach).order_by("sequence")[:BREACH_ACTIONS_MAX].values())
    return Breach(breach, rows[0]["organisation"], tuple(_action(row) for row in rows)) if rows else None


def get_breach(breach: UUID, *, lock: bool = False) -> Breach:
    """As above. Raises `NotFound`."""
    found = find_breach(breach, lock=lock)
    if found is None:
        raise no_breach()
    return found


def no_breach() -> NotFound:
    """There is none, or it is not yours to know."""
    return NotFound("breach.none", "Không có sự cố này.", "There is no such breach.")


def save_last_action(breach: Breach) -> None:
    """Write the newest action and bring the line up to it."""
    action, sequence = breach.last, len(breach.actions)
    BreachActionRow.objects.create(
        breach_id=breach.id,
        sequence=sequence,
        organisation=breach.organisation,
        kind=action.kind,
        at=action.at,
        account=action.by.account,
        unit=action.by.unit,
        holder=action.by.holder,
        text_sealed=subjects.seal_text(action.text, f"breach:{breach.id}:{sequence}"),
        data=dict(action.data),
    )
    BreachRow.objects.update_or_create(id=breach.id, defaults=breach_line_of(breach))


def breach_line_of(breach: Breach) -> dict[str, Any]:
    """What the line of a breach must say; a test compares."""
    return {
        "organisation": breach.organisation,
        "state": breach.state.value,
        "noticed_at": breach.noticed_at,
        "due_at": breach.due_at,
        "told_at": breach.told_at,
        "actions": len(breach.actions),
        "changed_at": breach.last.at,
    }


def stored_breach_line(breach: UUID) -> Mapping[str, Any]:
    """The line as it stands. Raises `DoesNotExist`."""
    return dict(BreachRow.objects.values(*_STORED).get(id=breach))


_STORED = ("organisation", "state", "noticed_at", "due_at", "told_at", "actions", "changed_at")


def breach_lines(organisation: str) -> list[BreachLine]:
    """Breaches of a desk, the newest first."""
    rows = BreachRow.objects.filter(organisation=organisation).order_by("-noticed_at", "-id")
    found = rows.values_list("id", "state", "noticed_at", "due_at", "told_at")[:LIST_LIMIT]
    return [BreachLine(row[0], BreachState(row[1]), *row[2:]) for row in found]


def open_breaches(organisation: str) -> int:
    return BreachRow.objects.filter(organisation=organisation).exclude(state=BreachState.CLOSED).count()


def _action(row: Mapping[str, Any]) -> BreachAction:
    return BreachAction(
        BreachActionKind(row["kind"]),
        row["at"],
        Hand(row["account"], row["unit"], row["holder"]),
        subjects.open_text(row["text_sealed"], f"breach:{row['breach_id']}:{row['sequence']}"),
        row["data"],
    )
