"""The stage of candidates: records nobody was surely found for are given to whoever searches; what comes back is kept by place.

The search itself lives elsewhere. A result says how many may be meant and never who.

Where a person stands in the list once, somebody whom a record has for certain (it agrees, as it stands or once normalised) is no
candidate of another record: not offered, not counted. But a record that clearly speaks of her is worth knowing, as it is most
likely the same customer or member entered again under a wrong number: its owner is told which of her own rows has that person.
Both rows are hers, and nothing of the registry is said: not the number, and not whether any other field agrees.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from dancu.reconcile.engine.grading import Grade
from dancu.reconcile.engine.lookup import NO_ROW
from dancu.reconcile.engine.snapshot import Snapshot
from dancu.reconcile.running.folder import WORK, write_array
from dancu.reconcile.running.parts import about_parts, read_parts, read_unresolved, unresolved_files
from dancu.reconcile.running.progress import Watcher

CANDIDATES, HELD = "candidates.npy", "candidates-held.npy"
_HELD = np.dtype([("place", np.int64), ("row", np.int64)])  # of a record, and the row of the list that has the person for certain
_SURE = np.array((Grade.MATCH, Grade.MATCH_NORMALISED), np.uint8)
RECORDS_AT_ONCE = 4_000_000  # half a kilobyte each while they are searched; the registry passes by once for so many
MANY = 127
IS_CLEAR = 128


@dataclass(frozen=True, slots=True)
class Unresolved:
    """Records nobody was surely found for (*bản ghi chưa xác định được người*); texts as their owner wrote them."""

    places: NDArray[np.int64]  # in the list, from 0
    rows: NDArray[np.uint32]  # of the registry, where the number led to somebody who differs
    grades: NDArray[np.uint8]
    texts: pa.Table = field(repr=False)  # number, name, birth_date, sex, province, address, commune if any; it is about people
    held: NDArray[np.bool_] | None = None  # per person of the registry: another record has her for certain


class Candidates(Protocol):
    """What a search has to say of each unresolved record, in their order (*người có thể khớp*)."""

    @property
    def row(self) -> NDArray[np.integer]: ...
    @property
    def probability(self) -> NDArray[np.floating]: ...
    @property
    def how_many(self) -> NDArray[np.integer]: ...
    @property
    def is_clear(self) -> NDArray[np.bool_]: ...
    @property
    def held_row(self) -> NDArray[np.integer]: ...


FindCandidates = Callable[[Unresolved, Snapshot, bool, Callable[[int, int], None]], Candidates]
"""Given: the records, the snapshot, whether a person stands in the list once, whom to tell progress (it may raise to stop)."""


def search(folder: Path, snapshot: Snapshot, find: FindCandidates, one_to_one: bool, watcher: Watcher) -> None:
    """Search candidates for what is unresolved (*tìm người có thể khớp*), as many records at a time as memory is given for."""
    total, files = sum(each.records for each in about_parts(folder)), unresolved_files(folder)
    rounds = max(-(-sum(pq.read_metadata(file).num_rows for file in files) // RECORDS_AT_ONCE), 1)
    found, clear, again = np.zeros(total, np.uint8), _Clear(), _Again()
    held = _held(folder, snapshot.persons) if one_to_one else None
    for at, kept in enumerate(read_unresolved(files, RECORDS_AT_ONCE)):
        places = kept.column("place").to_numpy()
        asked = Unresolved(
            places,
            kept.column("row").to_numpy(),
            kept.column("grade").to_numpy(),
            kept.drop_columns(["place", "row", "grade"]),
            held,
        )

        def tell(done: int, of: int, at: int = at) -> None:
            watcher.tell(at * of + done, max(rounds, at + 1) * of)

        made = find(asked, snapshot, one_to_one, tell)
        found[places] = np.minimum(made.how_many, MANY).astype(np.uint8)
        clear.add(places, made)
        again.add(places, made)
    found[clear.places(one_to_one)] |= np.uint8(IS_CLEAR)
    (folder / WORK).mkdir(exist_ok=True)
    write_array(folder / WORK / HELD, again.rows_in(folder))
    write_array(folder / WORK / CANDIDATES, found)


def _held(folder: Path, persons: int) -> NDArray[np.bool_]:
    held = np.zeros(persons, np.bool_)
    for part in read_parts(folder, ("row", "grade")):
        held[part.column("row")[np.isin(part.column("grade"), _SURE)]] = True
    return held


class _Again:
    """Records that clearly speak of somebody another record has for certain."""

    def __init__(self) -> None:
        self._found: list[tuple[NDArray[np.int64], NDArray[np.integer]]] = []

    def add(self, places: NDArray[np.int64], made: Candidates) -> None:
        at = np.flatnonzero(made.held_row != NO_ROW)
        self._found.append((places[at], made.held_row[at]))

    def rows_in(self, folder: Path) -> NDArray[np.void]:
        """With the row of the list that has her, the best grade, then the first: the one that is kept among duplicates too."""
        nobody = (np.empty(0, np.int64), np.empty(0, np.uint32))
        places, persons = (np.concatenate(column) for column in zip(nobody, *self._found, strict=True))
        wanted, which = np.unique(persons, return_inverse=True)
        best = np.full(len(wanted), np.iinfo(np.int64).max)
        for part in read_parts(folder, ("list_row", "row", "grade")) if len(wanted) else ():
            row, grade = part.column("row"), part.column("grade")
            at = np.flatnonzero(np.isin(grade, _SURE) & np.isin(row, wanted))
            rank = (grade[at].astype(np.int64) << 40) | part.column("list_row")[at]
            np.minimum.at(best, np.searchsorted(wanted, row[at]), rank)
        made = np.empty(len(places), _HELD)
        made["place"], made["row"] = places, best[which] & ((1 << 40) - 1)
        made.sort(order="place")
        return made


class _Clear:
    """The records with one clear candidate, over all that were searched one after the other."""

    def __init__(self) -> None:
        self._found: list[tuple[NDArray[np.int64], NDArray[np.integer], NDArray[np.floating]]] = []

    def add(self, places: NDArray[np.int64], made: Candidates) -> None:
        at = np.flatnonzero(made.is_clear)
        self._found.append((places[at], made.row[at], made.probability[at]))

    def places(self, one_to_one: bool) -> NDArray[np.int64]:
        """Where a person stands in the list once, of records searched apart only the most probable, then the first, has her."""
        if not self._found:
            return np.empty(0, np.int64)
        places, rows, chances = (np.concatenate(column) for column in zip(*self._found, strict=True))
        if not one_to_one:
            return places
        order = np.lexsort((places, -chances, rows))
        ordered = rows[order]
        is_first = np.concatenate([np.ones(min(len(ordered), 1), np.bool_), ordered[1:] != ordered[:-1]])
        mine: NDArray[np.int64] = places[order[is_first]]
        return mine


def held_of(folder: Path) -> NDArray[np.void]:
    """Places of records that clearly speak of somebody another row has for certain, and that row; by place."""
    file = folder / WORK / HELD
    found: NDArray[np.void] = np.load(file, mmap_mode="r") if file.is_file() else np.empty(0, _HELD)
    return found


def candidates_of(folder: Path) -> NDArray[np.uint8] | None:
    """Per record how many may be meant, mapped; None where nobody searched."""
    file = folder / WORK / CANDIDATES
    if not file.is_file():
        return None
    found: NDArray[np.uint8] = np.load(file, mmap_mode="r")
    return found
