"""The shape of a ledger entry: canonical bytes without personal data, salted commitments beside an erasable detail.

The canonical bytes are what a Merkle leaf covers. Whoever deletes the detail (subject, officer, dossier, salt)
removes the personal meaning; the entry still verifies.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

import msgspec

ENTRY_VERSION = 1
SALT_BYTES = 32


class ActKind(StrEnum):
    """What was done (*loại hành vi*)."""

    VERIFY = "verify"
    DISCLOSE = "disclose"
    REFUSE = "refuse"
    ADMINISTER = "administer"  # a grant, a key, an account list was changed


@dataclass(frozen=True, slots=True)
class Act:
    """One act to be recorded, with everything that identifies people still in the clear (*hành vi được ghi sổ*)."""

    kind: ActKind
    outcome: str
    organisation: str
    system: str
    officer: str
    subject: str = ""       # 12 digits, `cmnd:` + 9 digits, or empty
    purpose: str = ""
    legal_basis: str = ""
    procedure: str = ""
    integration_code: str = ""
    dossier_no: str = ""
    fields: Sequence[str] = ()
    defaulted: Sequence[str] = ()


class EntryBody(msgspec.Struct, frozen=True):
    """Field order is the canonical order: never reorder, only raise `v` (*nội dung bút toán*)."""

    v: int
    id: str
    at: str
    kind: str
    outcome: str
    organisation: str
    system: str
    procedure: str
    integration: str
    purpose: str
    basis: str
    fields: Sequence[str]
    defaulted: Sequence[str]
    subject: str   # commitments: HMAC-SHA-256 under the entry's salt, hex; empty where there is none
    officer: str
    dossier: str


@dataclass(frozen=True, slots=True)
class SealedEntry:
    """An entry ready to be written: the immutable part and the erasable one (*bút toán*)."""

    id: UUID
    at: datetime
    body: bytes
    subject: str
    officer: str
    dossier_no: str
    salt: bytes

    @property
    def reference(self) -> str:
        return str(self.id)

    @property
    def leaf(self) -> bytes:
        return leaf_hash(self.body)


_encode = msgspec.json.Encoder().encode


def seal(act: Act, at: datetime, randomness: bytes | None = None) -> SealedEntry:
    """Give the act an identity and commitments. `at` is cut to milliseconds, which the identity carries too.

    `randomness`: 42 bytes (10 for the identity, 32 salt), for callers that draw once for a whole batch.
    """
    drawn = randomness or os.urandom(10 + SALT_BYTES)
    milliseconds = int(at.timestamp() * 1000)
    entry_id = _time_ordered_id(milliseconds, drawn[:10])
    salt = drawn[10:]
    body = EntryBody(
        ENTRY_VERSION, str(entry_id), _canonical_time(milliseconds), act.kind, act.outcome, act.organisation,
        act.system, act.procedure, act.integration_code, act.purpose, act.legal_basis, act.fields, act.defaulted,
        commitment(salt, "subject", act.subject), commitment(salt, "officer", act.officer),
        commitment(salt, "dossier", act.dossier_no))
    return SealedEntry(entry_id, moment_of(entry_id), _encode(body), act.subject, act.officer, act.dossier_no, salt)


def commitment(salt: bytes, role: str, value: str) -> str:
    """Hiding and binding as long as the salt is kept apart; a bare hash of 12 digits would be guessed in minutes."""
    return hmac.digest(salt, f"{role}\0{value}".encode(), "sha256").hex() if value else ""


def leaf_hash(body: bytes) -> bytes:
    """RFC 6962, section 2.1: SHA-256(0x00 ‖ entry)."""
    return hashlib.sha256(b"\x00" + body).digest()


def moment_of(entry_id: UUID) -> datetime:
    """The moment a time-ordered identity (RFC 9562, version 7) carries: the partition key of the entry."""
    return datetime.fromtimestamp((entry_id.int >> 80) / 1000, UTC)


def _time_ordered_id(milliseconds: int, random_bytes: bytes) -> UUID:
    drawn = int.from_bytes(random_bytes, "big")
    high, low = drawn >> 68, drawn & ((1 << 62) - 1)
    return UUID(int=milliseconds << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low)


def _canonical_time(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest:03d}Z"
