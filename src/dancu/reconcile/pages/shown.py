"""Lists, rounds and figures as the components of pages show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from dancu.population.api import provinces
from dancu.reconcile import work
from dancu.reconcile.domain import STATE_WORDS, Round, RoundState, SourceList
from dancu.reconcile.pages.session import list_href, round_href
from dancu.reconcile.profiles.table import PROFILES
from dancu.ui.charts.bars import Bar, BarChart, Fall, Waterfall
from dancu.ui.charts.lines import Line, Small, SmallMultiples, Trend
from dancu.ui.charts.picture import Picture
from dancu.ui.parts import Choice, Column, Kind, Row, State, Table, Work
from dancu.ui.words import in_language, number_text, share_text

BARS_MAX = 12
OLD_PROVINCES = "L3-2025"  # numbers begin with codes of the provinces before the merger
_STATE_KINDS: Mapping[RoundState, Kind] = {
    RoundState.DONE: "ok",
    RoundState.FAILED: "bad",
    RoundState.COMPARING: "info",
    RoundState.QUEUED: "info",
    RoundState.PAUSED: "warn",
    RoundState.WAITING: "warn",
    RoundState.MAPPING: "warn",
}
# By the role a report counts by.
GROUP_WORDS = {
    "source": "Theo nguồn / nhà mạng",
    "province": "Theo tỉnh trong danh sách",
    "sex": "Theo giới tính",
}
_NOT_CLEAN_BY = {
    "source": "Tỷ lệ chưa khớp theo nguồn / nhà mạng",
    "province": "Tỷ lệ chưa khớp theo tỉnh trong danh sách",
    "sex": "Tỷ lệ chưa khớp theo giới tính",
}
_OVER_ROUNDS_BY = {
    "source": "Tỷ lệ khớp theo nguồn / nhà mạng qua các đợt",
    "province": "Tỷ lệ khớp theo tỉnh trong danh sách qua các đợt",
    "sex": "Tỷ lệ khớp theo giới tính qua các đợt",
}
STAGES = {
    "comparing": "Đối soát từng bản ghi",
    "duplicates": "Tìm bản ghi trùng",
    "candidates": "Tìm người có thể khớp",
    "results": "Ghi kết quả",
    "report": "Lập báo cáo",
}


def state_of(round_: Round) -> State:
    return State(in_language(STATE_WORDS[round_.state]), _STATE_KINDS.get(round_.state, "plain"))


def list_table(lists: Sequence[tuple[SourceList, Round | None]]) -> Table:
    rows = [
        Row(
            (
                each.name,
                in_language(PROFILES[each.profile].name) if each.profile in PROFILES else each.profile,
                each.source,
                latest.number if latest else 0,
                state_of(latest) if latest else State(_("Chưa gửi tệp"), "plain"),
                _share(latest.report) if latest else "",
            ),
            list_href(each.id),
        )
        for each, latest in lists
    ]
    columns = (
        Column(_("Danh sách")), Column(_("Loại")), Column(_("Nguồn")), Column(_("Số đợt"), "amount"),
        Column(_("Đợt gần nhất"), "state"), Column(_("Tỷ lệ khớp"), "share"),
    )  # fmt: skip
    nothing = _("Chưa có danh sách nào. Lập một danh sách, rồi gửi tệp để đối soát với dân cư.")
    return Table(_("Danh sách đối soát"), columns, rows, nothing, Choice(_("Lập danh sách"), "/doi-soat/moi"))


def round_table(rounds: Sequence[Round]) -> Table:
    rows = [
        Row(
            (
                _("Đợt %(number)s") % {"number": each.number},
                each.created_at,
                state_of(each),
                each.records or None,
                _share(each.report),
                _since(each.report, "cleaned"),
            ),
            round_href(each.id),
        )
        for each in rounds
    ]
    columns = (
        Column(_("Đợt")), Column(_("Gửi lúc"), "moment"), Column(_("Tình trạng"), "state"), Column(_("Số bản ghi"), "amount"),
        Column(_("Tỷ lệ khớp"), "share"), Column(_("Đã làm sạch so với đợt trước"), "amount"),
    )  # fmt: skip
    return Table(_("Các đợt"), columns, rows, _("Chưa có đợt nào. Gửi tệp để bắt đầu đợt thứ nhất."))


def _share(report: Mapping[str, Any] | None) -> float | None:
    counters = report["counters"] if report else {}
    return counters["matched"] / counters["requested"] if counters.get("requested") else None


def _since(report: Mapping[str, Any] | None, name: str) -> int | None:
    since = (report or {}).get("since")
    return int(since[name]) if since else None


def work_of(round_: Round) -> Work:
    """The progress of a round, with rate and time left."""
    title = in_language(STAGES[round_.stage]) if round_.stage in STAGES else _("Chuẩn bị")
    states: Mapping[RoundState, Any] = {RoundState.PAUSED: "paused", RoundState.DONE: "done"}
    state = states.get(round_.state, "running" if round_.state in (RoundState.QUEUED, RoundState.COMPARING) else "stopped")
    rate = round_.rate * 60 if round_.rate > 0 else None
    total = max(round_.total, round_.done, 1)
    return Work(title, round_.done, total, _("bản ghi"), rate, round_.seconds_left, 0, "", state)


def pictures(round_: Round, since_href: str) -> list[Picture]:
    """The report as pictures; each is a table as well."""
    report = round_.report or {}
    shown = [_by_grade(report, since_href), _cleaning(report), _by_reason(report, since_href)]
    shown += [_by_province(report), _by_group(round_), _by_cohort(report)]
    return [each for each in shown if each is not None]


def _by_grade(report: Mapping[str, Any], href: str) -> Picture:
    counters = report["counters"]
    said = share_text(counters["matched"] / counters["requested"]) if counters["requested"] else ""
    bars = [
        Bar(in_language(words), report["grades"].get(code, 0), href="" if code in work.MATCHED else f"{href}?muc={code}")
        for code, words in work.grade_words().items()
    ]
    return BarChart(title=_("%(share)s bản ghi khớp với dân cư") % {"share": said}, bars=bars, unit=_("bản ghi"))


def _cleaning(report: Mapping[str, Any]) -> Picture | None:
    grades = report["grades"]
    if not report["counters"]["requested"]:
        return None
    falls = [Fall(_("Đã gửi"), report["requested"], total=True)]
    falls += [Fall(_("Không đọc được"), -report["quarantined"])] if report["quarantined"] else []
    for code, words in work.grade_words().items():
        if code not in work.MATCHED and grades.get(code):
            falls.append(Fall(in_language(words), -grades[code]))
    falls.append(Fall(_("Khớp"), report["counters"]["matched"], total=True))
    return Waterfall(title=_("Từ danh sách đã gửi đến bản ghi khớp"), falls=falls, unit=_("bản ghi"))


def _by_reason(report: Mapping[str, Any], href: str) -> Picture | None:
    found = work.causes_to_work_on(report)
    if not found:
        return None
    bars = [Bar(in_language(words), count, href=f"{href}?nguyen-nhan={name}") for name, words, count in found[:BARS_MAX]]
    title = _("Nguyên nhân nhiều nhất: %(cause)s") % {"cause": in_language(found[0][1]).lower()}
    return BarChart(title=title, bars=bars, unit=_("bản ghi"))


def _by_province(report: Mapping[str, Any]) -> Picture | None:
    names = provinces(OLD_PROVINCES)
    lines = {f"{names.get(code[1:], code)}": grades for code, grades in report["provinces"].items() if code}
    return _shares(_("Tỷ lệ chưa khớp theo tỉnh đăng ký khai sinh"), lines)


def _by_group(round_: Round) -> Picture | None:
    lines = {name or _("Để trống"): grades for name, grades in _groups(round_).items()}
    return _shares(in_language(_NOT_CLEAN_BY.get(round_.grouped_by, _NOT_CLEAN_BY["source"])), lines)


def _groups(round_: Round) -> Mapping[str, Mapping[str, int]]:
    return (round_.report or {}).get("groups") or {}


def group_table(round_: Round) -> Table | None:
    """The figures per group of the list, the largest first; None where the report counts by nothing."""
    groups = sorted(_groups(round_).items(), key=lambda each: (-sum(each[1].values()), each[0]))
    if not groups:
        return None
    rows = []
    for name, grades in groups:
        bad, total = _not_clean(grades)
        rows.append(Row((name or _("Để trống"), total, round(total * (1 - bad)), 1 - bad)))
    heading = in_language(GROUP_WORDS.get(round_.grouped_by, GROUP_WORDS["source"]))
    columns = (
        Column(_("Nhóm")), Column(_("Số bản ghi"), "amount"), Column(_("Khớp"), "amount"), Column(_("Tỷ lệ khớp"), "share"),
    )  # fmt: skip
    return Table(heading, columns, rows, "")


def link_table(report: Mapping[str, Any]) -> Table | None:
    """What was found of the links of tax numbers and persons; None for a list that has none."""
    rows = [
        Row((in_language(words), groups, count, in_language(advice)))
        for words, advice, groups, count in work.links_to_work_on(report)
    ]
    columns = (
        Column(_("Kết quả rà soát")), Column(_("Số nhóm"), "amount"), Column(_("Số bản ghi"), "amount"), Column(_("Việc cần làm")),
    )  # fmt: skip
    return Table(_("Liên kết mã số thuế với số định danh"), columns, rows, "") if rows else None


def _by_cohort(report: Mapping[str, Any]) -> Picture | None:
    lines = {_("Sinh thập niên %(year)s") % {"year": year}: grades for year, grades in report["cohorts"].items() if year}
    return _shares(_("Tỷ lệ chưa khớp theo thập niên sinh"), lines, in_order=True)


def _shares(title: str, lines: Mapping[str, Mapping[str, int]], *, in_order: bool = False) -> Picture | None:
    bad = {name: _not_clean(grades) for name, grades in lines.items() if sum(grades.values())}
    if not bad:
        return None
    names = list(bad) if in_order else sorted(bad, key=lambda name: -bad[name][0])
    bars = [Bar(name, bad[name][0], note=f"{number_text(bad[name][1])} {_('bản ghi')}") for name in names[: 2 * BARS_MAX]]
    return BarChart(title=title, bars=bars, share=True)


def _not_clean(grades: Mapping[str, int]) -> tuple[float, int]:
    total = sum(grades.values())
    return 1 - sum(grades.get(code, 0) for code in work.MATCHED) / total, total


def over_rounds(rounds: Sequence[Round]) -> list[Picture]:
    """How a list became clean from round to round, as a whole and per source."""
    done = [each for each in reversed(rounds) if each.report and each.report["counters"]["requested"]]
    if len(done) < 2:
        return []
    times = [_("Đợt %(number)s") % {"number": each.number} for each in done]
    shares = [round(100 * (_share(each.report) or 0.0), 2) for each in done]
    shown: list[Picture] = [Trend(title=_("Tỷ lệ khớp qua các đợt"), times=times, lines=[Line(_("Khớp"), shares)], unit="%")]
    counted_by = done[-1].grouped_by  # groups of another column are not comparable
    alike = [each for each in done if each.grouped_by == counted_by]
    groups = sorted({name for each in alike for name in _groups(each)}) if len(alike) > 1 else []
    if groups:
        cells = [Small(name or _("Để trống"), [_clean_share(each, name) for each in alike]) for name in groups[:BARS_MAX]]
        title = in_language(_OVER_ROUNDS_BY.get(counted_by, _OVER_ROUNDS_BY["source"]))
        named = [_("Đợt %(number)s") % {"number": each.number} for each in alike]
        shown.append(SmallMultiples(title=title, cells=cells, times=named, unit="%"))
    return shown


def _clean_share(of: Round, group: str) -> float | None:
    grades = _groups(of).get(group)
    return round(100 * (1 - _not_clean(grades)[0]), 2) if grades and sum(grades.values()) else None
