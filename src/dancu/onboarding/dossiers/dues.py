"""Until when whoever has a dossier should have acted."""

from __future__ import annotations

from datetime import date

from dancu.kernel.clock import local
from dancu.kernel.work_days import work_calendar
from dancu.onboarding.dossiers.domain import ConnectionDossier, DossierState
from dancu.onboarding.dossiers.routes import routes

_DUE = {
    DossierState.AT_POLICE: "police_review",
    DossierState.AT_DEPARTMENT: "department_review",
    DossierState.RETURNED: "supplement",
    DossierState.PROPOSED: "decision",
}


def due_of(dossier: ConnectionDossier) -> date | None:
    """Until when whoever has it should have acted: working days from when it came to her."""
    named = _DUE.get(dossier.state)
    return work_calendar().after(local(dossier.turn_since).date(), routes().days[named]) if named else None
