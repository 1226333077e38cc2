"""What a second look says of single records: what explains a name, whose number it is, and what stays unsaid."""

from __future__ import annotations

import random

import numpy as np
import pytest

from dancu.reconcile.engine.comparing import compare_fully
from dancu.reconcile.engine.exact import Verdicts, compare
from dancu.reconcile.engine.grading import Grade, grades_of
from dancu.reconcile.engine.reasons import Differs, Found, Reason
from dancu.reconcile.engine.second_look import beside as b
from dancu.reconcile.engine.snapshot import MARK_DEAD, MARK_REPLACED
from tests.reconcile.engine.columns import KEY, batch, column, snapshot

NUMBER, SISTER, LATE = "046093000021", "046193000035", "046050000003"
NAME, BORN = "Nguyễn Văn An", "1993-02-13"


def seen(number: str, name: str, date: str, known: tuple[str, str] = (NAME, BORN), beside: b.Beside | None = None) -> Verdicts:
    others = (SISTER, "Trần Thị Bình", "1993-05-16"), (LATE, "Đỗ Văn Cố", "1950-01-02"), ("046050000011", "Lò Cố", "1950")
    registry = snapshot((NUMBER, *known), *others, marks={LATE: MARK_DEAD}, old={NUMBER: "191000012"})
    return compare_fully(batch((number, name, date)), registry, KEY, 2026, beside)


def named(name: str, known: str = NAME, date: str = "13/02/1993") -> tuple[Differs, Reason, Grade]:
    made = seen(NUMBER, name, date, (known, BORN))
    return Differs(int(made.differs[0])), Reason(int(made.reason[0])), Grade(grades_of(made)[0])


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("Ng. V. An", NAME), ("NG.V.AN", NAME), ("Ng~ Văn An", NAME), ("Ngyễn Văn An", NAME),
        ("Tr. Văn An", "Trần Văn An"), ("P. T. Hoa", "Phạm Thị Hoa"), ("Ph. Th. Hoa", "Phạm Thị Hoa"), ("Đ. Văn An", "Đặng Văn An"),
        ("Lê T. Hoa", "Lê Thị Hoa"), ("Lê Văn Ngh.", "Lê Văn Nghĩa"),
    ],
)  # fmt: skip
def test_an_abbreviation_is_near(name: str, known: str) -> None:
    assert named(name, known) == (Differs.NAME, Reason.ABBREVIATED, Grade.NEAR)


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("Ng. V. A.", NAME),
        ("Vă Văn An", NAME),
        ("Nguyê Văn An", NAME),
        ("Tr. V. An", NAME),
        ("Ng. An", NAME),
        ("Ng. V. An B", NAME),
    ],
)
def test_what_is_short_for_another_name_or_for_all_of_it_is_no_abbreviation(name: str, known: str) -> None:
    assert Reason.ABBREVIATED not in named(name, known)[1]


@pytest.mark.parametrize("name", ["H Hen Niê", "HHen Niê", "h hen  niê"])
def test_an_apostrophe_left_out_is_near(name: str) -> None:
    assert named(name, "H'Hen Niê") == (Differs.NAME, Reason.SIGNS, Grade.NEAR)


def test_an_apostrophe_too_many_is_near_and_words_run_together_are_not() -> None:
    assert named("H'Hen Niê", "H Hen Niê")[1] == Reason.SIGNS
    assert Reason.SIGNS not in named("HHen Niê", "H Hen Niê")[1]


@pytest.mark.parametrize(
    "name", ["NguyÔn V¨n An", "NGUYÔN V¡N AN", "Nguyeãn Vaên An", "NGUYEÃN VAÊN AN", "Nguyá»…n VÄƒn An", "Nguyá»\x85n VÄ\x83n An"]
)
def test_letters_of_before_unicode_are_read_and_agree(name: str) -> None:
    assert named(name) == (Differs(0), Reason.LEGACY_LETTERS, Grade.MATCH_NORMALISED)


@pytest.mark.parametrize(
    ("name", "known"), [("§ç V¨n Toµn", "Đỗ Văn Toàn"), ("Ñoã Ñöùc Haûi", "Đỗ Đức Hải"), ("Nh­ Hßa", "Như Hòa")]
)
def test_letters_the_tables_do_not_know_are_read_too(name: str, known: str) -> None:
    assert named(name, known) == (Differs(0), Reason.LEGACY_LETTERS, Grade.MATCH_NORMALISED)


def test_one_letter_of_before_unicode_may_be_another_name_and_is_near() -> None:
    """Hãa is Hóa in TCVN3, and Hóa with one other mark."""
    assert named("Tran Van Hãa", "Tran Van Hóa") == (Differs.NAME, Reason.LEGACY_LETTERS, Grade.NEAR)


def test_letters_of_before_that_are_another_name_explain_nothing() -> None:
    assert named("NguyÔn V¨n B×nh") == (Differs.NAME, Reason(0), Grade.DIFFERS)


