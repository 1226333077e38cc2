"""What the communes of every list of units became, from the tables that come with the program: no registry is asked."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from dancu.population.units.succession import successors
from dancu.population.units.table import COMMUNE, find_area, units
from dancu.reconcile.engine.second_look.beside import FormerUnits


@cache
def former_units() -> FormerUnits:
    """Every code a commune ever had, with the communes of now it may stand for (*mã xã cũ và xã hiện nay*).

    One of now stands for itself. A list seldom says of what year its codes are, and few codes were given out twice.
    """
    pairs = set[tuple[int, int]]()
    for version, level, code in units():
        area = find_area(version, code) if level == COMMUNE else None
        if area is not None:
            pairs |= {(int(code), int(each.area.commune)) for each in successors(area).successors if each.area.commune}
    both = np.array(sorted(pairs), np.uint32)
    return FormerUnits(both[:, 0].copy(), both[:, 1].copy())


def present_communes(codes: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """The communes of now that codes of a list stand for, 0 where nobody can tell (*quy đổi mã xã*)."""
    return former_units().present_of(codes)
