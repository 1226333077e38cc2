"""Dossiers and their actions: the only file that touches their tables."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.db.models import Q

from dancu.kernel.errors import NotFound
from dancu.kernel.four_eyes import Hand
from dancu.kernel.reach import SYSTEM, acting
from dancu.onboarding.dossiers.domain import ACTIONS_MAX, Action, ActionKind, ConnectionDossier, DossierState
from dancu.onboarding.models import Dossier as DossierRow
from dancu.onboarding.models import DossierAction as ActionRow

PAGE_LENGTH = 50
Cursor = tuple[datetime, UUID]
CLOSED = (DossierState.APPROVED, DossierState.REFUSED, DossierState.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class DossierLine:
    """One dossier in a list."""

    id: UUID
    code: str
    organisation: str
    client_id: str
    system_name: str
    state: DossierState
    due_on: date | None
    changed_at: datetime


def find_dossier(dossier: UUID, *, lock: bool = False) -> ConnectionDossier:
    """Folded from its actions, without any when there is none yet; `lock` holds it for this transaction."""
    if lock:
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 17))", [f"dossier:{dossier}"])
    rows = ActionRow.objects.filter(dossier_id=dossier).order_by("sequence")[:ACTIONS_MAX].values()
    return ConnectionDossier(dossier, tuple(_action(row) for row in rows))


def get_dossier(dossier: UUID, *, lock: bool = False) -> ConnectionDossier:
    """As above. Raises `NotFound`: there is none, or it is not yours to know."""
    found = find_dossier(dossier, lock=lock)
    if not found.actions:
        raise NotFound("dossier.none", "Không có hồ sơ này.", "There is no such dossier.")
    return found


def find_by_code(code: str) -> UUID | None:
    return DossierRow.objects.filter(code=code).values_list("id", flat=True).first()


def next_code(organisation: str, day: date) -> str:
    """The next code of a body's day; whoever opens at the same moment waits."""
    start = f"KN-{organisation}-{day:%y%m%d}-"
    # Every code there is counts, also of a dossier that went to another body and is out of this officer's reach.
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 18))", [start])
        cursor.execute("select count(*) from onboarding_dossier where starts_with(code, %s)", [start])
        count = cursor.fetchone()[0]
    return f"{start}{count + 1:03d}"


def save_last(dossier: ConnectionDossier, due_on: date | None) -> None:
    """Write the newest action and bring the line up to it."""
    action, opened = dossier.actions[-1], dossier.actions[0]
    DossierRow.objects.update_or_create(
        id=dossier.id,
        defaults={
            "code": dossier.code,
            "organisation": dossier.organisation,
            "unit": dossier.author.unit,
            "account": dossier.author.account,
            "client_id": dossier.client_id,
            "system_name": str(dossier.opened["system_name"]),
            "police": dossier.police,
            "state": dossier.state,
            "due_on": due_on,
            "actions": len(dossier.actions),
            "opened_at": opened.at,
            "changed_at": action.at,
        },
    )
    ActionRow.objects.create(
        dossier_id=dossier.id,
        sequence=len(dossier.actions),
        kind=action.kind,
        at=action.at,
        account=action.by.account,
        unit=action.by.unit,
        holder=action.by.holder,
        content=msgspec.to_builtins(dict(action.content)),
        text=action.text,
    )


def listed(states: Collection[DossierState] = (), after: Cursor | None = None, organisation: str = "") -> list[DossierLine]:
    """Dossiers within reach, those changed last first; one more than a page when there is more."""
    rows = DossierRow.objects.order_by("-changed_at", "-id")
    if states:
        rows = rows.filter(state__in=states)
    if organisation:
        rows = rows.filter(organisation=organisation)
    if after:
        rows = rows.filter(Q(changed_at__lt=after[0]) | Q(changed_at=after[0], id__lt=after[1]))
    found = rows.values_list("id", "code", "organisation", "client_id", "system_name", "state", "due_on", "changed_at")
    return [DossierLine(*row[:5], DossierState(row[5]), *row[6:]) for row in found[: PAGE_LENGTH + 1]]


def due_until(day: date) -> list[DossierLine]:
    """Open dossiers with a day not after this one, the most urgent first."""
    rows = DossierRow.objects.filter(due_on__lte=day).exclude(state__in=CLOSED).order_by("due_on", "id")
    found = rows.values_list("id", "code", "organisation", "client_id", "system_name", "state", "due_on", "changed_at")
    return [DossierLine(*row[:5], DossierState(row[5]), *row[6:]) for row in found[:1000]]


def hosted() -> list[tuple[str, str, str, datetime]]:
    """Organisation, client, where it stands, since when, of every dossier; of the nation, for the board."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select organisation, client_id, content ->> 'hosting', at from onboarding_dossieraction a"
            " join onboarding_dossier d on d.id = a.dossier_id where a.sequence = 1 order by at limit 10000"
        )
        return list(cursor.fetchall())


def counts() -> dict[DossierState, int]:
    with connection.cursor() as cursor:
        cursor.execute("select state, count(*) from onboarding_dossier group by state")
        return {DossierState(state): count for state, count in cursor.fetchall()}


def last_of(client_id: str) -> UUID | None:
    """The dossier of a system that was opened last."""
    return DossierRow.objects.filter(client_id=client_id).order_by("-opened_at").values_list("id", flat=True).first()


def open_dossier_of(client_id: str) -> UUID | None:
    """The dossier of a system that is not closed yet."""
    return next(iter(open_dossiers_of(client_id)), None)


def open_dossiers_of(client_id: str) -> list[UUID]:
    rows = DossierRow.objects.filter(client_id=client_id).exclude(state__in=CLOSED).order_by("id")
    return list(rows.values_list("id", flat=True)[:PAGE_LENGTH])


def _action(row: Mapping[str, Any]) -> Action:
    hand = Hand(row["account"], row["unit"], row["holder"])
    return Action(ActionKind(row["kind"]), row["at"], hand, row["content"] or {}, row["text"])
