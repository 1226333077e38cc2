"""Looking for the persons of records no number led to: all records of a list against the whole registry, in one pass over it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from dancu.reconcile.candidates.blocks import block
from dancu.reconcile.candidates.counting import count_names
from dancu.reconcile.candidates.deciding import Candidates, Kept, Rule, decide
from dancu.reconcile.candidates.records import Unresolved, ready
from dancu.reconcile.candidates.scoring import judge, look_at_names, order_rows
from dancu.reconcile.candidates.streaming import LEVEL_BITS, ROW_MASK, stream
from dancu.reconcile.candidates.weights import SCALE, Weights, tables_of
from dancu.reconcile.engine.name_keys import NameKey
from dancu.reconcile.engine.snapshot import Snapshot

THREADS = 2
_DOUBT_BITS = 7  # a row this far below an even chance changes no answer
Progress = Callable[[int, int], None]


class Evidence(Protocol):
    """What else speaks for a row (*bằng chứng bổ sung*): names of parents, say, once the registry's snapshot has them."""

    def __call__(self, records: NDArray[np.int64], rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Bits for each pair of a record (its index) and a row; 0 where nothing is known."""


def find(
    unresolved: Unresolved, snapshot: Snapshot, key: NameKey, year_now: int, weights: Weights, *, one_to_one: bool,
    held: NDArray[np.bool_] | None = None, rule: Rule | None = None, evidence: Sequence[Evidence] = (),
    progress: Progress = lambda done, of: None, threads: int = THREADS,
) -> Candidates:  # fmt: skip
    """For every record the person it most probably speaks of (*tìm ứng viên*). Nothing is accepted: who reads it decides.

    `held` as `decide` takes it.
    """
    kept = weigh(unresolved, snapshot, key, year_now, weights, evidence=evidence, progress=progress, threads=threads)
    return decide(kept, rule or Rule(), one_to_one=one_to_one, held=held)


def weigh(
    unresolved: Unresolved, snapshot: Snapshot, key: NameKey, year_now: int, weights: Weights, *,
    evidence: Sequence[Evidence] = (), progress: Progress = lambda done, of: None, threads: int = THREADS,
) -> Kept:  # fmt: skip
    """The few best rows of every record with their weights, nothing decided: for reports and measurements."""
    tables, none_bits = tables_of(weights), none_bits_of(weights, snapshot.persons)
    least, records = round((none_bits - _DOUBT_BITS) * SCALE), ready(unresolved, key, year_now)
    with ThreadPoolExecutor(threads) as pool:
        persons = count_names(records.lines, snapshot, weights, pool)
        best = stream(snapshot, records.lines, block(records.lines, persons), tables, least, (threads, pool, progress))
        look_at_names(records, snapshot, tables, best, least, pool)
    best = best[np.argsort(records.order)]
    rows, bits = np.empty(best.shape, np.uint32), np.empty(best.shape, np.float32)
    order_rows(best, _more(best, evidence), rows, bits)
    chances = np.empty(best.shape, np.float32)
    judge(bits, none_bits, chances)
    return Kept(rows, bits, chances, none_bits)


def none_bits_of(weights: Weights, persons: int) -> float:
    """How much a row must agree to be as probable as nobody: the more persons, the more."""
    return float(np.log2(max(persons, 1) * (1 - weights.share_known) / weights.share_known))


def _more(best: NDArray[np.uint64], evidence: Sequence[Evidence]) -> NDArray[np.float32]:
    more = np.zeros(best.shape, np.float32)
    records, places = np.nonzero(best) if evidence else (np.empty(0, np.int64), np.empty(0, np.int64))
    kept = best[records, places] >> np.uint64(LEVEL_BITS)
    rows = (np.uint64(ROW_MASK) - (kept & np.uint64(ROW_MASK))).astype(np.int64)
    for each in evidence:
        more[records, places] += each(records, rows)
    return more
