"""The stage of candidates: records nobody was surely found for are given to whoever searches; what comes back is kept by place.

The search itself lives elsewhere. A result says how many may be meant and never who.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dancu.reconcile.engine.snapshot import Snapshot
from dancu.reconcile.running.folder import WORK, write_array
from dancu.reconcile.running.parts import about_parts, unresolved_of
from dancu.reconcile.running.progress import Watcher

CANDIDATES = "candidates.npy"
MANY = 127
IS_CLEAR = 128


@dataclass(frozen=True, slots=True)
class Unresolved:
    """Records nobody was surely found for (*bản ghi chưa xác định được người*); texts as their owner wrote them."""

    places: NDArray[np.int64]  # in the list, from 0
    rows: NDArray[np.uint32]  # of the registry, where the number led to somebody who differs
    grades: NDArray[np.uint8]
    texts: pa.Table = field(repr=False)  # number, name, birth_date, sex, province, address, commune if any; it is about people


class Candidates(Protocol):
    """What a search has to say of each unresolved record, in their order (*người có thể khớp*)."""

    @property
    def how_many(self) -> NDArray[np.integer]: ...
    @property
    def is_clear(self) -> NDArray[np.bool_]: ...


FindCandidates = Callable[[Unresolved, Snapshot, bool, Callable[[int, int], None]], Candidates]
"""Given: the records, the snapshot, whether a person stands in the list once, whom to tell progress (it may raise to stop)."""


def search(folder: Path, snapshot: Snapshot, find: FindCandidates, one_to_one: bool, watcher: Watcher) -> None:
    """Search candidates for what is unresolved (*tìm người có thể khớp*)."""
    total = sum(each.records for each in about_parts(folder))
    kept, found = unresolved_of(folder), np.zeros(total, np.uint8)
    if kept is not None and len(kept):
        places = kept.column("place").to_numpy()
        asked = Unresolved(
            places, kept.column("row").to_numpy(), kept.column("grade").to_numpy(), kept.drop_columns(["place", "row", "grade"])
        )
        made = find(asked, snapshot, one_to_one, lambda done, of: watcher.tell(done, of))
        found[places] = np.minimum(made.how_many, MANY).astype(np.uint8)
        found[places[np.asarray(made.is_clear, np.bool_)]] |= np.uint8(IS_CLEAR)
    (folder / WORK).mkdir(exist_ok=True)
    write_array(folder / WORK / CANDIDATES, found)


def candidates_of(folder: Path) -> NDArray[np.uint8] | None:
    """Per record how many may be meant, mapped; None where nobody searched."""
    file = folder / WORK / CANDIDATES
    if not file.is_file():
        return None
    found: NDArray[np.uint8] = np.load(file, mmap_mode="r")
    return found
