"""What a comparison can say of a record, as numbers the compiled loops write and everybody else reads by name.

The causes are those of the catalogue of mismatches: each can be planted, found and counted by itself.
"""

from __future__ import annotations

from enum import IntEnum, IntFlag


class Found(IntEnum):
    """How the person of a record was found (*cách tìm thấy*)."""

    NO_NUMBER = 0
    UNUSABLE = 1  # what stands there is no number
    NOBODY = 2  # nobody has it
    BY_ID = 3
    BY_OLD = 4
    SEVERAL = 5  # an old number of several persons, to none of whom the rest of the record points


class Differs(IntFlag):
    """What differs after everything was normalised (*trường sai lệch*)."""

    NAME = 1
    BIRTH_DATE = 2


class Reason(IntFlag):
    """Why a record differs, or what had to be done so that it agrees (*nguyên nhân*)."""

    NAME_REPAIRED = 1 << 0  # look-alike letters, signs, unseen characters
    TONE_PLACEMENT = 1 << 1
    I_OR_Y = 1 << 2
    NO_MARKS = 1 << 3
    OTHER_MARKS = 1 << 4  # the same letters with other marks: another name
    WORD_ORDER = 1 << 5
    MIDDLE_NAME = 1 << 6  # a word between the first and the last is missing or too many
    NAME_MISSING = 1 << 7
    DATE_PRECISION = 1 << 8
    DATE_SWAPPED = 1 << 9
    DATE_DEFAULT = 1 << 10
    DATE_MISSING = 1 << 11
    OLD_NUMBER = 1 << 12
    LOST_ZERO = 1 << 13
    NUMBER_WRITTEN = 1 << 14  # blanks, dots, letters for digits
    SCIENTIFIC = 1 << 15  # a spreadsheet's 4.6E+10: the number is lost
    DEAD = 1 << 16
    REPLACED = 1 << 17
    CANCELLED = 1 << 18
    ANOTHER_PERSON = 1 << 19  # neither name nor date agrees: the number is somebody else's
    MIDDLE_OTHER = 1 << 22  # as many words, the first and the last the same, another between them
    NAME_SLOW = 1 << 31  # not in a result: the compiled loop leaves this name to the definition


# Plain numbers for the compiled loops.
NAME_REPAIRED, TONE_PLACEMENT, I_OR_Y = int(Reason.NAME_REPAIRED), int(Reason.TONE_PLACEMENT), int(Reason.I_OR_Y)
MIDDLE_OTHER = int(Reason.MIDDLE_OTHER)
NO_MARKS, OTHER_MARKS = int(Reason.NO_MARKS), int(Reason.OTHER_MARKS)
WORD_ORDER, MIDDLE_NAME, NAME_MISSING = int(Reason.WORD_ORDER), int(Reason.MIDDLE_NAME), int(Reason.NAME_MISSING)
DATE_PRECISION, DATE_SWAPPED, DATE_DEFAULT = int(Reason.DATE_PRECISION), int(Reason.DATE_SWAPPED), int(Reason.DATE_DEFAULT)
DATE_MISSING, OLD_NUMBER, LOST_ZERO = int(Reason.DATE_MISSING), int(Reason.OLD_NUMBER), int(Reason.LOST_ZERO)
NUMBER_WRITTEN, SCIENTIFIC_NUMBER = int(Reason.NUMBER_WRITTEN), int(Reason.SCIENTIFIC)
DEAD, REPLACED, CANCELLED = int(Reason.DEAD), int(Reason.REPLACED), int(Reason.CANCELLED)
ANOTHER_PERSON, NAME_SLOW = int(Reason.ANOTHER_PERSON), int(Reason.NAME_SLOW)
NAME_DIFFERS, DATE_DIFFERS = int(Differs.NAME), int(Differs.BIRTH_DATE)
FOUND_UNUSABLE, FOUND_NOBODY, FOUND_BY_ID = int(Found.UNUSABLE), int(Found.NOBODY), int(Found.BY_ID)
FOUND_BY_OLD, FOUND_SEVERAL, FOUND_NO_NUMBER = int(Found.BY_OLD), int(Found.SEVERAL), int(Found.NO_NUMBER)
# A name or date that differs for one of these still speaks for the same person.
SAME_PERSON = I_OR_Y | NO_MARKS | WORD_ORDER | MIDDLE_NAME | NAME_MISSING | DATE_SWAPPED | DATE_DEFAULT | DATE_MISSING
