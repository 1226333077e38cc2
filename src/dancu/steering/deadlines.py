"""Deadlines as documents write them: a day, a month, a quarter, a half or a whole year, at all times, or none. Pure.

"Hoàn thành trong tháng 5/2022" is kept until the last day of that month; "trước ngày 30/5/2024" is read as on that day at the
latest, as offices do.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from dancu.kernel.errors import Invalid

STANDING_TEXT = "thuong-xuyen"
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
_QUARTER = re.compile(r"(\d{4})-Q([1-4])", re.ASCII)
_HALF = re.compile(r"(\d{4})-H([12])", re.ASCII)
_YEAR = re.compile(r"\d{4}", re.ASCII)
_ROMAN = ("I", "II", "III", "IV")


class DeadlineKind(StrEnum):
    """How far a document says until when (*loại thời hạn*)."""

    DAY = "day"
    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"
    STANDING = "standing"  # "thường xuyên": never done, never late
    NONE = "none"  # the document names none


@dataclass(frozen=True, slots=True)
class Deadline:
    """Until when something is to be done (*thời hạn hoàn thành*): `due` is its last day; None for what has none."""

    kind: DeadlineKind
    due: date | None = None

    def is_late(self, on: date, done_on: date | None = None) -> bool:
        """Was it late at the end of a day: not done by then and due before, or done after it was due?"""
        if self.due is None:
            return False
        return done_on > self.due if done_on is not None and done_on <= on else on > self.due

    def days_late(self, on: date, done_on: date | None = None) -> int:
        """Days behind, 0 where it is not late."""
        if self.due is None or not self.is_late(on, done_on):
            return 0
        return ((done_on if done_on is not None and done_on <= on else on) - self.due).days

    @property
    def text(self) -> str:
        """What `parse_deadline` reads."""
        due = self.due
        match self.kind:
            case DeadlineKind.STANDING:
                return STANDING_TEXT
            case DeadlineKind.NONE:
                return ""
        assert due is not None
        match self.kind:
            case DeadlineKind.MONTH:
                return f"{due:%Y-%m}"
            case DeadlineKind.QUARTER:
                return f"{due.year}-Q{due.month // 3}"
            case DeadlineKind.HALF:
                return f"{due.year}-H{due.month // 6}"
            case DeadlineKind.YEAR:
                return f"{due.year}"
        return due.isoformat()

    @property
    def words(self) -> tuple[str, str]:
        """As a page writes it, in Vietnamese and English."""
        due = self.due
        if self.kind is DeadlineKind.STANDING:
            return "Thường xuyên", "At all times"
        if due is None:
            return "Không nêu thời hạn", "No deadline named"
        match self.kind:
            case DeadlineKind.MONTH:
                return f"Tháng {due:%m/%Y}", f"{due:%B %Y}"
            case DeadlineKind.QUARTER:
                return f"Quý {_ROMAN[due.month // 3 - 1]}/{due.year}", f"Q{due.month // 3} {due.year}"
            case DeadlineKind.HALF:
                return ("6 tháng đầu năm " if due.month == 6 else "6 tháng cuối năm ") + str(
                    due.year
                ), f"H{due.month // 6} {due.year}"
            case DeadlineKind.YEAR:
                return f"Năm {due.year}", str(due.year)
        return f"{due:%d/%m/%Y}", f"{due:%d/%m/%Y}"


def parse_deadline(text: str) -> Deadline:
    """A deadline from its text form (*đọc thời hạn*): `2023-02-28`, `2023-02`, `2023-Q1`, `2023-H1`, `2023`, `thuong-xuyen`, empty.

    Raises `Invalid` for anything else, naming what it may be.
    """
    clean = text.strip()
    if not clean:
        return Deadline(DeadlineKind.NONE)
    if clean == STANDING_TEXT:
        return Deadline(DeadlineKind.STANDING)
    try:
        if found := _DAY.fullmatch(clean):
            return Deadline(DeadlineKind.DAY, date(*map(int, found.groups())))
        if found := _QUARTER.fullmatch(clean):
            return Deadline(DeadlineKind.QUARTER, _last_day(int(found[1]), int(found[2]) * 3))
        if found := _HALF.fullmatch(clean):
            return Deadline(DeadlineKind.HALF, _last_day(int(found[1]), int(found[2]) * 6))
        if found := _MONTH.fullmatch(clean):
            return Deadline(DeadlineKind.MONTH, _last_day(int(found[1]), int(found[2])))
        if _YEAR.fullmatch(clean):
            return Deadline(DeadlineKind.YEAR, date(int(clean), 12, 31))
    except (ValueError, calendar.IllegalMonthError):
        pass
    raise Invalid(
        "steering.deadline",
        f"Không đọc được thời hạn “{clean}”. Viết 2023-02-28, 2023-02, 2023-Q1, 2023-H1, 2023 hoặc thuong-xuyen.",
        f"Cannot read the deadline “{clean}”. Write 2023-02-28, 2023-02, 2023-Q1, 2023-H1, 2023 or thuong-xuyen.",
        field="deadline",
    )


def typed_deadline(text: str) -> Deadline:
    """A deadline as people type it (*thời hạn người dùng nhập*): also 28/02/2023, 02/2023, quý I/2023, thường xuyên."""
    clean = " ".join(text.split())
    folded = clean.casefold()
    if folded in ("thường xuyên", "thuong xuyen"):
        return Deadline(DeadlineKind.STANDING)
    if found := re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", clean, re.ASCII):
        return parse_deadline(f"{found[3]}-{int(found[2]):02d}-{int(found[1]):02d}")
    if found := re.fullmatch(r"(?:tháng |thang )?(\d{1,2})/(\d{4})", folded, re.ASCII):
        return parse_deadline(f"{found[2]}-{int(found[1]):02d}")
    if found := re.fullmatch(r"qu[ýy] (iv|i{1,3}|[1-4])/(\d{4})", folded):
        quarter = _ROMAN.index(found[1].upper()) + 1 if found[1].upper() in _ROMAN else int(found[1])
        return parse_deadline(f"{found[2]}-Q{quarter}")
    return parse_deadline(clean)


def _last_day(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])
