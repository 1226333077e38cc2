"""Parties of the exchange through time: who they are, whom to ask there, what happens to their systems when they change. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from dancu.kernel.errors import Invalid
from dancu.onboarding.board.lineage import PartyKind as PartyKind

# A mobile number of Viet Nam with ten digits since 2018; offices have 02x, or short numbers of services (1900, 069).
_MOBILE = re.compile(r"(?<!\d)(?:\+?84|0)\s?[35789](?:[\s.\-]?\d){8}(?!\d)")
_PRIVATE_MAIL = re.compile(r"@(?:gmail|yahoo|outlook|hotmail|icloud|proton(?:mail)?)\.", re.IGNORECASE)
_CODE = re.compile(r"[A-Z]{2,4}-[A-Z0-9]{2,20}")
_CENTRE_CODE = re.compile(r"[A-Z0-9-]{2,20}")
CENTRE_NAME_LENGTH_MAX = 200


@dataclass(frozen=True, slots=True)
class Party:
    """Whoever may connect a system, in the days it had this name (*đơn vị tham gia kết nối*)."""

    code: str
    name: str
    kind: PartyKind
    other_code: str = ""  # the code of the other form, or a tax number
    valid_from: date | None = None
    valid_to: date | None = None
    successor: str = ""
    change: str = ""  # merged, renamed, split
    source: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to ask at a party: a role and its office (*đầu mối liên hệ*). No name, no private number."""

    organisation: str
    role: str
    office: str
    phone: str = ""
    mail: str = ""
    id: int = 0


@dataclass(frozen=True, slots=True)
class Centre:
    """A provider's data centre (*trung tâm dữ liệu của nhà cung cấp*)."""

    code: str
    name: str
    provider: str


class Change(StrEnum):
    """What becomes of bodies (*sắp xếp tổ chức*)."""

    MERGED = "merged"
    RENAMED = "renamed"
    SPLIT = "split"


@dataclass(frozen=True, slots=True)
class Move:
    """One thing that goes from one body to another (*nội dung chuyển giao*)."""

    kind: str  # system, accounts
    what: str  # client id; nothing for all accounts
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Reorganisation:
    """Bodies that became others on a day, and what moves with them (*phương án chuyển giao*)."""

    change: Change
    on: date
    basis: str
    moves: tuple[Move, ...]


def is_private_number(text: str) -> bool:
    """Does a text hold a mobile number or a private mailbox (*số, hộp thư cá nhân*)?"""
    return bool(_MOBILE.search(text) or _PRIVATE_MAIL.search(text))


def check_party(party: Party) -> None:
    """A party that is no body of level 1 has a code of its own. Raises `Invalid`."""
    if not _CODE.fullmatch(party.code):
        raise Invalid(
            "party.code",
            "Mã đơn vị gồm loại và tên viết tắt, chữ in không dấu, ví dụ DN-EVN, VT-VIETTEL, HH-NONGDAN.",
            "The code of a party is a kind and a short name, like DN-EVN.",
            field="code",
        )
    if not party.name.strip():
        raise Invalid("party.name", "Ghi tên đơn vị.", "Name the party.", field="name")
    if party.kind in (PartyKind.MINISTRY, PartyKind.PROVINCE):
        raise Invalid(
            "party.kind",
            "Bộ và tỉnh đã có trong danh mục mã định danh; chỉ thêm doanh nghiệp, nhà mạng, hội, đơn vị khác.",
            "Ministries and provinces are in the catalogue; add enterprises, operators, associations.",
            field="kind",
        )


def check_centre(centre: Centre) -> None:
    """A data centre has a code and a name. Raises `Invalid`."""
    if not _CENTRE_CODE.fullmatch(centre.code):
        raise Invalid(
            "centre.code",
            "Mã trung tâm gồm 2 đến 20 chữ in không dấu, chữ số, gạch nối, ví dụ TTDL-HOALAC.",
            "The code of a centre is 2 to 20 capital letters, digits and hyphens, like TTDL-HOALAC.",
            field="centre_code",
        )
    if not 0 < len(centre.name.strip()) <= CENTRE_NAME_LENGTH_MAX:
        said = f"Ghi tên trung tâm, không quá {CENTRE_NAME_LENGTH_MAX} ký tự."
        raise Invalid("centre.name", said, "Name the centre, shortly.", field="centre_name")


def check_contact(contact: Contact) -> None:
    """Raises `Invalid` for a private number or mailbox, or where role and office are missing."""
    for name, word in (("role", "chức danh"), ("office", "đơn vị, phòng")):
        if not getattr(contact, name).strip():
            raise Invalid(f"contact.{name}", f"Ghi {word} của đầu mối.", f"Name the {name}.", field=name)
    for name in ("role", "office", "phone", "mail"):
        if is_private_number(getattr(contact, name)):
            raise Invalid(
                "contact.private",
                "Đầu mối chỉ có chức danh, đơn vị, điện thoại cơ quan và thư công vụ; không ghi số di động hay hộp thư riêng.",
                "A contact is a role, an office, an office number and an official mailbox.",
                field=name,
            )


def moved_to(organisation: str, before: str, after: str) -> str:
    """Where a body, or one below it, is found after the move: H25.12 of H25 becomes H42.12 (*mã sau chuyển giao*)."""
    return after + organisation.removeprefix(before)


def check_moves(reorganisation: Reorganisation, held: frozenset[str]) -> None:
    """Everything the ending bodies hold goes somewhere, once. `held`: client ids. Raises `Invalid`."""
    if not reorganisation.basis.strip():
        raise Invalid("reorganisation.basis", "Ghi văn bản làm căn cứ sắp xếp.", "Name the act it is based on.", field="basis")
    named = [move.what for move in reorganisation.moves if move.kind == "system"]
    if len(set(named)) != len(named):
        raise Invalid("reorganisation.twice", "Một hệ thống chỉ chuyển về một nơi.", "A system goes to one place.", field="moves")
    if left := held - set(named):
        raise Invalid(
            "reorganisation.left",
            f"Chưa nói hệ thống nào về đâu: {', '.join(sorted(left))}.",
            f"Nobody said where these go: {', '.join(sorted(left))}.",
            field="moves",
        )
    for move in reorganisation.moves:
        if move.before == move.after or not move.after:
            raise Invalid("reorganisation.target", "Chọn đơn vị nhận.", "Choose the receiving body.", field="moves")
