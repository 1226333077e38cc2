"""Which subscribers of a compared batch may flow into the registry: compiled columns in, values out. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from dancu.reconcile.engine.grading import Grade
from dancu.reconcile.phones.domain import Brought, mobile_of
from dancu.reconcile.profiles.numbers import NO_NUMBER


def brought_from(
    grades: NDArray[np.uint8], persons: NDArray[np.int64], phones: NDArray[np.int64], verified_on: Sequence[date | None]
) -> Iterator[Brought]:
    """The subscribers of a batch that may flow into the registry (*thuê bao được chuyển vào CSDL dân cư*).

    Only what matched as it was written (`Grade.MATCH`), with a mobile number and the day on which its operator verified it:
    item 25 of the law knows no fixed line, and without its day a verification cannot be held against another.
    `phones` are those `profiles.numbers.phone_numbers` gives.
    """
    for at in map(int, np.flatnonzero((grades == Grade.MATCH) & (phones != NO_NUMBER))):
        day, phone = verified_on[at], mobile_of(f"0{phones[at]}")
        if day is not None and phone:
            yield Brought(int(persons[at]), phone, day)
