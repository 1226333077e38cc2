"""What a comparison can say of a record, as numbers the compiled loops write and everybody else reads by name.

Each can be planted, found and counted by itself; `causes` says which entry of the catalogue of mismatches it belongs to.
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
    """What differs after everything was normalised (*trường sai lệch*). Sex and address count only where a list has them."""

    NAME = 1
    BIRTH_DATE = 2
    NUMBER = 4  # one slip away from the number of somebody whose name and birth date agree
    SEX = 8
    ADDRESS = 16  # says nothing of who somebody is: no part of the grade


class Reason(IntFlag):
    """Why a record differs, or what had to be done so that it agrees (*nguyên nhân*).

    The first thirty-two are found while a record is compared, and fit where the compiled loops write; the others by a second look.
    """

    LOOK_ALIKE = 1 << 0  # Ð or a Cyrillic а in place of a letter of the name
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
    ANOTHER_PERSON = 1 << 19  # neither name nor date speaks for the person: the number is somebody else's
    SIGNS = 1 << 20  # a full stop, another apostrophe, a character nobody sees; an apostrophe left out where the name differs
    LETTER_CASE = 1 << 21  # capitals or small letters throughout
    MIDDLE_OTHER = 1 << 22  # as many words, the first and the last the same, another between them
    BLANKS = 1 << 23  # too many, or of another kind
    DECOMPOSED = 1 << 24  # letters and marks apart
    HALF_COMPOSED = 1 << 25  # the tone apart from its letter, as Windows-1258 has it
    DATE_LUNAR = 1 << 26  # about a month behind: possibly the date of the lunar calendar
    DATE_SHORT_YEAR = 1 << 27  # two digits of a year
    NAME_SLOW = 1 << 31  # not in a result: the compiled loop leaves this name to the definition
    LEGACY_LETTERS = 1 << 32  # TCVN3, VNI or UTF-8 that was shown as something else
    ABBREVIATED = 1 << 33
    DIGITS_EXCHANGED = 1 << 34  # two neighbours
    DIGIT_WRONG = 1 << 35
    LEGALLY_CHANGED = 1 << 36  # possibly: another given name, or another sex, and all else agrees
    FORMER_UNIT = 1 << 37  # the address is in units of before


# Plain numbers for the compiled loops.
LOOK_ALIKE, TONE_PLACEMENT, I_OR_Y = int(Reason.LOOK_ALIKE), int(Reason.TONE_PLACEMENT), int(Reason.I_OR_Y)
MIDDLE_OTHER = int(Reason.MIDDLE_OTHER)
NO_MARKS, OTHER_MARKS = int(Reason.NO_MARKS), int(Reason.OTHER_MARKS)
WORD_ORDER, MIDDLE_NAME, NAME_MISSING = int(Reason.WORD_ORDER), int(Reason.MIDDLE_NAME), int(Reason.NAME_MISSING)
DATE_PRECISION, DATE_SWAPPED, DATE_DEFAULT = int(Reason.DATE_PRECISION), int(Reason.DATE_SWAPPED), int(Reason.DATE_DEFAULT)
DATE_MISSING, OLD_NUMBER, LOST_ZERO = int(Reason.DATE_MISSING), int(Reason.OLD_NUMBER), int(Reason.LOST_ZERO)
NUMBER_WRITTEN, SCIENTIFIC_NUMBER = int(Reason.NUMBER_WRITTEN), int(Reason.SCIENTIFIC)
DEAD, REPLACED, CANCELLED = int(Reason.DEAD), int(Reason.REPLACED), int(Reason.CANCELLED)
DATE_LUNAR, DATE_SHORT_YEAR = int(Reason.DATE_LUNAR), int(Reason.DATE_SHORT_YEAR)
SIGNS, LETTER_CASE, BLANKS = int(Reason.SIGNS), int(Reason.LETTER_CASE), int(Reason.BLANKS)
DECOMPOSED, HALF_COMPOSED = int(Reason.DECOMPOSED), int(Reason.HALF_COMPOSED)
LEGACY_LETTERS, ABBREVIATED, LEGALLY_CHANGED = int(Reason.LEGACY_LETTERS), int(Reason.ABBREVIATED), int(Reason.LEGALLY_CHANGED)
DIGITS_EXCHANGED, DIGIT_WRONG, FORMER_UNIT = int(Reason.DIGITS_EXCHANGED), int(Reason.DIGIT_WRONG), int(Reason.FORMER_UNIT)
ANOTHER_PERSON, NAME_SLOW = int(Reason.ANOTHER_PERSON), int(Reason.NAME_SLOW)
NAME_DIFFERS, DATE_DIFFERS, NUMBER_DIFFERS = int(Differs.NAME), int(Differs.BIRTH_DATE), int(Differs.NUMBER)
SEX_DIFFERS, ADDRESS_DIFFERS = int(Differs.SEX), int(Differs.ADDRESS)
FOUND_UNUSABLE, FOUND_NOBODY, FOUND_BY_ID = int(Found.UNUSABLE), int(Found.NOBODY), int(Found.BY_ID)
FOUND_BY_OLD, FOUND_SEVERAL, FOUND_NO_NUMBER = int(Found.BY_OLD), int(Found.SEVERAL), int(Found.NO_NUMBER)
# A name or date that differs for one of these still speaks for the same person. The first of January does not: it is everybody's.
SAME_PERSON = I_OR_Y | NO_MARKS | WORD_ORDER | MIDDLE_NAME | NAME_MISSING | DATE_SWAPPED | DATE_MISSING
