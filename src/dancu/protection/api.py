"""The door of the data-protection room: what the portal, the command line and later rooms may ask."""

from dancu.protection.domain.breaches import Breach, BreachActionKind, Letter, Scope
from dancu.protection.domain.cases import (
    ACTION_WORDS,
    KIND_WORDS,
    STATE_WORDS,
    Case,
    CaseActionKind,
    CaseEvent,
    CaseKind,
    CaseState,
    DeskActor,
)
from dancu.protection.domain.consents import CONSENT_WORDS, Consent, ConsentChannel, ConsentState
from dancu.protection.reference import consent_texts
from dancu.protection.usecases.affected import derive_affected
from dancu.protection.usecases.breaches import BreachReport, BreachStep, report_breach, take_breach_step
from dancu.protection.usecases.cases import SYSTEM, CaseStep, appoint_desk, cases_of, handle_case, open_case, take_own_step
from dancu.protection.usecases.consents import ConsentGiven, consent_holds, consents_of, give_consent, withdraw_consent
from dancu.protection.usecases.register import file_version

__all__ = [
    "ACTION_WORDS",
    "CONSENT_WORDS",
    "KIND_WORDS",
    "STATE_WORDS",
    "SYSTEM",
    "Breach",
    "BreachActionKind",
    "BreachReport",
    "BreachStep",
    "Case",
    "CaseActionKind",
    "CaseEvent",
    "CaseKind",
    "CaseState",
    "CaseStep",
    "Consent",
    "ConsentChannel",
    "ConsentGiven",
    "ConsentState",
    "DeskActor",
    "Letter",
    "Scope",
    "appoint_desk",
    "cases_of",
    "consent_holds",
    "consent_texts",
    "consents_of",
    "derive_affected",
    "file_version",
    "give_consent",
    "handle_case",
    "open_case",
    "report_breach",
    "take_breach_step",
    "take_own_step",
    "withdraw_consent",
]