def test_another_given_name_may_be_a_changed_one_and_another_date_makes_it_somebody_else() -> None:
    assert named("Nguyễn Văn Bình") == (Differs.NAME, Reason.LEGALLY_CHANGED, Grade.NEAR)
    assert named("Nguyễn Văn Bình", date="14/02/1993")[1:] == (Reason.ANOTHER_PERSON, Grade.DIFFERS)
    assert named("Nguyễn Văn Bình", date="01/01/1993")[1:] == (Reason.ANOTHER_PERSON, Grade.DIFFERS)
    assert named("Nguyễn Văn Bình", date="1993")[1:] == (Reason.ANOTHER_PERSON, Grade.DIFFERS), "the year alone says little"
    assert named("Nguyễn Văn Ân", date="1993")[1] == Reason.OTHER_MARKS | Reason.DATE_PRECISION
    assert named("Nguyễn Văn Anh", date="1993")[1] == Reason.DATE_PRECISION, "a slip is no other person"


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("046093000012", Reason.DIGITS_EXCHANGED),
        ("406093000021", Reason.DIGITS_EXCHANGED),
        ("046093000029", Reason.DIGIT_WRONG),
        ("146093000021", Reason.DIGIT_WRONG),
        ("191000021", Reason.DIGITS_EXCHANGED),
        ("191000013", Reason.DIGIT_WRONG),
        ("046 093 000 012", Reason.DIGITS_EXCHANGED | Reason.NUMBER_WRITTEN),
        ("46O93000012", Reason.DIGITS_EXCHANGED | Reason.NUMBER_WRITTEN | Reason.LOST_ZERO),
    ],
)
def test_a_number_one_slip_away_from_the_same_name_and_date_is_near(number: str, reason: Reason) -> None:
    made = seen(number, NAME, "13/02/1993")

    assert (made.differs[0], made.reason[0], grades_of(made)[0]) == (Differs.NUMBER, reason, Grade.NEAR)
    assert made.found[0] in (Found.BY_ID, Found.BY_OLD)


@pytest.mark.parametrize(
    ("number", "name", "date"),
    [
        ("046093000012", NAME, "14/02/1993"),
        ("046093000012", "Nguyễn Văn Ân", "13/02/1993"),
        ("046093000112", NAME, "13/02/1993"),
        ("046093000029", NAME, "1993"),
        ("046093000012", NAME, ""),
        ("046093000012", "", "13/02/1993"),
    ],
)
def test_two_slips_or_another_name_or_date_lead_to_nobody(number: str, name: str, date: str) -> None:
    made = seen(number, name, date)

    assert (made.found[0], made.differs[0], grades_of(made)[0]) == (Found.NOBODY, 0, Grade.NOT_FOUND)


def test_a_slip_that_leads_to_two_people_leads_to_none() -> None:
    twins = snapshot(("046093000012", NAME, BORN), ("046093001002", NAME, BORN))

    made = compare_fully(batch(("046093000102", NAME, "13/02/1993")), twins, KEY, 2026)

    assert made.found[0] == Found.NOBODY


def test_of_somebody_else_not_even_her_death_is_told() -> None:
    hers, others = seen(LATE, "Đỗ Văn Cố", "02/01/1950"), seen(LATE, NAME, "09/10/1950")
    unlike = seen(LATE, "Đỗ Văn Cồ", "02/01/1950")

    assert Reason(int(hers.reason[0])) == Reason.DEAD
    assert Reason(int(others.reason[0])) == Reason.ANOTHER_PERSON
    assert Reason(int(unlike.reason[0])) == Reason.OTHER_MARKS
    assert Reason(int(seen("046050000011", NAME, "09/10/1950").reason[0])) == Reason.ANOTHER_PERSON


def test_the_exact_part_stays_as_it_was() -> None:
    registry, records = snapshot((NUMBER, NAME, BORN)), batch((NUMBER, "Ng. V. An", "13/02/1993"), (NUMBER, NAME, "13/02/1993"))
    made = compare(records, registry, KEY, 2026)
    before = made.reason.copy()

    full = compare_fully(records, registry, KEY, 2026)

    assert made.reason.tolist() == before.tolist() == [0, 0]
    assert full.reason.dtype == np.int64


@pytest.mark.parametrize("text", ["Nam", "NAM", " nam ", "M", "Male", "Trai", "1", "01"])
def test_men(text: str) -> None:
    assert b.sexes_of(*column([text])).tolist() == [b.MALE]


@pytest.mark.parametrize("text", ["Nữ", "NỮ", "Nu\u031b\u0303", "nu", "F", "female", "gái", "Gai", "2", "02"])
def test_women(text: str) -> None:
    assert b.sexes_of(*column([text])).tolist() == [b.FEMALE]


