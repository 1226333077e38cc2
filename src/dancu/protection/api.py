"""The door of the data-protection room: what the portal, the command line and later rooms may ask."""

from dancu.protection.domain.cases import Case, CaseActionKind, CaseEvent, CaseKind, CaseState, DeskActor
from dancu.protection.usecases.cases import CaseStep, appoint_desk, cases_of, handle_case, open_case, take_own_step

__all__ = [
    "Case",
    "CaseActionKind",
    "CaseEvent",
    "CaseKind",
    "CaseState",
    "CaseStep",
    "DeskActor",
    "appoint_desk",
    "cases_of",
    "handle_case",
    "open_case",
    "take_own_step",
]
