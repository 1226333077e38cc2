"""The register of processing: what is really granted, joined with what we state about it; what changed between versions. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum

import msgspec

from dancu.kernel.warrants import Field


class FieldWords(msgspec.Struct, frozen=True):
    """An item of the law as the register names it (*mục thông tin trong sổ đăng ký*)."""

    name: Field
    item: int
    label: str
    sensitive: bool
    valid_from: date
    source: str
    author: str


class ProcessingRule(msgspec.Struct, frozen=True):
    """What we state about a system's processing beside its grants (*quy định xử lý dữ liệu*)."""

    system: str  # "*" for every system without a row of its own
    retention: str
    recipients: str
    responsible: str
    valid_from: date
    source: str
    author: str


class RegisterLine(msgspec.Struct, frozen=True):
    """One purpose of one system: who may learn what, on what grounds (*dòng sổ đăng ký xử lý*)."""

    system: str
    system_name: str
    organisation: str
    state: str
    integration: str
    procedure: str
    purpose: str
    legal_basis: str
    fields: tuple[str, ...]
    sensitive: tuple[str, ...]
    valid_from: date
    valid_to: date | None
    discloses: bool
    by_number_alone: bool
    retention: str
    recipients: str
    responsible: str

    @property
    def key(self) -> tuple[str, str, str]:
        return self.system, self.integration, self.procedure

    def is_in_force(self, day: date) -> bool:
        return self.state == "official" and self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class RegisterChangeKind(StrEnum):
    """What became of a line between two versions (*loại thay đổi của sổ đăng ký*)."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


CHANGE_WORDS = {
    RegisterChangeKind.ADDED: "Thêm",
    RegisterChangeKind.REMOVED: "Bỏ",
    RegisterChangeKind.CHANGED: "Sửa",
}
COLUMN_WORDS = {
    "system_name": "Tên hệ thống",
    "organisation": "Cơ quan",
    "state": "Trạng thái kết nối",
    "purpose": "Mục đích",
    "legal_basis": "Căn cứ pháp lý",
    "fields": "Mục thông tin",
    "sensitive": "Mục nhạy cảm được xem rõ",
    "valid_from": "Từ ngày",
    "valid_to": "Đến ngày",
    "discloses": "Được nhận dữ liệu",
    "by_number_alone": "Tra theo số",
    "retention": "Thời hạn lưu",
    "recipients": "Người nhận",
    "responsible": "Người chịu trách nhiệm",
}


class RegisterChange(msgspec.Struct, frozen=True):
    """One line that differs between two versions, column by column (*thay đổi của sổ đăng ký*)."""

    kind: RegisterChangeKind
    system: str
    integration: str
    procedure: str
    columns: tuple[tuple[str, str, str], ...] = ()  # name, before, after
    references: tuple[str, ...] = ()  # of the ledger entries that made it


def digest_of(lines: Iterable[RegisterLine]) -> str:
    """SHA-256 of the lines in their order, hex: two equal registers have one."""
    return hashlib.sha256(msgspec.json.encode(sorted(lines, key=lambda line: line.key))).hexdigest()


def changes_between(before: Sequence[RegisterLine], after: Sequence[RegisterLine]) -> list[RegisterChange]:
    """What was added, removed, changed, in the order of systems."""
    old, new = {line.key: line for line in before}, {line.key: line for line in after}
    found = []
    for key in sorted(old.keys() | new.keys()):
        if key not in old:
            found.append(RegisterChange(RegisterChangeKind.ADDED, *key, _columns(None, new[key])))
        elif key not in new:
            found.append(RegisterChange(RegisterChangeKind.REMOVED, *key, _columns(old[key], None)))
        elif old[key] != new[key]:
            found.append(RegisterChange(RegisterChangeKind.CHANGED, *key, _columns(old[key], new[key])))
    return found


def _columns(old: RegisterLine | None, new: RegisterLine | None) -> tuple[tuple[str, str, str], ...]:
    pairs = [(name, _text(old, name), _text(new, name)) for name in COLUMN_WORDS]
    return tuple(pair for pair in pairs if pair[1] != pair[2])


def _text(line: RegisterLine | None, name: str) -> str:
    value = getattr(line, name) if line else None
    if value is None or value is False:
        return ""
    if value is True:
        return "1"
    return " ".join(value) if isinstance(value, tuple) else str(value)
