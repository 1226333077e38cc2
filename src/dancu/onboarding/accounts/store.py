"""Lists of accounts as they were sent, their rows sealed, and the approved names beside them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

import msgspec

from dancu.kernel.errors import NotFound
from dancu.kernel.sealing import SealingKey
from dancu.onboarding.accounts.domain import AccountRow
from dancu.onboarding.models import Account
from dancu.onboarding.models import AccountList as ListRow
from dancu.onboarding.models import AccountRow as RowRow

LIST_MAX = 20_000


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


_LIST = ("id", "organisation", "dossier", "file", "file_name", "sent_at", "sent_by", "rows", "faults", "state")


def add_list(sent: SentList, rows: Sequence[AccountRow], key: SealingKey) -> None:
    """Write a list; its rows only where the whole is right, personal items sealed."""
    ListRow.objects.create(**{name: getattr(sent, name) for name in _LIST})
    if sent.faults:
        return
    RowRow.objects.bulk_create(
        [
            RowRow(
                list_id=sent.id,
                organisation=sent.organisation,
                number=row.row,
                account=row.account,
                role=row.role,
                services=list(row.services),
                sealed=key.seal(msgspec.json.encode(_personal(row)), belongs_to=f"account:{sent.id}:{row.row}"),
            )
            for row in rows
        ],
        batch_size=1000,
    )


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
    rows = Account.objects.filter(account__in=list(names)).exclude(organisation=organisation)
    return frozenset(rows.values_list("account", flat=True)[:LIST_MAX])


def listed(organisation: str, search: str = "") -> list[tuple[str, datetime | None, str]]:
    """Account, since when it is locked and why, in order."""
    rows = Account.objects.filter(organisation=organisation).order_by("account")
    if search:
        rows = rows.filter(account__icontains=search)
    return list(rows.values_list("account", "locked_at", "locked_for")[:1000])


def lock(organisation: str, accounts: Collection[str], now: datetime, why: str) -> int:
    return Account.objects.filter(organisation=organisation, account__in=list(accounts), locked_at=None).update(
        locked_at=now, locked_for=why
    )


def unlock(organisation: str, accounts: Collection[str]) -> int:
    held = Account.objects.filter(organisation=organisation, account__in=list(accounts)).exclude(locked_at=None)
    return held.update(locked_at=None, locked_for="")


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
