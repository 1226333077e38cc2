"""From what a comparison found to the grade an owner of a list reads: one table, from the strongest statement to the weakest."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from dancu.reconcile.engine.exact import Verdicts
from dancu.reconcile.engine.reasons import Differs, Found, Reason


class Grade(IntEnum):
    """What a record is worth after the comparison (*mức kết quả*)."""

    MATCH = 1
    MATCH_NORMALISED = 2  # equal once spelling, writing or precision is set aside; the reason says which
    NEAR = 3  # probably this person: somebody has to look
    DIFFERS = 4
    NOT_FOUND = 5
    DEAD = 6
    DUPLICATE = 7  # the list has this record, or this person, more than once

    @property
    def code(self) -> str:
        """The code results are written with."""
        return _CODES[self]


_CODES = {
    Grade.MATCH: "KHOP",
    Grade.MATCH_NORMALISED: "KHOP_SAU_CHUAN_HOA",
    Grade.NEAR: "GAN_KHOP",
    Grade.DIFFERS: "KHONG_KHOP",
    Grade.NOT_FOUND: "KHONG_TIM_THAY",
    Grade.DEAD: "DA_CHET",
    Grade.DUPLICATE: "TRUNG",
}
# Differences one look settles: the same person wrote herself otherwise, or a field says less than the registry.
NEAR_NAME = (
    Reason.I_OR_Y | Reason.NO_MARKS | Reason.WORD_ORDER | Reason.MIDDLE_NAME | Reason.NAME_MISSING
    | Reason.SIGNS | Reason.LEGACY_LETTERS | Reason.ABBREVIATED | Reason.LEGALLY_CHANGED
)  # fmt: skip
NEAR_DATE = Reason.DATE_SWAPPED | Reason.DATE_DEFAULT | Reason.DATE_MISSING | Reason.DATE_LUNAR
# The same text in other capitals, other blanks, or with its marks apart: nothing to mend, and no less a match.
SAME_TEXT = Reason.LETTER_CASE | Reason.BLANKS | Reason.DECOMPOSED | Reason.HALF_COMPOSED
_NO_PERSON = (Found.NO_NUMBER, Found.UNUSABLE, Found.NOBODY, Found.SEVERAL)


def grades_of(made: Verdicts) -> NDArray[np.uint8]:
    """A grade per record (*xếp mức kết quả*); duplicates are known only when the whole list was read."""
    reason, differs = made.reason.astype(np.int64), made.differs & np.uint8(~np.uint8(Differs.ADDRESS))
    grades = np.full(len(reason), Grade.DIFFERS, np.uint8)
    grades[_explained(differs, reason)] = Grade.NEAR
    grades[differs == 0] = Grade.MATCH_NORMALISED
    grades[(differs == 0) & ((reason & ~(SAME_TEXT | Reason.FORMER_UNIT)) == 0)] = Grade.MATCH
    grades[(reason & Reason.ANOTHER_PERSON) != 0] = Grade.DIFFERS
    is_hers = grades != Grade.DIFFERS  # of somebody else nothing is said, not even that she is dead
    grades[is_hers & ((reason & Reason.DEAD) != 0)] = Grade.DEAD
    grades[np.isin(made.found, np.array(_NO_PERSON, np.uint8))] = Grade.NOT_FOUND
    return grades


def _explained(differs: NDArray[np.uint8], reason: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Records that differ in one field, for a reason that speaks for the same person."""
    explained: NDArray[np.bool_] = (differs == Differs.NAME) & ((reason & NEAR_NAME) != 0)
    explained |= (differs == Differs.BIRTH_DATE) & ((reason & NEAR_DATE) != 0)
    explained |= (differs == Differs.NUMBER) | (differs == Differs.SEX)
    return explained
