"""From the place a record was written with to the commune of today's list, once for each distinct place."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from dancu.kernel.areas import AreaCode
from dancu.kernel.errors import DancuError
from dancu.population.api import successors

UNKNOWN = 0
_LEVELS = 3  # province, district (none since July 2025), commune


class Communes:
    """Remembers what each place became (*xã hiện nay*); safe to share between threads, which at worst look twice."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}

    def of(self, places: pl.Series) -> NDArray[np.uint32]:
        """`places`: version and dotted code with a blank between."""
        names = places.unique()
        codes = places.cast(pl.Enum(names)).to_physical().to_numpy()
        found: NDArray[np.uint32] = np.array([self._code(each) for each in names], np.uint32)[codes]
        return found

    def _code(self, place: str) -> int:
        if place not in self._known:
            self._known[place] = _commune_today(*place.split(" ", 1))
        return self._known[place]


def _commune_today(version: str, code: str) -> int:
    """0 where the record names no commune, and where it became several: which of them is hers nobody has said."""
    parts = code.split(".")
    if len(parts) != _LEVELS or not parts[-1]:
        return UNKNOWN
    try:
        today = successors(AreaCode(version, *parts)).only
    except DancuError:  # a code no list has
        return UNKNOWN
    return int(today.commune) if today is not None and today.commune.isdigit() else UNKNOWN
