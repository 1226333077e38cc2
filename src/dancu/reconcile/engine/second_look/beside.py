"""What a list may have beside number, name and birth date: the sex, and the commune of an address. Neither says who somebody is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dancu.reconcile.compiling import compiled
from dancu.reconcile.engine import reasons as r
from dancu.reconcile.engine.exact import Batch, Verdicts
from dancu.reconcile.engine.parsing import NUMBER_ID, parse_number
from dancu.reconcile.engine.snapshot import CELLS, SEQUENCES, Snapshot
from dancu.reconcile.reading.sexes import MEN, USUAL

SEX_UNKNOWN, MALE, FEMALE = 0, 1, 2
UNITS_NOW, UNITS_BEFORE, UNITS_UNKNOWN = 0, 1, 2
_SEX_PLACE = 100  # the digit behind the three of the province: even for men, odd for women


@dataclass(frozen=True, slots=True)
class FormerUnits:
    """Which communes of now each commune of before became, wholly or in part (*xã cũ và xã hiện nay*): pairs, in any order."""

    before: NDArray[np.uint32]
    now: NDArray[np.uint32]

    def listed(self, codes: NDArray[np.uint32]) -> NDArray[np.uint32]:
        """The codes that stand here as ones of before, 0 for the others: of a code nobody gave out nothing is said."""
        return np.where(np.isin(codes, self.before), codes, np.uint32(0)).astype(np.uint32)

    def present_of(self, codes: NDArray[np.uint32]) -> NDArray[np.uint32]:
        """The commune of now each code stands for, 0 where it may be several or nobody knows it (*xã hiện nay*)."""
        before, at, times = np.unique(self.before, return_index=True, return_counts=True)
        if not len(before):
            return np.zeros(len(codes), np.uint32)
        place = np.minimum(np.searchsorted(before, codes), len(before) - 1)
        is_sure = (before[place] == codes) & (times[place] == 1)
        return np.where(is_sure, self.now[at[place]], np.uint32(0)).astype(np.uint32)

    def pairs(self) -> NDArray[np.uint64]:
        return np.unique(_pairs(self.before, self.now))


@dataclass(frozen=True, slots=True)
class Beside:
    """More columns of a batch, where the list has them (*các cột khác của lô*)."""

    sexes: NDArray[np.uint8] | None = None
    communes: NDArray[np.uint32] | None = None  # codes, 0 for none
    versions: NDArray[np.uint8] | None = None  # of what list each code is; unknown without
    former: FormerUnits | None = None


def sexes_of(texts: NDArray[np.uint8], offsets: NDArray[np.int64], codes: Mapping[str, str] = USUAL) -> NDArray[np.uint8]:
    """Sexes of a column: Nam, Nữ, trai, gái, M, F in any case, and digits as `codes` has them (*giới tính*).

    Anything else is unknown: N alone may be either, and so may a digit nobody explains.
    """
    meant = np.zeros(10, np.uint8)
    for code, words in codes.items():
        meant[int(code)] = MALE if words == MEN else FEMALE
    sexes = np.zeros(len(offsets) - 1, np.uint8)
    _read_sexes(texts, offsets, meant, sexes)
    return sexes


@compiled
def _read_sexes(texts, offsets, meant, sexes):  # type: ignore[no-untyped-def]
    for at in range(len(sexes)):
        start, end = offsets[at], offsets[at + 1]
        while start < end and texts[start] <= 32:
            start += 1
        while end > start and texts[end - 1] <= 32:
            end -= 1
        if end == start:
            continue
        while end - start > 1 and texts[start] == 48:  # 01 is 1
            start += 1
        first, second = texts[start] | 32, (texts[start + 1] | 32) if end - start > 1 else np.uint8(0)
        is_marked = second >= 128 or second == 117  # a letter with marks, or a u that lost them
        if end - start == 1 and 48 <= texts[start] <= 57:
            sexes[at] = meant[texts[start] - 48]
        elif (first == 109 and second in (0, 97)) or (first == 110 and second == 97) or (first == 116 and second == 114):
            sexes[at] = MALE  # m, ma(le), na(m), tr(ai)
        elif (first == 102 and second in (0, 101)) or (first == 110 and is_marked) or (first == 103 and second in (97, 227)):
            sexes[at] = FEMALE  # f, fe(male), n(ữ), nu, g(ái), ga(i)


def communes_of(texts: NDArray[np.uint8], offsets: NDArray[np.int64]) -> NDArray[np.uint32]:
    """Codes of communes (*mã xã*): the last group of digits of `46.474.19789` or `19789`; 0 for none."""
    codes = np.zeros(len(offsets) - 1, np.uint32)
    _read_codes(texts, offsets, codes)
    return codes


@compiled
def _read_codes(texts, offsets, codes):  # type: ignore[no-untyped-def]
    for at in range(len(codes)):
        value, weight, end = 0, 1, offsets[at + 1]
        while end > offsets[at] and texts[end - 1] <= 32:
            end -= 1
        while end > offsets[at] and 48 <= texts[end - 1] <= 57 and weight < 1_000_000:
            value, weight, end = value + weight * (texts[end - 1] - 48), weight * 10, end - 1
        codes[at] = value


def compare_communes(
    listed: NDArray[np.uint32], versions: NDArray[np.uint8] | None, present: NDArray[np.uint32], former: NDArray[np.uint64]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which listed communes are not the present ones, and which are those of before that became them (*đơn vị hành chính cũ*).

    `former` are the pairs of `FormerUnits`. A code of which nobody knows the list is taken for one of now first. Nothing is said
    where either is not known.
    """
    version = np.full(len(listed), UNITS_UNKNOWN, np.uint8) if versions is None else versions
    both_known = (listed != 0) & (present != 0)
    is_present = both_known & (listed == present) & (version != UNITS_BEFORE)
    became = both_known & ~is_present & (version != UNITS_NOW) & np.isin(_pairs(listed, present), former)
    return both_known & ~is_present & ~became, became


