"""Kept lists as values: whose, for what, on what ground; what may be done with one, and what was told. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from dancu.kernel.errors import Conflict, Invalid
from dancu.notices.domain.steps import names_a_person

NAME_LENGTH_MAX = 120
DOCUMENT_LENGTH_MAX = 200
REFERENCE_LENGTH_MAX = 100
EVENTS_KEPT_DAYS = 90


class Ground(StrEnum):
    """On what ground an organisation follows the persons of a list (*căn cứ giữ liên kết*)."""

    LAW = "law"
    CONSENT = "consent"  # each of them agreed; the document says where that is kept


class EndReason(StrEnum):
    """Why a list is no longer followed (*lý do kết thúc*)."""

    PURPOSE = "purpose"  # its owner said that it has served
    GRANT = "grant"  # what it stood on was revoked, ran out or became another


@dataclass(frozen=True, slots=True)
class Stated:
    """What an organisation states when it begins to keep a list (*khai báo danh sách giữ*)."""

    name: str
    profile: str
    client_id: str
    integration_code: str
    procedure: str
    ground: Ground
    document: str


@dataclass(frozen=True, slots=True)
class KeptList:
    """Persons an organisation keeps, linked to the registry (*danh sách giữ liên kết*)."""

    id: UUID
    organisation: str
    name: str
    profile: str
    client_id: str
    integration_code: str
    procedure: str
    purpose: str
    legal_basis: str
    ground: Ground
    document: str
    made_by: str
    made_at: datetime
    taken_to: int
    last_number: int
    ended_at: datetime | None
    end_reason: str


@dataclass(frozen=True, slots=True)
class Link:
    """A record of the list and the person it was found to be (*liên kết bản ghi với công dân*)."""

    reference: str
    personal_no: int


@dataclass(frozen=True, slots=True)
class Linking:
    """That the records of a round be linked to a list (*yêu cầu liên kết một đợt*)."""

    list_id: UUID
    round_id: UUID
    round_code: str
    asked_by: str
    asked_at: datetime
    done_at: datetime | None
    linked: int
    failure: str
    failure_en: str


@dataclass(frozen=True, slots=True)
class Event:
    """Something happened to the person of a record (*biến động của bản ghi*). `kind` is empty until it was told."""

    number: int  # in its list, without gaps
    reference: str
    change_number: int  # in the feed of the system
    written_at: datetime
    told_at: datetime | None
    kind: str
    acknowledged_at: datetime | None


@dataclass(frozen=True, slots=True)
class ToldEvent:
    """An event as it is handed over (*biến động đã giao*): kind, the new number where the grant gives it, its ledger entry."""

    number: int
    reference: str
    kind: str
    successor: str
    recorded_at: datetime
    entry: str


@dataclass(frozen=True, slots=True)
class Counts:
    """How much of a list is linked and waits (*số liệu danh sách giữ*)."""

    linked: int
    waiting: int
    unacknowledged: int


def check_stated(stated: Stated) -> Stated:
    """The statement in the form it is kept in. Raises `Invalid` naming the field."""
    name, document = " ".join(stated.name.split()), " ".join(stated.document.split())
    if not 3 <= len(name) <= NAME_LENGTH_MAX or not name.isprintable() or names_a_person(name):
        raise Invalid(
            "kept.name",
            f"Đặt tên danh sách từ 3 đến {NAME_LENGTH_MAX} ký tự, không ghi số định danh.",
            f"Name the list with 3 to {NAME_LENGTH_MAX} characters, without a personal number.",
            field="name",
        )
    if not 3 <= len(document) <= DOCUMENT_LENGTH_MAX or not document.isprintable() or names_a_person(document):
        raise Invalid(
            "kept.document",
            "Ghi số văn bản làm căn cứ, hoặc nơi lưu sự đồng ý của hội viên.",
            "Give the document this rests on, or where the consents are kept.",
            field="document",
        )
    return Stated(name, stated.profile, stated.client_id, stated.integration_code, stated.procedure, stated.ground, document)


def code_of(list_id: UUID) -> str:
    """What a list is called where an entry of the ledger names what it was done for (*mã danh sách*)."""
    return f"DSG-{list_id.hex[:8].upper()}"


def reference_of(key: str, row: int) -> str:
    """What an event names a record by (*mã tham chiếu*): the owner's key, or its row where that would name a person."""
    text = " ".join(key.split())
    if not text or len(text) > REFERENCE_LENGTH_MAX or not text.isprintable() or names_a_person(text):
        return f"dòng {row}"
    return text


def check_open(kept: KeptList) -> None:
    """Raises `Conflict` for a list that is no longer followed."""
    if kept.ended_at is not None:
        raise Conflict(
            "kept.ended",
            "Danh sách này đã kết thúc. Bạn lập danh sách mới nếu còn căn cứ.",
            "This list has ended. Make a new one if there is still a ground.",
        )
