"""Queries of the identity room."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import F

from dancu.identity.domain import Officer, Organisation
from dancu.identity.models import Officer as OfficerRow
from dancu.identity.models import Organisation as OrganisationRow
from dancu.identity.models import SignInFailure, Unit


def find_officer(officer_id: int) -> Officer | None:
    row = OfficerRow.objects.select_related("organisation", "unit").filter(pk=officer_id, is_active=True).first()
    return _officer(row) if row else None


def find_credentials(account: str) -> tuple[Officer, str] | None:
    row = OfficerRow.objects.select_related("organisation", "unit").filter(account=account, is_active=True).first()
    return (_officer(row), row.password) if row else None


def end_sessions(officer_id: int) -> None:
    OfficerRow.objects.filter(pk=officer_id).update(epoch=F("epoch") + 1)


def failures_since(moment: datetime, *, account: str = "", network: str = "") -> int:
    rows = SignInFailure.objects.filter(at__gt=moment)
    rows = rows.filter(account=account) if account else rows.filter(network=network)
    return rows.count()


def add_failure(at: datetime, account: str, network: str, forget_before: datetime) -> None:
    SignInFailure.objects.filter(at__lt=forget_before).delete()
    SignInFailure.objects.create(at=at, account=account, network=network)


def save_organisation(organisation: Organisation) -> None:
    OrganisationRow.objects.update_or_create(
        code=organisation.code, defaults={"name": organisation.name, "parent_code": organisation.parent_code}
    )


def names_of(codes: Collection[str]) -> dict[str, str]:
    return dict(OrganisationRow.objects.filter(code__in=list(codes)[:1000]).values_list("code", "name"))


def save_unit(organisation_code: str, code: str, name: str) -> None:
    Unit.objects.update_or_create(organisation_id=organisation_code, code=code, defaults={"name": name})


def save_officer(
    account: str, name: str, organisation_code: str, unit_code: str, roles: list[str], password: str, holder: str = ""
) -> None:
    """Who holds an account is kept when nothing is said about it: forgetting it would make one human two.

    Setting an officer anew ends her sessions: they knew another password, other roles, another unit.
    """
    held = {"holder": holder} if holder else {}
    unit = Unit.objects.get(organisation_id=organisation_code, code=unit_code)
    values = {"name": name, "organisation_id": organisation_code, "unit": unit, "roles": roles, "password": password, **held}
    OfficerRow.objects.update_or_create(account=account, defaults={**values, "epoch": F("epoch") + 1}, create_defaults=values)


def accounts_with(role: str, organisation_code: str = "") -> list[str]:
    found = OfficerRow.objects.filter(roles__contains=[role], is_active=True).order_by("account")
    if organisation_code:
        found = found.filter(organisation_id=organisation_code)
    return list(found.values_list("account", flat=True))


def _officer(row: OfficerRow) -> Officer:
    return Officer(
        row.pk,
        row.account,
        row.name,
        row.organisation.code,
        row.organisation.name,
        row.unit.code,
        row.unit.name,
        frozenset(row.roles),
        row.epoch,
        row.holder,
    )
