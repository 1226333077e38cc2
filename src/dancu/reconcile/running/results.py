"""What is said of each record of a list. It follows from a few small numbers, so each different saying is put into words once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from dancu.kernel.spreadsheets import harmless
from dancu.reconcile.compiling import compiled
from dancu.reconcile.engine.grading import SAME_TEXT, Grade
from dancu.reconcile.engine.reasons import Differs, Found
from dancu.reconcile.running import words as w
from dancu.reconcile.running.comparing import OwnChecks
from dancu.reconcile.running.duplicates import RepeatedRecords, graded, repeated_of
from dancu.reconcile.running.parts import Part, read_parts
from dancu.reconcile.running.searching import IS_CLEAR, MANY, candidates_of, held_of

_READ = ("list_row", "found", "differs", "reason", "grade", "own", "reference")
WORDED = ("grade", "meaning", "differs", "reasons", "to_do", "candidates", "repeated")
Saying = tuple[int, int, int, int, int, int, int]  # grade, found, differs, reason, own flags, repeats, candidates


@dataclass(frozen=True, slots=True)
class Rows:
    """The results of a part (*kết quả của một phần*): per record which of the sayings is hers, and what is her own."""

    first: int
    list_row: NDArray[np.int64]
    reference: pa.Array
    sayings: list[Saying]
    saying: NDArray[np.int32]  # per record
    repeated_row: NDArray[np.uint32]

    def of(self, at: int) -> NDArray[np.int64]:
        """One number of each record's saying."""
        return np.array([each[at] for each in self.sayings], np.int64)[self.saying]

    def references(self) -> pl.Series:
        return harmless_references(self.reference)


def harmless_references(reference: pa.Array) -> pl.Series:
    """The owner's own keys, harmless to a spreadsheet: only texts with such a beginning are looked at one by one."""
    texts = pl.Series(pl.from_arrow(reference))
    at = texts.str.contains(r"^[^\p{L}\p{N} ]").arg_true()
    return texts.scatter(at, [harmless(text) for text in texts.gather(at)]) if len(at) else texts


def rows_of(folder: Path) -> Iterator[Rows]:
    """The results, a part at a time."""
    repeated, candidates, held = repeated_of(folder), candidates_of(folder), held_of(folder)
    for part in read_parts(folder, _READ):
        yield _rows(part, _repeats(part, repeated, held), candidates)


def _repeats(part: Part, repeated: RepeatedRecords | None, held: NDArray[np.void]) -> RepeatedRecords:
    """How the records of a part repeat others; the row named is that of the surest statement."""
    first, count = part.about.first, part.about.records
    here = slice(first, first + count)
    bits = repeated.bits[here] if repeated else np.zeros(count, np.uint8)
    others = repeated.others[here] if repeated else np.zeros(count, np.uint32)
    begin, end = np.searchsorted(held["place"], [first, first + count])
    if begin == end:
        return RepeatedRecords(bits, others)
    bits, others, at, rows = bits.copy(), others.copy(), held["place"][begin:end] - first, held["row"][begin:end]
    is_alone = bits[at] == 0
    others[at[is_alone]] = rows[is_alone]
    bits[at] |= np.uint8(w.Repeated.MAYBE_SAME_PERSON)
    return RepeatedRecords(bits, others)


def _rows(part: Part, repeated: RepeatedRecords, candidates: NDArray[np.uint8] | None) -> Rows:
    here, count = slice(part.about.first, part.about.first + part.about.records), part.about.records
    bits, others = repeated.bits, repeated.others
    maybe = candidates[here] if candidates is not None else np.zeros(count, np.uint8)
    grades = graded(part.column("grade"), bits)
    said = tuple(part.column(name) for name in ("found", "differs", "reason", "own"))
    saying, firsts = _told_apart(grades, *said, np.asarray(bits), np.asarray(maybe))
    columns = (grades, *said, np.asarray(bits), np.asarray(maybe))
    sayings = list(zip(*(column[firsts].tolist() for column in columns), strict=True))
    reference = part.table.column("reference").combine_chunks()
    return Rows(part.about.first, part.column("list_row"), reference, sayings, saying, np.asarray(others))


