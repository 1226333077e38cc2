"""The registry passes by once: every row's keys are tried, and each record keeps the few rows that agree with it best.

A kept row is one number of sixty-four bits: how well it agrees, then its place (the earlier row is the better of two equal ones),
then the level of its name. So the best few are the same however the rows are shared out among threads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from itertools import count
from threading import Event

import numpy as np
from numpy.typing import NDArray

from dancu.reconcile.candidates.blocks import KINDS, NOBODY, Blocks, keys_of_row
from dancu.reconcile.candidates.levels import levels_of
from dancu.reconcile.candidates.mapped import let_go
from dancu.reconcile.candidates.records import COMMON_HIGH, COMMON_LOW
from dancu.reconcile.candidates.weights import Tables
from dancu.reconcile.compiling import compiled
from dancu.reconcile.engine.intrinsics import prefetch
from dancu.reconcile.engine.parsing import DATE_MASK
from dancu.reconcile.engine.snapshot import MARK_CANCELLED, MARK_REPLACED, SEQUENCE_MASK, Snapshot

KEPT = 8  # rows a record keeps: one line of memory
ROWS_A_PIECE = 2_000_000
TELL_SECONDS = 0.5
BLOCK = 128
LEVEL_BITS = 16
SCORE_SHIFT, SCORE_OFFSET = 48, 1 << 15
ROW_MASK = 0xFFFFFFFF
_HITS_MAX = BLOCK * KINDS
_PAIRS_MAX = 8192
_COMMON_OFFSET = 1 << 14


@compiled
def more_of_common(line, level):  # type: ignore[no-untyped-def]
    """What the name's own frequency adds to the weight of its level."""
    if level == 1 or level == 2:
        return np.int64(line[COMMON_LOW] & np.uint32(0xFFFF)) - _COMMON_OFFSET
    if level == 3 or level == 4:
        return np.int64(line[COMMON_LOW] >> np.uint32(16)) - _COMMON_OFFSET
    if level == 5:
        return np.int64(line[COMMON_HIGH] & np.uint32(0xFFFF)) - _COMMON_OFFSET
    if level == 7 or level == 9 or level == 31:
        return np.int64(line[COMMON_HIGH] >> np.uint32(16)) - _COMMON_OFFSET
    return np.int64(0)


@compiled
def score_of(line, levels, tables):  # type: ignore[no-untyped-def]
    """Weights of all levels together."""
    by_name, by_date, by_sequence, by_place, by_sex = tables
    score = np.int64(by_name[levels[0]]) + more_of_common(line, levels[0])
    return score + by_date[levels[1]] + by_sequence[levels[2]] + by_place[levels[3]] + by_sex[levels[4]]


@compiled
def packed(score, row, level):  # type: ignore[no-untyped-def]
    """One number for a kept row: the larger the better."""
    kept = min(max(score + SCORE_OFFSET, 1), 2 * SCORE_OFFSET - 1)
    return (
        (np.uint64(kept) << np.uint64(SCORE_SHIFT))
        | (np.uint64(np.uint32(ROW_MASK) - np.uint32(row)) << np.uint64(LEVEL_BITS))
        | np.uint64(level)
    )


@compiled
def row_of(kept):  # type: ignore[no-untyped-def]
    """The row of a kept number."""
    return np.int64(np.uint64(ROW_MASK) - ((kept >> np.uint64(LEVEL_BITS)) & np.uint64(ROW_MASK)))


@compiled
def score_in(kept):  # type: ignore[no-untyped-def]
    """The score of a kept number."""
    return np.int64(kept >> np.uint64(SCORE_SHIFT)) - SCORE_OFFSET


@compiled
def _keep(best, record, kept):  # type: ignore[no-untyped-def]
    """Put a row among a record's best, once."""
    weakest = 0
    for i in range(KEPT):
        if best[record, i] == kept:
            return
        if best[record, i] < best[record, weakest]:
            weakest = i
    if best[record, weakest] < kept:
        best[record, weakest] = kept


@compiled
def _stream(begin, end, registry, first_cell, lines, blocks, tables, least, best):  # type: ignore[no-untyped-def]
    rows, communes, starts = registry
    bits, heads, entries, shift = blocks
    mask = np.uint64(len(bits) * 64 - 1)
    keys, cells = np.empty(_HITS_MAX, np.uint64), np.empty(BLOCK, np.uint32)
    hits, of_hit = np.empty(_HITS_MAX, np.uint64), np.empty(_HITS_MAX, np.int64)
    pairs, cell = np.empty((_PAIRS_MAX, 2), np.int64), np.int64(first_cell)
    for start in range(begin, end, BLOCK):
        size = min(BLOCK, end - start)
        for i in range(size):
            while start + i >= np.int64(starts[cell + 1]):
                cell += 1
            cells[i], row = np.uint32(cell), rows[start + i]
            date, sequence = row[7] & np.uint32(DATE_MASK), row[0] & np.uint32(SEQUENCE_MASK)
            keys_of_row(row, date, cells[i], sequence, communes[start + i], keys, i * KINDS)
            for key in range(i * KINDS, i * KINDS + KINDS):
                prefetch(bits, np.int64((keys[key] & mask) >> np.uint64(6)))
        found = _pass_filter(size, start, rows, bits, mask, heads, shift, keys, hits, of_hit)
        _find_records(found, start, registry, cells, lines, (heads, entries, shift), (hits, of_hit, pairs), tables, least, best)


