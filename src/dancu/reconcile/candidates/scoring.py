"""The second look: for the few rows a record kept, the names themselves, and how probable each row is (compiled)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from dancu.reconcile.candidates.names import WORDS_MAX, level_of_names, split
from dancu.reconcile.candidates.records import KIND, NO_MARKS, Ready
from dancu.reconcile.candidates.streaming import KEPT, more_of_common, packed, row_of, score_in
from dancu.reconcile.candidates.weights import SCALE, Tables
from dancu.reconcile.compiling import compiled
from dancu.reconcile.engine.letters import letters
from dancu.reconcile.engine.lookup import NO_ROW
from dancu.reconcile.engine.name_keys import LENGTH_MAX, _point
from dancu.reconcile.engine.snapshot import NAMES_A_BLOCK, Snapshot

RECORDS_A_PIECE = 100_000
_UNSEEN = 15
_LEVEL_MASK = 31
_OTHER_MARKS, _BARE = 4, 3
_NO_MATTER = 12 * SCALE  # a row so far below another changes no answer, whatever its name
NOTHING = np.float32(-1e6)  # bits of no row


@compiled
def units_of_row(row, names, lengths, blocks, out):  # type: ignore[no-untyped-def]
    """Write a registered name as UTF-16 units; gives how many."""
    block = row // NAMES_A_BLOCK
    at = np.int64(blocks[block])
    for before in range(block * NAMES_A_BLOCK, row):
        at += np.int64(lengths[before])
    end, length = at + np.int64(lengths[row]), 0
    while at < end and length < LENGTH_MAX - 8:
        point, at = _point(names, at, end)
        out[length] = point
        length += 1
    return length


@compiled
def name_level(record, row, lines, texts, registry, bare, room, is_new):  # type: ignore[no-untyped-def]
    """The level of a record's and a row's names themselves; `room` keeps the record's words for its next row."""
    names, lengths, blocks = registry
    out, mine, my_words, hers, her_words = room
    if is_new:
        units, starts, order = texts
        begin, end = starts[order[record]], starts[order[record] + 1]
        my_words[WORDS_MAX] = split(units[begin:end], end - begin, bare, mine, my_words)
    length = units_of_row(row, names, lengths, blocks, out)
    count = split(out, length, bare, hers, her_words)
    seen = level_of_names(mine, my_words, my_words[WORDS_MAX], hers, her_words, count)
    return _BARE if seen == _OTHER_MARKS and lines[record, KIND] & np.uint32(NO_MARKS) else seen


@compiled
def _look(begin, end, lines, texts, registry, bare, by_name, least, most, best):  # type: ignore[no-untyped-def]
    out, mine, hers = np.empty(LENGTH_MAX, np.uint16), np.empty(LENGTH_MAX, np.uint16), np.empty(LENGTH_MAX, np.uint16)
    room = (out, mine, np.empty(WORDS_MAX + 1, np.int64), hers, np.empty(WORDS_MAX + 1, np.int64))
    for record in range(begin, end):
        is_new, worth = True, least
        for i in range(KEPT):
            if best[record, i] != 0 and np.int64(best[record, i] & np.uint64(_LEVEL_MASK)) < _UNSEEN:
                worth = max(worth, score_in(best[record, i]) - _NO_MATTER)
        for i in range(KEPT):
            kept = best[record, i]
            level = np.int64(kept & np.uint64(_LEVEL_MASK))
            if kept == 0 or level < _UNSEEN or score_in(kept) + most < worth:
                continue
            row = row_of(kept)
            seen = name_level(record, row, lines, texts, registry, bare, room, is_new)
            is_new = False
            score = score_in(kept) - by_name[level] - more_of_common(lines[record], level)
            best[record, i] = packed(score + by_name[seen] + more_of_common(lines[record], seen), row, seen)


def look_at_names(
    records: Ready, snapshot: Snapshot, tables: Tables, best: NDArray[np.uint64], least: int, pool: ThreadPoolExecutor
) -> None:
    """Put the level of the names themselves in place of what keys could not say. `least` is what a row must reach at all."""
    bare, most = letters(repairing=True).bare, int(tables.name.max())
    registry = (snapshot.names, snapshot.name_lengths, snapshot.name_blocks)
    texts = (records.units, records.starts, records.order)

    def one(begin: int) -> None:
        end = min(begin + RECORDS_A_PIECE, len(records))
        _look(begin, end, records.lines, texts, registry, bare, tables.name, least, most, best)

    list(pool.map(one, range(0, len(records), RECORDS_A_PIECE)))


@compiled
def order_rows(best, more, rows, bits):  # type: ignore[no-untyped-def]
    """The kept rows of each record, best first, and how much they agree, in bits, with whatever evidence came besides."""
    for record in range(len(best)):
        used = 0
        for i in range(KEPT):
            if best[record, i] == 0:
                continue
            row, worth = row_of(best[record, i]), np.float32(score_in(best[record, i])) / SCALE + more[record, i]
            at = used
            while at > 0 and (bits[record, at - 1] < worth or (bits[record, at - 1] == worth and rows[record, at - 1] > row)):
                bits[record, at], rows[record, at] = bits[record, at - 1], rows[record, at - 1]
                at -= 1
            bits[record, at], rows[record, at] = worth, row
            used += 1
        for i in range(used, KEPT):
            bits[record, i], rows[record, i] = NOTHING, np.uint32(NO_ROW)


@compiled
def judge(bits, none_bits, chances):  # type: ignore[no-untyped-def]
    """How probable each row of a record is, against the others and against nobody; in place of `chances`."""
    for record in range(len(bits)):
        top = max(none_bits, bits[record, 0])
        total = 2.0 ** (none_bits - top)
        for i in range(KEPT):
            total += 2.0 ** (bits[record, i] - top)
        for i in range(KEPT):
            chances[record, i] = 2.0 ** (bits[record, i] - top) / total
