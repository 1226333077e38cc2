"""Columns of text as the engine takes them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dancu.reconcile.engine.build import Persons, build
from dancu.reconcile.engine.exact import Batch
from dancu.reconcile.engine.name_keys import NameKey
from dancu.reconcile.engine.snapshot import Snapshot

KEY = NameKey(0x0123456789ABCDEF, 0xFEDCBA9876543210)
Column = tuple[NDArray[np.uint8], NDArray[np.int64]]


def column(texts: Sequence[str]) -> Column:
    encoded = [text.encode() for text in texts]
    offsets = np.zeros(len(texts) + 1, np.int64)
    np.cumsum([len(each) for each in encoded], out=offsets[1:])
    return np.frombuffer(b"".join(encoded) + b"\0", np.uint8), offsets


def batch(*records: tuple[str, str, str]) -> Batch:
    """Records as number, name, birth date."""
    numbers, names, dates = (column([record[at] for record in records]) for at in range(3))
    return Batch(*numbers, *names, *dates)


def persons(*known: tuple[str, str, str], old: dict[str, str] | None = None, marks: dict[str, int] | None = None) -> Persons:
    """Persons as number, name, ISO birth date."""
    names, dates = column([each[1] for each in known]), column([each[2] for each in known])
    had = [(int(old[each[0]]), at) for at, each in enumerate(known) if old and each[0] in old]
    old_numbers, old_of = np.array([number for number, _ in had], np.uint32), np.array([at for _, at in had], np.int64)
    marks_of = [(marks or {}).get(each[0], 0) for each in known]
    numbers = np.array([int(each[0]) for each in known], np.int64)
    communes = np.arange(1, len(known) + 1, dtype=np.uint32)
    return Persons(numbers, *names, *dates, np.array(marks_of, np.uint32), communes, old_numbers, old_of)


def snapshot(*known: tuple[str, str, str], old: dict[str, str] | None = None, marks: dict[str, int] | None = None) -> Snapshot:
    return build([persons(*known, old=old, marks=marks)], KEY, "thử")
