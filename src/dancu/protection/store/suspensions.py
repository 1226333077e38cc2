"""Requests to take back a grant: the only file that touches their table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec

from dancu.kernel.errors import NotFound
from dancu.kernel.four_eyes import Hand
from dancu.protection.domain.suspensions import Suspension, SuspensionState
from dancu.protection.models import Suspension as SuspensionRow

LIST_LIMIT = 100


def add_suspension(suspension: Suspension) -> bool:
    """Write it; False when it was written before."""
    _row, is_new = SuspensionRow.objects.get_or_create(
        id=suspension.id,
        defaults={
            "case_id": suspension.case,
            "organisation": suspension.organisation,
            "system": suspension.system,
            "integration": suspension.integration,
            "procedure": suspension.procedure,
            "asked_by": msgspec.to_builtins(suspension.asked_by),
            "asked_at": suspension.asked_at,
        },
    )
    return is_new


def get_suspension(suspension: UUID) -> Suspension:
    """Held for this transaction. Raises `NotFound`."""
    row = SuspensionRow.objects.select_for_update().filter(id=suspension).values().first()
    if row is None:
        raise NotFound("suspension.none", "Không có đề nghị này.", "There is no such request.")
    return _suspension(row)


def save_decision(suspension: Suspension) -> None:
    SuspensionRow.objects.filter(id=suspension.id).update(
        state=suspension.state, decided_by=msgspec.to_builtins(suspension.decided_by), decided_at=suspension.decided_at
    )


def suspensions_of(case: UUID) -> list[Suspension]:
    return [_suspension(row) for row in SuspensionRow.objects.filter(case_id=case).order_by("asked_at")[:LIST_LIMIT].values()]


def waiting(organisation: str) -> list[Suspension]:
    """Requests of a desk nobody decided yet, the oldest first."""
    rows = SuspensionRow.objects.filter(organisation=organisation, state=SuspensionState.ASKED).order_by("asked_at")
    return [_suspension(row) for row in rows[:LIST_LIMIT].values()]


def _suspension(row: Mapping[str, Any]) -> Suspension:
    return Suspension(
        row["id"],
        row["case_id"],
        row["organisation"],
        row["system"],
        row["integration"],
        row["procedure"],
        Hand(**row["asked_by"]),
        row["asked_at"],
        SuspensionState(row["state"]),
        Hand(**row["decided_by"]) if row["decided_by"] else None,
        row["decided_at"],
    )
