"""The door of the gate."""

from dancu.onboarding.domain import REGISTRY_SYSTEM, ConnectionState, ErrorProfile, Grant, InformationSystem, Standing
from dancu.onboarding.proposals import GRANT, REOPEN, grant_as_content, reopening_as_content
from dancu.onboarding.usecases import (
    get_system,
    grant,
    grants_of_organisation,
    list_accounts_for,
    open_systems_of,
    register_system,
    remove_accounts_for,
    revoke_grant,
    secret_of,
    set_service_urls,
    set_state,
    standing_of,
    suspend_by_itself,
    system_names,
    systems_with_grants,
)

__all__ = [
    "GRANT",
    "REGISTRY_SYSTEM",
    "REOPEN",
    "ConnectionState",
    "ErrorProfile",
    "Grant",
    "InformationSystem",
    "Standing",
    "get_system",
    "grant",
    "grant_as_content",
    "grants_of_organisation",
    "list_accounts_for",
    "open_systems_of",
    "register_system",
    "remove_accounts_for",
    "reopening_as_content",
    "revoke_grant",
    "secret_of",
    "set_service_urls",
    "set_state",
    "standing_of",
    "suspend_by_itself",
    "system_names",
    "systems_with_grants",
]
