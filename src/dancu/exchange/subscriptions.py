"""Subscriptions and what is told under them, as values: pure decisions, the same for pull and push.

What changed is written down by name when it happens; values are read, under a warrant, when it is told.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from dancu.exchange.domain import AccessRequest, Kind
from dancu.exchange.facts_json import facts_as_json
from dancu.exchange.reasons import Reason
from dancu.kernel.errors import Invalid
from dancu.kernel.warrants import SENSITIVE_FIELDS, Actor, Field, Warrant
from dancu.ledger.domain import Act, ActKind
from dancu.notices.domain.steps import names_a_person
from dancu.onboarding.domain import Grant, InformationSystem
from dancu.population.domain import SEALED, LifeStatus, NumberState
from dancu.population.reader import granted_facts, key_row, warranted_act

KEPT_DAYS = 90  # how long a change can be asked for again
KEPT = timedelta(days=KEPT_DAYS)
CHANGES_MAX = 100  # told at once
LISTED_MAX = 500
SUBJECT_REF_LENGTH_MAX = 100
TOLD_OUTCOME = "change"
# Held shared by who subscribes, alone by who writes changes: nothing falls between reading a person and her subscription.
FEED_LOCK = "select pg_advisory_xact_lock(hashtextextended('exchange: subscriptions', 6))"
FEED_LOCK_SHARED = "select pg_advisory_xact_lock_shared(hashtextextended('exchange: subscriptions', 6))"
# Reasons that pass: nothing is told and the cursor stays. Under any other the subscription has ended.
PAUSING = frozenset(
    {
        Reason.CLIENT_SUSPENDED,
        Reason.CONNECTION_NOT_OFFICIAL,
        Reason.OFFICER_NOT_LISTED,
        Reason.LEDGER_BEHIND,
        Reason.EXTRACTION_LIMIT,
    }
)


class Touched(StrEnum):
    """What a change touched, the gravest first (*nội dung biến động*)."""

    NUMBER = "number"
    LIFE = "life"
    MOVED = "moved"
    CORRECTED = "corrected"
    CHANGED = "changed"


class ToldKind(StrEnum):
    """What a subscriber is told has happened (*loại biến động được báo*)."""

    MOVED = "moved"
    CORRECTED = "corrected"  # name or birth date
    DIED = "died"
    MISSING = "missing"
    ALIVE = "alive"  # a death or a missing declaration was taken back
    NUMBER_REPLACED = "number_replaced"
    NUMBER_CANCELLED = "number_cancelled"
    NUMBER_IN_FORCE = "number_in_force"  # a replacement or cancellation was taken back
    CHANGED = "changed"  # other granted items


class Sealed(msgspec.Struct, frozen=True):
    """What of a subscription is kept sealed (*phần niêm phong của đăng ký*)."""

    personal_no: int
    officer: str
    dossier_no: str = ""


class Subscription(msgspec.Struct, frozen=True):
    """A person a system is told of, under one of its grants (*đăng ký nhận biến động*)."""

    id: UUID
    client_id: str
    integration_code: str
    procedure: str
    purpose: str
    legal_basis: str
    subject_ref: str
    sealed: Sealed


class Change(msgspec.Struct, frozen=True):
    """One change to be told under a subscription: what it touched, never a value (*biến động chờ báo*)."""

    number: int  # the subscriber's cursor once it has it
    id: UUID
    touched: Touched
    items: frozenset[Field]
    recorded_at: datetime
    subscription: Subscription


class ToldChange(msgspec.Struct, frozen=True):
    """A change as it leaves, not yet recorded (*biến động được báo*)."""

    change: Change
    kind: ToldKind
    items: tuple[Field, ...]
    facts: dict[str, Any] | None  # values of these items, where the grant discloses
    successor: str | None
    act: Act


_KEYS = frozenset({Field.FULL_NAME, Field.BIRTH_DATE})
_PLACES = frozenset({Field.PERMANENT_RESIDENCE, Field.TEMPORARY_RESIDENCE, Field.CURRENT_RESIDENCE})
_LIFE = {LifeStatus.ALIVE: ToldKind.ALIVE, LifeStatus.DEAD: ToldKind.DIED, LifeStatus.MISSING: ToldKind.MISSING}
_NUMBER = {
    NumberState.IN_FORCE: ToldKind.NUMBER_IN_FORCE,
    NumberState.REPLACED: ToldKind.NUMBER_REPLACED,
    NumberState.CANCELLED: ToldKind.NUMBER_CANCELLED,
}
_OTHERS = {Touched.MOVED: ToldKind.MOVED, Touched.CORRECTED: ToldKind.CORRECTED, Touched.CHANGED: ToldKind.CHANGED}
_CURSOR = re.compile(r"[0-9]{1,18}", re.ASCII)


def touched_by(columns: Sequence[str], fields: frozenset[Field]) -> Touched | None:
    """What a change of these columns is about to who is granted these of its items; None where nothing of it is told.

    Life and number are told always, as a verification tells them.
    """
    if "number_state" in columns or "successor_no" in columns:
        return Touched.NUMBER
    if "life_status" in columns:
        return Touched.LIFE
    if fields & _PLACES:
        return Touched.MOVED
    if fields & _KEYS:
        return Touched.CORRECTED
    return Touched.CHANGED if fields else None


def tellable(grant: Grant) -> frozenset[Field]:
    """Items whose change may be named under a grant: a sensitive one only where it is granted as such."""
    return frozenset(f for f in grant.fields if f in grant.sensitive_fields or f not in SENSITIVE_FIELDS)


def request_for(system: InformationSystem, subscription: Subscription, officer: str, items: frozenset[Field]) -> AccessRequest:
    """The question whether these items may be told now; decided like every other (*yêu cầu báo biến động*)."""
    return AccessRequest(
        Actor(system.organisation, system.client_id, officer),
        Kind.SUBSCRIBE,
        subscription.integration_code,
        subscription.procedure,
        subscription.sealed.dossier_no,
        subscription.purpose,
        subscription.legal_basis,
        stated=items,
    )


def bare_request(actor: Actor) -> AccessRequest:
    """What a refusal of a whole request is recorded as: no grant is named yet."""
    return AccessRequest(actor, Kind.SUBSCRIBE, "", "")


def told_change(
    change: Change, warrant: Warrant, own: Sequence[Any], heir: Sequence[Any] | None, *, discloses: bool
) -> ToldChange | None:
    """What leaves of a change: its kind as things stand now, the granted items it touched, their values. None: nothing.

    `own` is the wide row of the number subscribed under, `heir` that of its successor. Sealed and protected persons tell
    nothing; of a cancelled number only that it is.
    """
    key, present = key_row(own), heir if heir is not None else own
    if is_sealed(own, heir):
        return None
    state = NumberState(key.number_state)
    items = tuple(sorted(change.items & warrant.fields))
    if change.touched is Touched.NUMBER:
        kind = _NUMBER[state]
    elif key_row(present).number_state != NumberState.IN_FORCE:
        return None
    elif change.touched is Touched.LIFE:
        kind = _LIFE[LifeStatus(key_row(present).life_status or LifeStatus.ALIVE)]
    else:
        touched = touched_by((), frozenset(items))  # of what is still granted: a place no longer told would be named by its kind
        if touched is None:
            return None
        kind = _OTHERS[touched]
    if state is NumberState.CANCELLED:
        items = ()
    facts = _values(present, frozenset(items)) if discloses and items else None
    successor = f"{key.successor_no:012d}" if kind is ToldKind.NUMBER_REPLACED and key.successor_no else None
    act_kind = ActKind.DISCLOSE if facts is not None else ActKind.VERIFY
    act = warranted_act(warrant, act_kind, TOLD_OUTCOME, f"{key_row(present).personal_no:012d}", frozenset(items))
    return ToldChange(change, kind, items, facts, successor, act)


def is_sealed(own: Sequence[Any], heir: Sequence[Any] | None) -> bool:
    """Whether she tells nobody anything, under her own number or the one that replaced it."""
    return bool((key_row(own).flags | (key_row(heir).flags if heir is not None else 0)) & SEALED)


def tells_nothing(own: Sequence[Any], heir: Sequence[Any] | None) -> bool:
    """Sealed or protected, or under no number that is in force."""
    return is_sealed(own, heir) or key_row(heir if heir is not None else own).number_state != NumberState.IN_FORCE


def as_json(told: ToldChange, reference: str) -> dict[str, Any]:
    """A change in the words of our own contract, the same when it is pulled and when it is pushed."""
    change = told.change
    return {
        "id": str(change.id),
        "cursor": str(change.number),
        "subscription": str(change.subscription.id),
        "subject_ref": change.subscription.subject_ref,
        "kind": told.kind,
        "items": list(told.items),
        "facts": told.facts,
        "successor": told.successor,
        "recorded_at": change.recorded_at.isoformat(timespec="milliseconds"),
        "reference": reference,
    }


def read_cursor(text: str, last: int, forgotten_to: int) -> int:
    """Where a reader stands. Empty: at the oldest change that is kept. Raises `Invalid`, also for what is gone."""
    if not text:
        return forgotten_to
    if not _CURSOR.fullmatch(text) or int(text) > last:
        raise Invalid(
            "feed.cursor",
            "Con trỏ không phải do hệ thống này cấp. Dùng đúng giá trị next của lần trước, hoặc để trống để đọc từ đầu.",
            "This cursor was not given by us. Use `next` of the last answer, or leave it empty to begin with the oldest.",
            field="after",
        )
    if int(text) < forgotten_to:
        raise Invalid(
            "feed.cursor_too_old",
            f"Biến động trước con trỏ {forgotten_to} đã quá {KEPT_DAYS} ngày nên không còn lưu. Đối chiếu lại những "
            "người đã đăng ký, "
            f"rồi đọc tiếp từ con trỏ {forgotten_to}.",
            f"Changes before the cursor {forgotten_to} are older than {KEPT_DAYS} days and gone. Ask again about the persons you "
            f"subscribed to, then go on from {forgotten_to}.",
            field="after",
        )
    return int(text)


def check_subject_ref(text: str) -> str:
    """The subscriber's own name for the person; opaque to us. Raises `Invalid` for a personal number or what cannot be kept."""
    reference = text.strip()
    if not reference or len(reference) > SUBJECT_REF_LENGTH_MAX or not reference.isprintable():
        raise Invalid(
            "subscription.subject_ref",
            f"subject_ref là mã riêng của hệ thống gọi, 1–{SUBJECT_REF_LENGTH_MAX} ký tự in được.",
            f"subject_ref is your own name for the person, 1 to {SUBJECT_REF_LENGTH_MAX} printable characters.",
            field="subject_ref",
        )
    if names_a_person(reference):
        raise Invalid(
            "subscription.subject_ref_number",
            "subject_ref không được là số định danh hay số CMND. Dùng mã riêng của hồ sơ.",
            "subject_ref must not be a personal number. Use a key of your own.",
            field="subject_ref",
        )
    return reference


def _values(row: Sequence[Any], items: frozenset[Field]) -> dict[str, Any]:
    told = facts_as_json(granted_facts(row, items))
    if Field.PERSONAL_ID not in items:
        del told["personal_id"]
    return told
