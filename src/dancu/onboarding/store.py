"""Queries of the gate."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import msgspec
from django.db import IntegrityError, connection, transaction

from dancu.identity.api import Backing
from dancu.onboarding import reader
from dancu.onboarding.domain import ConnectionState, Grant, InformationSystem, Standing, WireProfile
from dancu.onboarding.models import Account
from dancu.onboarding.models import Grant as GrantRow
from dancu.onboarding.models import Registration as RegistrationRow
from dancu.onboarding.models import RegistrationLine as LineRow
from dancu.onboarding.models import System as SystemRow
from dancu.onboarding.registrations.domain import Registration

LIST_LIMIT = 1000


def find_standing(client_id: str, integration_code: str, procedure: str, officer: str) -> Standing | None:
    with connection.cursor() as cursor:
        cursor.execute(reader.SYSTEMS + " where client_id = %s", [client_id])
        if (row := cursor.fetchone()) is None:
            return None
        system = reader.system_from_row(row)
        cursor.execute(reader.OLDEST_WAITING)
        waiting = cursor.fetchone()
    listed = Account.objects.filter(organisation=system.organisation, account=officer, locked_at=None).exists()
    return Standing(system, find_grant(client_id, integration_code, procedure), listed, waiting[0] if waiting else None)


def find_system(client_id: str, *, for_update: bool = False) -> InformationSystem | None:
    with connection.cursor() as cursor:
        cursor.execute(reader.SYSTEMS + " where client_id = %s" + (" for update" if for_update else ""), [client_id])
        row = cursor.fetchone()
    return reader.system_from_row(row) if row else None


def systems(limit: int = LIST_LIMIT) -> list[InformationSystem]:
    with connection.cursor() as cursor:
        cursor.execute(reader.SYSTEMS + " order by client_id limit %s", [limit])
        return [reader.system_from_row(row) for row in cursor.fetchall()]


def open_systems_of(organisation: str) -> list[str]:
    found = SystemRow.objects.filter(organisation=organisation, state=ConnectionState.OFFICIAL).order_by("client_id")
    return list(found.values_list("client_id", flat=True))


def names_of(client_ids: Iterable[str]) -> dict[str, str]:
    return dict(SystemRow.objects.filter(client_id__in=list(client_ids)[:LIST_LIMIT]).values_list("client_id", "name"))


def state_of(client_id: str) -> tuple[str, datetime, str]:
    """The state, since when it or anything beside it is so, and why. The system must exist."""
    return SystemRow.objects.values_list("state", "changed_at", "state_reason").get(client_id=client_id)


def find_grant(client_id: str, integration_code: str, procedure: str) -> Grant | None:
    key = [client_id, integration_code, procedure]
    with connection.cursor() as cursor:
        cursor.execute(reader.GRANTS + " where client_id = %s and integration_code = %s and procedure = %s", key)
        row = cursor.fetchone()
    return reader.grant_from_row(row) if row else None


def grants_of(client_id: str) -> list[Grant]:
    with connection.cursor() as cursor:
        cursor.execute(
            reader.GRANTS + " where client_id = %s order by integration_code, procedure limit %s", [client_id, LIST_LIMIT]
        )
        return [reader.grant_from_row(row) for row in cursor.fetchall()]


def grants_of_organisation(organisation: str) -> list[Grant]:
    with connection.cursor() as cursor:
        cursor.execute(
            reader.GRANTS + " join onboarding_system using (client_id) where organisation = %s limit %s",
            [organisation, LIST_LIMIT],
        )
        return [reader.grant_from_row(row) for row in cursor.fetchall()]


def subscribing_grants() -> list[Grant]:
    """Bounded by what authorities decided one by one; whoever is missing here would lose its subscriptions."""
    with connection.cursor() as cursor:
        cursor.execute(reader.GRANTS + " where may_subscribe")
        return [reader.grant_from_row(row) for row in cursor.fetchall()]


def sealed_secret(client_id: str) -> bytes:
    return bytes(SystemRow.objects.values_list("secret_sealed", flat=True).get(client_id=client_id))


def save_secret(client_id: str, sealed: bytes, changed_at: object) -> None:
    SystemRow.objects.filter(client_id=client_id).update(secret_sealed=sealed, changed_at=changed_at)


def save_service_urls(client_id: str, urls: Iterable[str], changed_at: object) -> None:
    SystemRow.objects.filter(client_id=client_id).update(service_urls=list(urls), changed_at=changed_at)


def save_profile(client_id: str, profile: WireProfile, changed_at: object) -> None:
    SystemRow.objects.filter(client_id=client_id).update(profile=msgspec.to_builtins(profile), changed_at=changed_at)


def add_system(system: InformationSystem, changed_at: object, secret: bytes) -> bool:
    """False where the identity is taken, also by somebody else at this moment: whoever is first keeps it."""
    values = {**_columns(system, "", changed_at), "secret_sealed": secret}
    try:
        with transaction.atomic():
            SystemRow.objects.create(client_id=system.client_id, **values)
    except IntegrityError:
        return False
    return True


def save_system(system: InformationSystem, reason: str, changed_at: object) -> None:
    SystemRow.objects.filter(client_id=system.client_id).update(**_columns(system, reason, changed_at))


def _columns(system: InformationSystem, reason: str, changed_at: object) -> dict[str, Any]:
    return {
        "organisation": system.organisation,
        "name": system.name,
        "state": system.state,
        "state_reason": reason,
        "service_urls": list(system.service_urls),
        "skew_seconds": system.skew_seconds,
        "error_profile": system.error_profile,
        "profile": msgspec.to_builtins(system.profile),
        "via": system.via,
        "changed_at": changed_at,
        "state_since": changed_at,
    }


@dataclass(frozen=True, slots=True)
class Approval:
    """When, by whom and how a registration was approved."""

    at: datetime
    by: str
    how: str
    backing: Backing | None = None


def save_registration(registration: Registration, organisation: str, approval: Approval) -> None:
    """Write an approved registration and the grants its lines become. The only place that writes a grant."""
    RegistrationRow.objects.create(
        id=registration.id,
        organisation=organisation,
        client_id=registration.client_id,
        dossier=registration.dossier,
        document=registration.document,
        approved_at=approval.at,
        approved_by=approval.by,
        how=approval.how,
        proposal=approval.backing.proposal if approval.backing else None,
    )
    for line in registration.lines:
        given, columns = line.grant, _columns_of(line.grant)
        written = LineRow.objects.create(
            registration_id=registration.id,
            integration_code=given.integration_code,
            procedure=given.procedure,
            procedure_name=line.procedure_name,
            volume_per_month=line.volume_per_month,
            content={**columns, "valid_from": _day(given.valid_from), "valid_to": _day(given.valid_to)},
        )
        GrantRow.objects.update_or_create(
            client_id=given.client_id,
            integration_code=given.integration_code,
            procedure=given.procedure,
            defaults={**columns, "line": written},
        )


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _columns_of(grant: Grant) -> dict[str, Any]:
    """The scope of a grant as its row holds it, without whose it is."""
    return {
        "integration_code": grant.integration_code,
        "procedure": grant.procedure,
        "fields": sorted(grant.fields),
        "sensitive_fields": sorted(grant.sensitive_fields),
        "purpose": grant.purpose,
        "legal_basis": grant.legal_basis,
        "dossier_required": grant.dossier_required,
        "may_disclose": grant.may_disclose,
        "passes_folded": grant.passes_folded,
        "explain": grant.explain,
        "registry": grant.registry,
        "protected": grant.protected,
        "emergency": grant.emergency,
        "sealed_days": grant.sealed_days,
        "may_subscribe": grant.may_subscribe,
        "list_max": grant.list_max,
        "volume_per_day": grant.volume_per_day,
        "officer_per_day": grant.officer_per_day,
        "valid_from": grant.valid_from,
        "valid_to": grant.valid_to,
    }


def delete_grant(client_id: str, integration_code: str, procedure: str) -> int:
    return GrantRow.objects.filter(client_id=client_id, integration_code=integration_code, procedure=procedure).delete()[0]


def list_accounts(organisation: str) -> list[str]:
    return list(
        Account.objects.filter(organisation=organisation).order_by("account").values_list("account", flat=True)[:LIST_LIMIT]
    )


def add_accounts(organisation: str, accounts: Iterable[str]) -> None:
    Account.objects.bulk_create([Account(organisation=organisation, account=a) for a in accounts], ignore_conflicts=True)


def remove_accounts(organisation: str, accounts: Iterable[str]) -> int:
    return int(Account.objects.filter(organisation=organisation, account__in=list(accounts)).delete()[0])


def announce_change() -> None:
    """A hint to every gateway, sent with the commit; they refresh by themselves anyway."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_notify(%s, '')", [reader.CHANGED_CHANNEL])
