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
from dancu.reconcile.engine.name_keys import LENGTH_MAX, PLACED_MASK, NameKey, canonical_units, hash_units, write_utf8
from dancu.reconcile.engine.parsing import parse_date
from dancu.reconcile.engine.snapshot import NAMES_A_BLOCK, SEQUENCES, WORDS, Snapshot, index_numbers, index_old


@dataclass(frozen=True, slots=True)
class Persons:
    """Some persons of the registry, in any order; texts as UTF-8 bytes with their offsets (*một phần dân cư*)."""

    numbers: NDArray[np.int64]
    names: NDArray[np.uint8]
    name_offsets: NDArray[np.int64]
    dates: NDArray[np.uint8]  # yyyy, yyyy-mm or yyyy-mm-dd
    date_offsets: NDArray[np.int64]
    marks: NDArray[np.uint32]  # dead, replaced, cancelled
    communes: NDArray[np.uint32]  # code of the present commune, 0 where none is known
    old_numbers: NDArray[np.uint32]  # nine digits; somebody may have had several
    old_of: NDArray[np.int64]  # whose each is: her place in this part


@dataclass(frozen=True, slots=True)
class PartRows:
    """What a part becomes, in its own order (*phần bản chụp*): rows, and canonical names of `lengths` bytes from `starts` on."""

    rows: NDArray[np.uint32]
    names: NDArray[np.uint8]
    starts: NDArray[np.int64]
    lengths: NDArray[np.uint16]


@compiled
def _rows_of(persons, strict, mending_bare, first, second, rows, slow, canonical):  # type: ignore[no-untyped-def]
    numbers, names, name_offsets, dates, date_offsets, marks = persons
    out, scratch, keys = np.empty(LENGTH_MAX, np.uint16), np.empty(LENGTH_MAX, np.uint16), np.empty(4, np.uint32)
    blob, starts, lengths = canonical
    slow_count, written = 0, 0
    for at in range(len(numbers)):
        rows[at, 0] = np.uint32(numbers[at] % SEQUENCES) | marks[at]
        rows[at, 7] = parse_date(dates, date_offsets[at], date_offsets[at + 1], 2100)
        length, placed = canonical_units(names, name_offsets[at], name_offsets[at + 1], strict[0], strict[1], out)
        if length < 0:
            slow[slow_count] = at
            slow_count += 1
        else:
            _write_keys(rows, at, out, length, placed, first, second, mending_bare, scratch, keys)
            starts[at] = written
            written = write_utf8(out, length, blob, written)
            lengths[at] = written - starts[at]
    return slow_count, written


@compiled
def _write_keys(rows, at, out, length, placed, first, second, bare, scratch, keys):  # type: ignore[no-untyped-def]
    name = hash_units(out, length, first, second)
    rows[at, 0] |= (placed & np.uint32(PLACED_MASK)) << np.uint32(24)
    rows[at, 1] = np.uint32(name & np.uint64(0xFFFFFFFF))
    rows[at, 2] = np.uint32(name >> np.uint64(32))
    loose_keys(out, length, first, second, bare, scratch, keys)
    for i in range(4):
        rows[at, 3 + i] = keys[i]


@compiled
def gather_names(blob, starts, lengths, order, out, begin):  # type: ignore[no-untyped-def]
    """Copy names in a new order to `out` from `begin` on; gives where they end."""
    for at in range(len(order)):
        start = starts[order[at]]
        for i in range(lengths[order[at]]):
            out[begin] = blob[start + i]
            begin += 1
    return begin


def rows_of(persons: Persons, key: NameKey) -> PartRows:
    """The rows and canonical names of some persons, in their order."""
    strict, count = letters(), len(persons.numbers)
    bare = letters(repairing=True).bare
    rows, slow = np.zeros((count, WORDS), np.uint32), np.empty(count, np.int64)
    starts, lengths = np.zeros(count, np.int64), np.zeros(count, np.uint16)
    blob = np.empty(3 * len(persons.names) + 1, np.uint8)  # casefolding makes three letters of one at most
    first, second = np.uint64(key.first), np.uint64(key.second)
    number, written = _rows_of(
        (persons.numbers, persons.names, persons.name_offsets, persons.dates, persons.date_offsets, persons.marks),
        (strict.added, strict.composed),
        bare,
        first,
        second,
        rows,
        slow,
        (blob, starts, lengths),
    )
    scratch, keys, more = np.empty(LENGTH_MAX, np.uint16), np.empty(4, np.uint32), []
    for at in slow[:number]:
        text = persons.names[persons.name_offsets[at] : persons.name_offsets[at + 1]].tobytes().decode("utf-8", "replace")
        canonical = canonical_name(text)
        units = np.frombuffer(canonical.encode("utf-16-le"), np.uint16)[:LENGTH_MAX].copy()
        if len(units):
            _write_keys(rows, at, units, len(units), np.uint32(0), first, second, bare, scratch, keys)
        written_name = np.frombuffer(canonical.encode(), np.uint8)
        starts[at], lengths[at] = written, len(written_name)
        written += len(written_name)
        more.append(written_name)
    names = np.concatenate([blob[: written - sum(map(len, more))], *more])
    return PartRows(rows, names, starts, lengths)


def build(parts: Iterable[Persons], key: NameKey, version: str) -> Snapshot:
    """A snapshot in memory from parts in any order (*lập bản chụp dân cư*)."""
    numbers, made, communes, old_numbers, old_of, count = [], [], [], [], [], 0
    for part in parts:
        numbers.append(part.numbers)
        made.append(rows_of(part, key))
        communes.append(part.communes)
        old_numbers.append(part.old_numbers)
        old_of.append(part.old_of + count)
        count += len(part.numbers)
    all_numbers = np.concatenate(numbers)
    order = np.argsort(all_numbers, kind="stable")
    place = np.empty(count, np.uint32)
    place[order] = np.arange(count, dtype=np.uint32)
    names, lengths = _names_in_order(made, order)
    old, old_rows, old_buckets = index_old(np.concatenate(old_numbers), place[np.concatenate(old_of)])
    return Snapshot(
        np.concatenate([each.rows for each in made])[order],
        *index_numbers(all_numbers[order]),
        old,
        old_rows,
        old_buckets,
        np.concatenate(communes)[order],
        names,
        lengths,
        blocks_of(lengths),
        version,
    )


def _names_in_order(made: list[PartRows], order: NDArray[np.int64]) -> tuple[NDArray[np.uint8], NDArray[np.uint16]]:
    begins = np.cumsum([0, *(len(each.names) for each in made)])
    starts = np.concatenate([each.starts + begin for each, begin in zip(made, begins, strict=False)])
    lengths = np.concatenate([each.lengths for each in made])
    blob = np.concatenate([each.names for each in made])
    out = np.empty(len(blob), np.uint8)
    gather_names(blob, starts, lengths, order, out, 0)
    return out, lengths[order]


def blocks_of(lengths: NDArray[np.uint16]) -> NDArray[np.int64]:
    """Where each block of names begins, from their lengths."""
    ends = np.cumsum(lengths, dtype=np.int64)
    return np.concatenate([np.zeros(1, np.int64), ends[NAMES_A_BLOCK - 1 :: NAMES_A_BLOCK]])
