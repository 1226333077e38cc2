"""Keys of lists as rows."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from dancu.kernel.errors import NotFound
from dancu.reconcile import models
from dancu.reconcile.keys.domain import ListKey

SHOWN_LIMIT = 50
_KEY = ("id", "list_id", "organisation", "name", "officer_id", "account", "created_at", "ends_at", "ended_at", "used_at")


def add_key(added: ListKey, digest: str) -> None:
    models.ListKey.objects.create(digest=digest, **{name: getattr(added, name) for name in _KEY})


def keys_of(list_id: UUID) -> list[ListKey]:
    """The newest first."""
    rows = models.ListKey.objects.filter(list_id=list_id).order_by("-created_at", "id").values(*_KEY)
    return [ListKey(**row) for row in rows[:SHOWN_LIMIT]]


def find_by_digest(digest: str) -> ListKey | None:
    row = models.ListKey.objects.filter(digest=digest).values(*_KEY).first()
    return ListKey(**row) if row else None


def end_key(list_id: UUID, key_id: UUID, at: datetime) -> None:
    """Raises `NotFound` for what is none of the list, or ended already."""
    if not models.ListKey.objects.filter(pk=key_id, list_id=list_id, ended_at=None).update(ended_at=at):
        raise NotFound("reconcile.no_key", "Không có khoá này, hoặc khoá đã được thu hồi.", "There is no such key in force.")


def keep_use(key_id: UUID, at: datetime) -> None:
    models.ListKey.objects.filter(pk=key_id).update(used_at=at)
