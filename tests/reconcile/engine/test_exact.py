"""One record against the registry: what agrees, what differs and why, cause by cause."""

from __future__ import annotations

import unicodedata

import pytest

from dancu.reconcile.engine.exact import compare
from dancu.reconcile.engine.reasons import Differs, Found, Reason
from dancu.reconcile.engine.snapshot import MARK_CANCELLED, MARK_DEAD, MARK_REPLACED
from tests.reconcile.engine.columns import KEY, batch, snapshot

NUMBER = "046093000002"
SAME = Differs(0)


def judged(
    record: tuple[str, str], known: tuple[str, str] = ("Trần Thị Thúy Hòa", "1993-02-03"), number: str = NUMBER, marks: int = 0
) -> tuple[Found, Differs, Reason]:
    made = compare(batch((number, *record)), snapshot((NUMBER, *known), marks={NUMBER: marks}), KEY, 2026)
    return Found(made.found[0]), Differs(int(made.differs[0])), Reason(int(made.reason[0]))


@pytest.mark.parametrize(
    ("name", "differs", "reason"),
    [
        ("Trần Thị Thúy Hòa", SAME, Reason(0)),
        ("TRẦN THỊ THÚY HÒA", SAME, Reason.LETTER_CASE),
        ("trần thị thúy hòa", SAME, Reason.LETTER_CASE),
        (unicodedata.normalize("NFD", "Trần Thị Thúy Hòa"), SAME, Reason.DECOMPOSED),
        ("Trâ\u0300n Thi\u0323 Thu\u0301y Ho\u0300a", SAME, Reason.HALF_COMPOSED),
        ("Trần  Thị Thúy Hòa", SAME, Reason.BLANKS),
        (" Trần Thị Thúy Hòa", SAME, Reason.BLANKS),
        ("Trần Thị Thúy Hòa ", SAME, Reason.BLANKS),
        ("Trần\u00a0Thị Thúy Hòa", SAME, Reason.BLANKS),
        ("Trần Thị Thuý Hoà", SAME, Reason.TONE_PLACEMENT),
        ("Trần Thị Thúy Hòa.", SAME, Reason.SIGNS),
        ("Trần\u200b Thị Thúy Hòa", SAME, Reason.SIGNS),
        ("Ｔrần Thị Thúy Hòa", SAME, Reason.LOOK_ALIKE),
        ("Тrần Thị Thúy Hòa", SAME, Reason.LOOK_ALIKE),
        ("TRẦN THỊ THUÝ HOÀ", SAME, Reason.LETTER_CASE | Reason.TONE_PLACEMENT),
        ("Ｔran Thi Thuy Hoa", Differs.NAME, Reason.NO_MARKS),
        ("Hòa Ｔrần Thị Thúy", Differs.NAME, Reason.WORD_ORDER),
        ("ＴＲＡＮ ＴＨＩ ＴＨＵＹ ＨＯＡ", Differs.NAME, Reason.NO_MARKS),
        ("Ｔrần Thị Thùy Hòa", Differs.NAME, Reason.OTHER_MARKS),
        ("Trần Thị Thúy Hòa．", SAME, Reason.SIGNS),
        ("Trần Thị Thúy Hòa𝒩", Differs.NAME, Reason(0)),
        ("TRAN THI THUY HOA", Differs.NAME, Reason.NO_MARKS),
        ("Trần Thị Thùy Hòa", Differs.NAME, Reason.OTHER_MARKS),
        ("Trần Thị Thúy Hoa", Differs.NAME, Reason.OTHER_MARKS),
        ("Hòa Trần Thị Thúy", Differs.NAME, Reason.WORD_ORDER),
        ("Trần Thị Hòa", Differs.NAME, Reason.MIDDLE_NAME),
        ("Trần Thị Ngọc Thúy Hòa", Differs.NAME, Reason.MIDDLE_NAME),
        ("Nguyễn Văn An", Differs.NAME, Reason(0)),
        ("Trần Thị Thúi Hòa", Differs.NAME, Reason.MIDDLE_OTHER),
        ("", Differs.NAME, Reason.NAME_MISSING),
        ("  ", Differs.NAME, Reason.NAME_MISSING),
    ],
)
def test_a_name_says_why_it_differs(name: str, differs: Differs, reason: Reason) -> None:
    assert judged((name, "03/02/1993")) == (Found.BY_ID, differs, reason)


@pytest.mark.parametrize(
    ("known", "name"), [("Lê Thị Mỹ", "Lê Thị Mĩ"), ("Lê Quý", "Lê Quí"), ("Lý Kỳ", "Lí Kì"), ("Lê Thị Ly", "Lê Thị Li")]
)
def test_i_for_y_is_a_reason_and_no_match(known: str, name: str) -> None:
    assert judged((name, "1993"), (known, "1993")) == (Found.BY_ID, Differs.NAME, Reason.I_OR_Y)


