"""Records of one list that are each other's: the same record twice, one person in several records, one number with several persons.

Two passes over the parts. The first finds out which groups have more than one record, with a byte per person of the registry and
the numbers nobody has side by side; the second takes those groups into memory, some millions of records at a time.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from dancu.reconcile.compiling import compiled
from dancu.reconcile.engine.grading import Grade
from dancu.reconcile.engine.intrinsics import prefetch
from dancu.reconcile.engine.lookup import NO_ROW
from dancu.reconcile.running.describing import NAME
from dancu.reconcile.running.folder import WORK, write_array, write_file
from dancu.reconcile.running.parts import Part, about_parts, read_parts
from dancu.reconcile.running.progress import Watcher
from dancu.reconcile.running.words import Repeated

RECORDS_AT_ONCE = 12_000_000  # in memory, some hundred bytes each
BITS, OTHERS, COUNTS = "repeated.npy", "repeated-rows.npy", "repeated.json"
IS_DUPLICATE = 128  # beside the bits of `Repeated`: this record is the one to drop
_PERSON = 1 << 63  # a group of records that lead to a person; others are of a number
_NARROW = ("row", "number")
_AHEAD = 16  # records; memory answers meanwhile
_WIDE = ("list_row", "row", "number", "who", "record", "grade")
Numbers = NDArray[np.uint64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class RepeatedRecords:
    """Per record of a list (*bản ghi trùng trong danh sách*): how it repeats others, and the row of one of them."""

    bits: NDArray[np.uint8]
    others: NDArray[np.uint32]


def find_repeated(folder: Path, persons: int, one_to_one: bool, watcher: Watcher) -> None:
    """Find records that repeat others (*tìm bản ghi trùng*); what was found is kept for the results.

    `one_to_one`: a person stands in this list once, so that of several records one is hers and the others are duplicates.
    """
    abouts = about_parts(folder)
    total = sum(each.records for each in abouts)
    grouped = _Grouped(persons)
    for part in read_parts(folder, _NARROW):
        grouped.see(part)
        watcher.tell(part.about.first, 2 * total)
    grouped.settle()
    passes = max(-(-grouped.members // RECORDS_AT_ONCE), 1)
    made, counts = RepeatedRecords(np.zeros(total, np.uint8), np.zeros(total, np.uint32)), _no_counts()
    for at in range(passes):
        members = [frame for part in read_parts(folder, _WIDE) if len(frame := grouped.members_of(part, at, passes))]
        if members:
            _mark(pl.concat(members), one_to_one, made, counts)
        watcher.tell(total + total * (at + 1) // passes, 2 * total)
    (folder / WORK).mkdir(exist_ok=True)
    write_array(folder / WORK / BITS, made.bits)
    write_array(folder / WORK / OTHERS, made.others)
    write_file(folder / WORK / COUNTS, json.dumps(counts, indent=1).encode())


def is_found(folder: Path) -> bool:
    return (folder / WORK / COUNTS).is_file()


def counts_of(folder: Path) -> dict[str, int] | None:
    """The counts for the report; None where duplicates were not asked for."""
    if not is_found(folder):
        return None
    counts: dict[str, int] = json.loads((folder / WORK / COUNTS).read_text(encoding="utf-8"))
    return counts


def repeated_of(folder: Path) -> RepeatedRecords | None:
    """What was found, mapped."""
    if not is_found(folder):
        return None
    return RepeatedRecords(np.load(folder / WORK / BITS, mmap_mode="r"), np.load(folder / WORK / OTHERS, mmap_mode="r"))


def _group_of(row: NDArray[np.uint32], number: Numbers) -> Numbers:
    """Records of a person together however they found her; the others by their number. 0 for none."""
    return np.where(row != NO_ROW, row.astype(np.uint64) | np.uint64(_PERSON), number)


class _Grouped:
    """Which groups have more than one record."""

    def __init__(self, persons: int) -> None:
        self._times = np.zeros(persons, np.uint8)  # records of a person: none, one, several
        self._numbers: list[Numbers] = []  # of records nobody was found for, a part each
        self._starts, self._is_again = np.zeros(1, np.int64), np.zeros(0, np.bool_)
        self.members = 0

    def see(self, part: Part) -> None:
        row, number = part.column("row"), part.column("number")
        self.members += _see(row, self._times)
        self._numbers.append(number[row == NO_ROW])

    def settle(self) -> None:
        self._starts = np.cumsum([0, *(len(each) for each in self._numbers)])
        numbers = np.concatenate([np.empty(0, np.uint64), *self._numbers])
        self._numbers = []
        self._is_again = pl.Series(numbers).is_duplicated().to_numpy() & (numbers != 0)
        self.members += int(self._is_again.sum())

    def members_of(self, part: Part, at: int, passes: int) -> pl.DataFrame:
        """The records of a part that are not alone in their group, of one pass."""
        row, number = part.column("row"), part.column("number")
        is_member = _are_several(row, self._times)
        at_part = part.about.number
        is_member[row == NO_ROW] = self._is_again[self._starts[at_part] : self._starts[at_part + 1]]
        places = np.flatnonzero(is_member)
        group = _group_of(row[places], number[places])
        if passes > 1:
            mine = (group & np.uint64((1 << 62) - 1)) % np.uint64(passes) == at
            places, group = places[mine], group[mine]
        columns = {name: part.column(name)[places] for name in ("list_row", "number", "who", "record", "grade")}
        return pl.DataFrame({"group": group, "place": places + part.about.first, **columns})


@compiled
def _see(row, times):  # type: ignore[no-untyped-def]
    """Count records of persons; gives how many of them are not alone. A group counts its first record when its second comes."""
    members = 0
    for at in range(len(row)):
        if at + _AHEAD < len(row) and row[at + _AHEAD] != NO_ROW:
            prefetch(times, np.int64(row[at + _AHEAD]))
        if row[at] == NO_ROW:
            continue
        seen = times[row[at]]
        times[row[at]] = min(seen + 1, 2)
        members += 0 if seen == 0 else 3 - seen
    return members


@compiled
def _are_several(row, times):  # type: ignore[no-untyped-def]
    several = np.zeros(len(row), np.bool_)
    for at in range(len(row)):
        if at + _AHEAD < len(row) and row[at + _AHEAD] != NO_ROW:
            prefetch(times, np.int64(row[at + _AHEAD]))
        several[at] = row[at] != NO_ROW and times[row[at]] > 1
    return several


def _no_counts() -> dict[str, int]:
    names = ("same_record", "same_person", "persons_several_records", "persons_several_numbers", "numbers_several_persons")
    return {**dict.fromkeys(names, 0), "records_number_of_others": 0}


class _Sorted:
    """Members in the order of group, number, name, record, place; where each of these begins."""

    def __init__(self, members: pl.DataFrame) -> None:
        frame = members.sort("group", "number", "who", "record", "list_row")  # rows stand in the order of places
        self.group, self.number, self.who, self.record, self.place, self.row, self.grade = (
            frame[name].to_numpy() for name in ("group", "number", "who", "record", "place", "list_row", "grade")
        )
        self.of_group = _begins(self.group)
        self.of_number = self.of_group | _begins(self.number)
        self.of_who = self.of_number | _begins(self.who)
        self.of_record = self.of_who | _begins(self.record)
        self.is_hers = (self.who != 0) & (self.who < NAME) & ((self.group & np.uint64(_PERSON)) != 0)


def _begins(values: NDArray[Any]) -> Bools:
    begins: Bools = np.concatenate([np.ones(1, np.bool_), values[1:] != values[:-1]])
    return begins


def _mark(members: pl.DataFrame, one_to_one: bool, made: RepeatedRecords, counts: dict[str, int]) -> None:
    ordered = _Sorted(members)
    bits, others = np.zeros(len(ordered.place), np.uint8), np.zeros(len(ordered.place), np.uint32)
    # The weakest statement first: a stronger one names its own other record.
    _mark_other_persons(ordered, bits, others, counts)
    _mark_same_person(ordered, one_to_one, bits, others, counts)
    _mark_same_record(ordered, bits, others, counts)
    made.bits[ordered.place] = bits
    made.others[ordered.place] = others


def _mark_other_persons(ordered: _Sorted, bits: NDArray[np.uint8], others: NDArray[np.uint32], counts: dict[str, int]) -> None:
    starts = np.flatnonzero(ordered.of_number)
    names = np.add.reduceat((ordered.of_who & (ordered.who != 0)).astype(np.int64), starts)
    is_several = names > 1
    lengths = _lengths(starts, len(bits))
    marked = np.repeat(is_several, lengths) & (ordered.who != 0)
    first = _least(ordered.row, marked, starts)
    # Of those with another name than the first one's, the earliest.
    first_who = np.repeat(_at_least(ordered, first, starts, ordered.who), lengths)
    second = _least(ordered.row, marked & (ordered.who != first_who), starts)
    is_firsts = ordered.who == first_who
    other = np.where(is_firsts, np.repeat(second, lengths), np.repeat(first, lengths))
    bits[marked] |= np.uint8(Repeated.OTHER_PERSON)
    others[marked] = other[marked]
    counts["numbers_several_persons"] += int(is_several.sum())
    counts["records_number_of_others"] += int(marked.sum())


def _mark_same_person(
    ordered: _Sorted, one_to_one: bool, bits: NDArray[np.uint8], others: NDArray[np.uint32], counts: dict[str, int]
) -> None:
    starts = np.flatnonzero(ordered.of_group)
    lengths = _lengths(starts, len(bits))
    records = np.add.reduceat((ordered.of_record & ordered.is_hers).astype(np.int64), starts)
    is_several = records > 1
    marked = np.repeat(is_several, lengths) & ordered.is_hers & ordered.of_record
    # The record that is kept: the best grade, then the first in the list.
    rank = (ordered.grade.astype(np.int64) << 40) | ordered.row
    kept = _least(rank, marked, starts)
    next_one = _least(rank, marked & (rank != np.repeat(kept, lengths)), starts)
    is_kept = rank == np.repeat(kept, lengths)
    other = np.where(is_kept, np.repeat(next_one, lengths), np.repeat(kept, lengths)) & ((1 << 40) - 1)
    bits[marked] |= np.uint8(Repeated.SAME_PERSON)
    if one_to_one:
        bits[marked & ~is_kept] |= np.uint8(IS_DUPLICATE)
    others[marked] = other[marked]
    counts["persons_several_records"] += int(is_several.sum())
    is_under_several = is_several & (_numbers_of_hers(ordered) > 1)
    bits[marked & np.repeat(is_under_several, lengths)] |= np.uint8(Repeated.OTHER_NUMBER)
    counts["persons_several_numbers"] += int(is_under_several.sum())
    counts["same_person"] += int(marked.sum())


def _numbers_of_hers(ordered: _Sorted) -> NDArray[np.int64]:
    """Per group, under how many numbers records of the person herself stand."""
    starts = np.flatnonzero(ordered.of_number)
    has_hers = np.maximum.reduceat(ordered.is_hers, starts).astype(np.int64)
    numbers: NDArray[np.int64] = np.add.reduceat(has_hers, np.flatnonzero(ordered.of_group[starts]))
    return numbers


def _mark_same_record(ordered: _Sorted, bits: NDArray[np.uint8], others: NDArray[np.uint32], counts: dict[str, int]) -> None:
    again = ~ordered.of_record & (ordered.number != 0)
    starts = np.flatnonzero(ordered.of_record)
    first = np.repeat(ordered.row[starts], _lengths(starts, len(bits)))
    bits[again] |= np.uint8(Repeated.SAME_RECORD | IS_DUPLICATE)
    others[again] = first[again]
    counts["same_record"] += int(again.sum())


def _lengths(starts: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    return np.diff(np.append(starts, count))


_NONE = np.iinfo(np.int64).max


def _least(values: NDArray[np.int64], marked: Bools, starts: NDArray[np.int64]) -> NDArray[np.int64]:
    """The least marked value of each run."""
    least: NDArray[np.int64] = np.minimum.reduceat(np.where(marked, values, _NONE), starts)
    return least


def _at_least(ordered: _Sorted, first: NDArray[np.int64], starts: NDArray[np.int64], values: Numbers) -> Numbers:
    """What the record with the least row of each run has; 0 for a run without one."""
    lengths = _lengths(starts, len(values))
    is_it = ordered.row == np.repeat(first, lengths)
    found: Numbers = np.maximum.reduceat(np.where(is_it, values, np.uint64(0)), starts)
    return found


def duplicates_in(bits: NDArray[np.uint8]) -> Bools:
    """Records that are graded as duplicates."""
    found: Bools = (bits & np.uint8(IS_DUPLICATE)) != 0
    return found


def graded(grades: NDArray[np.uint8], bits: NDArray[np.uint8] | None) -> NDArray[np.uint8]:
    """Grades with those of duplicates put in."""
    if bits is None:
        return grades
    return np.where(duplicates_in(bits), np.uint8(Grade.DUPLICATE), grades)
