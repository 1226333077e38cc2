"""A key of a list: what a program of its owner shows instead of signing in. Pure.

It opens one list and nothing else, ends by itself, and is worth nothing once the person who made it may not handle the list.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from dancu.kernel.errors import Invalid, NotAllowed

DAYS = (30, 90, 365)
KEYS_MAX = 10  # in force, of one list
NAME_LENGTH_MAX = 100
PREFIX = "dancu-list-"  # so that a leaked one is recognised


@dataclass(frozen=True, slots=True)
class ListKey:
    """Who may send rounds of a list without signing in (*khoá của danh sách*). The secret itself is kept nowhere."""

    id: UUID
    list_id: UUID
    organisation: str
    name: str
    officer_id: int  # who made it, and for whom its rounds count
    account: str
    created_at: datetime
    ends_at: datetime
    ended_at: datetime | None = None
    used_at: datetime | None = None

    def is_in_force(self, now: datetime) -> bool:
        return self.ended_at is None and now < self.ends_at


def new_secret() -> str:
    """Two hundred and fifty-six bits of chance; shown once."""
    return PREFIX + secrets.token_urlsafe(32)


def digest_of(secret: str) -> str:
    """What is kept of a secret: too much chance in it for a slow hash to add anything."""
    return hashlib.sha256(secret.encode()).hexdigest()


def checked_name(name: str) -> str:
    """Raises `Invalid` for none or a long one."""
    name = " ".join(name.split())
    if not name or len(name) > NAME_LENGTH_MAX:
        raise Invalid(
            "reconcile.key_name",
            f"Bạn đặt tên cho khoá, tối đa {NAME_LENGTH_MAX} ký tự, ví dụ tên máy sẽ dùng khoá.",
            f"Name the key, in {NAME_LENGTH_MAX} characters at most: the machine that will use it, for example.",
            field="name",
        )
    return name


def end_of(days: str, now: datetime) -> datetime:
    """When a new key ends. Raises `Invalid` for a time that is not offered."""
    if days not in {str(each) for each in DAYS}:
        raise Invalid("reconcile.key_days", "Bạn chọn thời hạn của khoá.", "Choose how long the key holds.", field="days")
    return now + timedelta(days=int(days))


def not_known() -> NotAllowed:
    """The same for a key that never was, ended, or whose maker may no more."""
    return NotAllowed(
        "reconcile.key",
        "Khoá không đúng, đã hết hạn hoặc đã bị thu hồi. Bạn lập khoá mới ở trang của danh sách.",
        "The key is wrong, has ended or was withdrawn. Make a new one on the page of the list.",
    )