def _pairs(before: NDArray[np.uint32], now: NDArray[np.uint32]) -> NDArray[np.uint64]:
    joined: NDArray[np.uint64] = (before.astype(np.uint64) << np.uint64(32)) | now.astype(np.uint64)
    return joined


def tell_communes(beside: Beside, snapshot: Snapshot, made: Verdicts, asked: NDArray[np.bool_]) -> None:
    """Write what the communes of the asked records say to their verdicts."""
    if beside.communes is None or beside.former is None:
        return
    at = np.flatnonzero(asked)
    versions = None if beside.versions is None else beside.versions[at]
    other, became = compare_communes(beside.communes[at], versions, snapshot.communes[made.row[at]], beside.former.pairs())
    made.differs[at[other]] |= np.uint8(r.ADDRESS_DIFFERS)
    made.reason[at[became]] |= np.int64(r.FORMER_UNIT)


def tell_sexes(beside: Beside, snapshot: Snapshot, batch: Batch, made: Verdicts, asked: NDArray[np.bool_]) -> None:
    """Write where the sex of a list is not the one in the number of the person; a number that was replaced may have been wrong."""
    if beside.sexes is not None:
        numbers = (batch.numbers, batch.number_offsets)
        _compare_sexes(beside.sexes, asked, numbers, snapshot.cell_starts, (made.row, made.differs, made.reason))


@compiled
def _compare_sexes(sexes, asked, numbers, cell_starts, made):  # type: ignore[no-untyped-def]
    row, differs, reason = made
    for at in range(len(sexes)):
        if sexes[at] == SEX_UNKNOWN or not asked[at] or reason[at] & (r.REPLACED | r.CANCELLED):
            continue
        kind, value, _mends = parse_number(numbers[0], numbers[1][at], numbers[1][at + 1])
        cell = value // SEQUENCES if kind == NUMBER_ID else _cell_of(row[at], cell_starts)
        registered = FEMALE if cell // _SEX_PLACE % 2 else MALE
        if registered != sexes[at]:
            differs[at] |= np.uint8(r.SEX_DIFFERS)
            reason[at] |= np.int64(r.LEGALLY_CHANGED)


@compiled
def _cell_of(row, cell_starts):  # type: ignore[no-untyped-def]
    """The last cell that begins at a row or before it: the one with the row in it, as empty ones end where they begin."""
    low, high = 0, CELLS
    while low < high:
        middle = (low + high + 1) >> 1
        if cell_starts[middle] <= row:
            low = middle
        else:
            high = middle - 1
    return low
