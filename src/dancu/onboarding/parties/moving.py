"""What goes along with a system when its body becomes another one: the open dossier, the inspection it stands on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from dancu.identity.api import is_within
from dancu.kernel.four_eyes import Hand
from dancu.onboarding.dossiers import store as dossiers
from dancu.onboarding.dossiers import telling
from dancu.onboarding.dossiers.domain import Action, ActionKind, ConnectionDossier, take
from dancu.onboarding.dossiers.domain import Party as Side
from dancu.onboarding.dossiers.dues import due_of
from dancu.onboarding.dossiers.routes import police_of
from dancu.onboarding.inspection import store as inspections
from dancu.onboarding.parties.domain import Move, moved_to
from dancu.onboarding.trace import record


def open_dossiers(client_id: str) -> list[ConnectionDossier]:
    """The open dossiers of a system, held for this transaction; before the system itself, as a decision does."""
    return [dossiers.get_dossier(identity, lock=True) for identity in dossiers.open_dossiers_of(client_id)]


def move_dossiers(held: Sequence[ConnectionDossier], move: Move, basis: str, by: Hand, now: datetime) -> None:
    """Every open dossier goes on where its system is, with the police of that body or none."""
    for dossier in held:
        if not is_within(dossier.organisation, move.before):
            continue
        organisation = moved_to(dossier.organisation, move.before, move.after)
        content = {"organisation": organisation, "police": police_of(organisation), "basis": basis}
        taken = take(dossier, Action(ActionKind.MOVE, now, by, content), Side.DECIDER)
        dossiers.save_last(taken, due_of(taken))
        record(f"dossier.{ActionKind.MOVE}:{taken.code}", organisation, taken.client_id, by.account, now)
        telling.tell_moved(dossier, taken, now)


def move_inspection(move: Move, by: Hand, now: datetime) -> None:
    """The body that has the system now answers the inspection it stands on, and declares changes of it; older ones stay."""
    identity = inspections.standing_of(move.what)
    if identity is None:
        return
    before = inspections.get_inspection(identity, lock=True).subject.organisation
    if is_within(before, move.before):
        organisation = moved_to(before, move.before, move.after)
        inspections.move(identity, organisation)
        record("inspection.move", organisation, move.what, by.account, now)
