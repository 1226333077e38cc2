"""Lists of accounts as they were sent, their rows sealed, and the approved names beside them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

import msgspec
from django.db import connection
from django.db.models import Q

from dancu.kernel.errors import NotFound
from dancu.kernel.sealing import SealingKey
from dancu.onboarding.accounts.domain import AccountRow
from dancu.onboarding.models import Account
from dancu.onboarding.models import AccountList as ListRow
from dancu.onboarding.models import AccountRow as RowRow

LIST_MAX = 20_000
ROWS_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class SentList:
    """A list as it was sent and judged (*danh sách đã nộp*)."""

    id: UUID
    organisation: str
    dossier: UUID | None
    file: str
    file_name: str
    sent_at: datetime
    sent_by: str
    rows: int
    faults: int
    state: str


CHECKED, APPROVED, REPLACED = "checked", "approved", "replaced"
_INSERT = """
insert into onboarding_accountrow (list_id, organisation, number, account, role, services, sealed)
select %s, %s, number, account, role, services::jsonb, sealed
from unnest(%s::int[], %s::text[], %s::text[], %s::text[], %s::bytea[]) as given (number, account, role, services, sealed)
"""
_TAKEN = "select distinct account from onboarding_account where organisation <> %s and account = any(%s) limit %s"
_LIST = ("id", "organisation", "dossier", "file", "file_name", "sent_at", "sent_by", "rows", "faults", "state")


def add_list(sent: SentList, rows: Sequence[AccountRow], key: SealingKey) -> None:
    """Write a list; its rows only where the whole is right, personal items sealed. It replaces those sent before it."""
    if sent.dossier:
        ListRow.objects.filter(dossier=sent.dossier, state=CHECKED).update(state=REPLACED)
    ListRow.objects.create(**{name: getattr(sent, name) for name in _LIST})
    if not sent.faults:
        for at in range(0, len(rows), ROWS_AT_ONCE):
            _add_rows(sent, rows[at : at + ROWS_AT_ONCE], key)


def _add_rows(sent: SentList, rows: Sequence[AccountRow], key: SealingKey) -> None:
    """A column each, not a placeholder for every cell: of a list of thousands that alone took longer than to judge it."""
    columns = (
        [row.row for row in rows],
        [row.account for row in rows],
        [row.role for row in rows],
        [msgspec.json.encode(row.services).decode() for row in rows],
        [key.seal(msgspec.json.encode(_personal(row)), belongs_to=f"account:{sent.id}:{row.row}") for row in rows],
    )
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [sent.id, sent.organisation, *columns])


def _personal(row: AccountRow) -> dict[str, str]:
    return {
        "full_name": row.full_name,
        "personal_id": row.personal_id.digits,
        "birth_date": str(row.birth_date),
        "position": row.position,
        "unit": row.unit,
        "level": row.level,
        "phone": row.phone,
        "mail": row.mail,
        "note": row.note,
    }


def get_list(identity: UUID) -> SentList:
    """Raises `NotFound`."""
    row = ListRow.objects.filter(id=identity).values_list(*_LIST).first()
    if row is None:
        raise NotFound("accounts.list_none", "Không có danh sách này.", "There is no such list.")
    return SentList(*row)


def accounts_in(identity: UUID) -> list[str]:
    return list(RowRow.objects.filter(list_id=identity).order_by("number").values_list("account", flat=True)[:LIST_MAX])


def services_in(identity: UUID) -> set[str]:
    """Every integration code the rows of a list name."""
    rows = RowRow.objects.filter(list_id=identity).values_list("services", flat=True)[:LIST_MAX]
    return {code for codes in rows for code in codes}


def mark(identity: UUID, state: str) -> None:
    ListRow.objects.filter(id=identity).update(state=state)


def new_id() -> UUID:
    return uuid4()


def taken_elsewhere(organisation: str, names: Collection[str]) -> frozenset[str]:
    """Of these accounts, those on the approved list of another organisation."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKEN, [organisation, list(names), LIST_MAX])
        return frozenset(row[0] for row in cursor.fetchall())


def listed(organisation: str, search: str = "") -> list[tuple[str, datetime | None, str, str]]:
    """Account, since when it is locked, why and from which organisation, in order."""
    rows = Account.objects.filter(organisation=organisation).order_by("account")
    if search:
        rows = rows.filter(account__icontains=search)
    return list(rows.values_list("account", "locked_at", "locked_for", "locked_by")[:1000])


@dataclass(frozen=True, slots=True)
class Lock:
    """Since when accounts are locked, why and from which organisation (*khoá tài khoản*)."""

    at: datetime
    why: str
    by: str


def lock(organisation: str, accounts: Collection[str], lock: Lock, over: Collection[str] = ()) -> int:
    """Lock what is open, and what one of `over` has locked."""
    free = Q(locked_at=None) | Q(locked_by__in=list(over))
    held = Account.objects.filter(free, organisation=organisation, account__in=list(accounts))
    return held.update(locked_at=lock.at, locked_for=lock.why, locked_by=lock.by)


def lockers(organisation: str, accounts: Collection[str]) -> Counter[str]:
    """How many of these accounts each organisation has locked; they are held until the transaction ends."""
    rows = Account.objects.select_for_update().filter(organisation=organisation, account__in=list(accounts)).order_by("id")
    return Counter(rows.exclude(locked_at=None).values_list("locked_by", flat=True)[:LIST_MAX])


def unlock(organisation: str, accounts: Collection[str]) -> int:
    held = Account.objects.filter(organisation=organisation, account__in=list(accounts)).exclude(locked_at=None)
    return held.update(locked_at=None, locked_for="", locked_by="")


def transfer(organisation: str, accounts: Collection[str] | None, after: str) -> int:
    """Move accounts, or all, to another organisation; of one it has already there is one afterwards, locked if either was."""
    there = Account.objects.filter(organisation=after)
    held = Account.objects.filter(organisation=organisation)
    if accounts is not None:
        held = held.filter(account__in=list(accounts))
    both = held.filter(account__in=there.values("account"))
    for row in both.exclude(locked_at=None)[:LIST_MAX]:
        there.filter(account=row.account, locked_at=None).update(
            locked_at=row.locked_at, locked_for=row.locked_for, locked_by=row.locked_by
        )
    count = int(both.delete()[0])
    return count + held.update(organisation=after)
