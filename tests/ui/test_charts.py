"""Pictures of numbers: drawn by pure functions, to scale, with every text escaped, and refusing what would mislead."""

from __future__ import annotations

import re
from datetime import date
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dancu.ui.charts.bars import AgeGroup, Bar, BarChart, Fall, Funnel, Pyramid, Waterfall
from dancu.ui.charts.classes import classes_of, shade_of
from dancu.ui.charts.family import Family, Relative
from dancu.ui.charts.lines import Line, Small, SmallMultiples, Trend
from dancu.ui.charts.spans import Span, Spans
from dancu.ui.charts.svg import element, nice_top, percent, span

EVIL = '<script>alert("x")</script>&\''
LONG_NAME = "Nguyễn Hoàng Phương Thảo Nguyên Anh"


def widths(shape: str) -> list[float]:
    return [float(each) for each in re.findall(r' width="([\d.]+)%"', shape) if each != "100"]


def starts(shape: str) -> list[float]:
    return [float(each) for each in re.findall(r' x="([\d.]+)%"', shape)]


def test_text_and_attributes_are_escaped_and_markup_of_ours_is_not():
    drawn = element("a", element("title", EVIL), EVIL, href='"onload=x', class_="c", none=None)

    assert "<script" not in drawn
    assert drawn.startswith('<a href="&quot;onload=x" class="c"><title>&lt;script')
    assert ElementTree.fromstring(drawn)[0].text == EVIL


@given(st.floats(0.001, 1e12))
def test_the_top_of_a_scale_is_above_the_value_and_not_far(value: float):
    assert value * 0.999 <= nice_top(value) <= value * 2.6


def test_a_scale_of_nothing_is_one_and_a_part_of_nothing_is_nought():
    assert (nice_top(0), percent(3, 0)) == (1.0, "0%")


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_a_bar_stays_inside_its_scale_and_can_be_seen(start: float, end: float):
    shape = span(start, end, -1e6, 1e6, "")

    assert widths(shape)[0] > 0.3
    assert starts(shape)[0] >= 0
    assert starts(shape)[0] + widths(shape)[0] <= 100.02


def test_bars_are_as_long_as_their_numbers():
    chart = BarChart(title="x", bars=[Bar("a", 200), Bar("b", 50), Bar("c", 0)])

    assert [widths(shape)[0] for _bar, shape in chart.drawn()] == [100.0, 25.0, 0.4]


def test_shares_are_drawn_on_a_scale_to_one():
    assert widths(BarChart(title="x", bars=[Bar("a", 0.5)], share=True).drawn()[0][1]) == [50.0]


def test_an_empty_chart_is_drawn_as_nothing():
    assert BarChart(title="x", bars=[]).drawn() == []
    assert Funnel(title="x", stages=[]).drawn() == []
    assert SmallMultiples(title="x", cells=[], times=[]).drawn() == []
    assert Spans(title="x", spans=[], until=date(2026, 1, 1)).drawn() == []


def test_a_waterfall_hangs_each_change_where_the_one_before_ended():
    chart = Waterfall(title="x", falls=[Fall("a", 100, True), Fall("b", -40), Fall("c", 20), Fall("d", 80, True)])

    shapes = [shape for _fall, shape in chart.drawn()]

    assert [(starts(shape)[0], widths(shape)[0]) for shape in shapes] == [(0, 100), (60, 40), (60, 20), (0, 80)]
    assert ['class="bar less"' in shape for shape in shapes] == [False, True, False, False]


def test_a_waterfall_whose_total_is_wrong_is_refused():
    with pytest.raises(ValueError, match="'d'"):
        Waterfall(title="x", falls=[Fall("a", 100, True), Fall("b", -40), Fall("d", 90, True)])


def test_a_funnel_tells_both_shares_and_bears_an_empty_first_stage():
    stages = [Bar("a", 200), Bar("b", 100), Bar("c", 50)]

    assert [(first, last) for *_drawn, first, last in Funnel(title="x", stages=stages).drawn()] == [
        (1, None),
        (0.5, 0.5),
        (0.25, 0.5),
    ]
    assert [last for *_drawn, last in Funnel(title="x", stages=[Bar("a", 0), Bar("b", 0)]).drawn()] == [None, None]


def test_men_grow_to_the_left_and_women_to_the_right_of_the_ages():
    ((group, men, women),) = Pyramid(title="x", groups=[AgeGroup("0–9", 50, 100)]).drawn()

    assert group.label == "0–9"
    assert (starts(men), widths(men)) == ([50.0], [50.0])
    assert (starts(women), widths(women)) == ([0.0], [100.0])


