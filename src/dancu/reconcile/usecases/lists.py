"""What a data team does with its lists: keep one, find its rounds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from django.db import transaction

from dancu.identity.api import Officer
from dancu.ledger import api as ledger
from dancu.reconcile import store
from dancu.reconcile.domain import Round, SourceList, check_list
from dancu.reconcile.profiles.table import get_profile

SYSTEM = "doi-soat"


@dataclass(frozen=True, slots=True)
class ListWanted:
    """A list as somebody types it in."""

    name: str
    profile: str
    source: str
    purpose: str
    legal_basis: str


def add_list(officer: Officer, wanted: ListWanted, *, now: datetime) -> SourceList:
    """Keep a list to compare again and again (*lập danh sách đối soát*). Raises `Invalid` naming the field."""
    kind = get_profile(wanted.profile)
    basis = wanted.legal_basis.strip() or kind.legal_basis
    check_list(wanted.name, wanted.source, wanted.purpose, basis)
    words = (wanted.name.strip(), kind.code, wanted.source.strip(), wanted.purpose.strip(), basis)
    added = SourceList(uuid4(), officer.organisation_code, *words, officer.account, now)
    with transaction.atomic():
        store.add_list(added)
        record(officer.account, added, "reconcile.list", now)
    return added


def record(account: str, of: SourceList, outcome: str, now: datetime) -> str:
    """An entry about a list as a whole; about nobody by name. Gives its reference."""
    act = ledger.Act(
        ledger.ActKind.ADMINISTER,
        outcome,
        of.organisation,
        SYSTEM,
        account,
        purpose=of.purpose,
        legal_basis=of.legal_basis,
    )
    return ledger.record(act, now=now)


def lists_of(officer: Officer) -> list[tuple[SourceList, Round | None]]:
    """The lists of an organisation, each with its newest round (*các danh sách đối soát*)."""
    lists = store.lists_of(officer.organisation_code)
    latest = store.latest_rounds([each.id for each in lists])
    return [(each, latest.get(each.id)) for each in lists]
