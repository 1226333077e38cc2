"""The door of the identity room."""

from dancu.identity.actions import Allowed, Denied, Scope, Target, actions_may, is_within, may
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
from dancu.identity.citizen_guard import CitizenRequest, citizen_only
from dancu.identity.citizens import add_citizen, sign_in_citizen
from dancu.identity.domain import Citizen, Officer, Organisation, SignInRefused
from dancu.identity.glass.domain import Opening
from dancu.identity.glass.usecases import break_glass, opening_of, record_reading
from dancu.identity.guard import OfficerRequest, demand, guarded, public, within
from dancu.identity.proposals.domain import Proposal, needs_two
from dancu.identity.proposals.usecases import Backing, how_done, needs_two_now, propose
from dancu.identity.usecases import (
    SignInMethod,
    accounts_with,
    add_officer,
    add_organisation,
    nearest_with,
    officer_by_id,
    organisation_names,
    sign_in,
)

__all__ = [
    "Allowed",
    "Backing",
    "Body",
    "BodyCode",
    "BodyKind",
    "Citizen",
    "CitizenRequest",
    "Denied",
    "Officer",
    "OfficerRequest",
    "Opening",
    "Organisation",
    "Proposal",
    "Scope",
    "SignInMethod",
    "SignInRefused",
    "Target",
    "accounts_with",
    "actions_may",
    "add_citizen",
    "add_officer",
    "add_organisation",
    "bodies",
    "bodies_on",
    "body_on",
    "break_glass",
    "citizen_only",
    "demand",
    "guarded",
    "history_of",
    "how_done",
    "is_within",
    "may",
    "nearest_with",
    "needs_two",
    "needs_two_now",
    "officer_by_id",
    "opening_of",
    "organisation_names",
    "parse_code",
    "propose",
    "public",
    "record_reading",
    "sign_in",
    "sign_in_citizen",
    "successor_of",
    "within",
]
