"""Whose a telephone number is when several say so: the rule as a table, over what operators verified and citizens declared. Pure.

Law on Identification 26/2023/QH15, Article 9, item 25. Nothing is deleted: what no longer holds keeps its source and its time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from dancu.kernel.errors import Conflict, Invalid
from dancu.kernel.four_eyes import Hand

FIRST_DAY = date(1993, 1, 1)  # the first mobile network of the country
_SIGNS = str.maketrans("", "", " .-()\u00a0\t")
_MOBILE = re.compile(r"0[35789]\d{8}", re.ASCII)


class Source(StrEnum):
    """Who says that a number is somebody's (*nguồn thông tin*)."""

    CITIZEN = "citizen"  # she declared it herself
    OPERATOR = "operator"  # verified by its operator, and compared with the registry


class Standing(StrEnum):
    """What a claim on a number is worth now (*giá trị của thông tin thuê bao*)."""

    STANDS = "stands"
    DISPUTED = "disputed"  # two persons, and nobody gave way: both are shown it, nothing new is written
    OUTRANKED = "outranked"  # somebody else declared it, and her operator verified it


class Ending(StrEnum):
    """Why a claim holds no more (*lý do thông tin thuê bao hết hiệu lực*)."""

    GIVEN_UP = "given_up"  # its operator confirmed that the number is no longer hers
    SUPERSEDED = "superseded"  # its operator verified somebody else for the number
    WITHDRAWN = "withdrawn"  # she took her declaration back


# Who says it of whom, of how many persons, and what follows. One line is one case; there is no other. A declaration alone ranks
# above nobody: whoever can sign in could otherwise take a number from the one who has it.
RULE: tuple[tuple[str, str, str], ...] = (
    ("a citizen declared it and an operator verified it for her", "one such", "hers stands, everybody else's is outranked"),
    ("the same", "several such", "theirs are disputed, everybody else's is outranked"),
    ("nobody has both", "one person", "hers stands, whoever says so"),
    (
        "nobody has both",
        "several persons",
        "all are disputed, until one declares what an operator verified for her, or the others gave way",
    ),
)


@dataclass(frozen=True, slots=True)
class Claim:
    """That a number is somebody's, by whom and since when it is said (*thông tin thuê bao*). `person` is any key of hers."""

    id: UUID
    person: bytes
    source: Source
    operator: str  # the organisation; empty for a citizen's own
    verified_on: date


@dataclass(frozen=True, slots=True)
class Brought:
    """A subscriber a comparison found for certain (*thuê bao đã khớp*)."""

    personal_no: int
    phone: str
    verified_on: date


@dataclass(frozen=True, slots=True)
class Passing:
    """That the matched subscribers of a round flow towards the registry (*đợt chuyển số thuê bao*), and how far that is."""

    organisation: str
    round_id: UUID
    round_code: str
    verified_on: date  # of records that have no day of their own
    asked_by: str
    asked_at: datetime
    total: int = 0  # that may flow; known once the list was read
    done: int = 0
    new: int = 0
    contradictory: int = 0  # of one number and several persons in the same list: neither flows
    done_at: datetime | None = None
    failure: str = ""
    failure_en: str = ""


@dataclass(frozen=True, slots=True)
class Writing:
    """What waited at a moment is to be written into the registry (*đợt ghi số điện thoại*): asked by one, decided by another."""

    id: UUID
    author: Hand
    asked_at: datetime
    waiting: int
    approver: Hand | None = None
    decided_at: datetime | None = None
    refusal: str = ""  # why it was refused; empty for one that was approved
    written: int = 0
    done_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.decided_at is None

    @property
    def is_due(self) -> bool:
        return self.decided_at is not None and not self.refusal and self.done_at is None


def judged(claims: Sequence[Claim]) -> dict[UUID, Standing]:
    """What each standing claim on one number is worth (*xử lý xung đột số thuê bao*), by `RULE`."""
    declared = {claim.person for claim in claims if claim.source is Source.CITIZEN}
    verified = {claim.person for claim in claims if claim.source is Source.OPERATOR}
    first = declared & verified or declared | verified
    among = Standing.STANDS if len(first) == 1 else Standing.DISPUTED
    return {claim.id: among if claim.person in first else Standing.OUTRANKED for claim in claims}


def superseded(claims: Iterable[Claim], operator: str, person: bytes) -> list[UUID]:
    """What an operator's word for this person ends: its own earlier word for others (*nhà mạng tự thay thế*)."""
    return [each.id for each in claims if each.operator == operator and operator and each.person != person]


def mobile_of(text: str) -> str:
    """A mobile number as it is kept, 0 and nine digits, from however it was typed (*số di động*); empty for none."""
    digits = text.translate(_SIGNS)
    for prefix in ("+84", "0084", "84"):
        if digits.startswith(prefix) and len(digits) == len(prefix) + 9:
            digits = f"0{digits.removeprefix(prefix)}"
            break
    return digits if _MOBILE.fullmatch(digits) else ""


def check_day(day: date, today: date) -> date:
    """Raises `Invalid` for a day of verification that has not come, or from before there were mobile numbers here."""
    if not FIRST_DAY <= day <= today:
        raise Invalid(
            "phone.day",
            "Ngày xác thực phải từ năm 1993 đến hôm nay. Bạn xem lại ngày đã nhập.",
            "The day of verification lies between 1993 and today. Check what you typed.",
            field="verified_on",
        )
    return day


def nothing_waits() -> Conflict:
    return Conflict("phone.nothing", "Không có số nào đang chờ ghi.", "No number waits to be written.")


def decided_before() -> Conflict:
    return Conflict(
        "phone.decided", "Đợt ghi này đã được quyết định. Bạn tải lại trang.", "This was decided meanwhile. Load the page again."
    )
