"""The kinds of lists an owner may choose, and what each needs: the one place that knows them here. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dancu.kernel.errors import Invalid

NEEDED = ("number", "name", "birth_date")


@dataclass(frozen=True, slots=True)
class ListKind:
    """A kind of list (*loại danh sách*)."""

    code: str
    name: str
    legal_basis: str
    needed: tuple[str, ...] = NEEDED  # roles
    one_to_one: bool = False  # a person stands in it once


KINDS: Mapping[str, ListKind] = {
    kind.code: kind
    for kind in (
        ListKind("subscribers", "Thuê bao viễn thông", "Nghị định 163/2024/NĐ-CP"),
        ListKind("tax", "Người nộp thuế", "Thông tư 86/2024/TT-BTC", (*NEEDED, "tax_number"), one_to_one=True),
        ListKind(
            "insurance",
            "Người tham gia bảo hiểm xã hội, bảo hiểm y tế",
            "Luật Bảo hiểm xã hội 41/2024/QH15",
            one_to_one=True,
        ),
        ListKind("civil_status", "Sổ hộ tịch", "Luật Hộ tịch 60/2014/QH13"),
        ListKind("driving_licences", "Giấy phép lái xe", "Luật Trật tự, an toàn giao thông đường bộ 36/2024/QH15"),
        ListKind("associations", "Hội viên các hội, đoàn thể", "Nghị định 126/2024/NĐ-CP", one_to_one=True),
        ListKind("merit", "Người có công với cách mạng", "Pháp lệnh 02/2020/UBTVQH14", one_to_one=True),
    )
}


def get_kind(code: str) -> ListKind:
    """Raises `Invalid` for a code that is none."""
    if code not in KINDS:
        raise Invalid("reconcile.profile", "Bạn chọn một loại danh sách trong bảng.", "Choose a kind of list.", field="profile")
    return KINDS[code]
