"""Values over time: one or a few lines on one scale, and many small ones side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.utils.safestring import SafeString

from dancu.ui.charts.picture import Picture
from dancu.ui.charts.svg import element, nice_top, percent
from dancu.ui.words import number_text

LINES_MAX = 3  # more cannot be told apart without colour: use small multiples
_LOOKS = ("", " b", " c")
_DOTS_MAX = 13
Values = Sequence[float | None]  # None: not known then


@dataclass(frozen=True, slots=True)
class Line:
    """A named row of values, one for each time of the chart."""

    label: str
    values: Values


@dataclass(frozen=True, kw_only=True)
class Trend(Picture):
    """Values over time (*biểu đồ đường*), drawn from nought."""

    times: Sequence[str]
    lines: Sequence[Line]
    unit: str = ""

    def __post_init__(self) -> None:
        if len(self.lines) > LINES_MAX:
            raise ValueError(f"more than {LINES_MAX} lines cannot be told apart; use SmallMultiples")
        if any(len(line.values) != len(self.times) for line in self.lines):
            raise ValueError("every line needs a value, or None, for every time")

    @property
    def top(self) -> float:
        return nice_top(max((value for line in self.lines for value in line.values if value is not None), default=0.0))

    def scale(self) -> list[str]:
        """What stands beside the drawing, from the top."""
        top = self.top
        return [number_text(int(each) if float(each).is_integer() else each) for each in (top, top / 2, 0)]

    def drawn(self) -> SafeString:
        rules = [element("line", x1="0", x2="100%", y1=y, y2=y, class_="grid-line") for y in ("0%", "50%")]
        base = element("line", x1="0", x2="100%", y1="100%", y2="100%", class_="base-line")
        shapes = [
            shape
            for line, look in zip(self.lines, _LOOKS, strict=False)
            for shape in path_of(line.values, self.top, look, dots=len(self.times) <= _DOTS_MAX)
        ]
        return element("svg", *rules, base, *shapes, width="100%", height=200, role="img", aria_label=self.title)

    def keys(self) -> list[tuple[Line, SafeString]]:
        """Each line with its look and its name, for the list under the drawing."""
        return [
            (
                line,
                element(
                    "svg", element("line", x1=1, x2=31, y1=7, y2=7, class_=f"line{look}"), width=32, height=14, aria_hidden="true"
                ),
            )
            for line, look in zip(self.lines, _LOOKS, strict=False)
        ]

    def rows(self) -> list[tuple[str, list[float | None]]]:
        return [(time, [line.values[at] for line in self.lines]) for at, time in enumerate(self.times)]


@dataclass(frozen=True, slots=True)
class Small:
    """One small drawing of many."""

    label: str
    values: Values
    href: str = ""

    @property
    def last(self) -> float | None:
        return next((value for value in reversed(self.values) if value is not None), None)


@dataclass(frozen=True, kw_only=True)
class SmallMultiples(Picture):
    """The same line for many places, on one scale, so that they can be compared (*biểu đồ nhỏ lặp lại*)."""

    cells: Sequence[Small]
    times: Sequence[str]
    unit: str = ""

    def drawn(self) -> list[tuple[Small, SafeString]]:
        top = nice_top(max((value for cell in self.cells for value in cell.values if value is not None), default=0.0))
        base = element("line", x1="0", x2="100%", y1="100%", y2="100%", class_="base-line")
        return [
            (
                cell,
                element(
                    "svg",
                    base,
                    *path_of(cell.values, top, "", dots=False),
                    width="100%",
                    height=48,
                    aria_hidden="true",
                    focusable="false",
                ),
            )
            for cell in self.cells
        ]


def path_of(values: Values, top: float, look: str, *, dots: bool) -> list[SafeString]:
    """Pieces between neighbours that are both known, the last known point, and with `dots` every point."""
    last = max(len(values) - 1, 1)
    points = [None if value is None else (percent(at, last), percent(top - value, top)) for at, value in enumerate(values)]
    pieces = [
        element("line", x1=one[0], y1=one[1], x2=other[0], y2=other[1], class_=f"line{look}")
        for one, other in pairwise(points)
        if one and other
    ]
    known = [point for point in points if point]
    return pieces + [element("circle", cx=x, cy=y, r=4, class_=f"dot{look}") for x, y in (known if dots else known[-1:])]
