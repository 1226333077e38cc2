"""Each rule over figures, on small invented documents."""

from __future__ import annotations

from datetime import date

import pytest

from dancu.steering.documents.sources import Qualifier, Rank
from tests.steering.documents.scene import a_document, a_figure, found_in, rules_in


def with_share(printed: str, part: str = "2", whole: str = "3", step: str = ""):
    figures = (a_figure("part", part), a_figure("whole", whole, step=step), a_figure("share", printed, share_of=("part", "whole")))
    return a_document(figures=figures)


@pytest.mark.parametrize("printed", ["66.67", "66.7", "67"])
def test_a_share_that_is_rounded_is_right(printed: str):
    assert rules_in(with_share(printed)) == []


@pytest.mark.parametrize(
    ("printed", "words"),
    [
        ("66.66", "số bị cắt bớt, không được làm tròn, trong ngưỡng 0,01 điểm"),
        ("66.6", "số bị cắt bớt, không được làm tròn"),
        ("66.675", "lệch trong ngưỡng 0,01 điểm"),
        ("66.4", "sai"),
    ],
)
def test_a_share_is_told_to_be_cut_off_near_or_wrong(printed: str, words: str):
    found = found_in(with_share(printed))

    assert [each.rule for each in found] == ["share"]
    assert found[0].sentence.vi.endswith(f": {words}.")


def test_a_share_is_told_with_what_it_is():
    found = found_in(with_share("94.03", "12269", "13047"))

    assert (found[0].printed, found[0].computed) == ("94,03", "94,04")
    assert found[0].arithmetic.vi == "12.269 / 13.047 = 94,0369%, lệch 0,0069 điểm"
    assert found[0].arithmetic.en == "12,269 / 13,047 = 94.0369%, off by 0.0069 points"


def test_a_share_of_a_number_printed_in_millions_may_be_whatever_that_number_allows():
    # 15 of "90" may be 15 of anything from 85 to 95: 15.8 to 17.6 per cent.
    assert rules_in(with_share("16", "15", "90", step="10")) == []
    assert rules_in(with_share("15", "15", "90", step="10")) == ["share"]


def test_of_nothing_there_is_no_share():
    assert rules_in(with_share("0", "0", "0")) == []


def test_more_than_there_are_is_told():
    assert rules_in(a_document(figures=(a_figure("connected", "63", of="63"),))) == []
    assert rules_in(a_document(figures=(a_figure("connected", "64", of="63"),))) == ["total"]


def test_the_highest_has_no_higher_peer_and_the_lowest_no_lower_one():
    others = (a_figure(value="9", body="H02"), a_figure(value="2", body="H03"))

    highest = a_document(figures=(a_figure(value="8", body="H01", rank=Rank.HIGHEST), *others))
    lowest = a_document(figures=(a_figure(value="3", body="H01", rank=Rank.LOWEST), *others))

    assert [(each.rule, each.arithmetic.vi) for each in found_in(highest)] == [("rank", "8 < 9")]
    assert [(each.rule, each.arithmetic.vi) for each in found_in(lowest)] == [("rank", "3 > 2")]


def test_a_rank_is_not_held_against_the_whole_nation_or_another_indicator():
    others = (a_figure(value="900"), a_figure("patients", "900", body="H02"))

    assert rules_in(a_document(figures=(a_figure(value="8", body="H01", rank=Rank.HIGHEST), *others))) == []


def test_one_figure_of_one_day_is_told_alike_everywhere():
    earlier = a_document(name="before", dated=date(2030, 3, 10), figures=(a_figure(value="100"),))

    assert rules_in(a_document(figures=(a_figure(value="100"), a_figure(value="101")))) == ["restated"]
    assert rules_in(a_document(figures=(a_figure(value="101"),)), earlier) == ["restated"]
    assert rules_in(a_document(figures=(a_figure(value="100"),)), earlier) == []


def test_what_is_told_only_about_is_not_held_against_an_exact_figure():
    figures = (a_figure(value="100"), a_figure(value="101", qualifier=Qualifier.ABOUT))

    assert rules_in(a_document(figures=figures)) == []


def test_a_figure_less_its_difference_is_what_an_earlier_document_says_of_that_day():
    before = a_document(name="before", figures=(a_figure(value="80", as_of=date(2030, 2, 1)),))

    assert rules_in(a_document(figures=(a_figure(value="100", change="20"),)), before) == []
    found = found_in(a_document(figures=(a_figure(value="100", change="21"),)), before)

    assert [each.rule for each in found] == ["growth"]
    assert found[0].arithmetic.vi == "100 − 21 = 79 ≠ 80"


def test_what_only_grows_was_not_more_at_an_earlier_day():
    before = a_document(name="before", figures=(a_figure(value="80", as_of=date(2030, 1, 1)),))

    assert rules_in(a_document(figures=(a_figure(value="100", change="10", grows=True),)), before) == []
    assert rules_in(a_document(figures=(a_figure(value="100", change="30", grows=True),)), before) == ["growth"]
    assert rules_in(a_document(figures=(a_figure(value="79", grows=True),)), before) == ["growth"]
    assert rules_in(a_document(figures=(a_figure(value="79"),)), before) == []  # it may fall


def test_nothing_grew_from_less_than_nothing():
    assert rules_in(a_document(figures=(a_figure(value="10", change="11"),))) == ["growth"]


def test_the_value_before_is_computed():
    figure = a_figure(value="177774335", change="22933926")

    assert figure.previous == 154840409
