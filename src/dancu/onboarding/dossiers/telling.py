"""Who is told when a dossier moves on: whoever has the next step, and the body whose dossier it is."""

from __future__ import annotations

from datetime import datetime

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
    """Tell the next party and the author, once for each step of the dossier."""
    told = [notices.Addressee(account=dossier.author.account)]
    if role := _ROLES.get(dossier.state):
        where = dossier.police if dossier.state is DossierState.AT_POLICE else routes().department
        told.append(notices.Addressee(organisation=where, role=role))
    values = {"code": dossier.code, "state": STATE_WORDS[dossier.state]}  # as pages know it, so that it is read in English too
    said = notices.message("onboarding.dossier", values, now=now)
    for to in told:
        key = f"dossier:{dossier.id}:{len(dossier.actions)}:{to.words}"
        step = notices.officer_notice(said, to, key=key, owner=dossier.organisation, room="onboarding", about=dossier.code)
        notices.send(step, now=now)
