"""The door of the desk."""

from dancu.procedures.behind import DossierBehind, applicants_of, dossiers_behind
from dancu.procedures.domain.dossier import ActionKind, Dossier, State
from dancu.procedures.reference import procedures
from dancu.procedures.usecases.compare_later import compare_pending
from dancu.procedures.usecases.dossiers import act, get, listed, receive

__all__ = [
    "ActionKind",
    "Dossier",
    "DossierBehind",
    "State",
    "act",
    "applicants_of",
    "compare_pending",
    "dossiers_behind",
    "get",
    "listed",
    "procedures",
    "receive",
]