@compiled
def _pass_filter(size, start, rows, bits, mask, heads, shift, keys, hits, of_hit):  # type: ignore[no-untyped-def]
    found = 0
    for i in range(size):
        if rows[start + i, 0] & np.uint32(MARK_REPLACED | MARK_CANCELLED):
            continue  # a number no longer in force is nobody's; whoever had it has another row
        for key in range(i * KINDS, i * KINDS + KINDS):
            bit = keys[key] & mask
            if (bits[np.int64(bit >> np.uint64(6))] >> (bit & np.uint64(63))) & np.uint64(1):
                hits[found], of_hit[found] = keys[key], i
                prefetch(heads, np.int64(keys[key] >> shift))
                found += 1
    return found


@compiled
def _find_records(found, start, registry, cells, lines, table, room, tables, least, best):  # type: ignore[no-untyped-def]
    heads, entries, shift = table
    hits, of_hit, pairs = room
    for hit in range(found):
        prefetch(entries, np.int64(heads[np.int64(hits[hit] >> shift)]))
    used = 0
    for hit in range(found):
        bucket, check = np.int64(hits[hit] >> shift), np.uint32(hits[hit] & np.uint64(0xFFFFFFFF))
        for at in range(np.int64(heads[bucket]), np.int64(heads[bucket + 1])):
            if entries[at, 0] != check or entries[at, 1] == np.uint32(NOBODY):
                continue
            if used == _PAIRS_MAX:
                _weigh(pairs, used, start, registry, cells, lines, tables, least, best)
                used = 0
            pairs[used, 0], pairs[used, 1] = np.int64(entries[at, 1]), of_hit[hit]
            prefetch(lines, pairs[used, 0])
            prefetch(best, pairs[used, 0])
            used += 1
    _weigh(pairs, used, start, registry, cells, lines, tables, least, best)


@compiled
def _weigh(pairs, used, start, registry, cells, lines, tables, least, best):  # type: ignore[no-untyped-def]
    rows, communes, _starts = registry
    for at in range(used):
        record, i = pairs[at, 0], pairs[at, 1]
        levels = levels_of(lines[record], rows[start + i], cells[i], communes[start + i])
        score = score_of(lines[record], levels, tables)
        if score >= least:
            _keep(best, record, packed(score, start + i, levels[0]))


Progress = Callable[[int, int], None]


def stream(
    snapshot: Snapshot, lines: NDArray[np.uint32], blocks: Blocks, tables: Tables, least: int,
    work: tuple[int, ThreadPoolExecutor, Progress],
) -> NDArray[np.uint64]:  # fmt: skip
    """The best rows of every record, best first; 0 where there is none. `least` is what a row must reach once its name is seen."""
    threads, pool, progress = work
    starts = snapshot.cell_starts
    pieces, passed, is_stopped = count(0, ROWS_A_PIECE), [0] * threads, Event()
    weights = (tables.name, tables.date, tables.sequence, tables.place, tables.sex)
    table = (blocks.bits, blocks.heads, blocks.entries, blocks.shift)
    most = int(tables.name.max())  # what looking at a name can still add

    def one(worker: int) -> NDArray[np.uint64]:
        best = np.zeros((len(lines), KEPT), np.uint64)
        for begin in _below(pieces, snapshot.persons):
            if is_stopped.is_set():
                break
            end = min(begin + ROWS_A_PIECE, snapshot.persons)
            cell = int(np.searchsorted(starts, begin, side="right")) - 1
            registry = (snapshot.rows, snapshot.communes, starts)
            _stream(begin, end, registry, cell, lines, table, weights, least - most, best)
            let_go(snapshot.rows, begin, end)
            let_go(snapshot.communes, begin, end)
            passed[worker] += end - begin
        return best

    working = [pool.submit(one, worker) for worker in range(threads)]
    try:
        while wait(working, TELL_SECONDS).not_done:
            progress(sum(passed), snapshot.persons)  # it may raise: whoever watches wants no more
    except BaseException:
        is_stopped.set()
        raise
    merged, *others = (each.result() for each in working)
    for other in others:
        _merge(merged, other)
    _sort(merged)
    progress(snapshot.persons, snapshot.persons)
    return merged


def _below(pieces: Iterator[int], end: int) -> Iterator[int]:
    for begin in pieces:  # a counter gives every number once, whichever thread asks
        if begin >= end:
            return
        yield begin


@compiled
def _merge(best, other):  # type: ignore[no-untyped-def]
    for record in range(len(best)):
        for i in range(KEPT):
            if other[record, i] != 0:
                _keep(best, record, other[record, i])


@compiled
def _sort(best):  # type: ignore[no-untyped-def]
    """Best first."""
    for record in range(len(best)):
        for i in range(1, KEPT):
            kept, at = best[record, i], i
            while at > 0 and best[record, at - 1] < kept:
                best[record, at] = best[record, at - 1]
                at -= 1
            best[record, at] = kept
