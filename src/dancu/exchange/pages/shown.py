"""Usage and connections as the pages show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import zip_longest

from django.utils.translation import gettext as _

from dancu.exchange.domain import NOT_KEPT
from dancu.exchange.pages.asked import NO_CODE, Asked, side_words
from dancu.exchange.usage_figures import Counted, Figures, Side, UsageLine
from dancu.identity.api import organisation_names
from dancu.onboarding import api as onboarding
from dancu.onboarding.api import ConnectionState
from dancu.ui.charts.bars import Bar, BarChart
from dancu.ui.charts.lines import Line, Trend
from dancu.ui.parts import Column, Kind, Row, State, Table
from dancu.ui.words import day_text, number_text, share_text

BARS_MAX, ROWS_MAX = 10, 50
_DRILLED = {Side.ORGANISATION: "he-thong", Side.SYSTEM: "dich-vu", Side.SERVICE: "thu-tuc", Side.PROCEDURE: "co-quan"}
_STATE_KINDS: dict[ConnectionState, Kind] = {
    ConnectionState.REGISTERED: "info",
    ConnectionState.TRIAL: "info",
    ConnectionState.OFFICIAL: "ok",
    ConnectionState.SUSPENDED: "bad",
    ConnectionState.CLOSED: "plain",
}


def state_of(state: ConnectionState) -> State:
    words = {
        ConnectionState.REGISTERED: _("Chưa mở"),
        ConnectionState.TRIAL: _("Thử nghiệm"),
        ConnectionState.OFFICIAL: _("Chính thức"),
        ConnectionState.SUSPENDED: _("Tạm dừng"),
        ConnectionState.CLOSED: _("Đã đóng"),
    }
    return State(words[state], _STATE_KINDS[state])


def kind_text(kind: str) -> str:
    words = {
        "verify": _("đối chiếu"),
        "disclose": _("tra cứu thông tin"),
        "subscribe": _("theo dõi biến động"),
        "list": _("lấy danh sách"),
        "search": _("tìm người"),
        "open": _("mở hồ sơ"),
    }
    return words.get(kind, kind)


def code_text(code: str) -> str:
    """A code as issued; what a refused caller stated that it was not granted, or nothing at all."""
    return _("(mã chưa được duyệt)") if code == NOT_KEPT else code or _("(không nêu)")


def change_text(now: int, before: int) -> str:
    """How much more or less than before; a sign and a word, never colour alone."""
    if not before:
        return _("mới") if now else "–"
    share = (now - before) / before
    if round(share, 3) == 0:
        return _("không đổi")
    return f"{'▲' if share > 0 else '▼'} {share_text(abs(share))}"


def trend(figures: Figures, asked: Asked, at: date) -> Trend:
    """This period and the one before on one scale; the title says which way it goes."""
    slots = [slot for slot, _counted in figures.over_time]
    period = asked.filter.period
    by_month = period.is_by_month
    pairs = list(zip_longest(figures.over_time, figures.over_time_before))[: len(slots)]
    return Trend(
        title=_headline(figures),
        times=[f"{slot:%m/%Y}" if by_month else day_text(slot) for slot in slots],
        lines=[
            Line(_("Kỳ này"), [counted.total for _slot, counted in figures.over_time]),
            Line(
                _("Kỳ trước, %(since)s – %(until)s") % _days(period.before.since, period.before.until),
                [before.total if before is not None else None for _now, before in pairs],
            ),
        ],
        unit=_("lượt"),
        source=_("số đếm của cổng kết nối và của bộ phận một cửa"),
        at=at,
        csv_href=asked.href("/ket-noi/luu-luong.csv"),
    )


def _headline(figures: Figures) -> str:
    now, before = figures.total.total, figures.before.total
    said = {"count": number_text(now), "share": share_text(abs(now - before) / before) if before else ""}
    if not now:
        return _("Không có lượt nào trong kỳ này")
    if not before:
        return _("%(count)s lượt; kỳ trước không có lượt nào") % said
    if now == before:
        return _("%(count)s lượt, bằng kỳ trước") % said
    return (
        _("%(count)s lượt, tăng %(share)s so với kỳ trước") % said
        if now > before
        else _("%(count)s lượt, giảm %(share)s so với kỳ trước") % said
    )


def _days(since: date, until: date) -> dict[str, str]:
    return {"since": day_text(since), "until": day_text(until)}


def bars(figures: Figures, asked: Asked, at: date, named: Mapping[tuple[str, str], str]) -> BarChart | None:
    """The busiest of a side; the title names the first."""
    lines = [line for line in figures.lines[:BARS_MAX] if line.counted.total]
    if not lines:
        return None
    first = lines[0]
    share = share_text(first.counted.total / figures.total.total)
    return BarChart(
        title=_("%(name)s chiếm %(share)s số lượt") % {"name": named[first.name, first.more], "share": share},
        bars=[Bar(named[line.name, line.more], line.counted.total, _note(line), _drill(line, asked)) for line in lines],
        unit=_("lượt"),
        source=_("số đếm của cổng kết nối và của bộ phận một cửa"),
        at=at,
    )


def _note(line: UsageLine) -> str:
    return f"{_('so với kỳ trước')}: {change_text(line.counted.total, line.before.total)}"


def lines_table(figures: Figures, asked: Asked, named: Mapping[tuple[str, str], str]) -> Table:
    """Every value of a side with its endings, and how it stood in the period before; a row leads one side deeper."""
    word = side_words()[next(key for key, side in _SIDE_KEYS.items() if side is asked.side)]
    columns = (
        Column(word),
        Column(_("Tổng số lượt"), "amount"),
        Column(_("So với kỳ trước")),
        Column(_("Có kết quả"), "amount"),
        Column(_("Không khớp"), "amount"),
        Column(_("Từ chối"), "amount"),
        Column(_("Vượt hạn mức"), "amount"),
    )
    shown = figures.lines[:ROWS_MAX]
    rows = [
        Row(
            (
                named[line.name, line.more],
                line.counted.total,
                change_text(line.counted.total, line.before.total),
                *line.counted.numbers,
            ),
            _drill(line, asked),
        )
        for line in shown
    ]
    said = _("Hiện %(shown)s trong %(count)s dòng, nhiều lượt nhất trước.") % {"shown": len(shown), "count": figures.count}
    return Table(
        _("Số lượt theo %(side)s") % {"side": word.lower()},
        columns,
        rows,
        _("Không có lượt nào như vậy. Bỏ bớt điều kiện lọc, hoặc chọn kỳ dài hơn."),
        said=said if figures.count > len(shown) else "",
        export_href=asked.href("/ket-noi/luu-luong.csv"),
    )


_SIDE_KEYS = {"co-quan": Side.ORGANISATION, "he-thong": Side.SYSTEM, "dich-vu": Side.SERVICE, "thu-tuc": Side.PROCEDURE}


def _drill(line: UsageLine, asked: Asked) -> str:
    code = line.name or NO_CODE
    chosen = {
        Side.ORGANISATION: {"co_quan": line.name},
        Side.SYSTEM: {"he_thong": line.name},
        Side.SERVICE: {"dich_vu": f"{code}|{line.more}"},
        Side.PROCEDURE: {"thu_tuc": code},
    }[asked.side]
    return asked.href(theo=_DRILLED[asked.side], **chosen)


def names_of(lines: Sequence[UsageLine], side: Side) -> dict[tuple[str, str], str]:
    """How each line of a side is called; a code is never without its meaning where there is one."""
    if side is Side.ORGANISATION:
        known = organisation_names([line.name for line in lines])
        return {(line.name, line.more): _with_code(known.get(line.name, ""), line.name) for line in lines}
    if side is Side.SYSTEM:
        known = onboarding.system_names([line.name for line in lines])
        return {(line.name, line.more): _with_code(known.get(line.name, ""), line.name) for line in lines}
    if side is Side.SERVICE:
        return {(line.name, line.more): f"{code_text(line.name)} · {kind_text(line.more)}" for line in lines}
    return {(line.name, line.more): code_text(line.name) for line in lines}


def _with_code(name: str, code: str) -> str:
    return f"{name} ({code})" if name and name != code else code


def totals(counted: Counted, before: Counted) -> list[tuple[str, str, str]]:
    """Word, number, and how it stood before."""
    named = (
        (_("Tổng số lượt"), counted.total, before.total),
        (_("Có kết quả"), counted.matched, before.matched),
        (_("Không khớp"), counted.missed, before.missed),
        (_("Từ chối"), counted.refused, before.refused),
        (_("Vượt hạn mức"), counted.throttled, before.throttled),
    )
    return [(word, number_text(now), change_text(now, past)) for word, now, past in named]
