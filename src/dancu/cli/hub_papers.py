"""The two files that operators of two hubs hand each other: what a province offers, how it may connect. No private key in them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from dancu.kernel.errors import Invalid
from dancu.kernel.organisations import is_within
from dancu.kernel.signing import PublicKey
from dancu.onboarding.domain import Grant

PAPER_BYTES_MAX = 4 * 1024 * 1024
_SYSTEM = re.compile(r"[a-z0-9][a-z0-9._-]{0,40}")
_ORGANISATION = re.compile(r"[A-Z0-9][A-Z0-9.]{0,39}")


class OfferedSystem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One system of a province that is to ask through its hub (*hệ thống đề nghị đi qua hub*)."""

    client_id: str
    organisation: str
    name: str
    grants: list[Grant]


class Offer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a province's hub asks to be admitted with (*đề nghị kết nối hub*)."""

    installation: str
    key: dict[str, Any]  # public JWK
    systems: list[OfferedSystem] = []
    accounts: dict[str, list[str]] = {}  # by organisation

    @property
    def public_key(self) -> PublicKey:
        return PublicKey.from_jwk(self.key)


class Connection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How an admitted hub connects (*thông tin kết nối hub*). Holds its secret the first time: hand it over as one."""

    hub: str
    installation: str  # of the national hub
    address: str  # where it speaks the national contract
    key: dict[str, Any]  # public JWK of the national hub
    secret: str = ""  # empty: the one given before goes on

    @property
    def public_key(self) -> PublicKey:
        return PublicKey.from_jwk(self.key)


Paper = TypeVar("Paper", Offer, Connection)


def read_paper(file: Path, kind: type[Paper], made_by: str) -> Paper:
    """Read a file of the other side. Raises `Invalid` with the field that is wrong and what to do."""
    content = file.read_bytes()
    if len(content) > PAPER_BYTES_MAX:
        raise _not_readable(file, f"more than {PAPER_BYTES_MAX} bytes", made_by)
    try:
        paper = msgspec.json.decode(content, type=kind)
    except (msgspec.DecodeError, ValueError) as failure:
        raise _not_readable(file, str(failure), made_by) from None
    _ = paper.public_key  # raises for anything that is no public key
    return paper


def write_paper(paper: Offer | Connection) -> str:
    """The file as text, in an order that can be compared with an earlier one."""
    return msgspec.json.format(msgspec.json.encode(paper, order="deterministic"), indent=2).decode()


def check_offer(offer: Offer, organisation: str) -> None:
    """Raises `Invalid` for a system or a list of accounts that is not this organisation's: a province speaks for itself only."""
    for system in offer.systems:
        if not _SYSTEM.fullmatch(system.client_id):
            raise _wrong(
                "systems.client_id", f"mã hệ thống {system.client_id!r} không hợp lệ", f"no client id: {system.client_id!r}"
            )
        _check_within(system.organisation, organisation, f"hệ thống {system.client_id}", f"the system {system.client_id}")
    for owner in offer.accounts:
        _check_within(owner, organisation, "danh sách tài khoản", "the list of accounts")


def _check_within(owner: str, organisation: str, what: str, what_en: str) -> None:
    if not _ORGANISATION.fullmatch(owner) or not is_within(owner, organisation):
        raise _wrong(
            "organisation",
            f"{what} thuộc {owner!r}, không thuộc {organisation}. Yêu cầu tỉnh lập lại tệp, hoặc sửa --organisation",
            f"{what_en} belongs to {owner!r}, not to {organisation}. Ask the province for a new file, or mend --organisation",
        )


def _wrong(field: str, why: str, why_en: str) -> Invalid:
    return Invalid("hub.offer", f"Đề nghị kết nối không nhận được: {why}.", f"The offer is not accepted: {why_en}.", field=field)


def _not_readable(file: Path, why: str, made_by: str) -> Invalid:
    return Invalid(
        "hub.file",
        f"Không đọc được tệp {file.name}: {why}. Tệp này do lệnh “{made_by}” ở phía bên kia in ra.",
        f"Cannot read {file.name}: {why}. The other side prints this file with `{made_by}`.",
    )
