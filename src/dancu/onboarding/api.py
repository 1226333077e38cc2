"""The door of the gate."""

from dancu.onboarding.axes.domain import printed, transitions
from dancu.onboarding.axes.orders import order_key, read_order
from dancu.onboarding.axes.usecases import set_state, suspend_by_itself
from dancu.onboarding.domain import (
    REGISTRY_SYSTEM,
    ConnectionState,
    ErrorCodeStyle,
    ErrorProfile,
    Grant,
    InformationSystem,
    KeyKind,
    KeyState,
    RegisteredKey,
    Standing,
    WireProfile,
)
from dancu.onboarding.dossiers.store import open_dossier_of
from dancu.onboarding.dossiers.usecases import keep_result, signed_result
from dancu.onboarding.keys import add_certificate, add_message_key, keys_of, revoke_key
from dancu.onboarding.overview import Connection, codes_granted, connections
from dancu.onboarding.parties.domain import Party, PartyKind
from dancu.onboarding.parties.usecases import Centre, add_centre, add_party
from dancu.onboarding.proposals import GRANT, REOPEN, grant_as_content, reopening_as_content
from dancu.onboarding.reminders.usecases import coming, remind
from dancu.onboarding.trace import get_system
from dancu.onboarding.usecases import (
    accounts_of,
    changed_profile,
    grant,
    grants_of_organisation,
    grants_of_system,
    list_accounts_for,
    open_systems_of,
    profile_as_json,
    register_system,
    remove_accounts_for,
    revoke_grant,
    secret_of,
    set_profile,
    set_service_urls,
    standing_of,
    subscribing_grants,
    system_names,
    systems_with_grants,
)

__all__ = [
    "GRANT",
    "REGISTRY_SYSTEM",
    "REOPEN",
    "Centre",
    "Connection",
    "ConnectionState",
    "ErrorCodeStyle",
    "ErrorProfile",
    "Grant",
    "InformationSystem",
    "KeyKind",
    "KeyState",
    "Party",
    "PartyKind",
    "RegisteredKey",
    "Standing",
    "WireProfile",
    "accounts_of",
    "add_centre",
    "add_certificate",
    "add_message_key",
    "add_party",
    "changed_profile",
    "codes_granted",
    "coming",
    "connections",
    "get_system",
    "grant",
    "grant_as_content",
    "grants_of_organisation",
    "grants_of_system",
    "keep_result",
    "keys_of",
    "list_accounts_for",
    "open_dossier_of",
    "open_systems_of",
    "order_key",
    "printed",
    "profile_as_json",
    "read_order",
    "register_system",
    "remind",
    "remove_accounts_for",
    "reopening_as_content",
    "revoke_grant",
    "revoke_key",
    "secret_of",
    "set_profile",
    "set_service_urls",
    "set_state",
    "signed_result",
    "standing_of",
    "subscribing_grants",
    "suspend_by_itself",
    "system_names",
    "systems_with_grants",
    "transitions",
]
