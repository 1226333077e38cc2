"""The country by provinces, each in one of a few states: told apart by pattern and letter as well as by colour."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal
from zlib import crc32

from django.utils.safestring import SafeString

from dancu.ui.charts.maps import Land, Version, drawn_land, outline
from dancu.ui.charts.picture import Picture
from dancu.ui.charts.svg import element
from dancu.ui.parts import Choice, Kind

Pattern = Literal["full", "stripes", "cross", "dots", "empty"]
_STEP = 8  # how far the lines and dots of a pattern stand apart
_SHAPES: dict[str, tuple[tuple[str, dict[str, int]], ...]] = {
    "stripes": (("line", {"x1": 0, "y1": 0, "x2": 0, "y2": _STEP}),),
    "cross": (("line", {"x1": 0, "y1": 0, "x2": 0, "y2": _STEP}), ("line", {"x1": 0, "y1": 0, "x2": _STEP, "y2": 0})),
    "dots": (("circle", {"cx": 3, "cy": 3, "r": 2}),),
}


@dataclass(frozen=True, slots=True)
class MapState:
    """A state a province can be in: its word, the letter on the map, and how it looks."""

    key: str
    word: str
    letter: str
    tone: Kind = "plain"
    pattern: Pattern = "full"


@dataclass(frozen=True, slots=True)
class MapStateRow:
    """A line of the table beside the map."""

    code: str
    name: str
    state: MapState
    note: str
    href: str


@dataclass(frozen=True, kw_only=True)
class StateMap(Picture):
    """States by province (*bản đồ tình trạng*); `version` 63 to 30 June 2025, 34 since. Codes are those of the version.

    `states` in the order of the legend; `placed` gives every province its key; `notes` are small print beside a name.
    """

    states: Sequence[MapState]
    placed: Mapping[str, str]
    version: Version = 34
    notes: Mapping[str, str] = field(default_factory=dict)
    href: str = ""
    chosen: str = ""
    versions: Sequence[Choice] = ()
    periods: Sequence[Choice] = ()

    def __post_init__(self) -> None:
        provinces = set(outline(self.version)["provinces"])
        if wrong := set(self.placed) ^ provinces:
            raise ValueError(f"not the {self.version} provinces: {', '.join(sorted(wrong))}")
        if unknown := set(self.placed.values()) - {each.key for each in self.states}:
            raise ValueError(f"states nobody described: {', '.join(sorted(unknown))}")
        for told in ([each.letter for each in self.states], [(each.tone, each.pattern) for each in self.states]):
            if len(set(told)) < len(told):
                raise ValueError("two states look alike")

    @property
    def unit(self) -> str:
        return ""

    def keys(self) -> list[tuple[MapState, SafeString, int]]:
        """The legend: each state that occurs, its patch, how many provinces are in it."""
        counted = [(state, sum(key == state.key for key in self.placed.values())) for state in self.states]
        return [(state, self._patch(state), count) for state, count in counted if count]

    def rows(self) -> list[MapStateRow]:
        """The table beside: in the order of the legend, then by name."""
        provinces = outline(self.version)["provinces"]
        order = {state.key: at for at, state in enumerate(self.states)}
        codes = sorted(self.placed, key=lambda code: (order[self.placed[code]], provinces[code]["name"]))
        return [
            MapStateRow(code, provinces[code]["name"], self._state(code), self.notes.get(code, ""), self._link(code))
            for code in codes
        ]

    def drawn(self) -> SafeString:
        provinces = outline(self.version)["provinces"]
        states = {code: self._state(code) for code in provinces}
        land = Land(
            {code: f"{provinces[code]['name']}: {state.word}" for code, state in states.items()},
            {code: _look(state) for code, state in states.items()},
            {code: fill for code, state in states.items() if (fill := self._fill(state))},
            {code: self._link(code) for code in provinces},
            self.chosen,
            element("defs", *self._patterns()),
            {code: f"tone-{state.tone}" for code, state in states.items() if state.pattern in _SHAPES},
        )
        return drawn_land(self.version, self.title, land, [_letter(provinces[code]["at"], states[code]) for code in provinces])

    def _patterns(self) -> Iterator[SafeString]:
        for state in self.states:
            if state.pattern not in _SHAPES:
                continue
            shapes = [
                element(name, **place, class_=f"line-{state.tone}" if name == "line" else f"tone-{state.tone}")
                for name, place in _SHAPES[state.pattern]
            ]
            yield element(
                "pattern",
                element("rect", width=_STEP, height=_STEP, class_="ground"),
                *shapes,
                id=self._pattern(state),
                width=_STEP,
                height=_STEP,
                patternUnits="userSpaceOnUse",
                patternTransform="rotate(45) scale(1.3)",
            )

    def _pattern(self, state: MapState) -> str:
        """The name of a pattern: a page may have several maps."""
        return f"{state.pattern}-{state.tone}-{crc32(self.title.encode()):08x}"

    def _fill(self, state: MapState) -> str | None:
        return f"url(#{self._pattern(state)})" if state.pattern in _SHAPES else None

    def _patch(self, state: MapState) -> SafeString:
        patch = element("rect", width=32, height=18, class_=f"patch {_look(state)}", fill=self._fill(state))
        return element(
            "svg", patch, _letter((16, 9), state), width=32, height=18, viewBox="0 0 32 18", class_="key", aria_hidden="true"
        )

    def _state(self, code: str) -> MapState:
        return next(each for each in self.states if each.key == self.placed[code])

    def _link(self, code: str) -> str:
        return self.href.replace("{code}", code)


def _look(state: MapState) -> str:
    return {"full": f"tone-{state.tone}", "empty": "land"}.get(state.pattern, "filled")


def _letter(at: Sequence[float], state: MapState) -> SafeString:
    x, y = at
    return element("text", state.letter, x=round(x), y=round(y) + 4, text_anchor="middle", class_="letter", aria_hidden="true")
