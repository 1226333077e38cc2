"""Consents and what was done with them: the only file that touches their tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

from dancu.kernel.errors import NotFound
from dancu.kernel.warrants import Field
from dancu.protection import subjects
from dancu.protection.domain.consents import (
    Consent,
    ConsentAction,
    ConsentActionKind,
    ConsentChannel,
    ConsentState,
    consent_code,
    consent_state,
)
from dancu.protection.models import Consent as ConsentRow
from dancu.protection.models import ConsentAction as ConsentActionRow

CONSENTS_MAX, PAGE_LENGTH = 200, 25


@dataclass(frozen=True, slots=True)
class ConsentLine:
    """One consent in a list: nothing in it says whose it is."""

    id: UUID
    organisation: str
    purpose: str
    fields: tuple[str, ...]
    given_at: datetime
    until: datetime
    withdrawn_at: datetime | None

    @property
    def code(self) -> str:
        return consent_code(self.id)

    def state(self, now: datetime) -> ConsentState:
        return consent_state(self.until, self.withdrawn_at, now)


def find_consent(consent: UUID, *, lock: bool = False) -> Consent | None:
    if lock:
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 7))", [f"consent:{consent}"])
    row = ConsentRow.objects.filter(id=consent).values().first()
    return _consent(row) if row else None


def get_consent(consent: UUID, subject: str = "", *, lock: bool = False) -> Consent:
    """Raises `NotFound`, also for somebody else's when `subject` is given."""
    found = find_consent(consent, lock=lock)
    if found is None or (subject and not ConsentRow.objects.filter(id=consent, subject_key=subjects.key_of(subject)).exists()):
        raise no_consent()
    return found


def no_consent() -> NotFound:
    """There is none, or it is not yours to know."""
    return NotFound("consent.none", "Không có đồng ý này.", "There is no such consent.")


def add_consent(consent: Consent, subject: str) -> None:
    ConsentRow.objects.create(
        id=consent.id,
        organisation=consent.organisation,
        purpose=consent.purpose,
        fields=list(consent.fields),
        subject_key=subjects.key_of(subject),
        subject_sealed=subjects.seal_text(subject, f"consent-subject:{consent.id}"),
        text_code=consent.text_code,
        text_version=consent.text_version,
        text=consent.text,
        given_at=consent.given_at,
        until=consent.until,
    )
    _add_last(consent)


def end_consent(consent: Consent) -> None:
    """Write the withdrawal; from its commit on the consent holds for nobody."""
    _add_last(consent)
    ConsentRow.objects.filter(id=consent.id).update(withdrawn_at=consent.withdrawn_at)


def consents_of(subject: str) -> list[Consent]:
    """Everything a person consented to, the newest first."""
    rows = ConsentRow.objects.filter(subject_key=subjects.key_of(subject)).order_by("-given_at", "-id")[:CONSENTS_MAX].values()
    return [_consent(row) for row in rows]


def is_held(subject: str, organisation: str, purpose: str, field: Field, now: datetime) -> bool:
    """Does any consent of this person cover this item for this purpose of this organisation now?"""
    rows = ConsentRow.objects.filter(
        subject_key=subjects.key_of(subject),
        organisation=organisation,
        purpose=purpose,
        fields__contains=[field.value],
        withdrawn_at=None,
        given_at__lte=now,
        until__gt=now,
    )
    return rows.exists()


def subject_of(consent: UUID) -> str:
    sealed = ConsentRow.objects.values_list("subject_sealed", flat=True).get(id=consent)
    return subjects.open_text(bytes(sealed), f"consent-subject:{consent}")


def lines(organisation: str, after: tuple[datetime, UUID] | None) -> list[ConsentLine]:
    """Consents, the newest first, of one organisation or of all; one more than a page when there is more."""
    rows = ConsentRow.objects.order_by("-given_at", "-id")
    if organisation:
        rows = rows.filter(organisation=organisation)
    if after:
        rows = rows.filter(Q(given_at__lt=after[0]) | Q(given_at=after[0], id__lt=after[1]))
    names = ("id", "organisation", "purpose", "fields", "given_at", "until", "withdrawn_at")
    return [ConsentLine(**{**row, "fields": tuple(row["fields"])}) for row in rows.values(*names)[: PAGE_LENGTH + 1]]


def _add_last(consent: Consent) -> None:
    action, sequence = consent.actions[-1], len(consent.actions)
    ConsentActionRow.objects.create(
        consent_id=consent.id,
        sequence=sequence,
        organisation=consent.organisation,
        kind=action.kind,
        at=action.at,
        channel=action.channel,
        evidence_sealed=subjects.seal_text(action.evidence, f"consent:{consent.id}:{sequence}"),
        salt=action.salt,
        commitment=action.commitment,
        reference=UUID(action.reference),
    )


def _consent(row: Mapping[str, Any]) -> Consent:
    actions = ConsentActionRow.objects.filter(consent_id=row["id"]).order_by("sequence").values()
    return Consent(
        row["id"],
        row["organisation"],
        row["purpose"],
        tuple(Field(name) for name in row["fields"]),
        row["until"],
        row["text_code"],
        row["text_version"],
        row["text"],
        tuple(_action(each) for each in actions),
    )


def _action(row: Mapping[str, Any]) -> ConsentAction:
    return ConsentAction(
        ConsentActionKind(row["kind"]),
        row["at"],
        ConsentChannel(row["channel"]),
        subjects.open_text(bytes(row["evidence_sealed"]), f"consent:{row['consent_id']}:{row['sequence']}"),
        bytes(row["salt"]),
        row["commitment"],
        str(row["reference"]),
    )
