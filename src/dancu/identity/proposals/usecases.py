"""Propose an act, decide on it; an approval, what it does and what the ledger says of both stand or fall together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec
from django.db import transaction

from dancu.identity.domain import Officer
from dancu.identity.proposals import store
from dancu.identity.proposals.domain import (
    Proposal,
    ProposalAction,
    ProposalState,
    ProposalStep,
    needs_two,
    policy_of,
    take,
)
from dancu.kernel.clock import local
from dancu.kernel.config import read_config
from dancu.kernel.errors import Invalid, NotAllowed
from dancu.kernel.four_eyes import Hand
from dancu.kernel.reach import SYSTEM, present
from dancu.ledger import api as ledger
from dancu.ui.cursors import Cursor

SYSTEM_NAME = "hai-nguoi"


class Backing(msgspec.Struct, frozen=True):
    """The two humans behind an act that was decided (*hai người đứng sau một việc*)."""

    proposal: UUID
    author: Hand
    approver: Hand


Apply = Callable[[Mapping[str, Any], Backing, datetime], None]
Ended = Callable[[Proposal, datetime], None]  # what follows where an act was rejected or taken back


def propose(officer: Officer, act: str, content: Mapping[str, Any], reason: str, *, now: datetime) -> Proposal:
    """Propose an act that another human decides (*đề xuất*). Raises `Invalid` for an act proposals do not carry."""
    policy = policy_of(act, local(now).date())
    if policy is None or policy.held_by:
        raise Invalid("proposal.act", "Việc này không đề xuất được ở đây.", "This act is not proposed here.")
    action = ProposalAction(ProposalStep.PROPOSE, now, officer.hand, content, text=reason.strip())
    with transaction.atomic():
        proposed = take(Proposal(uuid4(), act), action)
        store.save_last(proposed)
        _record(officer, "proposal.propose", proposed, now)
    return proposed


def decide(
    officer: Officer,
    proposal: UUID,
    step: ProposalStep,
    digest: str,
    text: str,
    apply: Mapping[str, Apply],
    *,
    now: datetime,
    ended: Mapping[str, Ended] | None = None,
) -> Proposal:
    """Approve, reject or withdraw (*quyết định đề xuất*). The same step sent twice has one effect.

    `apply` does an approved act, `ended` what follows a rejected one, by the name of the act.
    Raises `NotAllowed` where four eyes forbid it, which is recorded; `Conflict` when it was decided or is not what was seen.
    """
    action = ProposalAction(step, now, officer.hand, digest=digest, text=text.strip())
    try:
        with transaction.atomic():
            found = store.get_proposal(proposal, lock=True)
            if _done_before(found, action):
                return found
            taken = take(found, action)
            store.save_last(taken)
            if taken.state is ProposalState.APPROVED:
                apply[taken.act](taken.content, Backing(taken.id, taken.author, officer.hand), now)
            elif ended and taken.act in ended:
                ended[taken.act](taken, now)
            _record(officer, f"proposal.{step.value}", taken, now)
    except NotAllowed as refused:
        _refuse(officer, refused.code, proposal, now)
        raise
    return taken


def proposals(*, is_open: bool, after: Cursor | None = None) -> list[tuple[Proposal, datetime]]:
    """What waits, the oldest first; or what is closed, the newest first (*danh sách đề xuất*); one more than a page shows."""
    return store.listed(is_open=is_open, after=after)


def proposal_by_id(proposal: UUID) -> Proposal:
    """One proposal (*một đề xuất*). Raises `NotFound`."""
    return store.get_proposal(proposal)


def how_done(act: str, backing: Backing | None, day: date) -> str:
    """What the ledger says of an act: `four-eyes`, or `alone` (*một mình hay hai người*).

    The profile of the installation says which acts need two. Raises `NotAllowed` for one of them behind which nobody stands,
    unless it is the operator with the database's key.
    """
    if backing is not None:
        return "four-eyes"
    if needs_two(act, read_config().profile, day) and present() != SYSTEM:
        raise NotAllowed(
            "act.four_eyes",
            "Việc này cần một người đề xuất và một người khác quyết định.",
            "This act needs one human to propose and another to decide.",
        )
    return "alone"


def needs_two_now(act: str, day: date) -> bool:
    """Does this act need a second human in this installation (*cần hai người*)?"""
    return needs_two(act, read_config().profile, day)


def _done_before(found: Proposal, action: ProposalAction) -> bool:
    last = found.actions[-1]
    return last.step is action.step and last.by.account == action.by.account and last.digest == action.digest


def _record(officer: Officer, outcome: str, proposal: Proposal, now: datetime) -> None:
    act = ledger.Act(
        ledger.ActKind.ADMINISTER,
        outcome,
        officer.organisation_code,
        SYSTEM_NAME,
        officer.account,
        purpose=proposal.act,
        dossier_no=str(proposal.id),
    )
    ledger.record(act, now=now)


def _refuse(officer: Officer, code: str, proposal: UUID, now: datetime) -> None:
    act = ledger.Act(ledger.ActKind.REFUSE, code, officer.organisation_code, SYSTEM_NAME, officer.account, dossier_no=str(proposal))
    ledger.record(act, now=now)
