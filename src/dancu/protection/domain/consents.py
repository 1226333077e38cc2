"""A consent: who, to whom, for what, which items, until when, on which words; proof and withdrawal. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import cached_property
from uuid import UUID

import msgspec

from dancu.kernel.errors import Conflict, Invalid
from dancu.kernel.warrants import Field

SALT_BYTES = 32


class ConsentState(StrEnum):
    """Whether a consent holds (*trạng thái đồng ý*)."""

    HOLDS = "holds"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class ConsentActionKind(StrEnum):
    """What is done with a consent (*thao tác với đồng ý*)."""

    GIVE = "give"
    WITHDRAW = "withdraw"


class ConsentChannel(StrEnum):
    """Where a consent was given or taken back (*kênh thể hiện đồng ý*)."""

    PORTAL = "portal"
    COUNTER = "counter"
    PAPER = "paper"


CONSENT_WORDS = {
    ConsentState.HOLDS: "Còn hiệu lực",
    ConsentState.WITHDRAWN: "Đã rút lại",
    ConsentState.EXPIRED: "Đã hết hạn",
}
CHANNEL_WORDS = {
    ConsentChannel.PORTAL: "Trang của người dân",
    ConsentChannel.COUNTER: "Tại quầy",
    ConsentChannel.PAPER: "Bằng văn bản",
}


class ConsentText(msgspec.Struct, frozen=True):
    """The words somebody consents to, in a version (*nội dung xin đồng ý*); a version once used is never changed."""

    code: str
    version: int
    purpose: str
    title: str
    text: str
    fields: tuple[Field, ...]
    days_max: int  # how long such a consent may hold
    valid_from: date
    source: str
    author: str
    valid_to: date | None = None

    @property
    def digest(self) -> str:
        """SHA-256 of the words, hex: which ones were shown."""
        return hashlib.sha256(self.text.encode()).hexdigest()


class ConsentAction(msgspec.Struct, frozen=True):
    """Giving or withdrawing, with the evidence for it (*lần thể hiện ý chí*)."""

    kind: ConsentActionKind
    at: datetime
    channel: ConsentChannel
    evidence: str  # session or signature, number of the paper; kept sealed
    salt: bytes
    commitment: str
    reference: str  # of the ledger entry that carries the commitment


class Consent(msgspec.Struct, frozen=True, dict=True):
    """A consent as what was done with it (*sự đồng ý*)."""

    id: UUID
    organisation: str  # to whom
    purpose: str
    fields: tuple[Field, ...]
    until: datetime
    text_code: str
    text_version: int
    text: str  # exactly what was shown
    actions: tuple[ConsentAction, ...] = ()

    @property
    def given_at(self) -> datetime:
        return self.actions[0].at

    @cached_property
    def withdrawn_at(self) -> datetime | None:
        return next((a.at for a in self.actions if a.kind is ConsentActionKind.WITHDRAW), None)

    @property
    def code(self) -> str:
        return consent_code(self.id)

    def state(self, now: datetime) -> ConsentState:
        return consent_state(self.until, self.withdrawn_at, now)

    def holds_for(self, field: Field, now: datetime) -> bool:
        """May this item be used under it at this moment?"""
        return self.state(now) is ConsentState.HOLDS and self.given_at <= now and field in self.fields


def consent_code(consent: UUID) -> str:
    """What people call it by."""
    return f"DY-{consent.hex[:8].upper()}"


def consent_state(until: datetime, withdrawn_at: datetime | None, now: datetime) -> ConsentState:
    if withdrawn_at is not None:
        return ConsentState.WITHDRAWN
    return ConsentState.HOLDS if now < until else ConsentState.EXPIRED


def commitment_of(consent: Consent, kind: ConsentActionKind, subject: str, at: datetime, evidence: str, salt: bytes) -> str:
    """What the ledger keeps of it: SHA-256 over a salt of 256 random bits and everything that was agreed, hex.

    Moments in UTC, as the tables give them back.
    """
    said = [
        str(consent.id),
        kind,
        at.astimezone(UTC).isoformat(),
        subject,
        consent.organisation,
        consent.purpose,
        list(consent.fields),
        consent.until.astimezone(UTC).isoformat(),
        consent.text_code,
        consent.text_version,
        consent.text,
        evidence,
    ]
    return hashlib.sha256(salt + msgspec.json.encode(said)).hexdigest()


def check_given(text: ConsentText, fields: Iterable[Field], given_at: datetime, until: datetime) -> None:
    """Raises `Invalid`: no item, more than the words name, longer than they allow, already over."""
    asked = set(fields)
    if not asked or not asked <= set(text.fields):
        raise Invalid(
            "consent.fields",
            "Chọn ít nhất một mục, trong số các mục đã nêu ở nội dung xin đồng ý.",
            "Choose at least one of the items the words name.",
            field="fields",
        )
    days = (until - given_at).total_seconds() / 86400
    if not 0 < days <= text.days_max:
        raise Invalid(
            "consent.until",
            f"Thời hạn đồng ý từ bây giờ đến tối đa {text.days_max} ngày.",
            f"A consent holds from now for at most {text.days_max} days.",
            field="until",
        )


def check_withdrawable(consent: Consent) -> None:
    """Raises `Conflict` when it was withdrawn before."""
    if consent.withdrawn_at is not None:
        raise Conflict("consent.withdrawn", "Đồng ý này đã được rút lại.", "This consent was withdrawn already.")
