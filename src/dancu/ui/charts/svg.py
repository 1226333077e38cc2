"""Drawing with strings: SVG elements whose every text and attribute is escaped, and lengths as parts of a whole.

Drawings use percentages instead of a picture's own units where they can: they fit any width and their letters stay as large
as the letters around them. No style attribute is written, the policy of the pages forbids it; classes give the colours.
"""

from __future__ import annotations

from math import floor, log10

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


def element(name: str, *inside: str, **attributes: str | int | float | None) -> SafeString:
    """An element: `class_` is class, `aria_label` is aria-label, None is left out. Text inside is escaped."""
    given = [(key.rstrip("_").replace("_", "-"), value) for key, value in attributes.items() if value is not None]
    return format_html(
        "<{}{}>{}</{}>",
        name,
        format_html_join("", ' {}="{}"', given),
        format_html_join("", "{}", ((each,) for each in inside)),
        name,
    )


def percent(part: float, whole: float) -> str:
    """`part` of `whole` as a length: "12.5%"; 0% of nothing."""
    return f"{100 * part / whole:.2f}%" if whole else "0%"


def nice_top(value: float) -> float:
    """The next of 1, 2, 2.5, 4, 5, 6, 8, 10 times a power of ten: a scale people can read half-way marks on."""
    if value <= 0:
        return 1.0
    size = 10.0 ** floor(log10(value))
    return float(next(step * size for step in (1, 2, 2.5, 4, 5, 6, 8, 10) if step * size >= value * 0.999999))


def strip(*shapes: str, height: int = 20) -> SafeString:
    """A drawing in a cell of a table whose numbers stand beside it: nothing to read aloud."""
    return element("svg", *shapes, width="100%", height=height, aria_hidden="true", focusable="false")


def span(start: float, end: float, low: float, high: float, look: str, height: int = 20) -> SafeString:
    """A bar from `start` to `end` on a scale from `low` to `high`; never thinner than can be seen."""
    left, right = sorted((start, end))
    whole = high - low
    width = max(right - left, whole * 0.004)
    left = min(left, high - width)
    return element(
        "rect", x=percent(left - low, whole), y=2, width=percent(width, whole), height=height - 4, class_=f"bar {look}".strip()
    )
