"""What the registry says about a person, as values. Only granted items are filled; the rest stay None."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum, IntFlag
from uuid import UUID

import msgspec

from dancu.kernel.areas import Address
from dancu.kernel.dates import PartialDate
from dancu.kernel.errors import Invalid, NotAllowed
from dancu.kernel.four_eyes import Hand as Hand
from dancu.kernel.four_eyes import are_apart
from dancu.kernel.names import folded_name
from dancu.kernel.personal_id import PersonalId
from dancu.kernel.warrants import Field


class Sex(IntEnum):
    """Code list of the national contract (*giới tính*)."""

    UNKNOWN = 0
    MALE = 1
    FEMALE = 2


class MaritalStatus(IntEnum):
    """Code list of the national contract (*tình trạng hôn nhân*)."""

    UNKNOWN = 0
    NEVER_MARRIED = 1
    MARRIED = 2
    DIVORCED_OR_WIDOWED = 3


class LifeStatus(IntEnum):
    """Item 24: alive, dead or declared missing (*còn sống, đã mất, mất tích*)."""

    ALIVE = 0
    DEAD = 1
    MISSING = 2


class NumberState(IntEnum):
    """What became of the number a row is kept under (*trạng thái số định danh*, Decree 70/2024, Article 12)."""

    IN_FORCE = 0
    REPLACED = 1  # leads to the successor
    CANCELLED = 2  # leads nowhere


class Flag(IntFlag):
    """What the registry must heed about a person beside the facts (*cờ lưu ý*); several may stand at once."""

    UNDER_INVESTIGATION = 1  # the data are being checked: shown to the registry only
    PROTECTED = 2  # a protected person: nobody outside the registry learns that the row exists
    BLOCKED = 4  # the number is locked by decision


# Whoever asks from outside gets the uniform negative.
SEALED = int(Flag.PROTECTED | Flag.BLOCKED)


@dataclass(frozen=True, slots=True)
class Relative:
    """One person of item 15 or the head of item 23: what the registry keeps beside the citizen (*thân nhân*)."""

    full_name: str = ""
    personal_id: str = ""  # 12 digits or empty
    old_id_no: str = ""
    nationality: str = ""
    relation: str = ""  # relation to the head of household, code of our own table, only for the head


@dataclass(frozen=True, slots=True)
class IdCard:
    """Item 14: a card with its dates (*thẻ căn cước, CCCD*)."""

    kind: str  # "cmnd9", "cmnd12", "cccd", "cccd_chip", "can_cuoc"
    number: str
    issued_on: date | None = None
    issued_by: str = ""
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """The granted items of one person at one moment (*thông tin công dân*). A None item was not granted, not empty."""

    personal_id: PersonalId | None = None
    number_state: NumberState = NumberState.IN_FORCE
    successor: PersonalId | None = None
    full_name: str | None = None
    birth_date: PartialDate | None = None
    other_name: str | None = None
    sex: Sex | None = None
    birth_place: Address | None = None
    birth_registration: Address | None = None
    home_town: Address | None = None
    ethnicity: str | None = None  # 2 digits, "01" Kinh
    religion: str | None = None  # 2 digits, "00" none
    nationality: str | None = None  # ISO alpha-2
    blood_type: str | None = None  # 2 digits
    old_id_no: str | None = None  # 9 digits, may be ""
    id_cards: tuple[IdCard, ...] | None = None
    relatives: Mapping[str, Relative] | None = None  # keys: father, mother, spouse, representative, child-1…
    permanent_residence: Address | None = None
    temporary_residence: Address | None = None
    current_residence: Address | None = None
    temporary_absence: str | None = None
    residence_file_no: str | None = None
    marital_status: MaritalStatus | None = None
    household_relation: str | None = None  # code, see data/household_relations.csv
    household_head: Relative | None = None
    household_book_no: str | None = None  # số sổ hộ khẩu / số hồ sơ cư trú as the contract shows it
    life_status: LifeStatus | None = None
    life_status_on: date | None = None  # day of death or of the missing declaration
    phone: str | None = None
    email: str | None = None
    attached: Mapping[str, str] = field(default_factory=dict)


# What may be told of somebody because she lives in the household that was asked for.
MEMBER_FIELDS = frozenset(
    {Field.PERSONAL_ID, Field.OLD_ID_NO, Field.FULL_NAME, Field.BIRTH_DATE, Field.SEX, Field.HOUSEHOLD_RELATION}
)


@dataclass(frozen=True, slots=True)
class HouseholdFacts:
    """The granted items of the household of a person whose keys agreed (*thông tin hộ gia đình*). None was not granted."""

    residence_file_no: str | None = None
    address: Address | None = None
    members: tuple[PersonFacts, ...] = ()  # the head first, the asked person among them
    is_whole: bool = True  # False: there are more than one answer carries, or than this hub is told


class Evidence(msgspec.Struct, frozen=True):
    """The document a change rests on (*căn cứ, giấy tờ làm bằng chứng*)."""

    kind: str  # for example "Trích lục khai sinh"
    number: str = ""
    issuer: str = ""
    issued_on: str = ""  # ISO date or empty
    file: str = ""  # SHA-256 of the kept copy, hex, or empty

    def __post_init__(self) -> None:
        if not self.kind.strip():
            raise Invalid(
                "evidence.missing",
                "Chưa ghi giấy tờ làm căn cứ. Ghi loại giấy tờ, số và cơ quan cấp.",
                "Name the document this rests on: its kind, number and issuer.",
                field="evidence",
            )


class Approval(msgspec.Struct, frozen=True):
    """Two people of two units stand behind a change (*phê duyệt bốn mắt*). Cannot be made by one."""

    request: UUID
    author: Hand
    approver: Hand

    def __post_init__(self) -> None:
        if not are_apart([self.approver], [self.author]):
            raise NotAllowed(
                "approval.four_eyes",
                "Người duyệt phải là người khác và ở đơn vị khác với người đề nghị.",
                "The approver must be another person of another unit than the author.",
            )


def address_key(version: str, code: str, detail: str) -> int:
    """One number for everybody registered at an address: unit and detail without marks, case and blanks (*cùng địa chỉ*).

    63 bits of BLAKE2b; 0 where the address has no unit or no detail, for then it names no dwelling.
    """
    dwelling = folded_name(detail)
    if not code or not dwelling:
        return 0
    return int.from_bytes(hashlib.blake2b(f"{version}|{code}|{dwelling}".encode(), digest_size=8).digest()) >> 1
