"""Maps of the country: complete, with both archipelagos, small, and usable without a mouse."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

import dancu.population
from dancu.ui.charts import maps
from dancu.ui.charts.maps import Box, Locator, Pin, ProvinceMap, Version, outline, place_of, room_for

VERSIONS: list[Version] = [34, 63]
UNITS = Path(dancu.population.__path__[0]) / "units" / "data" / "units.csv"
CENTRES = {"Hà Nội": (21.03, 105.85), "Huế": (16.46, 107.6), "Cần Thơ": (10.03, 105.78), "Cao Bằng": (22.67, 106.26)}


def provinces_of(version: int) -> dict[str, str]:
    state = {34: "L2-2025", 63: "L3-2025"}[version]
    with UNITS.open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["name"] for row in csv.DictReader(file) if row["version"] == state and row["level"] == "1"}


def texts_of(drawn: str) -> str:
    return " ".join(text.text or "" for text in ElementTree.fromstring(drawn).iter("text"))


@pytest.mark.parametrize("version", VERSIONS)
def test_a_map_has_every_province_by_its_code_and_name(version: Version):
    assert {code: each["name"] for code, each in outline(version)["provinces"].items()} == provinces_of(version)
    assert all(each["path"].startswith("M") and each["path"].endswith("z") for each in outline(version)["provinces"].values())


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("kind", ["shaded", "plain", "locator"])
def test_every_map_shows_hoang_sa_and_truong_sa_and_whose_they_are(version: Version, kind: str):
    drawing = {
        "shaded": ProvinceMap(title="x", values={"01": 1}, version=version),
        "plain": ProvinceMap(title="x", values={}, version=version),
        "locator": Locator(title="x", points=[], version=version),
    }[kind].drawn()

    shown = texts_of(drawing)
    assert "Quần đảo Hoàng Sa (thành phố Đà Nẵng)" in shown
    assert "Quần đảo Trường Sa (tỉnh Khánh Hòa)" in shown
    assert drawing.count('class="inset"') == 2


def test_a_drawing_without_an_archipelago_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    text = (maps._DATA / "map-34.json").read_text(encoding="utf-8")
    (tmp_path / "map-34.json").write_text(re.sub(r'\{"name":"Quần đảo Hoàng Sa".*?\},', "", text, flags=re.S), encoding="utf-8")
    monkeypatch.setattr(maps, "_DATA", tmp_path)

    with pytest.raises(KeyError, match="Hoàng Sa"):
        outline.__wrapped__(34)


def test_an_archipelago_has_the_shade_of_its_province():
    values = {"48": 9.0, "56": 1.0, "01": 5.0}
    picture = ElementTree.fromstring(ProvinceMap(title="x", values=values, version=34).drawn())

    looks = {
        (group.find("title").text or "").split(":")[0]: {
            shape.get("class", "").split()[-1] for shape in group.iter() if shape.tag in ("path", "circle")
        }
        for group in picture.findall("g")
    }
    assert looks["Thành phố Đà Nẵng"] == {"c5"}
    assert looks["Tỉnh Khánh Hòa"] == {"c1"}


@pytest.mark.parametrize("version", VERSIONS)
def test_a_map_is_light_enough_for_a_slow_line(version: Version):
    assert (maps._DATA / f"map-{version}.json").stat().st_size <= 80_000


@pytest.mark.parametrize("version", VERSIONS)
def test_places_lie_in_their_provinces(version: Version):
    shapes = {each["name"]: rings_of(each["path"]) for each in outline(version)["provinces"].values()}

    for name, (lat, lon) in CENTRES.items():
        x, y = place_of(version, lat, lon)
        around = [each for each, rings in shapes.items() if any(contains(ring, x, y) for ring in rings)]
        assert len(around) == 1
        assert around[0].endswith(name)


def rings_of(path: str) -> list[list[tuple[float, float]]]:
    rings = []
    for ring in re.findall(r"M([^z]+)z", path):
        numbers = [int(each) for each in re.findall(r"-?\d+", ring)]
        points = [(numbers[0], numbers[1])]
        for dx, dy in zip(numbers[2::2], numbers[3::2], strict=True):
            points.append((points[-1][0] + dx, points[-1][1] + dy))
        rings.append([(x / 2, y / 2) for x, y in points])
    return rings


def contains(ring: list[tuple[float, float]], x: float, y: float) -> bool:
    crossed = False
    for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            crossed = not crossed
    return crossed


def test_a_point_on_an_archipelago_stands_in_its_inset_and_one_outside_at_the_edge():
    x, y, width, height = maps._INSETS["22736"]

    at = place_of(34, 10.4, 114.3)

    assert x < at[0] < x + width
    assert y < at[1] < y + height
    assert place_of(34, 48.0, 2.0) == (6.0, 6.0)


def test_every_province_is_a_link_with_its_value_and_what_has_none_is_hatched():
    drawn = ProvinceMap(title="x", values={"01": 1_500}, unit="hồ sơ", href="/tinh/{code}", chosen="01").drawn()

    links = list(ElementTree.fromstring(drawn).findall("a"))
    assert len(links) == 34
    assert links[0].get("href") == "/tinh/01"
    assert links[0].find("title").text == "Thành phố Hà Nội: 1.500 hồ sơ"
    assert [link.get("class") for link in links].count("chosen") == 1
    hatched = [link for link in links if link.find("path").get("fill")]
    assert len(hatched) == 33
    assert hatched[0].find("path").get("fill") in re.findall(r"url\(#hatch-\w+\)", drawn)


def test_the_table_beside_is_sorted_and_leaves_nobody_out():
    rows = ProvinceMap(title="x", values={"01": 1.0, "48": 7.0, "56": 7.0}, version=34).rows()

    assert [(row.code, row.rank) for row in rows[:3]] == [("48", 1), ("56", 2), ("01", 3)]
    assert len(rows) == 34
    assert {row.value for row in rows[3:]} == {None}


def test_a_code_of_another_state_of_the_provinces_is_refused():
    with pytest.raises(ValueError, match="02"):
        ProvinceMap(title="x", values={"02": 1.0}, version=34)


def test_labels_of_places_close_together_do_not_cover_each_other():
    points = [
        Pin(16.46, 107.6, "2021 An Cựu"),
        Pin(16.24, 107.23, "1995 A Lưới", "past"),
        Pin(16.5, 107.5, "2013 Thuận Hóa", "past"),
    ]

    drawn = ElementTree.fromstring(Locator(title="x", points=points).drawn())

    names = [text for text in drawn.iter("text") if text.get("class") == "name"]
    ends = {None: 0.0, "end": 1.0}  # a label on the left ends at its pin
    wide = [(n, len(n.text or "") * 8.0) for n in names]
    boxes = [Box(float(n.get("x", 0)) - ends[n.get("text-anchor")] * w, float(n.get("y", 0)) - 14, w, 20) for n, w in wide]
    assert len(boxes) == 3
    assert "end" in {n.get("text-anchor") for n in names}
    assert not [1 for at, one in enumerate(boxes) for other in boxes[at + 1 :] if one.overlaps(other)]


def test_a_label_with_no_room_is_shown_all_the_same():
    assert room_for(10, 10, 30, [Box(-500, -500, 2000, 2000)], 440) == Box(22, 0, 30, 20)
