"""A world of five tenants around one officer's desk, each row of theirs marked with whose it is.

`own` is where the visitors sit; `unit` is another unit of their organisation; parent, child and sibling are other
organisations. A mark found on a page tells whose row was shown there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from dancu.kernel.clock import local

PASSWORD = "mat-khau-thu"
RESIDENCE = "1.004222"
PERSON = 46090000101
TENANTS = {
    "own": ("H57.12", "MC"),
    "unit": ("H57.12", "DC"),
    "parent": ("H57", "VP"),
    "child": ("H57.12.3", "MC"),
    "sibling": ("H57.13", "MC"),
}
# Who visits: account → roles; all of them sit in `own`.
VISITORS = {
    "xem.motcua": ("desk",),
    "xem.dancu": ("registrar",),
    "xem.lanhdao": ("registrar-approver",),
    "xem.vanhanh": ("operator",),
    "xem.baove": ("data-protection",),
    "xem.haivai": ("desk", "registrar"),
    "xem.khongvai": (),
}
CITIZEN = "046190000104"  # who has no row at any desk


@dataclass(frozen=True)
class Mark:
    """A text that stands in one row only, and whose row that is."""

    text: str
    tenant: str
    kind: str  # dossier, request, glass

    @property
    def target(self) -> tuple[str, str, str]:
        """Organisation, unit, account, as far as the row knows them."""
        organisation, unit = TENANTS[self.tenant]
        if self.kind == "dossier":
            return organisation, "", ""
        return organisation, f"{organisation}/{unit}", account_of(self.tenant, "dancu" if self.kind == "request" else "motcua")


def marks() -> list[Mark]:
    return [
        Mark(f"DAU{tenant.upper()}{kind.upper()}", tenant, kind) for tenant in TENANTS for kind in ("dossier", "request", "glass")
    ]


def mark_of(tenant: str, kind: str) -> str:
    return f"DAU{tenant.upper()}{kind.upper()}"


def account_of(tenant: str, post: str) -> str:
    """Accounts stand on pages too: that of a registrar carries the mark of her requests."""
    return f"{mark_of(tenant, 'request')}.dancu" if post == "dancu" else f"{tenant}.{post}"


def identity(tenant: str, what: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"dancu-lab:{tenant}:{what}")


def dossier_number(tenant: str, day: datetime) -> str:
    """The first dossier of the day; `unit` shares its organisation with `own` and has the second."""
    return f"{TENANTS[tenant][0]}-{local(day):%y%m%d}-{2 if tenant == 'unit' else 1:04d}"


def seed_visitors(now: datetime) -> None:
    """Organisations, the visitors and the systems they ask through: the same in every world."""
    from dancu.identity.api import Organisation, add_citizen, add_officer, add_organisation
    from dancu.kernel.personal_id import PersonalId
    from dancu.onboarding import api as onboarding
    from tests.factories.registry import connect_registry

    for organisation, unit in TENANTS.values():
        add_organisation(Organisation(organisation, f"Cơ quan {organisation}"), {unit: f"Bộ phận {unit}"})
    for account, roles in VISITORS.items():
        add_officer(account, f"Cán bộ {account}", *TENANTS["own"], list(roles), PASSWORD)
    connect_registry()
    for organisation in ("H57.12.3", "H57"):  # whose systems the desk and the registry are
        onboarding.list_accounts_for(organisation, list(VISITORS), by="test", now=now)
    add_citizen(PersonalId.parse(CITIZEN), PASSWORD)


def seed_tenant(tenant: str, now: datetime, *, dossiers: int = 1, asks: bool = True) -> None:
    """A desk officer with a draft and dossiers; and, when it asks, a registrar's two requests and an opening in an emergency."""
    from dancu.identity.api import add_officer
    from dancu.onboarding import api as onboarding

    organisation, unit = TENANTS[tenant]
    for account, role in ((account_of(tenant, "motcua"), "desk"), (account_of(tenant, "dancu"), "registrar")):
        add_officer(account, f"Cán bộ {account}", organisation, unit, [role], PASSWORD)
        onboarding.list_accounts_for("H57.12.3", [account], by="test", now=now)
    for at in range(dossiers):
        _receive(tenant, f"dossier{at}" if at else "dossier", now + timedelta(seconds=at))
    _draft(tenant, "draft", now)
    if not asks:
        return
    _request(tenant, "drafted", now, hand_in=False)
    _request(tenant, "submitted", now + timedelta(seconds=1), hand_in=True)
    _glass(tenant, now)


def _draft(tenant: str, what: str, now: datetime) -> Any:
    from dancu.kernel.claims import PersonClaim
    from dancu.kernel.dates import PartialDate
    from dancu.kernel.personal_id import PersonalId
    from dancu.procedures import store
    from dancu.procedures.domain.evidence import PAPERS_INSTEAD
    from dancu.procedures.usecases.look_up import open_form_without_comparison

    claim = PersonClaim("Trần Văn Hòa", PartialDate.parse("1990-05-17"), PersonalId(PERSON))
    mark, paper = mark_of(tenant, "dossier"), next(iter(PAPERS_INSTEAD))
    draft = open_form_without_comparison(
        _officer(tenant, "motcua"), claim, RESIDENCE, paper, f"mất kết nối {mark}", identity(tenant, what), now=now
    )
    draft.typed = {"new_address": f"1 {mark}", "household_head": f"Trần {mark}", "household_relation": "Con"}
    store.save_draft(draft)
    return draft


def _receive(tenant: str, what: str, now: datetime) -> None:
    from dancu.procedures.models import Dossier
    from dancu.procedures.usecases import dossiers

    number = dossiers.receive(_officer(tenant, "motcua"), _draft(tenant, what, now), now=now)
    Dossier.objects.filter(number=number).update(applicant_name=f"Trần {mark_of(tenant, 'dossier')}")


def _request(tenant: str, what: str, now: datetime, *, hand_in: bool) -> None:
    from dancu.registrar.domain.requests import ActionKind
    from dancu.registrar.usecases.requests import Step, take_step, write_request
    from tests.registrar.scene import a_content, an_officer

    organisation, unit = TENANTS[tenant]
    actor = an_officer(account_of(tenant, "dancu"), f"{organisation}/{unit}")
    content = a_content(reason=f"Khai sinh ghi khác {mark_of(tenant, 'request')}", subject=PERSON)
    written = write_request(actor, identity(tenant, what), content, seen="", now=now)
    if hand_in:
        take_step(actor, Step(written.id, ActionKind.SUBMIT, written.digest), now=now)


def _glass(tenant: str, now: datetime) -> None:
    from dancu.identity.models import Glass

    organisation, unit = TENANTS[tenant]
    account = f"{tenant}.motcua"
    Glass.objects.create(
        id=identity(tenant, "glass"),
        at=now,
        until=now,
        review_by=now + timedelta(days=3),
        organisation=organisation,
        unit=f"{organisation}/{unit}",
        account=account,
        holder=account,
        of_organisation=f"{organisation}.9",
        number=f"{organisation}.9-261121-0001",
        subject="",
        reason=f"cấp cứu {mark_of(tenant, 'glass')}",
        salt=b"",
        reference="",
    )


def _officer(tenant: str, post: str) -> Any:
    from dancu.identity.store import find_credentials

    found = find_credentials(account_of(tenant, post))
    assert found is not None
    return found[0]
