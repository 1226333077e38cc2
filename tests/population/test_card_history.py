"""The cards of a person in order: which was valid on a day, gaps, overlaps, and when a card ends.

Ages and days: Law on Identification 26/2023/QH15, Articles 21 and 46; Law 59/2014/QH13, Article 21.
"""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dancu.kernel.dates import PartialDate
from dancu.population.api import Ending, FindingKind, IdCard, card_history, card_rules, expiry_of

BORN = PartialDate(1990, 5, 17)


def a_card(kind: str, issued: str | None, expires: str | None = None) -> IdCard:
    day = date.fromisoformat
    return IdCard(kind, "046090000101", day(issued) if issued else None, "", day(expires) if expires else None)


OLD, CHIP, NEW = a_card("cmnd9", "2008-03-10"), a_card("cccd_chip", "2021-07-01"), a_card("can_cuoc", "2030-05-10")


@pytest.mark.parametrize(
    ("card", "born", "expiry"),
    [
        (CHIP, BORN, date(2030, 5, 17)),  # at 40
        (a_card("cccd_chip", "2021-07-01"), PartialDate(2005, 2, 28), date(2030, 2, 28)),  # at 25
        (a_card("cccd_chip", "2021-07-01"), PartialDate(1981, 9, 1), date(2041, 9, 1)),  # at 39: holds until 60
        (a_card("cccd_chip", "2021-07-01"), PartialDate(1955), None),  # past 60: for life
        (a_card("cccd_chip", "2021-07-01"), PartialDate(1962, 6, 30), None),  # at 59: for life
        (a_card("can_cuoc", "2024-07-10"), PartialDate(2015, 1, 1), date(2029, 1, 1)),  # at 14
        (a_card("can_cuoc", "2024-07-10"), PartialDate(2011, 1, 1), date(2036, 1, 1)),  # at 13: holds until 25
        (a_card("cccd", "2018-01-01"), PartialDate(2004, 2, 29), date(2029, 2, 28)),  # born on a leap day
        (OLD, BORN, date(2023, 3, 10)),  # fifteen years
        (a_card("cmnd9", "2015-01-01"), BORN, date(2024, 12, 31)),  # ended by law
        (a_card("cmnd9", None), BORN, date(2024, 12, 31)),
        (a_card("cccd_chip", "2021-07-01", "2031-01-01"), BORN, date(2031, 1, 1)),  # what is printed comes first
        (a_card("unheard_of", "2021-07-01"), BORN, None),
        (a_card("cccd_chip", None), BORN, None),
    ],
)
def test_a_card_ends_as_the_law_says_or_as_printed(card, born, expiry):
    assert expiry_of(card, born) == expiry


@pytest.mark.parametrize(("born", "expiry"), [(PartialDate(1990), date(2030, 12, 31)), (PartialDate(1990, 4), date(2030, 4, 30))])
def test_a_birth_date_known_in_part_counts_for_the_holder(born, expiry):
    assert expiry_of(CHIP, born) == expiry


def test_every_rule_has_its_source():
    assert all(rule.source and rule.confidence for rule in card_rules().values())
    assert card_rules()["can_cuoc"].renewal_ages == (14, 25, 40, 60)


@pytest.mark.parametrize(
    ("day", "card"),
    [
        ("2008-03-09", None),
        ("2008-03-10", OLD),
        ("2021-06-30", OLD),
        ("2021-07-01", CHIP),
        ("2030-05-09", CHIP),
        ("2030-05-10", NEW),
        ("2050-05-17", NEW),
        ("2050-05-18", None),
    ],
)
def test_the_card_valid_on_a_day_is_found_in_whatever_order_they_are_given(day, card):
    history = card_history([NEW, OLD, CHIP], BORN)

    assert history.valid_on(date.fromisoformat(day)) == card


def test_a_card_that_was_exchanged_early_is_replaced_and_the_overlap_is_told():
    history = card_history([OLD, CHIP], BORN)

    assert [period.ending for period in history.periods] == [Ending.REPLACED, Ending.EXPIRED]
    (finding,) = history.findings
    assert (finding.kind, finding.first_day, finding.last_day) == (FindingKind.OVERLAP, date(2021, 7, 1), date(2023, 3, 10))


def test_days_without_a_card_are_a_gap():
    late = a_card("can_cuoc", "2025-01-15")

    history = card_history([a_card("cmnd9", "2005-01-01"), late], BORN)

    (finding,) = history.findings
    assert (finding.kind, finding.first_day, finding.last_day) == (FindingKind.GAP, date(2020, 1, 2), date(2025, 1, 14))
    assert history.valid_on(date(2022, 1, 1)) is None
    assert history.periods[0].ending is Ending.EXPIRED


def test_a_card_taken_on_the_day_after_the_last_leaves_neither_gap_nor_overlap():
    history = card_history([a_card("cmnd9", "2015-01-01"), a_card("can_cuoc", "2025-01-01")], BORN)

    assert history.findings == ()
    assert history.periods[0].ending is Ending.LAW


def test_a_card_without_a_day_and_an_older_kind_after_a_newer_are_told():
    undated = a_card("cccd", None)

    history = card_history([undated, CHIP, a_card("cmnd9", "2022-01-01")], BORN)

    assert {finding.kind for finding in history.findings} == {FindingKind.UNDATED, FindingKind.OVERLAP, FindingKind.BACKWARD}
    assert undated not in [period.card for period in history.periods]


def test_of_two_cards_of_one_day_the_later_kind_counts():
    same_day = [a_card("can_cuoc", "2024-07-01"), a_card("cccd_chip", "2024-07-01")]

    assert card_history(same_day, BORN).valid_on(date(2024, 7, 1)) == same_day[0]


def test_nobody_has_no_history():
    history = card_history([], BORN)

    assert (history.periods, history.findings) == ((), ())
    assert history.valid_on(date(2022, 1, 1)) is None


kinds = st.sampled_from([*card_rules(), "unheard_of"])
days = st.one_of(st.none(), st.dates(date(1990, 1, 1), date(2060, 1, 1)))
cards = st.lists(st.builds(IdCard, kinds, st.just("046090000101"), days, st.just(""), days), max_size=6)


@given(cards, st.integers(1900, 2024))
def test_at_most_one_card_counts_on_a_day_and_periods_never_run_backward(given_cards, year):
    history = card_history(given_cards, PartialDate(year))

    assert len(history.periods) == sum(card.issued_on is not None for card in given_cards)
    for before, after in zip(history.periods, history.periods[1:], strict=False):
        assert before.valid_from <= after.valid_from
        assert before.valid_to is None or before.valid_to < after.valid_from or before.valid_from == after.valid_from
