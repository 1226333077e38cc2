"""From the registry to a snapshot: every name becomes its keys, every person one row, sorted by number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dancu.kernel.names import canonical_name
from dancu.reconcile.compiling import compiled
from dancu.reconcile.engine.letters import letters
from dancu.reconcile.engine.loose_keys import loose_keys
from dancu.reconcile.engine.name_keys import LENGTH_MAX, NameKey, canonical_units, hash_units
from dancu.reconcile.engine.parsing import parse_date
from dancu.reconcile.engine.snapshot import SEQUENCES, WORDS, Snapshot, index_cells, index_old


@dataclass(frozen=True, slots=True)
class Persons:
    """Some persons of the registry, in any order; texts as UTF-8 bytes with their offsets (*một phần dân cư*)."""

    numbers: NDArray[np.int64]
    names: NDArray[np.uint8]
    name_offsets: NDArray[np.int64]
    dates: NDArray[np.uint8]  # yyyy, yyyy-mm or yyyy-mm-dd
    date_offsets: NDArray[np.int64]
    old: NDArray[np.uint32]  # nine digits, 0 for none
    marks: NDArray[np.uint32]  # dead, replaced, cancelled


@compiled
def _rows_of(persons, strict, mending_bare, first, second, rows, slow):  # type: ignore[no-untyped-def]
    numbers, names, name_offsets, dates, date_offsets, marks = persons
    out, scratch, keys = np.empty(LENGTH_MAX, np.uint16), np.empty(LENGTH_MAX, np.uint16), np.empty(4, np.uint32)
    slow_count = 0
    for at in range(len(numbers)):
        rows[at, 0] = np.uint32(numbers[at] % SEQUENCES) | marks[at]
        rows[at, 7] = parse_date(dates, date_offsets[at], date_offsets[at + 1], 2100)
        length, placed = canonical_units(
            names, name_offsets[at], name_offsets[at + 1], strict[0], strict[1], strict[2], strict[3], out
        )
        if length < 0:
            slow[slow_count] = at
            slow_count += 1
        else:
            _write_keys(rows, at, out, length, placed, first, second, mending_bare, scratch, keys)
    return slow_count


@compiled
def _write_keys(rows, at, out, length, placed, first, second, bare, scratch, keys):  # type: ignore[no-untyped-def]
    name = hash_units(out, length, first, second)
    rows[at, 0] |= placed << np.uint32(24)
    rows[at, 1] = np.uint32(name & np.uint64(0xFFFFFFFF))
    rows[at, 2] = np.uint32(name >> np.uint64(32))
    loose_keys(out, length, first, second, bare, scratch, keys)
    for i in range(4):
        rows[at, 3 + i] = keys[i]


def rows_of(persons: Persons, key: NameKey) -> NDArray[np.uint32]:
    """The rows of some persons, in their order."""
    strict, count = letters(), len(persons.numbers)
    bare = letters(repairing=True).bare
    rows, slow = np.zeros((count, WORDS), np.uint32), np.empty(count, np.int64)
    first, second = np.uint64(key.first), np.uint64(key.second)
    number = _rows_of(
        (persons.numbers, persons.names, persons.name_offsets, persons.dates, persons.date_offsets, persons.marks),
        (strict.letter, strict.tone, strict.mark, strict.composed),
        bare,
        first,
        second,
        rows,
        slow,
    )
    scratch, keys = np.empty(LENGTH_MAX, np.uint16), np.empty(4, np.uint32)
    for at in slow[:number]:
        text = persons.names[persons.name_offsets[at] : persons.name_offsets[at + 1]].tobytes().decode("utf-8", "replace")
        units = np.frombuffer(canonical_name(text).encode("utf-16-le"), np.uint16)[:LENGTH_MAX].copy()
        if len(units):
            _write_keys(rows, at, units, len(units), np.uint32(0), first, second, bare, scratch, keys)
    return rows


def build(parts: Iterable[Persons], key: NameKey, version: str) -> Snapshot:
    """A snapshot in memory from parts in any order (*lập bản chụp dân cư*)."""
    numbers, rows, old = [], [], []
    for part in parts:
        numbers.append(part.numbers)
        rows.append(rows_of(part, key))
        old.append(part.old)
    all_numbers = np.concatenate(numbers)
    order = np.argsort(all_numbers, kind="stable")
    sorted_numbers = all_numbers[order]
    sorted_rows = np.concatenate(rows)[order]
    sorted_old = np.concatenate(old)[order]
    has_old = np.flatnonzero(sorted_old).astype(np.uint32)
    old_numbers, old_rows, old_buckets = index_old(sorted_old[has_old], has_old)
    return Snapshot(sorted_rows, *index_cells(sorted_numbers), old_numbers, old_rows, old_buckets, version)
