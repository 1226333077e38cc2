"""Parties, contacts, centres and reorganisations: the only file that touches their tables."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import connection
from django.db.models import Q

from dancu.onboarding.models import Account, Reorganisation, System
from dancu.onboarding.models import AccountList as ListRow
from dancu.onboarding.models import Centre as CentreRow
from dancu.onboarding.models import Contact as ContactRow
from dancu.onboarding.models import Party as PartyRow
from dancu.onboarding.parties.domain import Contact, Party, PartyKind
from dancu.onboarding.parties.domain import Reorganisation as Plan

LIST_MAX = 2000
_PARTY = ("code", "name", "kind", "other_code", "valid_from", "valid_to", "successor", "change", "source")


def parties_on(day: date) -> list[Party]:
    rows = PartyRow.objects.filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day).order_by("kind", "name")
    return [Party(row[0], row[1], PartyKind(row[2]), *row[3:]) for row in rows.values_list(*_PARTY)[:LIST_MAX]]


def find_party(code: str) -> Party | None:
    row = PartyRow.objects.filter(code=code).values_list(*_PARTY).first()
    return Party(row[0], row[1], PartyKind(row[2]), *row[3:]) if row else None


def save_party(party: Party) -> None:
    values = {name: getattr(party, name) for name in _PARTY[1:]}
    PartyRow.objects.update_or_create(code=party.code, defaults=values)


def contacts_of(organisation: str) -> list[Contact]:
    rows = ContactRow.objects.filter(organisation=organisation, valid_to=None).order_by("id")
    return [Contact(*row) for row in rows.values_list("organisation", "role", "office", "phone", "mail", "id")[:LIST_MAX]]


def contacts() -> dict[str, list[Contact]]:
    found: dict[str, list[Contact]] = {}
    rows = ContactRow.objects.filter(valid_to=None).order_by("id")
    for row in rows.values_list("organisation", "role", "office", "phone", "mail", "id")[: 10 * LIST_MAX]:
        found.setdefault(row[0], []).append(Contact(*row))
    return found


def add_contact(contact: Contact, since: date) -> None:
    ContactRow.objects.create(
        organisation=contact.organisation,
        role=contact.role.strip(),
        office=contact.office.strip(),
        phone=contact.phone.strip(),
        mail=contact.mail.strip(),
        valid_from=since,
    )


def end_contact(contact: int, organisation: str, day: date) -> int:
    return ContactRow.objects.filter(id=contact, organisation=organisation, valid_to=None).update(valid_to=day)


def centres() -> list[tuple[str, str, str]]:
    return list(CentreRow.objects.order_by("name").values_list("code", "name", "provider")[:LIST_MAX])


def save_centre(code: str, name: str, provider: str) -> None:
    CentreRow.objects.update_or_create(code=code, defaults={"name": name, "provider": provider})


def systems_of(organisation: str) -> list[tuple[str, str, str]]:
    """Client id, name and state of every system of a body and those below it that is not closed."""
    mine = Q(organisation=organisation) | Q(organisation__startswith=f"{organisation}.")
    rows = System.objects.filter(mine).exclude(state="closed").order_by("client_id")
    return list(rows.values_list("client_id", "name", "state")[:LIST_MAX])


def count_accounts(organisation: str) -> int:
    return Account.objects.filter(organisation=organisation).count()


def move_system(client_id: str, before: str, after: str, now: datetime) -> None:
    """The system and what was asked for it go along; what was done stays with who did it."""
    for organisation in System.objects.filter(client_id=client_id).values_list("organisation", flat=True):
        System.objects.filter(client_id=client_id).update(organisation=_below(organisation, before, after), changed_at=now)
    with connection.cursor() as cursor:
        cursor.execute(
            "update onboarding_dossier set organisation = %s where client_id = %s and organisation = %s", [after, client_id, before]
        )


def _below(organisation: str, before: str, after: str) -> str:
    return after + organisation[len(before) :] if organisation.startswith(f"{before}.") else after


def move_accounts(before: str, after: str) -> int:
    """Names the receiving body has already stay as they are there; every other one moves. Gives how many."""
    known = Account.objects.filter(organisation=after).values("account")
    moved = Account.objects.filter(organisation=before).exclude(account__in=known).update(organisation=after)
    Account.objects.filter(organisation=before).delete()
    ListRow.objects.filter(organisation=before).update(organisation=after)
    return moved


def add_reorganisation(
    identity: UUID, plan: Plan, moved: list[dict[str, str | int]], *, now: datetime, by: str, proposal: UUID | None
) -> None:
    Reorganisation.objects.create(
        id=identity, change=plan.change, on_day=plan.on, basis=plan.basis, moved=moved, at=now, by=by, proposal=proposal
    )


def reorganisations() -> list[tuple[date, str, str, list[dict[str, str]], datetime, str]]:
    rows = Reorganisation.objects.order_by("-on_day", "-at").values_list("on_day", "change", "basis", "moved", "at", "by")
    return list(rows[:LIST_MAX])
