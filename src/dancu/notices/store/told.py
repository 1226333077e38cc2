"""Queries of what people were told."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db.models import Exists, OuterRef, Q, QuerySet

from dancu.notices import keys
from dancu.notices.domain.messages import Addressee, Message, Notice
from dancu.notices.models import Notice as NoticeRow
from dancu.notices.models import NoticeRead

UNREAD_COUNTED_MAX = 1000


def tell_officer(step_id: UUID, to: Addressee, said: Message, now: datetime) -> None:
    _tell(step_id, said, now, account=to.account, organisation=to.organisation, role=to.role)


def tell_citizen(step_id: UUID, number: str, said: Message, now: datetime) -> None:
    _tell(step_id, said, now, citizen=_hash_of(number))


def _tell(step_id: UUID, said: Message, now: datetime, **to: Any) -> None:  # columns of the addressee
    sealed = keys.sealing().seal(msgspec.json.encode(said), belongs_to=f"notice:{step_id}")
    # The same step told again, after a worker died: the row that is there stays as it is.
    NoticeRow.objects.bulk_create([NoticeRow(step_id=step_id, at=now, content=sealed, **to)], ignore_conflicts=True)


def of_officer(account: str, organisation: str, roles: Collection[str], before: int | None, limit: int) -> list[Notice]:
    """Newest first."""
    rows = _for(account, organisation, roles)
    if before is not None:
        rows = rows.filter(id__lt=before)
    read = Exists(NoticeRead.objects.filter(notice_id=OuterRef("id"), account=account))
    found = rows.annotate(is_read=read).order_by("-id").values_list("id", "step_id", "at", "content", "is_read")[:limit]
    return [_notice(*row) for row in found]


def of_citizen(number: str, limit: int) -> list[Notice]:
    rows = NoticeRow.objects.filter(citizen=_hash_of(number)).order_by("-id")
    return [_notice(*row, False) for row in rows.values_list("id", "step_id", "at", "content")[:limit]]


def unread(account: str, organisation: str, roles: Collection[str]) -> int:
    return _unread(account, organisation, roles)[:UNREAD_COUNTED_MAX].count()


def mark_read(account: str, organisation: str, roles: Collection[str], ids: Iterable[int] | None, now: datetime) -> None:
    """Those among the ids that are the officer's; without ids everything unread, as far as it is counted."""
    rows = _unread(account, organisation, roles)
    if ids is not None:
        rows = rows.filter(id__in=list(ids))
    marks = [NoticeRead(notice_id=each, account=account, at=now) for each in rows.values_list("id", flat=True)[:UNREAD_COUNTED_MAX]]
    NoticeRead.objects.bulk_create(marks, ignore_conflicts=True)


def forget_told(before: datetime, limit: int = 10_000) -> int:
    old = list(NoticeRow.objects.filter(at__lt=before).values_list("id", flat=True)[:limit])
    NoticeRead.objects.filter(notice_id__in=old).delete()
    return NoticeRow.objects.filter(id__in=old).delete()[0]


def _for(account: str, organisation: str, roles: Collection[str]) -> QuerySet[NoticeRow]:
    mine = Q(account=account) & ~Q(account="")
    ours = Q(organisation=organisation, role__in=list(roles)) & ~Q(role="")
    return NoticeRow.objects.filter(mine | ours)


def _unread(account: str, organisation: str, roles: Collection[str]) -> QuerySet[NoticeRow]:
    read = NoticeRead.objects.filter(notice_id=OuterRef("id"), account=account)
    return _for(account, organisation, roles).filter(~Exists(read)).order_by("-id")


def _notice(notice_id: int, step_id: UUID, at: datetime, content: bytes | memoryview, is_read: bool) -> Notice:
    said = keys.sealing().unseal(bytes(content), belongs_to=f"notice:{step_id}")
    return Notice(notice_id, at, msgspec.json.decode(said, type=Message), is_read)


def _hash_of(number: str) -> bytes:
    return keys.hashing("citizen").of(number.encode())
