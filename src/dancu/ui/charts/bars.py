"""Charts made of bars: plain, falling (waterfall), passing through (funnel), by age and sex. The table is the chart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from django.utils.safestring import SafeString

from dancu.ui.charts.picture import Picture
from dancu.ui.charts.svg import element, span, strip


@dataclass(frozen=True, slots=True)
class Bar:
    """A label and its number; `note` is small print under the label."""

    label: str
    value: float
    note: str = ""
    href: str = ""


@dataclass(frozen=True, kw_only=True)
class BarChart(Picture):
    """Numbers to compare (*biểu đồ thanh*)."""

    bars: Sequence[Bar]
    unit: str = ""
    share: bool = False  # the values are shares of one: written in per cent, drawn on a scale to one

    def drawn(self) -> list[tuple[Bar, SafeString]]:
        values = [bar.value for bar in self.bars]
        low, high = min([0.0, *values]), 1.0 if self.share else max([0.0, *values]) or 1.0
        return [(bar, strip(span(0, bar.value, low, high, "less" if bar.value < 0 else ""))) for bar in self.bars]


@dataclass(frozen=True, slots=True)
class Fall:
    """A change on the way from one sum to the next, or a sum itself."""

    label: str
    amount: float
    total: bool = False
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Waterfall(Picture):
    """How a sum became another one (*biểu đồ thác nước*). The first entry is a total; a total must agree with what led to it."""

    falls: Sequence[Fall]
    unit: str = ""

    def __post_init__(self) -> None:
        for (_start, level), fall in zip(self._spans(), self.falls, strict=True):
            if fall.total and abs(level - fall.amount) > 1e-6 * max(1.0, abs(level)):
                raise ValueError(f"the total {fall.label!r} does not agree with what leads to it")

    def _spans(self) -> list[tuple[float, float]]:
        levels = list(accumulate((0 if fall.total and at else fall.amount for at, fall in enumerate(self.falls))))
        return [
            (0.0, level) if fall.total else (level - fall.amount, level) for fall, level in zip(self.falls, levels, strict=True)
        ]

    def drawn(self) -> list[tuple[Fall, SafeString]]:
        spans = self._spans()
        low, high = min([0.0, *(min(s) for s in spans)]), max([0.0, *(max(s) for s in spans)]) or 1.0
        looks = ["total" if fall.total else "less" if fall.amount < 0 else "" for fall in self.falls]
        return [
            (fall, strip(span(start, end, low, high, look)))
            for fall, (start, end), look in zip(self.falls, spans, looks, strict=True)
        ]


@dataclass(frozen=True, kw_only=True)
class Funnel(Picture):
    """How many pass each stage (*biểu đồ phễu*); each stage is drawn inside the one before it."""

    stages: Sequence[Bar]
    unit: str = ""

    def drawn(self) -> list[tuple[Bar, SafeString, float | None, float | None]]:
        """Stage, drawing, share of the first, share of the one before."""
        values = [stage.value for stage in self.stages]
        high = max([0.0, *values]) or 1.0
        of_first = [value / values[0] if values[0] else None for value in values]
        of_last = [None, *(value / before if before else None for before, value in pairwise(values))][: len(values)]
        shapes = [
            strip(span(0, before, 0, high, "weak"), span(0, value, 0, high, ""))
            for before, value in zip([0.0, *values], values, strict=False)
        ]
        return list(zip(self.stages, shapes, of_first, of_last, strict=True))


@dataclass(frozen=True, slots=True)
class AgeGroup:
    """Men and women of an age, for example "20–24"."""

    label: str
    male: int
    female: int


@dataclass(frozen=True, kw_only=True)
class Pyramid(Picture):
    """A population by age and sex (*tháp dân số*), the youngest last."""

    groups: Sequence[AgeGroup]

    def drawn(self) -> list[tuple[AgeGroup, SafeString, SafeString]]:
        most = max([1, *(max(group.male, group.female) for group in self.groups)])
        return [
            (
                group,
                strip(span(most - group.male, most, 0, most, "", 14), height=14),
                strip(span(0, group.female, 0, most, "open", 14), height=14),
            )
            for group in reversed(self.groups)
        ]


def rule(at: str) -> SafeString:
    """A thin line down a strip."""
    return element("line", x1=at, x2=at, y1="-90%", y2="190%", class_="grid-line")
