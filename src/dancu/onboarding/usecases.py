"""What is done at the gate: register a system, grant, list accounts, suspend, reopen. Each act stands in the ledger."""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import uuid4

import msgspec
from django.db import transaction

from dancu.identity.api import Backing, how_done
from dancu.kernel.clock import local
from dancu.kernel.errors import Conflict, Invalid, NotFound
from dancu.kernel.networks import is_network
from dancu.kernel.sealing import SealingKey
from dancu.notices.api import names_a_person
from dancu.onboarding import reader, store
from dancu.onboarding.domain import ConnectionState, Grant, InformationSystem, Standing, WireProfile
from dancu.onboarding.registrations.domain import Registration, RegistrationLine, check
from dancu.onboarding.trace import get_system, no_system, record
from dancu.population.api import get_version

_CLIENT_ID = re.compile(r"[a-z0-9][a-z0-9._-]{1,62}")


def standing_of(client_id: str, integration_code: str, procedure: str, officer: str) -> Standing:
    """All that decides about a caller (*tư cách khai thác*). Raises `NotFound` for a system nobody registered."""
    found = store.find_standing(client_id, integration_code, procedure, officer)
    if found is None:
        raise no_system(client_id)
    return found


def register_system(
    system: InformationSystem,
    *,
    key: SealingKey,
    by: str,
    now: datetime,
    secret: str | None = None,
) -> str:
    """Register a system and give it its secret, shown once (*đăng ký hệ thống*). Refuses an identity already taken."""
    if not _CLIENT_ID.fullmatch(system.client_id):
        raise Invalid(
            "client.id",
            "Mã hệ thống gồm 2–63 ký tự a–z, 0–9, dấu chấm, gạch ngang, gạch dưới.",
            "A client id has 2 to 63 characters a-z, 0-9, dot, hyphen, underscore.",
            field="client_id",
        )
    if names_a_person(system.client_id):  # ids stand in notices and outbound steps, which carry no personal number
        raise Invalid(
            "client.number",
            "Mã hệ thống không được có dãy 9 hoặc 12 chữ số đứng riêng: trông như số định danh.",
            "A client id has no 9 or 12 digits that stand by themselves: they read as a personal number.",
            field="client_id",
        )
    if store.find_system(system.client_id) is not None:
        raise _exists(system.client_id)
    if system.via and (store.find_system(system.via) is None or not system.client_id.startswith(f"{system.via}.")):
        raise Invalid(
            "client.via",
            f"Hub {system.via} phải được đăng ký trước, và mã hệ thống đi qua nó phải bắt đầu bằng “{system.via}.”.",
            f"The hub {system.via} must be registered first, and the id of a system behind it begins with “{system.via}.”.",
            field="via",
        )
    how = how_done("onboarding.key", None, local(now).date())
    chosen = secret or secrets.token_urlsafe(24)
    with transaction.atomic():
        if not store.add_system(system, now, reader.seal_secret(key, system.client_id, chosen)):
            raise _exists(system.client_id)
        record("system.registered", system.organisation, system.client_id, by, now, how=how)
    return chosen


def _exists(client_id: str) -> Conflict:
    return Conflict(
        "client.exists",
        f"Mã hệ thống {client_id} đã được đăng ký. Chọn mã khác.",
        f"The system {client_id} is already registered.",
        field="client_id",
    )


def open_systems_of(organisation: str) -> list[str]:
    """Client ids of an organisation's systems that may ask (*hệ thống đang kết nối của một cơ quan*)."""
    return store.open_systems_of(organisation)


def grants_of_organisation(organisation: str) -> list[Grant]:
    """Every grant of every system of an organisation (*phạm vi đã duyệt cho một cơ quan*)."""
    return store.grants_of_organisation(organisation)


def grants_of_system(client_id: str) -> list[Grant]:
    """What one system was granted (*phạm vi đã duyệt cho một hệ thống*)."""
    return store.grants_of(client_id)


def approve_registration(registration: Registration, *, by: str, now: datetime, backing: Backing | None = None) -> None:
    """Approve a registration: each line becomes what the system may learn (*duyệt phiếu đăng ký dịch vụ*).

    The only way a grant comes into being. It needs two humans where the installation's profile says so, `backing`; the
    ledger says how it was done. A line replaces the grant of the same integration code and procedure.
    """
    check(registration)
    how = how_done("onboarding.grant", backing, local(now).date())
    with transaction.atomic():
        system = get_system(registration.client_id, for_update=True)  # proposals compare what they replace under the same lock
        store.save_registration(registration, system.organisation, store.Approval(now, by, how, backing))
        for line in registration.lines:
            given = line.grant
            record(_given(given), system.organisation, given.client_id, by, now, given.fields, how=how, backing=backing)


def grant(given: Grant, *, by: str, now: datetime, document: str = "", backing: Backing | None = None) -> None:
    """The operator writes down a registration of one line and approves it (*duyệt phạm vi khai thác*)."""
    registration = Registration(uuid4(), given.client_id, (RegistrationLine(given),), document)
    approve_registration(registration, by=by, now=now, backing=backing)