@pytest.mark.parametrize(("known", "name"), [("Lê Thúy", "Lê Thúi"), ("Y Blan", "I Blan"), ("Lê Hay", "Lê Hai")])
def test_y_is_not_i_behind_a_vowel_nor_as_a_name(known: str, name: str) -> None:
    assert Reason.I_OR_Y not in judged((name, "1993"), (known, "1993"))[2]


@pytest.mark.parametrize("quote", ["’", "‘", "`", "´", "ʼ"])
def test_a_quote_is_a_quote(quote: str) -> None:
    assert judged((f"H{quote}Hen Niê", "1993"), ("H'Hen Niê", "1993"))[1] == SAME


@pytest.mark.parametrize(
    ("date", "known", "differs", "reason"),
    [
        ("03/02/1993", "1993-02-03", SAME, Reason(0)),
        ("1993", "1993-02-03", SAME, Reason.DATE_PRECISION),
        ("03/02/1993", "1993", SAME, Reason.DATE_PRECISION),
        ("02/1993", "1993-02-03", SAME, Reason.DATE_PRECISION),
        ("03/1993", "1993-02-03", Differs.BIRTH_DATE, Reason(0)),
        ("02/03/1993", "1993-02-03", Differs.BIRTH_DATE, Reason.DATE_SWAPPED),
        ("01/01/1993", "1993-02-03", Differs.BIRTH_DATE, Reason.DATE_DEFAULT),
        ("03/02/93", "1993-02-03", SAME, Reason.DATE_SHORT_YEAR),
        ("03/02/23", "1923-02-03", SAME, Reason.DATE_SHORT_YEAR),
        ("03/02/94", "1993-02-03", Differs.BIRTH_DATE, Reason.DATE_SHORT_YEAR),
        ("12/01/1993", "1993-02-03", Differs.BIRTH_DATE, Reason.DATE_LUNAR),
        ("12/12/1992", "1993-02-03", Differs.BIRTH_DATE, Reason.DATE_LUNAR),
        ("03/02/1993", "1993-02-13", Differs.BIRTH_DATE, Reason(0)),
        ("13/02/1993", "1993-01-13", Differs.BIRTH_DATE, Reason(0)),
        ("12/12/1992", "1993", Differs.BIRTH_DATE, Reason(0)),
        ("03/02/1994", "1993-02-03", Differs.BIRTH_DATE, Reason(0)),
        ("", "1993-02-03", Differs.BIRTH_DATE, Reason.DATE_MISSING),
        ("mồng ba", "1993-02-03", Differs.BIRTH_DATE, Reason.DATE_MISSING),
    ],
)
def test_a_date_agrees_as_far_as_both_are_known(date: str, known: str, differs: Differs, reason: Reason) -> None:
    assert judged(("Trần Văn Thử", date), ("Trần Văn Thử", known)) == (Found.BY_ID, differs, reason)


@pytest.mark.parametrize(
    ("number", "found", "reason"),
    [
        ("46093000002", Found.BY_ID, Reason.LOST_ZERO),
        ("O46093000002", Found.BY_ID, Reason.NUMBER_WRITTEN),
        ("46O93OOOOO2", Found.BY_ID, Reason.NUMBER_WRITTEN | Reason.LOST_ZERO),
        ("46093000002.0", Found.BY_ID, Reason.NUMBER_WRITTEN | Reason.LOST_ZERO),
        ("46,093,000,002", Found.BY_ID, Reason.NUMBER_WRITTEN | Reason.LOST_ZERO),
        ("046 093 000 002", Found.BY_ID, Reason.NUMBER_WRITTEN),
        ("4.6093E+10", Found.UNUSABLE, Reason.SCIENTIFIC),
        ("046093000012", Found.NOBODY, Reason(0)),
        ("mất giấy", Found.UNUSABLE, Reason(0)),
        ("", Found.NO_NUMBER, Reason(0)),
    ],
)
def test_a_number_says_how_it_led_to_somebody(number: str, found: Found, reason: Reason) -> None:
    assert judged(("Trần Thị Thúy Hòa", "03/02/1993"), number=number) == (found, SAME, reason)


@pytest.mark.parametrize(
    ("mark", "reason"), [(MARK_DEAD, Reason.DEAD), (MARK_REPLACED, Reason.REPLACED), (MARK_CANCELLED, Reason.CANCELLED)]
)
def test_what_the_registry_says_of_the_person_is_told(mark: int, reason: Reason) -> None:
    assert judged(("Trần Thị Thúy Hòa", "03/02/1993"), marks=mark) == (Found.BY_ID, SAME, reason)


def test_neither_name_nor_date_says_that_the_number_is_somebody_elses() -> None:
    assert judged(("Nguyễn Văn An", "09/10/1950")) == (Found.BY_ID, Differs.NAME | Differs.BIRTH_DATE, Reason.ANOTHER_PERSON)
    assert Reason.ANOTHER_PERSON not in judged(("TRAN THI THUY HOA", "09/10/1950"))[2], "her name without marks speaks for her"
