"""Who is told when a dossier moves on: whoever has the next step, and the body whose dossier it is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from dancu.identity.api import nearest_with
from dancu.notices import api as notices
from dancu.onboarding.dossiers.domain import STATE_WORDS, ConnectionDossier, DossierState
from dancu.onboarding.dossiers.routes import routes

_ROLES = {
    DossierState.AT_POLICE: "gate-reviewer",
    DossierState.AT_DEPARTMENT: "gate-officer",
    DossierState.COMPLETE: "gate-officer",
    DossierState.PROPOSED: "gate-decider",
}


def tell_next(dossier: ConnectionDossier, now: datetime) -> None:
    """Tell the next party and the body, once for each step of the dossier."""
    _tell(dossier, (_body(dossier), *_next(dossier)), now)


def tell_moved(before: ConnectionDossier, moved: ConnectionDossier, now: datetime) -> None:
    """Tell the body that has it now; and whoever reviews it, where that is not who had it."""
    is_new = before.state is DossierState.AT_POLICE and before.police != moved.police
    _tell(moved, (_body(moved), *(_next(moved) if is_new else ())), now)


def _body(dossier: ConnectionDossier) -> notices.Addressee:
    """The author; of a dossier that came from another body, whoever connects systems here."""
    if dossier.stands is dossier.opened:
        return notices.Addressee(account=dossier.author.account)
    return notices.Addressee(organisation=nearest_with("integrator", dossier.organisation), role="integrator")


def _next(dossier: ConnectionDossier) -> tuple[notices.Addressee, ...]:
    role = _ROLES.get(dossier.state)
    if role is None:
        return ()
    where = dossier.police if dossier.state is DossierState.AT_POLICE else routes().department
    return (notices.Addressee(organisation=where, role=role),)


def _tell(dossier: ConnectionDossier, told: Iterable[notices.Addressee], now: datetime) -> None:
    values = {"code": dossier.code, "state": STATE_WORDS[dossier.state]}  # as pages know it, so that it is read in English too
    said = notices.message("onboarding.dossier", values, now=now)
    for to in told:
        key = f"dossier:{dossier.id}:{len(dossier.actions)}:{to.words}"
        step = notices.officer_notice(said, to, key=key, owner=dossier.organisation, room="onboarding", about=dossier.code)
        notices.send(step, now=now)
