"""Make and withdraw keys of lists, and know who stands behind one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction

from dancu.identity import api as identity
from dancu.identity.api import Officer
from dancu.kernel.clock import local
from dancu.kernel.errors import Conflict
from dancu.reconcile.domain import SourceList
from dancu.reconcile.keys import store
from dancu.reconcile.keys.domain import KEYS_MAX, ListKey, checked_name, digest_of, end_of, new_secret, not_known
from dancu.reconcile.store import get_list
from dancu.reconcile.usecases.lists import record

ACTION = "reconcile.list.handle"
_USE_TOLD_EVERY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """Whom a shown key stands for (*người giữ khoá*), and the one list it opens."""

    officer: Officer
    of: SourceList
    key: ListKey


def make_key(officer: Officer, list_id: UUID, name: str, days: str, *, now: datetime) -> tuple[ListKey, str]:
    """A key for a program of the list's owner (*lập khoá của danh sách*), with its secret, which is told only here.

    Recorded. Raises `Invalid` naming the field, `Conflict` above the limit, `NotFound`.
    """
    of, secret = get_list(list_id), new_secret()
    made = ListKey(uuid4(), of.id, of.organisation, checked_name(name), officer.id, officer.account, now, end_of(days, now))
    with transaction.atomic():
        if sum(each.is_in_force(now) for each in store.keys_of(list_id)) >= KEYS_MAX:
            raise Conflict(
                "reconcile.keys_full",
                f"Danh sách đã có {KEYS_MAX} khoá còn hiệu lực. Bạn thu hồi khoá không dùng nữa trước khi lập khoá mới.",
                f"The list has {KEYS_MAX} keys in force. Withdraw one that is not needed first.",
                field="name",
            )
        store.add_key(made, digest_of(secret))
        record(officer.account, of, f"reconcile.key_made:{made.id}", now)
    return made, secret


def withdraw_key(officer: Officer, list_id: UUID, key_id: UUID, *, now: datetime) -> None:
    """End a key at once (*thu hồi khoá*). Recorded. Raises `NotFound`."""
    of = get_list(list_id)
    with transaction.atomic():
        store.end_key(list_id, key_id, now)
        record(officer.account, of, f"reconcile.key_withdrawn:{key_id}", now)


def holder_of(secret: str, *, now: datetime) -> KeyHolder:
    """Whom a shown key stands for (*xác định người giữ khoá*). Raises `NotAllowed`, the same whatever is wrong with it.

    Reads rows of any organisation: the caller acts as the system here, and as the key's organisation afterwards.
    """
    found = store.find_by_digest(digest_of(secret)) if secret else None
    if found is None or not found.is_in_force(now):
        raise not_known()
    officer = identity.officer_by_id(found.officer_id)
    if officer is None or officer.organisation_code != found.organisation:
        raise not_known()
    if not isinstance(identity.may(officer, ACTION, on=local(now).date()), identity.Allowed):
        raise not_known()
    if found.used_at is None or now - found.used_at > _USE_TOLD_EVERY:
        store.keep_use(found.id, now)
    return KeyHolder(officer, get_list(found.list_id), found)
