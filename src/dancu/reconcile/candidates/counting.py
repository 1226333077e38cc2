"""How many persons of the registry share the names of the records: a name of one person says more than a name of ten thousand.

Counted for four keys of the name, on every row of a small registry and on one in several of a nation.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from dancu.reconcile.candidates.mapped import let_go
from dancu.reconcile.candidates.records import ANY, BARE, COMMON_HIGH, COMMON_LOW, ENDS, NAME_LOW
from dancu.reconcile.candidates.weights import SCALE, Weights
from dancu.reconcile.compiling import compiled
from dancu.reconcile.engine.intrinsics import prefetch
from dancu.reconcile.engine.loose_keys import WORDS_MASK
from dancu.reconcile.engine.snapshot import Snapshot

ROWS_A_PIECE = 2_000_000
NAMES_WANTED = 16_000_000  # rows that are counted at most, spread evenly
BLOCK = 256
OFFSET = 1 << 14  # how common a name is stands in a line as a number above zero
_WORDS = (NAME_LOW, BARE, ANY, ENDS)
_IN_ROW = (1, 3, 5, 6)
_NONE = np.uint32(0)


@compiled
def _slot(words, mask, word):  # type: ignore[no-untyped-def]
    at = np.int64((np.uint64(word) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(24)) & mask
    while words[at] != _NONE and words[at] != word:
        at = (at + 1) & mask
    return at


@compiled
def _enter(lines, column, clear, words, mask):  # type: ignore[no-untyped-def]
    for at in range(len(lines)):
        word = lines[at, column] & clear
        if word != _NONE:
            words[_slot(words, mask, word)] = word


@compiled
def _count(rows, begin, end, step, column, clear, words, mask, counts):  # type: ignore[no-untyped-def]
    """Count rows by one word; memory is asked for a block ahead."""
    for start in range(begin, end, BLOCK * step):
        stop = min(end, start + BLOCK * step)
        for row in range(start, stop, step):
            word = rows[row, column] & clear
            prefetch(words, np.int64((np.uint64(word) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(24)) & mask)
        for row in range(start, stop, step):
            at = _slot(words, mask, rows[row, column] & clear)
            if words[at] != _NONE:
                counts[at] += np.uint32(1)


@compiled
def _of_records(lines, column, clear, words, mask, counts, out):  # type: ignore[no-untyped-def]
    for at in range(len(lines)):
        out[at] = counts[_slot(words, mask, lines[at, column] & clear)]


def count_names(lines: NDArray[np.uint32], snapshot: Snapshot, weights: Weights, pool: ThreadPoolExecutor) -> NDArray[np.uint32]:
    """Write into the lines how common each name is; gives how many persons share the name of each record, its marks aside."""
    step = max(1, snapshot.persons // NAMES_WANTED)
    size = 64
    while size < 2 * len(lines):
        size *= 2
    mask = np.int64(size - 1)
    tables = []
    for column in _WORDS:
        words = np.zeros(size, np.uint32)
        _enter(lines, column, _clear(column), words, mask)
        tables.append((words, np.zeros(size, np.uint32)))

    for begin in range(0, snapshot.persons, step * ROWS_A_PIECE):
        end = min(begin + step * ROWS_A_PIECE, snapshot.persons)

        def one(which: int, begin: int = begin, end: int = end) -> None:
            words, counts = tables[which]
            _count(snapshot.rows, begin, end, step, _IN_ROW[which], _clear(_WORDS[which]), words, mask, counts)

        list(pool.map(one, range(len(_WORDS))))
        let_go(snapshot.rows, begin, end)
    common, shared = np.empty((len(lines), len(_WORDS)), np.uint32), np.empty(len(lines), np.uint32)
    for which, column in enumerate(_WORDS):
        _of_records(lines, column, _clear(column), *(tables[which][0], mask, tables[which][1]), shared)
        common[:, which] = shared
    _write(lines, common, step, snapshot.persons, weights)
    persons: NDArray[np.uint32] = common[:, 1] * np.uint32(step)
    return persons


def _clear(column: int) -> np.uint32:
    return np.uint32(0xFFFFFFFF & ~WORDS_MASK) if column == ENDS else np.uint32(0xFFFFFFFF)


def _write(lines: NDArray[np.uint32], common: NDArray[np.uint32], step: int, persons: int, weights: Weights) -> None:
    """How much more or less than on average equal names say, for each of the four keys."""
    average = np.log2([weights.alike[name] for name in ("name", "bare", "any_order", "ends")])
    share = np.log2((common.astype(np.float64) * step + 1) / max(persons, 1))
    more = np.clip(np.rint((average - share) * SCALE), -OFFSET, OFFSET - 1).astype(np.int64) + OFFSET
    lines[:, COMMON_LOW] = (more[:, 0] | (more[:, 1] << 16)).astype(np.uint32)
    lines[:, COMMON_HIGH] = (more[:, 2] | (more[:, 3] << 16)).astype(np.uint32)