def test_a_gap_in_a_line_stays_a_gap():
    chart = Trend(title="x", times=["1", "2", "3", "4"], lines=[Line("a", [1, None, 3, 4])])

    assert chart.drawn().count('class="line"') == 1
    assert chart.drawn().count("<circle") == 3
    assert chart.rows()[1] == ("2", [None])


def test_lines_start_from_nought_and_the_scale_says_its_top():
    chart = Trend(title="x", times=["1", "2"], lines=[Line("a", [90, 95])])

    assert (chart.top, chart.scale()) == (100, ["100", "50", "0"])


def test_more_lines_than_can_be_told_apart_are_refused():
    with pytest.raises(ValueError, match="told apart"):
        Trend(title="x", times=["1"], lines=[Line(str(at), [1]) for at in range(4)])
    with pytest.raises(ValueError, match="for every time"):
        Trend(title="x", times=["1", "2"], lines=[Line("a", [1])])


def test_small_drawings_share_one_scale():
    cells = [Small("a", [50, 100]), Small("b", [None, 50])]

    shapes = [shape for _cell, shape in SmallMultiples(title="x", cells=cells, times=["1", "2"]).drawn()]

    assert 'cy="0.00%"' in shapes[0]
    assert 'cy="50.00%"' in shapes[1]
    assert Small("c", [3, None]).last == 3
    assert Small("d", [None]).last is None


def test_what_still_lasts_is_drawn_to_the_end():
    spans = [Span("a", date(2000, 1, 1), date(2010, 1, 1)), Span("b", date(2010, 1, 1))]
    chart = Spans(title="x", spans=spans, until=date(2020, 1, 1))

    first, second = (shape for _span, shape in chart.drawn())

    assert starts(second)[0] == pytest.approx(50, abs=0.1)
    assert widths(first)[0] + widths(second)[0] == pytest.approx(100, abs=0.1)


@pytest.mark.parametrize("years", [0, 1, 2, 5, 40, 110])
def test_a_scale_of_time_has_few_marks_in_order(years: int):
    chart = Spans(title="x", spans=[Span("a", date(1910, 3, 5))], until=date(1910 + years, 11, 5))

    marks = chart.marks()

    assert 1 <= len(marks) <= 6
    places = [float(place.removesuffix("%")) for _label, place in marks]
    assert places == sorted(places)
    assert all(0 <= place <= 100 for place in places)


def test_every_other_mark_of_a_scale_of_time_steps_back_where_it_is_narrow():
    chart = Spans(title="x", spans=[Span("a", date(2025, 7, 1))], until=date(2026, 11, 21))

    looks = re.findall(r'class="(faint[^"]*)"', chart.scale())

    assert looks[:3] == ["faint", "faint between", "faint"]
    assert len(looks) == len(chart.marks())


def a_family(**others: object) -> Family:
    return Family(title="x", person=Relative(LONG_NAME, "bản thân", "1995", "/a"), **others)  # type: ignore[arg-type]


def test_a_family_has_a_box_for_everybody_and_a_link_where_there_is_one():
    drawn = a_family(
        parents=[Relative("Lê Văn Hai", "cha", gone=True), Relative("Lê Thị Phỏng", "mẹ")],
        spouses=[Relative("Trần Văn Hòa", "chồng cũ", ended=True)],
        children=[Relative(EVIL, "con", href="/b"), Relative("Trần An", "con")],
    ).drawn()

    picture = ElementTree.fromstring(drawn)
    assert drawn.count('class="box"') == 6
    assert [link.get("href") for link in picture.iter("a")] == ["/a", "/b"]
    assert "<script" not in drawn
    assert drawn.count("tie ended") == 1
    assert drawn.count('class="gone"') == 1


def test_a_long_name_stands_in_lines_inside_its_box():
    picture = ElementTree.fromstring(a_family().drawn())

    (box,) = picture.iter("rect")
    texts = list(picture.iter("text"))
    top, bottom = float(box.get("y", 0)), float(box.get("y", 0)) + float(box.get("height", 0))
    assert " ".join(text.text or "" for text in texts[1:-1]) == LONG_NAME
    assert all(top + 14 <= float(text.get("y", 0)) <= bottom - 4 for text in texts)


def test_a_person_without_family_is_one_box_without_lines():
    assert 'class="tie' not in a_family().drawn()


@given(st.lists(st.integers(0, 1000), max_size=80))
def test_every_value_has_a_class_and_a_larger_value_no_lighter_one(values: list[int]):
    classes = classes_of(values)

    assert len(classes) <= 5
    assert sum(each.count for each in classes) == len(values)
    assert all(any(each.low <= value <= each.high for each in classes) for value in values)
    shades = [shade_of(value, classes) for value in sorted(values)]
    assert shades == sorted(shades)
    assert 0 not in shades


def test_no_value_has_no_shade():
    assert (shade_of(None, classes_of([1, 2])), shade_of(3, [])) == (0, 0)