@compiled
def _told_apart(grades, found, differs, reason, own, bits, maybe):  # type: ignore[no-untyped-def]
    """Which of the different sayings is each record's, in the order they first come, and the first record of each."""
    count = len(grades)
    size = 1024
    while size < 2 * count:
        size *= 2
    slots = np.full(size, -1, np.int32)
    saying, firsts, different = np.empty(count, np.int32), np.empty(count, np.int64), 0
    for at in range(count):
        mixed = np.uint64(grades[at]) | np.uint64(found[at]) << np.uint64(8) | np.uint64(differs[at]) << np.uint64(16)
        mixed |= np.uint64(bits[at]) << np.uint64(24) | np.uint64(maybe[at]) << np.uint64(32)
        mixed = (mixed ^ np.uint64(reason[at]) * np.uint64(0x9E3779B97F4A7C15)) + np.uint64(own[at]) * np.uint64(0xC2B2AE3D27D4EB4F)
        mixed = (mixed ^ mixed >> np.uint64(32)) * np.uint64(0xBF58476D1CE4E5B9)
        slot = np.int64(mixed >> np.uint64(33)) & (size - 1)
        while slots[slot] >= 0:
            first = firsts[slots[slot]]
            if (
                grades[first] == grades[at] and found[first] == found[at] and differs[first] == differs[at]
                and reason[first] == reason[at] and own[first] == own[at] and bits[first] == bits[at] and maybe[first] == maybe[at]
            ):  # fmt: skip
                break
            slot = (slot + 1) & (size - 1)
        if slots[slot] < 0:
            slots[slot] = different
            firsts[different] = at
            different += 1
        saying[at] = slots[slot]
    return saying, firsts[:different]


class Wording:
    """Puts sayings into words, each once (*diễn giải kết quả*)."""

    def __init__(self, checks: OwnChecks | None) -> None:
        self._own = checks.words if checks else {}
        self._known: dict[Saying, tuple[str, ...]] = {}

    def of(self, saying: Saying) -> tuple[str, ...]:
        """Grade, its meaning, fields, reasons, what to do, candidates, how it repeats others (with `{row}` for which)."""
        if saying not in self._known:
            self._known[saying] = self._worded(saying)
        return self._known[saying]

    def _worded(self, saying: Saying) -> tuple[str, ...]:
        grade, found, differs, reason, own, bits, maybe = saying
        said = [w.REASONS[each] for each in w.flags_in(reason & ~SAME_TEXT, w.REASONS)]  # capitals are nothing to speak of
        if Found(found) in w.FOUND:
            said = [w.FOUND[Found(found)], *said]
        owned = [words for flag, words in self._own.items() if own & flag]
        fields = [names[0] for field, names in w.FIELDS.items() if Differs(differs) & field]
        repeats = [words.words for kind, words in w.REPEATED.items() if bits & kind]
        to_do = [each.to_do for each in said] + [advice for _words, advice in owned]
        if grade in (Grade.MATCH, Grade.MATCH_NORMALISED) or any(to_do):
            first = [w.GRADES[Grade(grade)].to_do] if grade in (Grade.DUPLICATE, Grade.DEAD) else []
        else:
            first = [w.GRADES[Grade(grade)].to_do]
        return (
            Grade(grade).code,
            w.GRADES[Grade(grade)].words,
            "; ".join(fields),
            "; ".join([each.words for each in said] + [words for words, _advice in owned]),
            " ".join(dict.fromkeys(each for each in first + to_do if each)),
            w.CANDIDATES.format(count=maybe & ~IS_CLEAR if (maybe & ~IS_CLEAR) < MANY else f"{MANY} hoặc hơn") if maybe else "",
            repeats[0] if repeats else "",
        )
