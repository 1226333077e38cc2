"""Proposals and what was done to them: the actions are only added to, the line beside them is an index."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.db.models import Q

from dancu.identity.models import Proposal as ProposalRow
from dancu.identity.models import ProposalAction as ActionRow
from dancu.identity.proposals.domain import ACTIONS_MAX, Proposal, ProposalAction, ProposalState, ProposalStep
from dancu.kernel.errors import NotFound
from dancu.kernel.four_eyes import Hand
from dancu.ui.cursors import Cursor

PAGE_LENGTH = 50


def get_proposal(proposal: UUID, *, lock: bool = False) -> Proposal:
    """Folded from its actions; `lock` holds it for this transaction. Raises `NotFound`."""
    if lock:
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 13))", [f"proposal:{proposal}"])
    row = ProposalRow.objects.filter(id=proposal).first()
    if row is None:
        raise NotFound("proposal.none", "Không có đề xuất này.", "There is no such proposal.")
    return _folded(row)


def listed(*, is_open: bool, after: Cursor | None = None) -> list[tuple[Proposal, datetime]]:
    """Open ones the oldest first, closed ones the newest first, each with when it changed; one more than a page."""
    if is_open:
        rows = ProposalRow.objects.filter(state=ProposalState.OPEN).order_by("changed_at", "id")
        beyond = Q(changed_at__gt=after[0]) | Q(changed_at=after[0], id__gt=after[1]) if after else Q()
    else:
        rows = ProposalRow.objects.exclude(state=ProposalState.OPEN).order_by("-changed_at", "-id")
        beyond = Q(changed_at__lt=after[0]) | Q(changed_at=after[0], id__lt=after[1]) if after else Q()
    return [(_folded(row), row.changed_at) for row in rows.filter(beyond)[: PAGE_LENGTH + 1]]


def save_last(proposal: Proposal) -> None:
    """Write the newest action and bring the line up to it."""
    action = proposal.actions[-1]
    ProposalRow.objects.update_or_create(
        id=proposal.id,
        defaults={
            "act": proposal.act,
            "state": proposal.state,
            "organisation": proposal.author.unit.partition("/")[0],
            "unit": proposal.author.unit,
            "account": proposal.author.account,
            "changed_at": action.at,
        },
    )
    ActionRow.objects.create(
        proposal_id=proposal.id,
        sequence=len(proposal.actions),
        step=action.step,
        at=action.at,
        account=action.by.account,
        unit=action.by.unit,
        holder=action.by.holder,
        acting_for=msgspec.to_builtins(action.acting_for) if action.acting_for else None,
        content=dict(action.content) if action.content is not None else None,
        digest=action.digest,
        text=action.text,
    )


def _folded(row: ProposalRow) -> Proposal:
    actions = ActionRow.objects.filter(proposal_id=row.id).order_by("sequence")[:ACTIONS_MAX].values()
    return Proposal(row.id, row.act, tuple(_action(each) for each in actions))


def _action(row: Mapping[str, Any]) -> ProposalAction:
    return ProposalAction(
        ProposalStep(row["step"]),
        row["at"],
        Hand(row["account"], row["unit"], row["holder"]),
        row["content"],
        row["digest"],
        row["text"],
        Hand(**row["acting_for"]) if row["acting_for"] else None,
    )
