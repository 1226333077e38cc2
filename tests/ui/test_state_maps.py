"""Maps of states: every province in one, told apart without colour, with its table, and refused where it would mislead."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest
from django.template import Context, Template

from dancu.ui.charts.maps import Version, outline
from dancu.ui.charts.state_maps import MapState, StateMap

SAFE = MapState("safe", "Đạt", "Đ", "ok")
OPEN = MapState("open", "Chưa kiểm tra", "C", "warn", "stripes")
SHORT = MapState("short", "Chưa bảo đảm", "!", "bad", "cross")
BEGUN = MapState("begun", "Đang làm", "H", "info", "dots")
NONE = MapState("none", "Chưa kết nối", "–", "plain", "empty")
STATES = (SAFE, OPEN, SHORT, BEGUN, NONE)


def a_map(version: Version = 34, states: tuple[MapState, ...] = STATES, **others: Any) -> StateMap:
    placed = dict.fromkeys(outline(version)["provinces"], "none") | others.pop("placed", {})
    return StateMap(title="x", states=states, placed=placed, version=version, **others)


def drawn(picture: StateMap) -> ElementTree.Element:
    return ElementTree.fromstring(picture.drawn())


@pytest.mark.parametrize("version", [34, 63])
def test_every_province_bears_the_letter_of_its_state_and_says_it(version: Version):
    picture = drawn(a_map(version, placed={"01": "safe"}))

    letters = [each.text for each in picture.iter("text") if each.get("class") == "letter"]
    assert letters.count("–") == version - 1
    assert letters.count("Đ") == 1
    assert "Thành phố Hà Nội: Đạt" in [each.text for each in picture.iter("title")]


def test_states_differ_in_their_fill_and_not_by_colour_alone():
    placed = {"01": "safe", "04": "open", "11": "short", "12": "begun"}
    picture = drawn(a_map(placed=placed))

    fills = {}
    for group in picture.findall("g"):
        path, title = group.find("path"), group.find("title")
        assert path is not None
        assert title is not None
        fills[(title.text or "").split(": ")[1]] = (path.get("class"), path.get("fill"))
    assert fills["Đạt"] == ("province tone-ok", None)
    assert fills["Chưa kết nối"] == ("province land", None)
    patterns = {pattern.get("id") for pattern in picture.iter("pattern")}
    assert {fills[word][1] for word in ("Chưa kiểm tra", "Chưa bảo đảm", "Đang làm")} == {f"url(#{each})" for each in patterns}


def test_both_archipelagos_are_there_in_the_tone_of_their_province():
    picture = drawn(a_map(placed={"48": "short", "56": "safe"}))

    isles = [each.get("class") for each in picture.iter("circle") if each.get("r") == "5"]
    shown = " ".join(each.text or "" for each in picture.iter("text"))
    assert isles == ["isle tone-bad", "isle tone-ok"]
    assert "(thành phố Đà Nẵng)" in shown
    assert "(tỉnh Khánh Hòa)" in shown


def test_the_legend_counts_and_leaves_out_what_does_not_occur():
    legend = a_map(placed={"01": "safe", "04": "safe"}).keys()

    assert [(state.word, count) for state, _patch, count in legend] == [("Đạt", 2), ("Chưa kết nối", 32)]
    assert all(state.letter in patch for state, patch, _count in legend)


def test_two_maps_of_a_page_have_patterns_of_their_own():
    one, other = a_map(placed={"01": "open"}), StateMap(title="y", states=STATES, placed=a_map().placed)

    ids = [each.get("id") for picture in (one, other) for each in drawn(picture).iter("pattern")]
    assert len(ids) == len(set(ids))


def test_the_table_stands_in_the_order_of_the_legend_and_leaves_nobody_out():
    rows = a_map(placed={"96": "safe", "04": "open", "01": "safe"}, notes={"01": "hai hệ thống"}, href="/x/{code}").rows()

    assert [(row.code, row.state.key) for row in rows[:3]] == [("01", "safe"), ("96", "safe"), ("04", "open")]
    assert (len(rows), rows[0].note, rows[0].href) == (34, "hai hệ thống", "/x/01")


def test_a_page_shows_the_map_with_its_words_and_the_chosen_province():
    picture = a_map(placed={"01": "safe"}, href="/x/{code}", chosen="01")

    page = Template("{% chart c %}").render(Context({"c": picture}))

    assert "Đạt (1)" in page
    assert 'href="/x/01" aria-current="true"' in page
    assert page.count('class="chosen"') == 1
    assert "Bản đồ chỉ có tính minh hoạ." in page


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"placed": {"02": "none"}}, "02"),
        ({"placed": {"01": "other"}}, "other"),
        ({"states": (*STATES, MapState("twin", "y", "Đ", "info"))}, "alike"),
        ({"states": (*STATES, MapState("twin", "y", "Y", "ok"))}, "alike"),
    ],
)
def test_a_map_that_would_mislead_is_refused(change: dict[str, Any], message: str):
    with pytest.raises(ValueError, match=message):
        a_map(**change)


def test_a_province_that_stands_nowhere_is_refused():
    placed = a_map().placed

    with pytest.raises(ValueError, match="96"):
        StateMap(title="x", states=STATES, placed={code: key for code, key in placed.items() if code != "96"})
