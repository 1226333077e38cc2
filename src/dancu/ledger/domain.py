"""The shape of a ledger entry: canonical bytes without personal data, salted commitments beside an erasable detail.

The canonical bytes are what a Merkle leaf covers. Whoever deletes the detail (subject, officer, dossier, salt)
removes the personal meaning; the entry still verifies.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from uuid import UUID

import msgspec

ENTRY_VERSION = 1
SALT_BYTES = 32
ENTROPY_BYTES = 10 + SALT_BYTES  # what one entry needs: 10 for its identity, the rest is the salt


class ActKind(StrEnum):
    """What was done (*loại hành vi*)."""

    VERIFY = "verify"
    DISCLOSE = "disclose"
    REFUSE = "refuse"
    ADMINISTER = "administer"  # a grant, a key, an account list was changed


class Act(msgspec.Struct, frozen=True):
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


class SealedEntry(msgspec.Struct, frozen=True):
    """An entry ready to be written: the immutable part and the erasable one (*bút toán*)."""

    reference: str  # the entry's identity, a time-ordered UUID (RFC 9562, version 7)
    at: datetime
    body: bytes
    subject: str
    officer: str
    dossier_no: str
    salt: bytes


_encode = msgspec.json.Encoder().encode


def seal(act: Act, at: datetime, randomness: bytes | None = None) -> SealedEntry:
    """Give the act an identity and commitments. `at` is cut to milliseconds, which the identity carries too.

    `randomness`: `ENTROPY_BYTES`, for callers that draw once for a whole batch.
    """
    drawn = randomness or os.urandom(ENTROPY_BYTES)
    milliseconds, moment, canonical = _cut_to_milliseconds(at)
    reference = _time_ordered_id(milliseconds, drawn)
    salt = drawn[10:]
    body = EntryBody(
        ENTRY_VERSION, reference, canonical, act.kind, act.outcome, act.organisation, act.system, act.procedure,
        act.integration_code, act.purpose, act.legal_basis, act.fields, act.defaulted,
        commitment(salt, "subject", act.subject), commitment(salt, "officer", act.officer),
        commitment(salt, "dossier", act.dossier_no))
    return SealedEntry(reference, moment, _encode(body), act.subject, act.officer, act.dossier_no, salt)


def commitment(salt: bytes, role: str, value: str) -> str:
    """Hiding and binding as long as the salt is kept apart; a bare hash of 12 digits would be guessed in minutes."""
    return hmac.digest(salt, f"{role}\0{value}".encode(), "sha256").hex() if value else ""


def leaf_hash(body: bytes) -> bytes:
    """RFC 6962, section 2.1: SHA-256(0x00 ‖ entry)."""
    return hashlib.sha256(b"\x00" + body).digest()


def moment_of(reference: UUID) -> datetime:
    """The moment a time-ordered identity carries: the partition key of the entry."""
    return datetime.fromtimestamp((reference.int >> 80) / 1000, UTC)


def _time_ordered_id(milliseconds: int, drawn: bytes) -> str:
    low = (int.from_bytes(drawn[2:10], "big") & ((1 << 62) - 1)) | (0b10 << 62)
    text = f"{milliseconds:012x}7{drawn[0]:02x}{drawn[1] & 15:x}{low:016x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


@lru_cache(maxsize=4)  # the entries of a batch share their moment
def _cut_to_milliseconds(at: datetime) -> tuple[int, datetime, str]:
    moment = at.astimezone(UTC).replace(microsecond=at.microsecond // 1000 * 1000)
    milliseconds = int(moment.timestamp()) * 1000 + moment.microsecond // 1000
    return milliseconds, moment, f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"
