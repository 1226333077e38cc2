"""Queries of keys and certificates."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from dancu.onboarding.domain import KeyKind, KeyState, RegisteredKey
from dancu.onboarding.models import Key

LIST_LIMIT = 10_000
_COLUMNS = (
    "client_id", "kind", "kid", "content", "not_before", "not_after",
    "serial", "subject", "issuer", "state", "revoked_at", "reason",
)  # fmt: skip


def add(key: RegisteredKey, now: datetime) -> None:
    Key.objects.create(**{name: getattr(key, name) for name in _COLUMNS}, added_at=now)


def find_key(client_id: str, kid: str, *, for_update: bool = False) -> RegisteredKey | None:
    found = Key.objects.filter(client_id=client_id, kid=kid)
    rows = _read(found.select_for_update() if for_update else found)
    return rows[0] if rows else None


def keys(client_id: str, expiring_before: datetime | None) -> list[RegisteredKey]:
    found = Key.objects.filter(client_id=client_id) if client_id else Key.objects.all()
    if expiring_before is not None:
        found = found.filter(state=KeyState.ACTIVE, not_after__lt=expiring_before)
    return _read(found.order_by("client_id", "kind", "id"))


def revoke(client_id: str, kid: str, reason: str, at: datetime) -> None:
    Key.objects.filter(client_id=client_id, kid=kid).update(state=KeyState.REVOKED, revoked_at=at, reason=reason)


def _read(found: QuerySet[Key]) -> list[RegisteredKey]:
    return [_key(row) for row in found.values_list(*_COLUMNS)[:LIST_LIMIT]]


def _key(row: tuple[object, ...]) -> RegisteredKey:
    told = dict(zip(_COLUMNS, row, strict=True))
    return RegisteredKey(**{**told, "kind": KeyKind(str(told["kind"])), "state": KeyState(str(told["state"]))})  # type: ignore[arg-type]
