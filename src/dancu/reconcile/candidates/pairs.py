"""Levels of pairs somebody chose: what the weights are fitted on, and what a test or a report looks at."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dancu.reconcile.candidates.levels import levels_of
from dancu.reconcile.candidates.names import WORDS_MAX
from dancu.reconcile.candidates.records import Ready
from dancu.reconcile.candidates.scoring import name_level
from dancu.reconcile.compiling import compiled
from dancu.reconcile.engine.letters import letters
from dancu.reconcile.engine.name_keys import LENGTH_MAX
from dancu.reconcile.engine.snapshot import Snapshot

COMPARISONS = ("name", "date", "sequence", "place", "sex")


def levels_of_pairs(records: Ready, snapshot: Snapshot, which: NDArray[np.int64], rows: NDArray[np.int64]) -> NDArray[np.uint8]:
    """For each pair of a record and a row the levels of all comparisons (*mức giống nhau của từng cặp*)."""
    made = np.zeros((len(which), len(COMPARISONS)), np.uint8)
    cells = (np.searchsorted(snapshot.cell_starts, rows, side="right") - 1).astype(np.uint32)
    registry = (snapshot.rows, snapshot.communes, snapshot.names, snapshot.name_lengths, snapshot.name_blocks)
    texts = (records.lines, records.units, records.starts, records.order)
    _levels(np.argsort(records.order)[which], rows, cells, registry, texts, letters(repairing=True).bare, made)
    return made


@compiled
def _levels(which, rows, cells, registry, texts, bare, made):  # type: ignore[no-untyped-def]
    of_rows, communes, names, lengths, blocks = registry
    lines, units, starts, order = texts
    out, mine, hers = np.empty(LENGTH_MAX, np.uint16), np.empty(LENGTH_MAX, np.uint16), np.empty(LENGTH_MAX, np.uint16)
    my_words, her_words = np.empty(WORDS_MAX + 1, np.int64), np.empty(WORDS_MAX + 1, np.int64)
    room = (out, mine, my_words, hers, her_words)
    for at in range(len(which)):
        record, row = which[at], rows[at]
        levels = levels_of(lines[record], of_rows[row], cells[at], communes[row])
        made[at, 0] = levels[0]
        if levels[0] >= 15:
            made[at, 0] = name_level(record, row, lines, (units, starts, order), (names, lengths, blocks), bare, room, True)
        made[at, 1], made[at, 2], made[at, 3], made[at, 4] = levels[1], levels[2], levels[3], levels[4]
