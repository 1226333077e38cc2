"""The country by provinces: shaded by value, or plain with the places of one person's life. Every map has the two archipelagos."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal
from zlib import crc32

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from dancu.ui.charts.classes import ValueClass, classes_of, shade_of
from dancu.ui.charts.picture import Picture
from dancu.ui.charts.svg import element
from dancu.ui.parts import Choice
from dancu.ui.words import number_text

_DATA = Path(__file__).parent.parent / "data"
Version = Literal[34, 63]
# Where the insets stand in the drawing: in the sea, at about the height of the islands.
_INSETS = {"20333": (292, 248, 146, 96), "22736": (292, 618, 146, 96)}
_LETTER = 8.0  # about the width of a letter of a label


@cache
def outline(version: Version) -> dict[str, Any]:
    """The drawing of a state of the provinces. Raises `KeyError` when it lacks an archipelago."""
    drawing: dict[str, Any] = json.loads((_DATA / f"map-{version}.json").read_text(encoding="utf-8"))
    for archipelago in drawing["archipelagos"]:
        drawing["provinces"][archipelago["province"]]
    if {each["unit"] for each in drawing["archipelagos"]} != set(_INSETS):
        raise KeyError("a map of Viet Nam has Hoàng Sa and Trường Sa")
    return drawing


@dataclass(frozen=True, slots=True)
class Pin:
    """A place on a map: latitude and longitude in degrees, what stands beside it. `past`: an earlier one."""

    lat: float
    lon: float
    label: str
    kind: Literal["now", "past"] = "now"
    href: str = ""


@dataclass(frozen=True, slots=True)
class MapRow:
    """A line of the table beside a map."""

    code: str
    name: str
    value: float | None
    rank: int | None
    href: str


@dataclass(frozen=True, kw_only=True)
class ProvinceMap(Picture):
    """Values by province (*bản đồ*); `version` 63 to 30 June 2025, 34 since. Codes are those of the version.

    `href` is the address of a province with `{code}` in it. `versions` and `periods` are the switches over the map.
    """

    values: Mapping[str, float]
    version: Version = 34
    unit: str = ""
    href: str = ""
    chosen: str = ""
    versions: Sequence[Choice] = ()
    periods: Sequence[Choice] = ()
    pins: Sequence[Pin] = field(default=())

    def __post_init__(self) -> None:
        unknown = set(self.values) - set(outline(self.version)["provinces"])
        if unknown:
            raise ValueError(f"no such province among the {self.version}: {', '.join(sorted(unknown))}")

    def classes(self) -> list[ValueClass]:
        return classes_of(list(self.values.values()))

    @property
    def has_gaps(self) -> bool:
        return len(self.values) < len(outline(self.version)["provinces"])

    def rows(self) -> list[MapRow]:
        """The table beside: the largest value first, provinces without a value last."""
        provinces = outline(self.version)["provinces"]
        ranked = sorted(self.values, key=lambda code: (-self.values[code], provinces[code]["name"]))
        rest = [code for code in provinces if code not in self.values]
        return [
            MapRow(code, provinces[code]["name"], self.values.get(code), rank if code in self.values else None, self._link(code))
            for rank, code in enumerate([*ranked, *rest], start=1)
        ]

    def drawn(self) -> SafeString:
        classes = self.classes()
        names = {code: self._said(code) for code in outline(self.version)["provinces"]}
        rest = "none" if self.values else "land"
        looks = {code: f"c{shade}" if (shade := shade_of(self.values.get(code), classes)) else rest for code in names}
        ground = hatch_name(self.title)
        fills = {code: f"url(#{ground})" for code, look in looks.items() if look == "none"}
        land = Land(names, looks, fills, {code: self._link(code) for code in names}, self.chosen, hatch(ground))
        return drawn_land(self.version, self.title, land, _pins(self.version, self.pins))

    def _said(self, code: str) -> str:
        name, value = outline(self.version)["provinces"][code]["name"], self.values.get(code)
        return f"{name}: {_('chưa có số liệu')}" if value is None else f"{name}: {number_text(value)} {self.unit}".rstrip()

    def _link(self, code: str) -> str:
        return self.href.replace("{code}", code)


@dataclass(frozen=True, kw_only=True)
class Locator(Picture):
    """Where the places of one life lie (*bản đồ nơi cư trú*), joined in their order; the last or current ones are filled."""

    points: Sequence[Pin]
    version: Version = 34

    def drawn(self) -> SafeString:
        provinces = outline(self.version)["provinces"]
        places = [place_of(self.version, pin.lat, pin.lon) for pin in self.points]
        way = element("polyline", points=" ".join(f"{x:.0f},{y:.0f}" for x, y in places), class_="way") if len(places) > 1 else ""
        looks, names = dict.fromkeys(provinces, "land"), {code: each["name"] for code, each in provinces.items()}
        return drawn_land(self.version, self.title, Land(names, looks), [way, *_pins(self.version, self.points)])


def place_of(version: Version, lat: float, lon: float) -> tuple[float, float]:
    """Where a point lies in the drawing; what lies on an archipelago is put into its inset, what lies outside at the edge."""
    drawing = outline(version)
    for archipelago in drawing["archipelagos"]:
        if abs(lat - archipelago["lat"]) < 3 and abs(lon - archipelago["lon"]) < 3:
            x, y, width, _height = _INSETS[archipelago["unit"]]
            return x + width / 2, y + 16
    projection = drawing["projection"]
    x, y = (lon - projection["west"]) * projection["x"], (projection["north"] - lat) * projection["y"]
    return min(max(x, 6.0), drawing["width"] - 6.0), min(max(y, 6.0), drawing["height"] - 6.0)


@dataclass(frozen=True, slots=True)
class Land:
    """How the provinces of one drawing look: what is said of each, class, fill and address, the patterns of the fills."""

    names: Mapping[str, str]
    looks: Mapping[str, str]
    fills: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    chosen: str = ""
    patterns: str = ""
    isles: Mapping[str, str] = field(default_factory=dict)  # class of islands too small for the pattern of their province


def drawn_land(version: Version, title: str, land: Land, over: Sequence[str]) -> SafeString:
    """The country, province by province with its islands and archipelagos, and what is drawn over it."""
    drawing, shapes = outline(version), []
    for code, province in drawing["provinces"].items():
        look, fill = land.looks[code], land.fills.get(code)
        isle, spot = (land.isles[code], None) if code in land.isles else (look, fill)
        inside = [
            element("title", land.names[code]),
            element(
                "path",
                d=province["path"],
                transform=f"scale({1 / drawing['fine']})",
                class_=f"province {look}",
                fill=fill,
            ),
            *(element("circle", cx=x, cy=y, r=3, class_=f"isle {isle}", fill=spot) for x, y in province.get("islands", ())),
            *(_inset(each, isle, spot) for each in drawing["archipelagos"] if each["province"] == code),
        ]
        chosen = "chosen" if code == land.chosen else None
        href = land.links.get(code)
        shapes.append(element("a", *inside, href=href, class_=chosen) if href else element("g", *inside, class_=chosen))
    box = f"0 0 {drawing['width']} {drawing['height']}"
    return element("svg", land.patterns, *shapes, *over, viewBox=box, role="group", aria_label=title)


def _inset(archipelago: Mapping[str, Any], look: str, fill: str | None) -> SafeString:
    x, y, width, height = _INSETS[archipelago["unit"]]
    first, last = archipelago["name"].rsplit(" ", 2)[0], " ".join(archipelago["name"].rsplit(" ", 2)[1:])
    middle = x + width / 2
    return element(
        "g",
        element("rect", x=x, y=y, width=width, height=height, class_="inset"),
        element("circle", cx=middle, cy=y + 18, r=5, class_=f"isle {look}", fill=fill),
        element("text", first, x=middle, y=y + 44, text_anchor="middle", class_="isle-name"),
        element("text", last, x=middle, y=y + 62, text_anchor="middle", class_="isle-name"),
        element("text", f"({archipelago['of']})", x=middle, y=y + 82, text_anchor="middle", class_="isle-of"),
    )


def _pins(version: Version, pins: Sequence[Pin]) -> list[SafeString]:
    """Pins with their labels where there is room."""
    places = [tuple(round(each) for each in place_of(version, pin.lat, pin.lon)) for pin in pins]
    taken = [*(Box(*inset) for inset in _INSETS.values()), *(Box(x - 8, y - 8, 16, 16) for x, y in places)]
    drawn = []
    for pin, (x, y) in zip(pins, places, strict=True):
        box = room_for(x, y, len(pin.label) * _LETTER, taken, outline(version)["width"])
        taken.append(box)
        mark = element("circle", element("title", pin.label), cx=x, cy=y, r=7, class_=f"pin {pin.kind}")
        edge, anchor = (box.x, None) if box.x > x else (box.x + box.width, "end")  # however wide the letters are, they end here
        label = element("text", pin.label, x=round(edge), y=round(box.y + 14), text_anchor=anchor, class_="name")
        drawn.append(element("a", mark, label, href=pin.href) if pin.href else element("g", mark, label))
    return drawn


@dataclass(frozen=True, slots=True)
class Box:
    """A place on the drawing that is taken."""

    x: float
    y: float
    width: float
    height: float

    def overlaps(self, other: Box) -> bool:
        return (
            self.x < other.x + other.width
            and other.x < self.x + self.width
            and self.y < other.y + other.height
            and other.y < self.y + self.height
        )


def room_for(x: float, y: float, width: float, taken: Sequence[Box], edge: float) -> Box:
    """Where a label beside a pin overlaps nothing: right, left, then further down and up; right where nothing helps."""
    sides = [Box(side, y - 10 + shift, width, 20) for shift in (0, 18, -18, 36, -36) for side in (x + 12, x - 12 - width)]
    inside = [box for box in sides if box.x >= 0 and box.x + box.width <= edge]
    return next((box for box in inside if not any(box.overlaps(other) for other in taken)), sides[0])


def hatch_name(title: str) -> str:
    """The name of a map's own hatch: a page may have several maps."""
    return f"hatch-{crc32(title.encode()):08x}"


def hatch(name: str) -> SafeString:
    """The pattern of what has no value, seen also without colour."""
    return element(
        "defs",
        element(
            "pattern",
            element("rect", width=6, height=6, class_="hatch-ground"),
            element("line", x1=0, y1=0, x2=0, y2=6, class_="hatch-line"),
            id=name,
            width=6,
            height=6,
            patternUnits="userSpaceOnUse",
            patternTransform="rotate(45)",
        ),
    )


def key(shade: int, title: str = "") -> SafeString:
    """A patch of the legend: a shade, or for 0 the hatch of the map with that title."""
    look, fill = (f"c{shade}", None) if shade else ("none", f"url(#{hatch_name(title)})")
    return element("svg", element("rect", width=32, height=14, class_=look, fill=fill), width=32, height=14, aria_hidden="true")