@pytest.mark.parametrize("text", ["", " ", "khác", "10", "?", "0", "00", "3", "N", "Giới tính"])
def test_no_sex(text: str) -> None:
    assert b.sexes_of(*column([text])).tolist() == [b.SEX_UNKNOWN]


def test_the_sex_of_a_list_is_held_against_the_number_of_the_person() -> None:
    for number in (NUMBER, "191000012"):
        made = seen(number, NAME, "13/02/1993", beside=b.Beside(sexes=np.array([b.FEMALE], np.uint8)))
        assert (made.differs[0], grades_of(made)[0]) == (Differs.SEX, Grade.NEAR)
        assert Reason.LEGALLY_CHANGED in Reason(int(made.reason[0]))
    for sex in (b.MALE, b.SEX_UNKNOWN):
        assert not seen(NUMBER, NAME, "13/02/1993", beside=b.Beside(sexes=np.array([sex], np.uint8))).differs.any()
    other = seen(NUMBER, "Lê Thị Ba", "09/10/1950", beside=b.Beside(sexes=np.array([b.FEMALE], np.uint8)))
    assert not other.differs[0] & Differs.SEX, "nothing is said of somebody else"


def test_the_sex_in_a_number_that_was_replaced_says_nothing() -> None:
    registry = snapshot((NUMBER, NAME, BORN), marks={NUMBER: MARK_REPLACED})
    sexes = b.Beside(sexes=np.array([b.FEMALE], np.uint8))

    made = compare_fully(batch((NUMBER, NAME, "13/02/1993")), registry, KEY, 2026, sexes)

    assert (made.differs[0], made.reason[0]) == (0, Reason.REPLACED)


def test_codes_of_communes_are_read_whatever_stands_before_them() -> None:
    texts = ["46.474.19789", "46..19789", "19789", " 19789 ", "", "xã", "00001"]

    assert b.communes_of(*column(texts)).tolist() == [19789, 19789, 19789, 19789, 0, 0, 1]


@pytest.mark.parametrize(
    ("listed", "version", "other", "became"),
    [
        (30, b.UNITS_NOW, False, False), (30, b.UNITS_UNKNOWN, False, False), (30, b.UNITS_BEFORE, False, True),
        (10, b.UNITS_BEFORE, False, True), (10, b.UNITS_UNKNOWN, False, True), (10, b.UNITS_NOW, True, False),
        (20, b.UNITS_BEFORE, True, False), (40, b.UNITS_NOW, True, False), (0, b.UNITS_BEFORE, False, False),
    ],
)  # fmt: skip
def test_a_commune_of_before_agrees_where_it_became_the_present_one(listed: int, version: int, other: bool, became: bool) -> None:
    """10 and 30 of before became 30 of now, 20 became 40."""
    former = b.FormerUnits(np.array([30, 10, 20], np.uint32), np.array([30, 30, 40], np.uint32)).pairs()

    said = b.compare_communes(np.array([listed], np.uint32), np.array([version], np.uint8), np.array([30], np.uint32), former)

    assert [bool(each[0]) for each in said] == [other, became]


def test_the_address_is_no_part_of_the_grade() -> None:
    former = b.FormerUnits(np.array([10], np.uint32), np.array([1], np.uint32))  # the factory puts the first person into commune 1

    for code, differs, reason in (
        (10, Differs(0), Reason.FORMER_UNIT),
        (99, Differs.ADDRESS, Reason(0)),
        (1, Differs(0), Reason(0)),
    ):
        made = seen(NUMBER, NAME, "13/02/1993", beside=b.Beside(communes=np.array([code], np.uint32), former=former))
        assert (made.differs[0], made.reason[0], grades_of(made)[0]) == (differs, reason, Grade.MATCH)


def test_whatever_stands_in_a_record_a_second_look_makes_no_match_of_another_name() -> None:
    """Random bytes and pieces of names, against one registry: only a name in letters of before becomes a match."""
    chance = random.Random(6)
    pieces = [
        "Nguy",
        "ễn",
        "Ô",
        "V",
        "ă",
        "n ",
        " An",
        ".",
        "~",
        "'",
        "Ng",
        "ß",
        "\xad",
        "Ñ",
        "ã",
        "¨",
        "\x85",
        "Ä",
        "ẵ",
        "\u0301",
        "𝒩",
        "é",
    ]
    records = [
        (chance.choice([NUMBER, "046093000012"]), "".join(chance.choices(pieces, k=chance.randint(0, 9))), "13/02/1993")
        for _ in range(3000)
    ]
    registry = snapshot((NUMBER, NAME, BORN), (SISTER, "Trần Thị Bình", "1993-05-16"))
    first = compare(batch(*records), registry, KEY, 2026)

    made = compare_fully(batch(*records), registry, KEY, 2026)

    became = ((first.differs & Differs.NAME) != 0) & (made.differs == 0)
    assert not (became & ((made.reason & Reason.LEGACY_LETTERS) == 0)).any()
