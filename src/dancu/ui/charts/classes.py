"""Sorting values into a few classes of about equal size, for maps whose colours people can tell apart."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

CLASSES_MAX = 5


@dataclass(frozen=True, slots=True)
class ValueClass:
    """A class: from the least to the greatest value in it. `shade` is 1 (lightest) to 5 (darkest)."""

    low: float
    high: float
    shade: int
    count: int


def classes_of(values: Sequence[float]) -> list[ValueClass]:
    """At most five classes with about as many values in each; equal values are always in one class."""
    distinct = sorted(set(values))
    many = min(CLASSES_MAX, len(distinct))
    cuts = [round(at * len(distinct) / many) for at in range(many + 1)] if many else []
    groups = [distinct[start:end] for start, end in pairwise(cuts)]
    shades = {1: [4], 2: [2, 4], 3: [1, 3, 5], 4: [1, 2, 4, 5], 5: [1, 2, 3, 4, 5]}.get(many, [])
    return [
        ValueClass(group[0], group[-1], shade, sum(group[0] <= value <= group[-1] for value in values))
        for group, shade in zip(groups, shades, strict=True)
    ]


def shade_of(value: float | None, classes: Sequence[ValueClass]) -> int:
    """The shade of a value; 0 where there is none."""
    if value is None or not classes:
        return 0
    return classes[min(bisect_left([each.high for each in classes], value), len(classes) - 1)].shade
