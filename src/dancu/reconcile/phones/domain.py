"""Whose a telephone number is when several say so: the rule as a table, over what operators verified and citizens declared. Pure.

Law on Identification 26/2023/QH15, Article 9, item 25. Nothing is deleted: what no longer holds keeps its source and its time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

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
    OUTRANKED = "outranked"  # somebody else declared the number herself


class Ending(StrEnum):
    """Why a claim holds no more (*lý do thông tin thuê bao hết hiệu lực*)."""

    GIVEN_UP = "given_up"  # its operator confirmed that the number is no longer hers
    SUPERSEDED = "superseded"  # its operator verified somebody else for the number
    WITHDRAWN = "withdrawn"  # she took her declaration back


STANDING_WORDS = {
    Standing.STANDS: ("Đang có hiệu lực", "In force"),
    Standing.DISPUTED: (
        "Chưa thống nhất: nhà mạng khác xác nhận số này của người khác. Bạn khai số đang dùng để được ưu tiên.",
        "Disputed: another operator verified this number for somebody else. Declare the numbers you use; your word counts first.",
    ),
    Standing.OUTRANKED: ("Không áp dụng: người khác đã tự khai số này", "Not applied: somebody else declared this number"),
}
# Who declared it, of how many persons it is said, and what follows. One line is one case; there is no other.
RULE: tuple[tuple[str, str, str], ...] = (
    ("one citizen declared it", "anybody", "hers stands, everybody else's is outranked"),
    ("several citizens declared it", "anybody", "the declared ones are disputed, everybody else's is outranked"),
    ("nobody declared it", "one person", "hers stands, whoever verified it"),
    (
        "nobody declared it",
        "several persons",
        "all are disputed, until every operator but that of one person has confirmed that the number is no longer its subscriber's",
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


def judged(claims: Sequence[Claim]) -> dict[UUID, Standing]:
    """What each standing claim on one number is worth (*xử lý xung đột số thuê bao*), by `RULE`."""
    declared = {claim.person for claim in claims if claim.source is Source.CITIZEN}
    claimed = {claim.person for claim in claims}
    found = {}
    for claim in claims:
        if declared:
            is_hers = claim.person in declared
            among = Standing.STANDS if len(declared) == 1 else Standing.DISPUTED
            found[claim.id] = among if is_hers else Standing.OUTRANKED
        else:
            found[claim.id] = Standing.STANDS if len(claimed) == 1 else Standing.DISPUTED
    return found


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
