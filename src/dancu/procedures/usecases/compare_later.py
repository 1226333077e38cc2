"""Compare by itself what was received while the registry did not answer, until it answers."""

from __future__ import annotations

from datetime import datetime

import structlog
from django.db import transaction

from dancu.exchange import api as exchange
from dancu.exchange.api import AccessRequest, Kind, Outcome, Refused, Verification
from dancu.identity.api import Officer
from dancu.kernel.errors import Conflict, DancuError, Unavailable
from dancu.kernel.reach import SYSTEM, acting, acting_for
from dancu.kernel.warrants import Actor
from dancu.notices import api as notices
from dancu.population.api import LifeStatus
from dancu.procedures import store
from dancu.procedures.domain.dossier import Action, ActionKind, Dossier, fold
from dancu.procedures.usecases.look_up import DESK_INTEGRATION, DESK_SYSTEM, claim_from_text

PENDING_AT_ONCE = 50
BY_SYSTEM = "system"
log = structlog.get_logger()


def compare_pending(*, now: datetime) -> int:
    """Compare what waits, least tried first (*đối chiếu sau*); gives how many were settled.

    One that cannot be asked stays pending with its attempt counted and does not hold up the others.
    """
    settled = 0
    with acting(SYSTEM):
        waiting = store.pending_dossiers(PENDING_AT_ONCE)
    for organisation, number in waiting:
        try:
            with acting(acting_for(organisation)):
                store.count_attempt(organisation, number)
                _compare(store.get_dossier(organisation, number), BY_SYSTEM, now)
        except Unavailable:
            break  # nobody will be answered now; the next run tries again
        except DancuError as failure:
            log.warning("procedures.comparison.failed", code=failure.code, dossier=number)
            continue
        settled += 1
    return settled


def compare_again(officer: Officer, number: str, *, now: datetime) -> Dossier:
    """The officer does not want to wait, or the refusal was mended (*đối chiếu lại*). Raises `Unavailable`, `Conflict`."""
    dossier = store.get_dossier(officer.organisation_code, number)
    if dossier.comparison not in ("pending", "refused"):
        raise Conflict("dossier.compared", "Hồ sơ này đã được đối chiếu.", "This dossier has been compared.")
    store.count_attempt(dossier.organisation, number)
    _compare(dossier, officer.account, now)
    return store.get_dossier(officer.organisation_code, number)


def _compare(dossier: Dossier, by: str, now: datetime) -> None:
    # The registry is asked in the name of the officer who received the dossier, outside any transaction of ours.
    actor = Actor(dossier.organisation, DESK_SYSTEM, dossier.received_by)
    request = AccessRequest(actor, Kind.VERIFY, DESK_INTEGRATION, dossier.procedure, dossier.number)
    answer = exchange.verify_person(claim_from_text(dossier.form["claim"]), request, now=now)
    outcome, comparison = _result(answer)
    with transaction.atomic():
        fresh = store.get_dossier(dossier.organisation, dossier.number, for_update=True)
        if fresh.comparison not in ("pending", "refused"):
            return
        action = Action(ActionKind.COMPARE_LATER, now, by, {"outcome": outcome, "reference": answer.reference})
        store.save_action(fresh, action, fold((*fresh.actions, action)), comparison=comparison)
        if by == BY_SYSTEM:
            _tell_receiver(fresh, comparison, answer.reference, now)


def _tell_receiver(dossier: Dossier, comparison: str, reference: str, now: datetime) -> None:
    """The officer who received it was not waiting at the screen: she is told, with the comparison or not at all."""
    said = notices.message(f"dossier.{comparison}", {"number": dossier.number}, href=f"/mot-cua/ho-so/{dossier.number}", now=now)
    to = notices.Addressee(account=dossier.received_by)
    step = notices.officer_notice(
        said, to, key=f"compared/{reference}", owner=dossier.organisation, room="procedures", about=dossier.number
    )
    notices.send(step, now=now)


def _result(answer: Verification | Refused) -> tuple[str, str]:
    """The outcome as the timeline tells it, and what it means for the dossier."""
    if isinstance(answer, Refused):
        return "refused", "refused"
    if answer.outcome is Outcome.NO_MATCH:
        return str(answer.outcome), "differs"
    if answer.life_status is LifeStatus.DEAD:
        return "dead", "differs"
    return ("replaced", "differs") if answer.successor is not None else (str(answer.outcome), "compared")
