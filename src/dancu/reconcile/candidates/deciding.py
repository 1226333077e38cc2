"""From probabilities to what may be said of a record: one clear candidate, several persons, or nobody. Nothing is accepted here."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from dancu.reconcile.engine.lookup import NO_ROW

PLAUSIBLE = 0.01  # a row less probable than this is not counted


class Note(IntEnum):
    """What a record's owner may be told (*ghi chú ứng viên*); never who."""

    NONE = 0
    SEVERAL = 1  # persons fit, none of them clearly
    CLEAR = 2  # one person fits, and no other nearly as well


@dataclass(frozen=True, slots=True)
class Rule:
    """When a candidate is clear (*ngưỡng chọn ứng viên*): probable enough, and so many bits before the next and before nobody."""

    probability_min: float = 0.8
    margin_min_bits: float = 2.0


@dataclass(frozen=True, slots=True)
class Kept:
    """The few best rows of each record, best first (*các dòng được giữ lại*): weights in bits, and how probable each is."""

    rows: NDArray[np.uint32]
    bits: NDArray[np.float32]
    chances: NDArray[np.float32]
    none_bits: float  # what nobody weighs


@dataclass(frozen=True, slots=True)
class Candidates:
    """For each record the best row, and how sure it is (*ứng viên*); `NO_ROW` where nobody is plausible. In the records' order."""

    row: NDArray[np.uint32]
    probability: NDArray[np.float32]
    margin: NDArray[np.float32]  # bits before the second best row or nobody
    how_many: NDArray[np.uint8]  # rows are plausible
    is_clear: NDArray[np.bool_]
    held_row: NDArray[np.uint32]  # who it clearly is, though another record of the list has her for certain; else `NO_ROW`


def decide(kept: Kept, rule: Rule, *, one_to_one: bool, held: NDArray[np.bool_] | None = None) -> Candidates:
    """Choose each record's row. With `one_to_one` nobody is the candidate of two records: the more probable has her.

    `held` says of each row of the registry whether another record of such a list has her for certain. She is offered to nobody
    and not counted; but who is clearly meant stays known, as a record that says the same of her is a duplicate to look into. She
    also keeps her weight beside the others: another person is not the clearer for it.
    """
    is_held = _are_held(kept.rows, held) if one_to_one and held is not None else np.zeros(kept.rows.shape, np.bool_)
    rows, chances, none_bits = kept.rows, np.where(is_held, np.float32(0), kept.chances), np.float32(kept.none_bits)
    place = _one_to_one(rows, chances) if one_to_one else np.zeros(len(rows), np.int64)
    at = np.maximum(place, 0)[:, None]
    row = np.take_along_axis(rows, at, 1)[:, 0]
    chance, mine = np.take_along_axis(chances, at, 1)[:, 0], np.take_along_axis(kept.bits, at, 1)[:, 0]
    others = kept.bits.copy()
    np.put_along_axis(others, at, none_bits, 1)
    margin = mine - np.maximum(others.max(axis=1), none_bits)
    is_somebody = (place >= 0) & (row != NO_ROW) & (chance >= PLAUSIBLE)
    return Candidates(
        np.where(is_somebody, row, np.uint32(NO_ROW)).astype(np.uint32),
        np.where(is_somebody, chance, 0).astype(np.float32),
        np.where(is_somebody, margin, 0).astype(np.float32),
        (chances >= PLAUSIBLE).sum(axis=1).astype(np.uint8),
        is_somebody & (chance >= rule.probability_min) & (margin >= rule.margin_min_bits),
        _clearly_held(kept, is_held, rule),
    )


def _are_held(rows: NDArray[np.uint32], held: NDArray[np.bool_]) -> NDArray[np.bool_]:
    is_row = rows != NO_ROW
    found = np.zeros(rows.shape, np.bool_)
    found[is_row] = held[rows[is_row]]
    return found


def _clearly_held(kept: Kept, is_held: NDArray[np.bool_], rule: Rule) -> NDArray[np.uint32]:
    """The best row of each record where it is held and would be clear; the best stand first."""
    margin = kept.bits[:, 0] - np.maximum(kept.bits[:, 1:].max(axis=1), np.float32(kept.none_bits))
    is_clear = is_held[:, 0] & (kept.chances[:, 0] >= rule.probability_min) & (margin >= rule.margin_min_bits)
    return np.where(is_clear, kept.rows[:, 0], np.uint32(NO_ROW)).astype(np.uint32)


def _one_to_one(rows: NDArray[np.uint32], chances: NDArray[np.float32]) -> NDArray[np.int64]:
    """Which of its rows each record gets, -1 for none: all pairs from the most probable on, each record and row once (greedy)."""
    records, places = np.nonzero(chances >= PLAUSIBLE)
    wanted = rows[records, places]
    is_plausible = chances >= PLAUSIBLE
    chosen = np.where(is_plausible.any(axis=1), is_plausible.argmax(axis=1), -1)
    ordered = np.sort(wanted)
    contested = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    disputing = np.zeros(len(rows), np.bool_)
    disputing[records[np.isin(wanted, contested)]] = True
    chosen[disputing] = -1
    of_them = disputing[records]
    records, places, wanted = records[of_them], places[of_them], wanted[of_them]
    order = np.lexsort((places, records, -chances[records, places]))
    records, places, wanted = records[order], places[order], wanted[order]
    while len(records):
        # Whoever is first for a row, and has it as the first of her own, gets it: as if one went down the list pair by pair.
        taken = _firsts(wanted) & _firsts(records)
        chosen[records[taken]] = places[taken]
        free = (chosen[records] < 0) & ~np.isin(wanted, wanted[taken])
        records, places, wanted = records[free], places[free], wanted[free]
    return chosen


def _firsts(values: NDArray[np.integer]) -> NDArray[np.bool_]:
    _, at = np.unique(values, return_index=True)
    found = np.zeros(len(values), np.bool_)
    found[at] = True
    return found


def note_of(found: Candidates) -> NDArray[np.uint8]:
    """What may be said of each record (*ghi chú ứng viên*), as numbers of `Note`."""
    notes = np.full(len(found.row), Note.NONE, np.uint8)
    notes[found.how_many > 0] = Note.SEVERAL
    notes[found.is_clear] = Note.CLEAR
    return notes
