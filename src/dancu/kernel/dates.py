"""Birth dates, which often are a year only, and how they are read and shown."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

import msgspec

from dancu.kernel.errors import Invalid

FIRST_YEAR, LAST_YEAR = 1850, 2199
_SHAPES = (
    re.compile(r"(?P<day>\d{1,2})[/.\-](?P<month>\d{1,2})[/.\-](?P<year>\d{4})"),
    re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})"),
    re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})"),
    re.compile(r"(?P<month>\d{1,2})/(?P<year>\d{4})"),
    re.compile(r"(?P<year>\d{4})"),
)
_EIGHT = re.compile(r"\d{8}", re.ASCII)
_ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class PartialDate(msgspec.Struct, frozen=True, order=True):
    """A date known to the day, the month or the year; 0 stands for what is not known (*ngày, tháng, năm sinh*)."""

    year: int
    month: int = 0
    day: int = 0

    @classmethod
    def parse(cls, text: str, field: str = "birth_date") -> PartialDate:
        """Read `dd/mm/yyyy`, `yyyy-mm-dd`, `ddmmyyyy`, `yyyymmdd`, `mm/yyyy`, `yyyy`; 00 parts mean unknown.

        Eight digits are read as `yyyymmdd` when that is a date with a plausible year, else as `ddmmyyyy`.
        """
        clean = text.strip()
        if _ISO_DAY.fullmatch(clean):
            return _read_iso_day(clean, field)
        if not clean:
            raise Invalid(
                "birth_date.missing",
                "Chưa nhập ngày sinh. Ví dụ: 24/11/1990, hoặc chỉ năm 1955.",
                "Enter the birth date, for example 24/11/1990, or only the year 1955.",
                field=field,
            )
        if _EIGHT.fullmatch(clean):
            return _from_eight(clean, field)
        for shape in _SHAPES:
            if found := shape.fullmatch(clean):
                parts = {name: int(value) for name, value in found.groupdict().items()}
                return cls.of(parts["year"], parts.get("month", 0), parts.get("day", 0), field)
        raise Invalid(
            "birth_date.shape",
            "Không đọc được ngày sinh. Nhập theo mẫu 24/11/1990, hoặc chỉ năm 1955.",
            "Cannot read the birth date. Use 24/11/1990, or only the year 1955.",
            field=field,
        )

    @classmethod
    def of(cls, year: int, month: int = 0, day: int = 0, field: str = "birth_date") -> PartialDate:
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise Invalid(
                "birth_date.year",
                f"Năm sinh phải từ {FIRST_YEAR} đến nay. Bạn đã nhập {year}.",
                f"The birth year must be {FIRST_YEAR} or later. You entered {year}.",
                field=field,
            )
        if month == 0:
            return cls(year)  # a day without its month says nothing
        if not 1 <= month <= 12:
            raise Invalid(
                "birth_date.month", f"Không có tháng {month}. Tháng từ 01 đến 12.", f"There is no month {month}.", field=field
            )
        if day:
            try:
                date(year, month, day)
            except ValueError:
                raise Invalid(
                    "birth_date.day",
                    f"Không có ngày {day:02d}/{month:02d}/{year}. Xem lại trên giấy tờ.",
                    f"{day:02d}/{month:02d}/{year} does not exist. Check the document.",
                    field=field,
                ) from None
        return cls(year, month, day)

    @property
    def is_full(self) -> bool:
        return self.day != 0

    @property
    def iso(self) -> str:
        """`1990-11-24`, `1990-11`, `1990`: ISO 8601 with reduced precision."""
        if self.day:
            return f"{self.year:04d}-{self.month:02d}-{self.day:02d}"
        return f"{self.year:04d}-{self.month:02d}" if self.month else f"{self.year:04d}"

    def __str__(self) -> str:
        if self.day:
            return f"{self.day:02d}/{self.month:02d}/{self.year:04d}"
        return f"{self.month:02d}/{self.year:04d}" if self.month else f"{self.year:04d}"


@lru_cache(maxsize=65536)  # a nation has some forty thousand birthdays
def _read_iso_day(text: str, field: str) -> PartialDate:
    return PartialDate.of(int(text[:4]), int(text[5:7]), int(text[8:]), field)


def _from_eight(digits: str, field: str) -> PartialDate:
    year_first = int(digits[:4])
    if 1880 <= year_first <= 2100 and int(digits[4:6]) <= 12:
        return PartialDate.of(year_first, int(digits[4:6]), int(digits[6:]), field)
    return PartialDate.of(int(digits[4:]), int(digits[2:4]), int(digits[:2]), field)
