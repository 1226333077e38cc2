"""A person's family in one picture: parents, the person with spouses, children; married lines drawn, every box a link."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap

from django.utils.safestring import SafeString

from dancu.ui.charts.picture import Picture
from dancu.ui.charts.svg import element

_WIDTH, _HEIGHT, _GAP, _DROP, _EDGE = 176, 116, 24, 40, 6
_LINE, _NAME_LETTERS, _NAME_LINES = 19, 17, 3


@dataclass(frozen=True, slots=True)
class Relative:
    """One box: name, what they are to the person, and a line such as the years. `gone`: no longer alive; `ended`: the tie is."""

    name: str
    relation: str
    note: str = ""
    href: str = ""
    gone: bool = False
    ended: bool = False


@dataclass(frozen=True, kw_only=True)
class Family(Picture):
    """Three generations around one person (*sơ đồ gia đình*)."""

    person: Relative
    parents: Sequence[Relative] = ()
    spouses: Sequence[Relative] = ()
    children: Sequence[Relative] = ()

    @property
    def members(self) -> list[Relative]:
        return [*self.parents, self.person, *self.spouses, *self.children]

    def drawn(self) -> SafeString:
        rows = [list(self.parents), [self.person, *self.spouses], list(self.children)]
        widest = max(len(row) for row in rows)
        width = widest * (_WIDTH + _GAP) - _GAP + 2 * _EDGE
        levels = [at for at, row in enumerate(rows) if row]
        tops = {level: _EDGE + at * (_HEIGHT + _DROP) for at, level in enumerate(levels)}
        places = {
            level: [
                (width - (len(rows[level]) * (_WIDTH + _GAP) - _GAP)) / 2 + at * (_WIDTH + _GAP) for at in range(len(rows[level]))
            ]
            for level in levels
        }
        ties = self._ties(places, tops)
        boxes = [
            _box(relative, x, tops[level], is_self=level == 1 and at == 0)
            for level in levels
            for at, (relative, x) in enumerate(zip(rows[level], places[level], strict=True))
        ]
        height = 2 * _EDGE + len(levels) * (_HEIGHT + _DROP) - _DROP
        return element("svg", *ties, *boxes, width=round(width), height=height, role="group", aria_label=self.title)

    def _ties(self, places: dict[int, list[float]], tops: dict[int, int]) -> list[SafeString]:
        """Lines: between spouses, from the parents down to the person, from the person down to the children."""
        middle = _HEIGHT / 2
        own = places[1]
        ties = [
            _line(own[at] + _WIDTH, tops[1] + middle, own[at + 1], tops[1] + middle, ended=spouse.ended)
            for at, spouse in enumerate(self.spouses)
        ]
        for level, down in ((0, False), (2, True)):
            if level not in places:
                continue
            from_y, to_y = (tops[1] + _HEIGHT, tops[2]) if down else (tops[0] + _HEIGHT, tops[1])
            bend, centre = (from_y + to_y) / 2, own[0] + _WIDTH / 2
            ends = [x + _WIDTH / 2 for x in places[level]]
            ties.append(_line(centre, bend, centre, from_y if down else to_y))
            ties.append(_line(min([centre, *ends]), bend, max([centre, *ends]), bend))
            ties += [_line(x, bend, x, to_y if down else from_y) for x in ends]
        return ties


def _line(x1: float, y1: float, x2: float, y2: float, *, ended: bool = False) -> SafeString:
    return element("line", x1=round(x1), y1=round(y1), x2=round(x2), y2=round(y2), class_="tie ended" if ended else "tie")


def _box(relative: Relative, x: float, y: float, *, is_self: bool) -> SafeString:
    names = wrap(relative.name, _NAME_LETTERS) or [""]
    if len(names) > _NAME_LINES:  # the whole name stands in the title and in the table
        names = [*names[: _NAME_LINES - 1], names[_NAME_LINES - 1] + "…"]
    lines = [("faint", relative.relation), *(("name", line) for line in names), ("faint", relative.note)]
    shown = [(look, line) for look, line in lines if line]
    top = y + (_HEIGHT - len(shown) * _LINE) / 2 + 14
    texts = [
        element("text", line, x=round(x + _WIDTH / 2), y=round(top + at * _LINE), text_anchor="middle", class_=look)
        for at, (look, line) in enumerate(shown)
    ]
    box = element("rect", x=round(x), y=round(y), width=_WIDTH, height=_HEIGHT, rx=4, class_="box")
    look = " ".join(name for name, holds in (("self", is_self), ("gone", relative.gone)) if holds) or None
    inside = element("title", f"{relative.relation}: {relative.name}"), box, *texts
    if relative.href:
        return element("a", *inside, href=relative.href, class_=look)
    return element("g", *inside, class_=look)
