"""A small registry and records to look for in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dancu.reconcile.candidates.records import Unresolved
from dancu.reconcile.engine.build import Persons, build
from dancu.reconcile.engine.exact import Batch
from dancu.reconcile.engine.snapshot import Snapshot
from tests.reconcile.engine.columns import KEY, column

COMMUNE, ELSEWHERE = 330, 9715


@dataclass(frozen=True)
class Person:
    number: str
    name: str
    born: str
    commune: int = COMMUNE
    marks: int = 0


@dataclass(frozen=True)
class Record:
    number: str = ""
    name: str = ""
    born: str = ""
    sex: int = 0
    commune: int = 0


def registry(*persons: Person, strangers: int = 400) -> Snapshot:
    """These persons among others nobody asks for."""
    everybody = [*persons, *(_stranger(at) for at in range(strangers))]
    names, dates = column([each.name for each in everybody]), column([each.born for each in everybody])
    numbers = np.array([int(each.number) for each in everybody], np.int64)
    marks, communes = ([getattr(each, name) for each in everybody] for name in ("marks", "commune"))
    nothing = (np.zeros(0, np.uint32), np.zeros(0, np.int64))
    return build(
        [Persons(numbers, *names, *dates, np.array(marks, np.uint32), np.array(communes, np.uint32), *nothing)], KEY, "thử"
    )


def _stranger(at: int) -> Person:
    syllables = ("Bình", "Chi", "Dung", "Giang", "Khuê", "Lam", "Mây", "Nhạn", "Oanh", "Sương")
    name = f"Đinh {syllables[at % 10]} {syllables[at // 10 % 10]} {syllables[at // 100 % 10]}"
    return Person(
        f"0521{60 + at % 40}{700000 + 7 * at:06d}", name, f"{1960 + at % 40}-{at % 12 + 1:02d}-{at % 28 + 1:02d}", 5000 + at
    )


def unresolved(*records: Record) -> Unresolved:
    columns = (column([getattr(each, name) for each in records]) for name in ("number", "name", "born"))
    numbers, names, dates = columns
    sexes, communes = ([getattr(each, name) for each in records] for name in ("sex", "commune"))
    return Unresolved(
        np.arange(len(records)), Batch(*numbers, *names, *dates), np.array(sexes, np.uint8), np.array(communes, np.uint32)
    )


def numbers_of(snapshot: Snapshot, rows: Sequence[int]) -> list[str]:
    return [f"{snapshot.numbers_of(np.array([row]))[0]:012d}" if row < snapshot.persons else "" for row in map(int, rows)]
