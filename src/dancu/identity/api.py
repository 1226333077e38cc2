"""The door of the identity room."""

from dancu.identity.domain import Officer, Organisation, SignInRefused
from dancu.identity.guard import OfficerRequest, guarded, public
from dancu.identity.usecases import SignInMethod, add_officer, add_organisation, officer_by_id, sign_in

__all__ = [
    "Officer",
    "OfficerRequest",
    "Organisation",
    "SignInMethod",
    "SignInRefused",
    "add_officer",
    "add_organisation",
    "guarded",
    "officer_by_id",
    "public",
    "sign_in",
]
