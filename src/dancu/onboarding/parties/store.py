"""Parties, contacts, centres and reorganisations: the only file that touches their tables."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import connection
from django.db.models import Q

from dancu.onboarding.accounts import store as accounts
from dancu.onboarding.models import Account, Dossier, Reorganisation, System
from dancu.onboarding.models import AccountList as ListRow
from dancu.onboarding.models import Centre as CentreRow
from dancu.onboarding.models import Contact as ContactRow
from dancu.onboarding.models import Party as PartyRow
from dancu.onboarding.parties.domain import Centre, Contact, Party, PartyKind, moved_to
from dancu.onboarding.parties.domain import Reorganisation as Plan

LIST_MAX = 2000
ENDED = ("refused", "withdrawn")  # dossiers that brought no system into a centre
_IN_CENTRES = """
select a.content ->> 'centre', count(distinct d.client_id)
from onboarding_dossieraction a
join onboarding_dossier d on d.id = a.dossier_id
join onboarding_system s on s.client_id = d.client_id
where a.sequence = 1 and a.content ->> 'centre' <> '' and s.state <> 'closed' and d.state <> all(%s)
group by 1 limit %s
"""
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


def centres() -> list[Centre]:
    return [Centre(*row) for row in CentreRow.objects.order_by("name").values_list("code", "name", "provider")[:LIST_MAX]]


def save_centre(centre: Centre) -> None:
    CentreRow.objects.update_or_create(code=centre.code, defaults={"name": centre.name.strip(), "provider": centre.provider})


def systems_in_centres() -> dict[str, int]:
    """How many systems that are not closed stand in each centre, as their dossiers say."""
    with connection.cursor() as cursor:
        cursor.execute(_IN_CENTRES, [list(ENDED), LIST_MAX])
        return dict(cursor.fetchall())


def systems_of(organisation: str) -> list[tuple[str, str, str]]:
    """Client id, name and state of every system of a body and those below it that is not closed."""
    rows = System.objects.filter(_within(organisation)).exclude(state="closed").order_by("client_id")
    return list(rows.values_list("client_id", "name", "state")[:LIST_MAX])


def _within(organisation: str) -> Q:
    return Q(organisation=organisation) | Q(organisation__startswith=f"{organisation}.")


def count_accounts(organisation: str) -> int:
    """Of a body and those below it."""
    return Account.objects.filter(_within(organisation)).count()


def move_system(client_id: str, before: str, after: str, now: datetime) -> None:
    """The system goes, with the lines of its dossiers and their lists; what was done stays with who did it."""
    systems = System.objects.filter(_within(before), client_id=client_id)
    for organisation in systems.values_list("organisation", flat=True):
        systems.update(organisation=moved_to(organisation, before, after), changed_at=now)
    held = list(Dossier.objects.filter(client_id=client_id).values_list("id", flat=True)[:LIST_MAX])
    _move_lists(Q(dossier__in=held) & _within(before), before, after)
    dossiers = Dossier.objects.filter(_within(before), client_id=client_id).values_list("id", "organisation")
    for identity, organisation in list(dossiers[:LIST_MAX]):
        Dossier.objects.filter(id=identity).update(organisation=moved_to(organisation, before, after))


def move_accounts(before: str, after: str) -> int:
    """All accounts of a body and those below it, and the lists no system took along. Gives how many."""
    held = Account.objects.filter(_within(before)).values_list("organisation", flat=True).distinct().order_by("organisation")
    count = 0
    for organisation in list(held[:LIST_MAX]):
        goes_to = moved_to(organisation, before, after)
        count += accounts.transfer(organisation, None, goes_to)
        # What was locked from within the body is hers to open where it goes on.
        for locker in _lockers(goes_to, before):
            Account.objects.filter(organisation=goes_to, locked_by=locker).update(locked_by=moved_to(locker, before, after))
    _move_lists(_within(before), before, after)
    return count


def _lockers(organisation: str, before: str) -> list[str]:
    inside = Q(locked_by=before) | Q(locked_by__startswith=f"{before}.")
    return list(Account.objects.filter(inside, organisation=organisation).values_list("locked_by", flat=True).distinct()[:LIST_MAX])


def _move_lists(which: Q, before: str, after: str) -> None:
    """Rows are written once and are reached through their list."""
    for identity, organisation in list(ListRow.objects.filter(which).values_list("id", "organisation")[: 10 * LIST_MAX]):
        ListRow.objects.filter(id=identity).update(organisation=moved_to(organisation, before, after))


def add_reorganisation(
    identity: UUID, plan: Plan, moved: list[dict[str, str | int]], *, now: datetime, by: str, proposal: UUID | None
) -> None:
    Reorganisation.objects.create(
        id=identity, change=plan.change, on_day=plan.on, basis=plan.basis, moved=moved, at=now, by=by, proposal=proposal
    )


def reorganisations() -> list[tuple[date, str, str, list[dict[str, str]], datetime, str]]:
    rows = Reorganisation.objects.order_by("-on_day", "-at").values_list("on_day", "change", "basis", "moved", "at", "by")
    return list(rows[:LIST_MAX])
