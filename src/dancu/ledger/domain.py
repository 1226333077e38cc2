"""The shape of a ledger entry: canonical bytes without personal data, salted commitments beside an erasable detail.

The canonical bytes are what a Merkle leaf covers. Whoever deletes the detail (subject, officer, dossier, salt)
removes the personal meaning; the entry still verifies.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from uuid import UUID

import msgspec
from msgspec.structs import replace

from dancu.kernel.clock import local

ENTRY_VERSION = 1
PAIRED_VERSION = 2  # of an entry with a counterpart in another hub's ledger
SALT_BYTES = 32
SALTS_BYTES = 3 * SALT_BYTES  # subject, officer and dossier each have their own: one may be opened alone
ENTROPY_BYTES = 10 + SALTS_BYTES  # what one entry needs: 10 for its identity, the rest are the salts


class ActKind(StrEnum):
    """What was done (*loại hành vi*)."""

    VERIFY = "verify"
    DISCLOSE = "disclose"
    REFUSE = "refuse"
    SEARCH = "search"  # a registry officer looked for somebody; one entry for the search, one for each person listed
    ADMINISTER = "administer"  # a grant, a key, an account list was changed
    CHANGE = "change"  # a change of a person was asked for, decided, done
    BREAK_GLASS = "break_glass"  # a row out of an officer's reach was opened in an emergency, or read under that
    ERASE = "erase"  # the erasable half of an entry was erased, as the law asked
    FORWARD = "forward"  # a question is about to leave for another hub; its outcome has an entry of its own


ANSWERING = frozenset({ActKind.VERIFY, ActKind.DISCLOSE, ActKind.REFUSE})


class Act(msgspec.Struct, frozen=True):
    """One act to be recorded, with everything that identifies people still in the clear (*hành vi được ghi sổ*)."""

    kind: ActKind
    outcome: str
    organisation: str
    system: str
    officer: str
    subject: str = ""  # 12 digits, `cmnd:` + 9 digits, or empty
    purpose: str = ""
    legal_basis: str = ""
    procedure: str = ""
    integration_code: str = ""
    dossier_no: str = ""
    fields: Sequence[str] = ()
    defaulted: Sequence[str] = ()
    sealed_until: date | None = None  # the person sees it from this day on; the entry itself does not say so
    sealed_days: int = 0  # the same, counted from the act
    seal_basis: str = ""  # of the seal, where it is not that of the act
    via: str = ""  # the hub through which the question came, or to which it goes
    peer: str = ""  # the counterpart in that hub's ledger
    asked: str = ""  # the entry under which the question left, for the entry of its outcome


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
    subject: str  # commitments: SHA-256 over a salt of their own and the value, hex; empty where there is none
    officer: str
    dossier: str


class PairedEntryBody(EntryBody, frozen=True):
    """An entry with a counterpart in another hub's ledger, version 2 (*bút toán hai cấp*): three words more at the end."""

    via: str
    peer: str
    asked: str


class SealedEntry(msgspec.Struct, frozen=True):
    """An entry ready to be written: the immutable part and the erasable one (*bút toán*)."""

    reference: str  # the entry's identity, a time-ordered UUID (RFC 9562, version 7)
    at: datetime
    body: bytes
    subject: str
    officer: str
    dossier_no: str
    salts: bytes
    sealed_until: date | None = None
    legal_basis: str = ""  # of the seal
    answers: str = ""  # the organisation, where the exchange answered it: whoever sends the answer counts it


_encode = msgspec.json.Encoder().encode


def seal(act: Act, at: datetime, randomness: bytes | None = None) -> SealedEntry:
    """Give the act an identity and commitments. `at` is cut to milliseconds, which the identity carries too.

    `randomness`: `ENTROPY_BYTES`, for callers that draw once for a whole batch.
    """
    drawn = randomness or os.urandom(ENTROPY_BYTES)
    prefix, moment, canonical = _cut_to_milliseconds(at)
    reference = _time_ordered_id(prefix, drawn)
    salts = drawn[10:]
    words = (
        reference,
        canonical,
        act.kind,
        act.outcome,
        act.organisation,
        act.system,
        act.procedure,
        act.integration_code,
        act.purpose,
        act.legal_basis,
        act.fields,
        act.defaulted,
        commitment(salts[:32], act.subject),
        commitment(salts[32:64], act.officer),
        commitment(salts[64:], act.dossier_no),
    )
    body = EntryBody(ENTRY_VERSION, *words)
    if act.via or act.peer or act.asked:
        body = PairedEntryBody(PAIRED_VERSION, *words, act.via, act.peer, act.asked)
    # The exchange's answers alone carry an integration code.
    answers = act.organisation if act.integration_code and act.kind in ANSWERING else ""
    entry = SealedEntry(reference, moment, _encode(body), act.subject, act.officer, act.dossier_no, salts, None, "", answers)
    if not (act.sealed_days or act.sealed_until):
        return entry
    until = act.sealed_until or local(moment).date() + timedelta(days=act.sealed_days)
    return replace(entry, sealed_until=until, legal_basis=act.seal_basis or act.legal_basis)


def commitment(salt: bytes, value: str) -> str:
    """SHA-256(salt ‖ value), as selective disclosure commits to claims (RFC 9901): hiding and binding while the salt,
    256 random bits of one value of one entry, is kept apart. A bare hash of 12 digits would be guessed in minutes.
    """
    return hashlib.sha256(salt + value.encode()).hexdigest() if value else ""


def moment_of(reference: UUID) -> datetime:
    """The moment a time-ordered identity carries: the partition key of the entry."""
    return datetime.fromtimestamp((reference.int >> 80) / 1000, UTC)


def _time_ordered_id(prefix: str, drawn: bytes) -> str:
    text = drawn[:10].hex()
    return f"{prefix}-7{text[:3]}-{_VARIANT[drawn[9] & 3]}{text[3:6]}-{text[6:18]}"


_VARIANT = "89ab"


@lru_cache(maxsize=4)  # the entries of a batch share their moment
def _cut_to_milliseconds(at: datetime) -> tuple[str, datetime, str]:
    moment = at.astimezone(UTC).replace(microsecond=at.microsecond // 1000 * 1000)
    milliseconds = int(moment.timestamp()) * 1000 + moment.microsecond // 1000
    text = f"{milliseconds:012x}"
    return f"{text[:8]}-{text[8:]}", moment, f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"
