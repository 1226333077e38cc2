"""Stretches of time under each other: a person's residences, the tasks of a plan (Gantt)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.safestring import SafeString

from dancu.ui.charts.bars import rule
from dancu.ui.charts.picture import Picture
from dancu.ui.charts.svg import element, percent, span, strip

_MARKS_MAX = 6


@dataclass(frozen=True, slots=True)
class Span:
    """What lasted from one day to another; without an end it still lasts. `late` and `weak` change its look, `kind` says why."""

    label: str
    start: date
    end: date | None = None
    kind: str = ""
    note: str = ""
    href: str = ""
    late: bool = False
    weak: bool = False


@dataclass(frozen=True, kw_only=True)
class Spans(Picture):
    """Stretches of time up to `until` (*biểu đồ khoảng thời gian*)."""

    spans: Sequence[Span]
    until: date

    @property
    def first(self) -> date:
        return min((each.start for each in self.spans), default=self.until)

    @property
    def last(self) -> date:
        return max([self.until, *(each.end for each in self.spans if each.end)])

    def drawn(self) -> list[tuple[Span, SafeString]]:
        low, high = self.first.toordinal(), max(self.last.toordinal(), self.first.toordinal() + 1)
        rules = [rule(at) for _label, at in self.marks()]
        return [
            (
                each,
                strip(
                    *rules,
                    span(
                        each.start.toordinal(),
                        (each.end or self.until).toordinal(),
                        low,
                        high,
                        "less" if each.late else "open" if each.weak else "",
                    ),
                ),
            )
            for each in self.spans
        ]

    def marks(self) -> list[tuple[str, str]]:
        """Label and place of the lines of the scale: whole years, or months when it is about less than two years."""
        low, high = self.first, max(self.last, date.fromordinal(self.first.toordinal() + 1))
        whole = high.toordinal() - low.toordinal()
        days = [date(year, 1, 1) for year in range(low.year + 1, high.year + 1)]
        if whole < 730:
            months = range(low.year * 12 + low.month, high.year * 12 + high.month)
            days = [date(month // 12, month % 12 + 1, 1) for month in months]
        every = max(1, -(-len(days) // _MARKS_MAX))
        return [
            (f"{day:%m/%Y}" if whole < 730 else str(day.year), percent(day.toordinal() - low.toordinal(), whole))
            for day in days[every - 1 :: every]
        ]

    def scale(self) -> SafeString:
        """The names of the lines, under the last row; where it is narrow every other one is left out."""
        looks = ("faint", "faint between")
        named = enumerate(self.marks())
        return strip(*(element("text", label, x=x, y=14, text_anchor="middle", class_=looks[at % 2]) for at, (label, x) in named))
