"""Opening a row out of one's reach in an emergency: who may, for how long, who looks at it afterwards. Pure."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from uuid import UUID

from dancu.kernel.errors import Conflict, Invalid, NotAllowed, TooMany
from dancu.kernel.four_eyes import Hand, are_apart

REASON_LENGTH_MAX = 2000
TEXT_LENGTH_MIN = 5
_FILE = Path(__file__).parent.parent / "data" / "break_glass.toml"


@dataclass(frozen=True, slots=True)
class GlassPolicy:
    """How long, how often, and by when it is looked at (*quy định mở khẩn*)."""

    open_for: timedelta
    per_day: int
    review_within: timedelta
    reason_length_min: int
    valid_from: date
    source: str
    author: str


class Verdict(StrEnum):
    """What the reviewer says of an opening (*kết luận xem lại*)."""

    ACCEPTED = "accepted"
    OBJECTED = "objected"


@dataclass(frozen=True, slots=True)
class Review:
    """Another human's word on an opening (*xem lại*)."""

    by: Hand
    at: datetime
    verdict: Verdict
    text: str


@dataclass(frozen=True, slots=True)
class Opening:
    """One row opened in an emergency, by whom, why, until when (*lần mở khẩn*)."""

    id: UUID
    by: Hand
    of_organisation: str
    number: str
    reason: str
    at: datetime
    until: datetime
    review_by: datetime
    reference: str  # of the ledger's entry, which commits to the reason
    review: Review | None = None

    def is_open(self, now: datetime) -> bool:
        return self.at <= now < self.until

    def is_overdue(self, now: datetime) -> bool:
        return self.review is None and now > self.review_by


def check_opening(reason: str, done_today: int, policy: GlassPolicy) -> None:
    """May the glass be broken once more, with this reason? Raises `Invalid`, `TooMany`."""
    if not policy.reason_length_min <= len(reason.strip()) <= REASON_LENGTH_MAX:
        raise Invalid(
            "glass.reason",
            f"Ghi rõ vì sao cần mở ngay, ít nhất {policy.reason_length_min} chữ: người khác sẽ đọc và xem lại.",
            f"State why it must be opened now, at least {policy.reason_length_min} letters: somebody else will read it.",
            field="reason",
        )
    if done_today >= policy.per_day:
        raise TooMany(
            "glass.per_day",
            f"Bạn đã mở khẩn {done_today} lần trong ngày. Liên hệ bộ phận bảo vệ dữ liệu cá nhân trước khi mở thêm.",
            f"You opened {done_today} in an emergency today. Call the data-protection desk before opening more.",
        )


def check_review(opening: Opening, by: Hand, text: str) -> None:
    """May this hand review it, in these words? Raises `NotAllowed`, `Conflict`, `Invalid`."""
    if not may_review(opening, by):
        raise NotAllowed(
            "glass.four_eyes",
            "Người xem lại phải là người khác, tài khoản khác và đơn vị khác với người đã mở khẩn.",
            "Whoever reviews must be another person, account and unit than who opened it.",
        )
    if opening.review is not None:
        raise Conflict("glass.reviewed", "Lần mở khẩn này đã có người xem lại.", "This opening was reviewed already.")
    if not TEXT_LENGTH_MIN <= len(text.strip()) <= REASON_LENGTH_MAX:
        raise Invalid("glass.text", "Ghi ngắn gọn nhận xét của bạn.", "Write a short remark.", field="text")


def may_review(opening: Opening, by: Hand) -> bool:
    """Apart in human, account and unit from who opened it."""
    return are_apart([by], [opening.by])


def policy_on(day: date) -> GlassPolicy:
    """What holds on a day."""
    return max((each for each in _policies() if each.valid_from <= day), key=lambda each: each.valid_from)


@cache
def _policies() -> tuple[GlassPolicy, ...]:
    rows = tomllib.loads(_FILE.read_text(encoding="utf-8"))["policy"]
    return tuple(
        GlassPolicy(
            timedelta(minutes=row["open_minutes"]),
            row["per_day"],
            timedelta(hours=row["review_hours"]),
            row["reason_length_min"],
            row["valid_from"],
            row["source"],
            row["author"],
        )
        for row in rows
    )
