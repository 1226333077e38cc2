"""The eighteen causes of mismatches, and which reasons belong to each (*danh mục nguyên nhân sai lệch*)."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dancu.reconcile.engine.reasons import Reason


class Cause(IntEnum):
    """What lies behind a record that is not written as the registry has it (*nguyên nhân sai lệch*)."""

    DECOMPOSED = 1
    HALF_COMPOSED = 2
    LOOK_ALIKE = 3
    TONE_PLACEMENT = 4
    I_OR_Y = 5
    LEGACY_LETTERS = 6
    NO_MARKS = 7
    BLANKS_AND_CASE = 8
    ABBREVIATED = 9
    WORDS = 10
    BIRTH_DATE = 11
    OTHER_PAPER = 12
    SPREADSHEET = 13
    DIGITS = 14
    LEGALLY_CHANGED = 15
    DEAD = 16
    NUMBER_OF_ANOTHER = 17
    FORMER_UNIT = 18


# A relative's card is told as somebody else's number: whose it is cannot be seen from the list.
REASONS: dict[Cause, Reason] = {
    Cause.DECOMPOSED: Reason.DECOMPOSED,
    Cause.HALF_COMPOSED: Reason.HALF_COMPOSED,
    Cause.LOOK_ALIKE: Reason.LOOK_ALIKE,
    Cause.TONE_PLACEMENT: Reason.TONE_PLACEMENT,
    Cause.I_OR_Y: Reason.I_OR_Y,
    Cause.LEGACY_LETTERS: Reason.LEGACY_LETTERS,
    Cause.NO_MARKS: Reason.NO_MARKS,
    Cause.BLANKS_AND_CASE: Reason.LETTER_CASE | Reason.BLANKS | Reason.SIGNS,
    Cause.ABBREVIATED: Reason.ABBREVIATED,
    Cause.WORDS: Reason.WORD_ORDER | Reason.MIDDLE_NAME,
    Cause.BIRTH_DATE: (
        Reason.DATE_PRECISION | Reason.DATE_DEFAULT | Reason.DATE_SWAPPED | Reason.DATE_SHORT_YEAR | Reason.DATE_LUNAR
    ),
    Cause.OTHER_PAPER: Reason.OLD_NUMBER,
    Cause.SPREADSHEET: Reason.LOST_ZERO | Reason.SCIENTIFIC,
    Cause.DIGITS: Reason.NUMBER_WRITTEN | Reason.DIGITS_EXCHANGED | Reason.DIGIT_WRONG,
    Cause.LEGALLY_CHANGED: Reason.LEGALLY_CHANGED,
    Cause.DEAD: Reason.DEAD,
    Cause.NUMBER_OF_ANOTHER: Reason.ANOTHER_PERSON | Reason.REPLACED | Reason.CANCELLED,
    Cause.FORMER_UNIT: Reason.FORMER_UNIT,
}
# These are in no catalogue: a mistake like any other, or a field left empty.
WITHOUT_CAUSE = Reason.OTHER_MARKS | Reason.MIDDLE_OTHER | Reason.NAME_MISSING | Reason.DATE_MISSING


def has_cause(reason: NDArray[np.integer[Any]], cause: Cause) -> NDArray[np.bool_]:
    """Which records show a cause (*bản ghi có nguyên nhân này*)."""
    found: NDArray[np.bool_] = (reason & np.int64(REASONS[cause])) != 0
    return found


def count_causes(reason: NDArray[np.integer[Any]]) -> dict[int, int]:
    """How many records show each of the eighteen; one may show several (*đếm theo nguyên nhân*)."""
    return {int(cause): int(np.count_nonzero(has_cause(reason, cause))) for cause in Cause}
