"""One stretch of numbers as a table: the portable form of a snapshot, from which its arrays are made and the next one goes on.

No registered name as it was written, no address: keys, the canonical form, the packed date, the commune, the old numbers.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from dancu.reconcile.engine.arrow import text_column
from dancu.reconcile.engine.build import Persons, gather_names, rows_of
from dancu.reconcile.engine.name_keys import NameKey
from dancu.reconcile.engine.parsing import DATE_NONE, YEAR_MAX, YEAR_MIN
from dancu.reconcile.engine.snapshot import SEQUENCES, WORDS

ROWS_A_PART = 500_000
ROWS_A_GROUP = 125_000
# Signed throughout: not every engine that reads Parquet has unsigned numbers. Bits are as in a row of the arrays.
SCHEMA = pa.schema(
    [
        ("number", pa.int64()),
        ("successor", pa.int64()),  # 0 for none
        ("old_numbers", pa.list_(pa.int32())),  # nine digits, each once, rising
        ("name_key", pa.int64()),
        ("letters_key", pa.int32()),
        ("loose_key", pa.int32()),
        ("words_key", pa.int32()),
        ("ends_key", pa.int32()),
        ("date", pa.int32()),  # year << 9 | month << 5 | day
        ("commune", pa.int32()),
        ("marks", pa.int16()),  # bits 20 to 23 of a row's first word: dead, replaced, cancelled
        ("tones", pa.int16()),  # bits 24 to 31: which letters bear the tones
        ("name", pa.string()),  # canonical
    ]
)
_OLD_BITS, _OLD_MASK = 30, (1 << 30) - 1
_MARKS_SHIFT, _TONES_SHIFT, _FOUR_BITS = 20, 24, 15
_WORD_OF = {"letters_key": 3, "loose_key": 4, "words_key": 5, "ends_key": 6, "date": 7}


def part_of(people: pl.DataFrame, pairs: pl.DataFrame, key: NameKey) -> pa.Table:
    """Persons in the order of their numbers, as `Runs.between` gives them."""
    numbers = people["number"].to_numpy()
    nothing = np.zeros(0, np.uint32)
    names = text_column(people["name"].to_arrow().cast(pa.large_string()))
    no_dates = np.zeros(1, np.uint8), np.zeros(len(numbers) + 1, np.int64)
    marks, communes = people["marks"].to_numpy(), people["commune"].to_numpy()
    made = rows_of(Persons(numbers, *names, *no_dates, marks, communes, nothing, nothing.astype(np.int64)), key)
    made.rows[:, 7] = _dates(people["date"].to_numpy())
    offsets = np.concatenate([[0], np.cumsum(made.lengths, dtype=np.int64)])
    in_order = np.array_equal(made.starts, offsets[:-1])  # names that were read the slow way stand at the end
    blob = made.names if in_order else _gathered(made.names, made.starts, made.lengths, int(offsets[-1]))
    first = made.rows[:, 0]
    return pa.table(
        [
            pa.array(numbers),
            pa.array(_successors(numbers, pairs)),
            _old_numbers(numbers, people["old_number"].to_numpy(), pairs),
            pa.array(np.ascontiguousarray(made.rows[:, 1:3]).view(np.int64).ravel()),
            *(_signed(made.rows[:, _WORD_OF[name]]) for name in _WORD_OF),
            _signed(communes),
            pa.array(((first >> _MARKS_SHIFT) & _FOUR_BITS).astype(np.int16)),
            pa.array((first >> _TONES_SHIFT).astype(np.int16)),
            pa.StringArray.from_buffers(len(numbers), pa.py_buffer(offsets.astype(np.int32)), pa.py_buffer(blob)),
        ],
        schema=SCHEMA,
    )


def rows_from(part: pa.Table) -> NDArray[np.uint32]:
    """The rows of the arrays."""
    rows = np.empty((part.num_rows, WORDS), np.uint32)
    numbers = part.column("number").to_numpy()
    rows[:, 0] = (numbers % SEQUENCES).astype(np.uint32)
    for name, shift in (("marks", _MARKS_SHIFT), ("tones", _TONES_SHIFT)):
        rows[:, 0] |= part.column(name).to_numpy().astype(np.uint32) << np.uint32(shift)
    rows[:, 1:3] = part.column("name_key").to_numpy().view(np.uint32).reshape(-1, 2)
    for name, word in _WORD_OF.items():
        rows[:, word] = part.column(name).to_numpy().view(np.uint32)
    return rows


def write_part(part: pa.Table, file: Path) -> None:
    pq.write_table(
        part, file, compression="zstd", compression_level=1, row_group_size=ROWS_A_GROUP, use_dictionary=["commune", "successor"],
        write_statistics=["number"],
    )  # fmt: skip


def read_part(file: Path) -> pa.Table:
    return pq.read_table(file, schema=SCHEMA, memory_map=True)


def merged(before: pa.Table, read_again: NDArray[np.int64], brought: pa.Table) -> pa.Table:
    """A part as it was, without whoever was read again, with those of them there still are. `read_again` is sorted."""
    numbers = before.column("number").to_numpy()
    place = np.minimum(np.searchsorted(read_again, numbers), max(len(read_again) - 1, 0))
    stays = read_again[place] != numbers if len(read_again) else np.ones(len(numbers), np.bool_)
    both = pa.concat_tables([before.filter(pa.array(stays)), brought])
    return both.take(pa.array(np.argsort(both.column("number").to_numpy(), kind="stable")))


def _dates(packed: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """As the engine reads dates: a year out of all bounds is none."""
    years = packed >> np.uint32(9)
    return np.where((years >= YEAR_MIN) & (years <= YEAR_MAX), packed, np.uint32(DATE_NONE))


def _signed(values: NDArray[np.uint32]) -> pa.Array:
    return pa.array(np.ascontiguousarray(values).view(np.int32))


def _successors(numbers: NDArray[np.int64], pairs: pl.DataFrame) -> NDArray[np.int64]:
    leads = pairs.filter(~pl.col("is_card"))
    found = np.zeros(len(numbers), np.int64)
    at, is_here = _places(numbers, leads["number"].to_numpy())
    found[at[is_here]] = leads["value"].to_numpy()[is_here]
    return found


def _old_numbers(numbers: NDArray[np.int64], own: NDArray[np.uint32], pairs: pl.DataFrame) -> pa.Array:
    """Of the old card as the row has it, and of every card in the list of cards; a cancelled or replaced row has them too."""
    cards = pairs.filter(pl.col("is_card"))
    at, is_here = _places(numbers, cards["number"].to_numpy())
    has_own = np.flatnonzero(own)
    both = has_own << _OLD_BITS | own[has_own]
    if is_here.any():
        on_cards = at[is_here] << _OLD_BITS | cards["value"].to_numpy()[is_here]
        both = distinct(np.concatenate([both, on_cards[on_cards & _OLD_MASK > 0]]))
    counts = np.bincount(both >> _OLD_BITS, minlength=len(numbers))
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), pa.array((both & _OLD_MASK).astype(np.int32)))


def distinct(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """Sorted, each once: of whole numbers several times as fast as numpy's `unique`."""
    ordered = np.sort(values)
    is_first = np.ones(len(ordered), np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=is_first[1:])
    return ordered[is_first]


def _places(numbers: NDArray[np.int64], asked: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Where each is among sorted numbers, and whether it is; whoever was left out is not."""
    if not len(numbers):
        return np.zeros(len(asked), np.int64), np.zeros(len(asked), np.bool_)
    at = np.minimum(np.searchsorted(numbers, asked), len(numbers) - 1)
    return at, numbers[at] == asked


def _gathered(blob: NDArray[np.uint8], starts: NDArray[np.int64], lengths: NDArray[np.uint16], size: int) -> NDArray[np.uint8]:
    out = np.empty(size, np.uint8)
    gather_names(blob, starts, lengths, np.arange(len(lengths)), out, 0)
    return out
