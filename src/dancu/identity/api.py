"""The door of the identity room."""

from dancu.identity.actions import Allowed, Denied, Scope, Target, is_within, may
from dancu.identity.bodies import (
    Body,
    BodyCode,
    BodyKind,
    bodies,
    bodies_on,
    body_on,
    history_of,
    parse_code,
    successor_of,
)
from dancu.identity.domain import Officer, Organisation, SignInRefused
from dancu.identity.guard import OfficerRequest, demand, guarded, public
from dancu.identity.usecases import SignInMethod, add_officer, add_organisation, officer_by_id, sign_in

__all__ = [
    "Allowed",
    "Body",
    "BodyCode",
    "BodyKind",
    "Denied",
    "Officer",
    "OfficerRequest",
    "Organisation",
    "Scope",
    "SignInMethod",
    "SignInRefused",
    "Target",
    "add_officer",
    "add_organisation",
    "bodies",
    "bodies_on",
    "body_on",
    "demand",
    "guarded",
    "history_of",
    "is_within",
    "may",
    "officer_by_id",
    "parse_code",
    "public",
    "sign_in",
    "successor_of",
]
