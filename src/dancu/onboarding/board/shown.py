"""The board as its page shows it: figures, map, funnel, slider of days, remarks. Tables and the file are beside, in `tables`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from dancu.onboarding.board import wording
from dancu.onboarding.board.asked import CSV, Asked
from dancu.onboarding.board.figures import Figure, FigureKey, funnel_of
from dancu.onboarding.board.lineage import PartyKind
from dancu.onboarding.board.standing import BodyStanding
from dancu.onboarding.board.view import BoardView
from dancu.ui.charts.bars import Bar, Funnel
from dancu.ui.charts.maps import Version
from dancu.ui.charts.state_maps import StateMap
from dancu.ui.parts import Choice
from dancu.ui.words import day_text, number_text

SLIDER_MAX, NEIGHBOURS = 12, 4
LAST_OF_63 = date(2025, 6, 30)  # Resolution 202/2025/QH15


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure as it stands at the top of the page (*ô số liệu*)."""

    word: str
    value: str  # "20/63", "8–13/25"
    formula: str
    named: str  # how many of them are known by name, where not all are
    sources: str


@dataclass(frozen=True, slots=True)
class Remark:
    """A place where a document does not agree with itself, as a note beside the board (*ghi chú đối chiếu*)."""

    title: str
    sentence: str
    arithmetic: str
    bodies: str


def tiles(view: BoardView, kind: PartyKind) -> list[Tile]:
    """The figures of one kind; what says nothing is left out."""
    return [_tile(each) for each in view.figures if each.kind is kind and not each.says_nothing]


def _tile(figure: Figure) -> Tile:
    count = number_text(figure.low) if figure.is_exact else f"{number_text(figure.low)}–{number_text(figure.high)}"
    named = ""
    if figure.unnamed:
        named = _("%(named)s có tên, %(unnamed)s văn bản không nêu tên") % {
            "named": number_text(len(figure.names)),
            "unnamed": number_text(figure.unnamed),
        }
    value = f"{count}/{number_text(figure.total)}"
    return Tile(wording.figure_words()[figure.key], value, wording.said(figure.formula), named, "; ".join(figure.sources))


def state_map(view: BoardView, asked: Asked) -> StateMap:
    """Where every province stands, on the map of its day; the slider steps through the days something happened."""
    version: Version = 63 if view.day <= LAST_OF_63 else 34
    bodies = view.board.of_kind(PartyKind.PROVINCE)
    return StateMap(
        title=headline(view, PartyKind.PROVINCE),
        states=wording.map_states(),
        placed={each.party.area_code: wording.map_key(each) for each in bodies},
        version=version,
        notes={each.party.area_code: note for each in bodies if (note := inherited_text(each))},
        periods=slider(view, asked),
        source=sources_text(view),
        at=view.day,
        csv_href=asked.href(CSV),
    )


def headline(view: BoardView, kind: PartyKind) -> str:
    """What is to be seen, in a sentence: how many are connected, and how many of those nobody inspected."""
    found = {each.key: each for each in view.figures if each.kind is kind}
    connected, open_ones = found.get(FigureKey.CONNECTED), found.get(FigureKey.NOT_INSPECTED_OF_CONNECTED)
    if connected is None or not connected.high:
        return _("%(kind)s: chưa ghi nhận đơn vị nào kết nối chính thức") % {"kind": wording.kind_words()[kind]}
    words = {"kind": wording.kind_words()[kind], "count": _tile(connected).value}
    if open_ones is None or not open_ones.high:
        return _("%(kind)s: %(count)s đã kết nối chính thức") % words
    words["open"] = _tile(open_ones).value.partition("/")[0]
    return _("%(kind)s: %(count)s đã kết nối chính thức, %(open)s trong số đó chưa kiểm tra an ninh, an toàn") % words


def sources_text(view: BoardView) -> str:
    """The documents behind the board, and the register of connections."""
    return "; ".join([*(each.head.number for each in view.documents), _("sổ đăng ký kết nối")])


def inherited_text(body: BodyStanding) -> str:
    """Whose standing it carries on, and of whom nothing is on file."""
    parts = []
    names = list(dict.fromkeys(each.short_name for each in body.inherited))
    if names and names != [body.party.short_name]:
        parts.append(_("kế thừa từ %(names)s") % {"names": ", ".join(names)})
    if body.systems and body.silent:
        silent = ", ".join(dict.fromkeys(each.short_name for each in body.silent))
        parts.append(_("chưa có ghi nhận của %(names)s") % {"names": silent})
    if names and body.is_of_a_split:
        parts.append(_("một phần chuyển sang cơ quan khác, cần xác nhận hệ thống thuộc ai"))
    return "; ".join(parts)


def funnel(view: BoardView, kind: PartyKind) -> Funnel:
    """From all to those that are connected and passed the inspection."""
    words = wording.stage_words()
    stages = [
        Bar(
            words[stage.key],
            stage.count,
            _("gồm %(count)s văn bản không nêu tên") % {"count": number_text(stage.unnamed)} if stage.unnamed else "",
        )
        for stage in funnel_of(view.board, kind)
    ]
    return Funnel(title=headline(view, kind), stages=stages, unit=_("đơn vị"), source=sources_text(view), at=view.day)


def slider(view: BoardView, asked: Asked) -> list[Choice]:
    """The days something happened, the one shown among them; of many the first, the last and those around it."""
    days = sorted({*(each for each in view.material.days() if each <= asked.today), view.day})
    if len(days) > SLIDER_MAX:
        at = days.index(view.day)
        near = range(at - NEIGHBOURS, at + NEIGHBOURS + 1)
        days = [day for index, day in enumerate(days) if index in (0, len(days) - 1) or index in near]
    return [Choice(day_text(day), asked.href(ngay=day.isoformat()), day == view.day) for day in days]


def remarks(view: BoardView) -> list[Remark]:
    """Where the document behind the board does not agree with itself, with the sum that shows it."""
    names = {each.party.code: each.party.short_name for each in view.board.bodies}
    found = []
    for document, each in view.discrepancies:
        title = _("%(document)s, %(place)s") % {"document": document.head.number, "place": each.place}
        bodies = ", ".join(names.get(code, code) for code in each.bodies)
        found.append(Remark(title, wording.said(each.sentence), wording.said(each.arithmetic), bodies))
    return found
