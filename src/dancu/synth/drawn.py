"""Everything of a part, drawn and not yet laid out as tables."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from dancu.synth.addresses import Away, Registered
from dancu.synth.families import Families
from dancu.synth.homes import Homes, Stays
from dancu.synth.people import People


@dataclass(slots=True)
class Drawn:
    """What the tables are made of (*dữ liệu của một phần, trước khi thành bảng*)."""

    people: People
    families: Families
    homes: Homes
    stays: Stays
    communes: np.ndarray
    details: pl.Series
    names: pl.Series
    family: np.ndarray
    numbers: np.ndarray
    old: np.ndarray
    registered: Registered
    temporary: Away
    absence: Away
    household_base: int  # added to the place of a household: no two parts share a number