def _given(given: Grant) -> str:
    marks = (
        ("registry", given.registry),
        ("protected", given.protected),
        ("emergency", given.emergency),
        ("sealed", given.sealed_days),
        ("subscribe", given.may_subscribe),
        ("lists", given.list_max),
    )
    more = [name for name, is_set in marks if is_set]
    return ":".join(["grant.given", given.integration_code, given.procedure, *more])


def revoke_grant(client_id: str, integration_code: str, procedure: str, *, by: str, now: datetime) -> None:
    """Take a grant back (*thu hồi phạm vi khai thác*)."""
    with transaction.atomic():
        system = get_system(client_id, for_update=True)
        if not store.delete_grant(client_id, integration_code, procedure):
            raise NotFound("grant.none", "Hệ thống không có phạm vi khai thác này.", "There is no such grant.")
        record(f"grant.revoked:{integration_code}:{procedure}", system.organisation, client_id, by, now)


def list_accounts_for(organisation: str, accounts: Sequence[str], *, by: str, now: datetime) -> None:
    """Put accounts on the approved list of an organisation (*danh sách tài khoản khai thác*)."""
    clean = [a.strip() for a in accounts if a.strip()]
    with transaction.atomic():
        store.add_accounts(organisation, clean)
        record("accounts.added", organisation, "", by, now)


def remove_accounts_for(organisation: str, accounts: Sequence[str], *, by: str, now: datetime) -> None:
    """Take accounts off the approved list (*thu hồi tài khoản khai thác*)."""
    with transaction.atomic():
        if not store.remove_accounts(organisation, [account.strip() for account in accounts]):
            raise NotFound("accounts.none", "Không có tài khoản nào như vậy trong danh sách.", "No such account is on the list.")
        record("accounts.removed", organisation, "", by, now)


def accounts_of(organisation: str) -> list[str]:
    """The approved list of an organisation (*danh sách tài khoản khai thác*)."""
    return store.list_accounts(organisation)


def set_service_urls(client_id: str, urls: Sequence[str], *, by: str, now: datetime) -> None:
    """The strings a client hashes as serviceUrl in the national authentication."""
    with transaction.atomic():
        system = get_system(client_id)
        store.save_service_urls(client_id, urls, now)
        record("system.service_urls", system.organisation, client_id, by, now)


def set_profile(client_id: str, profile: WireProfile, *, by: str, now: datetime) -> None:
    """What differs on this system's wire (*hồ sơ kết nối kỹ thuật*). Refuses unknown units and networks of everybody."""
    for network in profile.networks:
        if not is_network(network):
            raise Invalid(
                "client.network",
                f"{network!r} không phải địa chỉ hay dải mạng IP.",
                f"{network!r} is no IP address and no network.",
                field="networks",
            )
    if profile.units:
        get_version(profile.units)  # raises, and says which versions there are
    with transaction.atomic():
        system = get_system(client_id, for_update=True)
        store.save_profile(client_id, profile, now)
        record("system.profile", system.organisation, client_id, by, now)


def changed_profile(client_id: str, named: Mapping[str, object]) -> WireProfile:
    """A system's profile with some of its items changed, not yet kept. Raises `Invalid` for an item that cannot be so."""
    known: dict[str, object] = msgspec.to_builtins(get_system(client_id).profile)
    try:
        return msgspec.convert({**known, **named}, WireProfile)
    except msgspec.ValidationError as failure:
        raise Invalid(
            "client.profile", f"Hồ sơ kết nối không hợp lệ: {failure}.", f"The profile is not valid: {failure}."
        ) from failure


def profile_as_json(profile: WireProfile) -> dict[str, object]:
    """What differs from the usual, by name (*hồ sơ kết nối kỹ thuật*)."""
    told: dict[str, object] = msgspec.to_builtins(profile)
    return told


def systems_with_grants() -> list[tuple[InformationSystem, list[Grant]]]:
    """Every system and what it was granted (*danh sách hệ thống*)."""
    return [(system, store.grants_of(system.client_id)) for system in store.systems()]


def subscribing_grants() -> list[Grant]:
    """Every grant that allows subscriptions (*phạm vi được nhận biến động*)."""
    return store.subscribing_grants()


def system_names(client_ids: Collection[str]) -> dict[str, str]:
    """Names of systems by client id; what is no registered system keeps its id (*tên hệ thống theo mã*)."""
    known = store.names_of(client_ids)
    return {client_id: known.get(client_id, client_id) for client_id in client_ids}


def renew_secret(client_id: str, *, key: SealingKey, by: str, now: datetime) -> str:
    """Give a system a fresh secret instead of the one it has (*cấp mã bí mật mới*). Shown once; the old one ends at once.

    In trial what is given is the trial's secret: the registered one is told when the connection is official.
    """
    chosen = secrets.token_urlsafe(24)
    with transaction.atomic():
        system = get_system(client_id, for_update=True)
        store.save_secret(client_id, reader.seal_secret(key, client_id, chosen), now)
        record("system.secret_renewed", system.organisation, client_id, by, now)
    is_tried = system.state is ConnectionState.TRIAL
    return reader.trial_secret(key, client_id, chosen) if is_tried else chosen


def secret_of(client_id: str, *, key: SealingKey) -> str:
    """The secret, for the operator's diagnosis of a hash; the caller must hold the key (*mã bí mật*)."""
    get_system(client_id)
    return reader.open_secret(key, client_id, store.sealed_secret(client_id))
