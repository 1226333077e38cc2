"""Give and withdraw a consent; whether one holds. The commitment stands in the ledger, in the same transaction."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_URL, UUID, uuid5

import msgspec
from django.db import transaction

from dancu.kernel.errors import Conflict, Invalid, NotFound
from dancu.kernel.reach import SYSTEM as AS_SYSTEM
from dancu.kernel.reach import acting
from dancu.kernel.warrants import Field
from dancu.ledger import api as ledger
from dancu.protection import reference, subjects
from dancu.protection.domain.cases import ROLE, DeskActor
from dancu.protection.domain.clocks import day_of
from dancu.protection.domain.consents import (
    SALT_BYTES,
    Consent,
    ConsentAction,
    ConsentActionKind,
    ConsentChannel,
    check_given,
    check_withdrawable,
    commitment_of,
)
from dancu.protection.store import consents as store
from dancu.protection.store.cases import current_desk
from dancu.protection.store.consents import ConsentLine
from dancu.protection.usecases.cases import SYSTEM

EVIDENCE_LENGTH_MAX = 2000


@dataclass(frozen=True, slots=True)
class ConsentGiven:
    """What a person agrees to, as the page or the counter hands it in (*nội dung đồng ý*)."""

    organisation: str
    text_code: str
    text_version: int
    fields: Sequence[str]
    until: datetime
    channel: ConsentChannel
    evidence: str  # how it can be shown that she said so: session, signature, number of the paper


def give_consent(subject_no: str | int, given: ConsentGiven, key: str, now: datetime) -> Consent:
    """Keep a consent with its proof (*ghi nhận đồng ý*). The same key sent twice is one consent.

    Raises `NotFound` for words that are not in use, `Invalid` naming the field, `Conflict` for other content under the key.
    """
    digits = subjects.digits_of(subject_no)
    text = reference.consent_text_on(given.text_code, given.text_version, day_of(now))
    fields = tuple(sorted(_field(name) for name in set(given.fields)))
    check_given(text, fields, now, given.until)
    if not 0 < len(given.evidence) <= EVIDENCE_LENGTH_MAX or not given.organisation or not key:
        raise Invalid("consent.evidence", "Thiếu chứng cứ của việc đồng ý.", "The evidence is missing.", field="evidence")
    identity = uuid5(NAMESPACE_URL, f"dancu:consent:{subjects.key_of(f'{digits}:{key}').hex()}")
    consent = Consent(identity, given.organisation, text.purpose, fields, given.until, text.code, text.version, text.text)
    with acting(AS_SYSTEM), transaction.atomic():  # the person is no officer; her number is the key to her rows
        if (found := store.find_consent(identity, lock=True)) is not None:
            if msgspec.structs.replace(found, actions=()) != consent:
                raise Conflict(
                    "consent.sent_before", "Mẫu này đã dùng cho nội dung khác.", "This key was used for another consent."
                )
            return found
        consent = _with_action(consent, ConsentActionKind.GIVE, digits, given.channel, given.evidence, now)
        store.add_consent(consent, digits)
    return consent


def withdraw_consent(subject_no: str | int, consent: UUID, channel: ConsentChannel, evidence: str, now: datetime) -> Consent:
    """Take a consent back; it holds no longer from this moment on (*rút lại đồng ý*). Raises `NotFound` for somebody else's."""
    digits = subjects.digits_of(subject_no)
    with acting(AS_SYSTEM), transaction.atomic():
        found = store.get_consent(consent, digits, lock=True)
        check_withdrawable(found)
        ended = _with_action(found, ConsentActionKind.WITHDRAW, digits, channel, evidence[:EVIDENCE_LENGTH_MAX], now)
        store.end_consent(ended)
    return ended


def consents_of(subject_no: str | int) -> list[Consent]:
    """Everything a person consented to, the newest first (*đồng ý của tôi*)."""
    digits = subjects.digits_of(subject_no)
    with acting(AS_SYSTEM):
        return store.consents_of(digits)


def consent_holds(subject_no: str | int, organisation: str, purpose: str, field: Field, now: datetime) -> bool:
    """May this organisation use this item of this person for this purpose now (*còn đồng ý hay không*)?"""
    digits = subjects.digits_of(subject_no)
    with acting(AS_SYSTEM):
        return store.is_held(digits, organisation, purpose, field, now)


def desk_consents(actor: DeskActor, organisation: str, after: tuple[datetime, UUID] | None, *, now: datetime) -> list[ConsentLine]:
    """A page of everybody's consents for the desk of the nation; for another organisation there are none (*danh sách đồng ý*)."""
    return store.lines(organisation, after) if _is_desk(actor, now) else []


def consent_for(actor: DeskActor, consent: UUID, *, now: datetime) -> Consent:
    """A consent for who may know it (*mở đồng ý*). Raises `NotFound`, the same for everybody else."""
    if not _is_desk(actor, now):
        raise store.no_consent()
    return store.get_consent(consent)


def is_proven(consent: UUID) -> bool:
    """Does the ledger hold what this consent commits to, and does it open to what we keep (*chứng minh đồng ý*)?"""
    found, subject = store.get_consent(consent), store.subject_of(consent)
    for action in found.actions:
        opened = commitment_of(found, action.kind, subject, action.at, action.evidence, action.salt)
        try:
            entry = ledger.entry_by_reference(action.reference)
        except NotFound:
            return False
        if opened != action.commitment or entry.body["outcome"] != _outcome(action.kind, opened):
            return False
    return True


def _is_desk(actor: DeskActor, now: datetime) -> bool:
    with acting(AS_SYSTEM):  # another organisation reaches only its own days as the desk
        desk = current_desk(now)
    return ROLE in actor.roles and actor.organisation == desk


def _with_action(
    consent: Consent, kind: ConsentActionKind, subject: str, channel: ConsentChannel, evidence: str, now: datetime
) -> Consent:
    salt = os.urandom(SALT_BYTES)
    commitment = commitment_of(consent, kind, subject, now, evidence, salt)
    act = ledger.Act(
        ledger.ActKind.CHANGE,
        _outcome(kind, commitment),
        consent.organisation,
        SYSTEM,
        "",
        subject=subject,
        purpose=consent.purpose,
        legal_basis="Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15, Điều 9",
        fields=list(consent.fields),
    )
    action = ConsentAction(kind, now, channel, evidence, salt, commitment, ledger.record(act, now=now))
    return msgspec.structs.replace(consent, actions=(*consent.actions, action))


def _outcome(kind: ConsentActionKind, commitment: str) -> str:
    return f"protection.consent.{kind.value}:{commitment}"


def _field(name: str) -> Field:
    try:
        return Field(name)
    except ValueError:
        raise Invalid("consent.fields", "Có mục thông tin không đúng.", "There is no such item.", field="fields") from None
