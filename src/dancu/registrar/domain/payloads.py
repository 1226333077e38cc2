"""What a request asks to be changed: one shape for each kind, read strictly, in one canonical form. Pure.

Whether names, codes and addresses can be kept is the registry's to say; it is asked when a request is handed in.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec


class Payload(msgspec.Struct, frozen=True, tag_field="kind", forbid_unknown_fields=True, kw_only=True):
    """The change that is asked for; its kind is its tag (*nội dung đề nghị*)."""

    @property
    def kind(self) -> str:
        return str(type(self).__struct_config__.tag)

    def named(self) -> tuple[int, ...]:
        """Persons it names beside the subject: they too must be as they were when it was written."""
        return ()


class Correct(Payload, frozen=True, tag="correct", kw_only=True):
    """The registry has items wrong (*điều chỉnh thông tin*)."""

    items: Mapping[str, Any]
    valid_from: date | None = None


class Event(Payload, frozen=True, tag="event", kw_only=True):
    """Something became new in life (*cập nhật biến động*)."""

    items: Mapping[str, Any]
    valid_from: date


class Merge(Payload, frozen=True, tag="merge", kw_only=True):
    """The subject stands under two numbers; `double_no` is to lead to it, `items` are taken over (*hợp nhất*)."""

    double_no: int
    items: Mapping[str, Any] = {}

    def named(self) -> tuple[int, ...]:
        return (self.double_no,)


class Split(Payload, frozen=True, tag="split", kw_only=True):
    """Two persons are kept as one; the second gets a number and items of her own (*tách*)."""

    new_number: int
    items: Mapping[str, Any]


class ReplaceNumber(Payload, frozen=True, tag="replace_number", kw_only=True):
    """A person gets a new number (*xác lập lại số định danh*, Decree 70/2024, Article 12)."""

    new_number: int


class CancelNumber(Payload, frozen=True, tag="cancel_number", kw_only=True):
    """Nobody rightly holds this number (*huỷ số định danh*)."""


class SetFlags(Payload, frozen=True, tag="set_flags", kw_only=True):
    """What must be heeded about a person; the sum of the flags (*đặt cờ lưu ý*)."""

    flags: int


class Revoke(Payload, frozen=True, tag="revoke", kw_only=True):
    """An earlier change is to be taken back, by its number in the history (*thu hồi thay đổi*)."""

    seq: int


class RegisterDeath(Payload, frozen=True, tag="register_death", kw_only=True):
    """A life ended, and with it residence, household, marriage; a head names the next (*ghi nhận người đã mất*)."""

    died_on: date
    new_head: int | None = None

    def named(self) -> tuple[int, ...]:
        return (self.new_head,) if self.new_head else ()


class FormHousehold(Payload, frozen=True, tag="form_household", kw_only=True):
    """A household at a dwelling: number → relation to the head, the subject among them (*lập hộ*)."""

    version: str
    code: str
    detail: str
    members: Mapping[str, str]
    valid_from: date

    def named(self) -> tuple[int, ...]:
        return tuple(sorted(int(number) for number in self.members))


class JoinHousehold(Payload, frozen=True, tag="join_household", kw_only=True):
    """The subject enters a household (*nhập hộ*)."""

    household_no: int
    relation: str
    valid_from: date


class LeaveHousehold(Payload, frozen=True, tag="leave_household", kw_only=True):
    """The subject leaves the household; a head who leaves names the next (*tách khỏi hộ*)."""

    valid_from: date
    new_head: int | None = None

    def named(self) -> tuple[int, ...]:
        return (self.new_head,) if self.new_head else ()


class ChangeHead(Payload, frozen=True, tag="change_head", kw_only=True):
    """A household gets another head: number → relation to the new head (*thay đổi chủ hộ*)."""

    household_no: int
    relations: Mapping[str, str]
    valid_from: date

    def named(self) -> tuple[int, ...]:
        return tuple(sorted(int(number) for number in self.relations))


class RegisterResidence(Payload, frozen=True, tag="register_residence", kw_only=True):
    """Temporary or current residence, a stay, an absence (*đăng ký cư trú*)."""

    residence: str
    version: str
    code: str
    detail: str
    valid_from: date
    valid_to: date | None = None


class EndResidence(Payload, frozen=True, tag="end_residence", kw_only=True):
    """A residence that is not permanent ends (*xoá đăng ký cư trú*)."""

    residence: str
    valid_from: date


class Relate(Payload, frozen=True, tag="relate", kw_only=True):
    """The other person is father, mother, spouse, representative of the subject (*ghi nhận quan hệ*)."""

    relation: str
    other_no: int
    valid_from: date

    def named(self) -> tuple[int, ...]:
        return (self.other_no,)


class EndRelation(Payload, frozen=True, tag="end_relation", kw_only=True):
    """A marriage or a representation ends (*chấm dứt quan hệ*)."""

    relation: str
    valid_from: date


AnyPayload = (
    Correct | Event | Merge | Split | ReplaceNumber | CancelNumber | SetFlags | Revoke | RegisterDeath | FormHousehold
    | JoinHousehold | LeaveHousehold | ChangeHead | RegisterResidence | EndResidence | Relate | EndRelation
)  # fmt: skip

KIND_WORDS: Mapping[str, str] = {
    "correct": "Điều chỉnh thông tin",
    "event": "Cập nhật biến động",
    "merge": "Hợp nhất hai số định danh của một người",
    "split": "Tách hai người đang chung một số định danh",
    "replace_number": "Xác lập lại số định danh",
    "cancel_number": "Huỷ số định danh",
    "set_flags": "Đặt cờ lưu ý",
    "revoke": "Thu hồi thay đổi",
    "register_death": "Ghi nhận người đã mất",
    "form_household": "Lập hộ",
    "join_household": "Nhập hộ",
    "leave_household": "Tách khỏi hộ",
    "change_head": "Thay đổi chủ hộ",
    "register_residence": "Đăng ký cư trú",
    "end_residence": "Xoá đăng ký cư trú",
    "relate": "Ghi nhận quan hệ",
    "end_relation": "Chấm dứt quan hệ",
}
