"""What every picture of numbers carries: a title that says the finding, where the numbers are from and as of when, the file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, kw_only=True)
class Picture:
    """The frame of a chart. `title` is a sentence that says what is to be seen, not what is measured."""

    title: str
    source: str = ""
    at: datetime | date | None = None
    csv_href: str = ""
