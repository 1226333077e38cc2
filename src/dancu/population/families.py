"""Families, households and residence as values with intervals, and the rules over them. Pure.

Intervals are half open: `valid_from` counts, `valid_to` does not. A row holds while it is not withdrawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

import msgspec

from dancu.kernel.errors import Conflict, Invalid

HEAD = "01"  # chủ hộ
PARENT_KINDS = ("father", "mother", "adoptive_father", "adoptive_mother")
RELATION_KINDS = (*PARENT_KINDS, "spouse", "representative")
RESIDENCE_KINDS = ("permanent", "temporary", "current", "stay", "absence")
# Luật Cư trú 68/2020/QH14, Điều 2 khoản 6 và Điều 27.
TEMPORARY_YEARS_MAX, TEMPORARY_DAYS_MIN, STAY_DAYS_MAX = 2, 30, 29


class _Interval(msgspec.Struct, frozen=True, kw_only=True):
    valid_from: date
    valid_to: date | None = None
    id: int = 0
    recorded_at: datetime | None = None
    withdrawn_at: datetime | None = None
    request_id: UUID | None = None
    withdrawn_request: UUID | None = None

    @property
    def is_withdrawn(self) -> bool:
        return self.withdrawn_at is not None

    def holds_on(self, day: date) -> bool:
        return not self.is_withdrawn and self.valid_from <= day and (self.valid_to is None or day < self.valid_to)

    def was_known(self, moment: datetime) -> bool:
        known = self.recorded_at is None or self.recorded_at <= moment
        return known and (self.withdrawn_at is None or moment < self.withdrawn_at)


class RelationRow(_Interval, frozen=True, kw_only=True):
    """That another person is father, mother, spouse, representative of this one (*quan hệ gia đình*)."""

    personal_no: int
    kind: str
    other_no: int


class MembershipRow(_Interval, frozen=True, kw_only=True):
    """That a person belongs to a household, in a relation to its head (*thành viên hộ gia đình*)."""

    household_no: int
    personal_no: int
    relation: str
    kind: str = "permanent"


class ResidenceRow(_Interval, frozen=True, kw_only=True):
    """Where a person lives, stays or is absent from (*nơi cư trú*): permanent, temporary, current, stay, absence."""

    personal_no: int
    kind: str
    version: str = ""
    code: str = ""
    detail: str = ""
    address_key: int = 0
    household_no: int | None = None


class HouseholdRow(msgspec.Struct, frozen=True):
    """People registered together at one dwelling under one head (*hộ gia đình*)."""

    household_no: int
    version: str
    code: str
    detail: str
    address_key: int
    residence_file_no: str
    formed_on: date
    dissolved_on: date | None = None


R = TypeVar("R", bound=_Interval)


def holding(rows: Iterable[R], day: date) -> list[R]:
    """Rows in force on a day, as the registry knows it now."""
    return [row for row in rows if row.holds_on(day)]


def known_as_of(rows: Iterable[R], valid_on: date, recorded_at: datetime) -> list[R]:
    """Rows that, as the registry stood at a moment, were in force on a day."""
    return [
        row
        for row in rows
        if row.was_known(recorded_at) and row.valid_from <= valid_on and (row.valid_to is None or valid_on < row.valid_to)
    ]


def check_residence(row: ResidenceRow, others: Sequence[ResidenceRow]) -> None:
    """Raises `Invalid` or `Conflict` with the article that a residence would break; `others` are the person's own."""
    if row.kind not in RESIDENCE_KINDS:
        raise Invalid("residence.kind", "Không có loại cư trú này.", "There is no such kind of residence.", field="kind")
    if row.valid_to is not None and row.valid_to <= row.valid_from:
        raise Invalid(
            "residence.interval", "Ngày kết thúc phải sau ngày bắt đầu.", "The end must be after the start.", field="valid_to"
        )
    if row.kind == "temporary":
        _check_temporary(row, others)
    if row.kind == "stay" and (row.valid_to is None or (row.valid_to - row.valid_from).days > STAY_DAYS_MAX):
        raise Invalid(
            "residence.stay",
            "Lưu trú phải dưới 30 ngày; từ 30 ngày trở lên thì đăng ký tạm trú.",
            "A stay is under 30 days; register a temporary residence from 30 days on.",
            field="valid_to",
        )


def _check_temporary(row: ResidenceRow, others: Sequence[ResidenceRow]) -> None:
    if row.valid_to is None or row.valid_to > _years_after(row.valid_from, TEMPORARY_YEARS_MAX):
        raise Invalid(
            "residence.temporary_years",
            "Tạm trú tối đa hai năm mỗi lần và phải có ngày hết hạn (Luật Cư trú, Điều 27).",
            "A temporary residence lasts at most two years and needs its end.",
            field="valid_to",
        )
    if (row.valid_to - row.valid_from).days < TEMPORARY_DAYS_MIN:
        raise Invalid(
            "residence.temporary_days",
            "Tạm trú từ 30 ngày trở lên; dưới 30 ngày thì thông báo lưu trú.",
            "A temporary residence is 30 days or more; notify a stay below that.",
            field="valid_to",
        )
    home = next((other for other in others if other.kind == "permanent" and other.holds_on(row.valid_from)), None)
    if home is not None and (home.version, home.code) == (row.version, row.code):
        raise Conflict(
            "residence.temporary_elsewhere",
            "Nơi tạm trú phải ở ngoài xã, phường thường trú (Luật Cư trú, Điều 27).",
            "A temporary residence lies outside the commune of permanent residence.",
        )


def check_household(rows: Sequence[MembershipRow], day: date) -> None:
    """Raises `Conflict` unless a household with members on that day has exactly one head."""
    members = [row for row in holding(rows, day) if row.kind == "permanent"]
    heads = [row for row in members if row.relation == HEAD]
    if members and len(heads) != 1:
        raise Conflict(
            "household.one_head",
            "Hộ còn thành viên phải có đúng một chủ hộ. Chọn chủ hộ mới.",
            "A household with members has exactly one head.",
        )


def _years_after(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)
