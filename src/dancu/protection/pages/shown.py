"""Values of the room as components show them: clocks in words and as a picture, lines of lists, names of items."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from dancu.kernel.clock import local
from dancu.kernel.work_days import work_calendar
from dancu.protection import reference
from dancu.protection.domain.breaches import STATE_WORDS as BREACH_WORDS
from dancu.protection.domain.breaches import Breach, BreachState
from dancu.protection.domain.cases import CLOSED, KIND_WORDS, STATE_WORDS, CaseState
from dancu.protection.domain.clocks import TimeUnit, time_left
from dancu.protection.domain.consents import CONSENT_WORDS, ConsentState
from dancu.protection.pages.session import BREACHES, CASES
from dancu.protection.store.breaches import BreachLine
from dancu.protection.store.cases import CaseLine
from dancu.ui.charts.svg import element, percent
from dancu.ui.parts import Column, Kind, Row, State, Step, Table, Track
from dancu.ui.words import in_language, moment_text

CASE_LOOKS: dict[CaseState, Kind] = {
    CaseState.RECEIVED: "info",
    CaseState.IN_HAND: "info",
    CaseState.WITH_ORGANISATION: "warn",
    CaseState.WITH_SUBJECT: "warn",
    CaseState.ANSWERED: "ok",
    CaseState.REFUSED: "plain",
    CaseState.FOUND_LAWFUL: "ok",
    CaseState.FOUND_UNLAWFUL: "bad",
    CaseState.WITHDRAWN: "plain",
}
BREACH_LOOKS: dict[BreachState, Kind] = {
    BreachState.OPEN: "warn",
    BreachState.AUTHORITY_TOLD: "info",
    BreachState.CLOSED: "ok",
}
CONSENT_LOOKS: dict[ConsentState, Kind] = {
    ConsentState.HOLDS: "ok",
    ConsentState.WITHDRAWN: "bad",
    ConsentState.EXPIRED: "plain",
}


def case_state(state: CaseState) -> State:
    return State(in_language(STATE_WORDS[state]), CASE_LOOKS[state])


def breach_state(state: BreachState) -> State:
    return State(in_language(BREACH_WORDS[state]), BREACH_LOOKS[state])


def consent_state(state: ConsentState) -> State:
    return State(in_language(CONSENT_WORDS[state]), CONSENT_LOOKS[state])


def left_words(now: datetime, due: datetime, unit: TimeUnit) -> str:
    """The clock in words: hours for what counts in hours, working days for the rest."""
    left = time_left(now, due, unit, work_calendar())
    if unit is TimeUnit.HOURS:
        if left.is_over:
            return _("quá hạn %(count)d giờ") % {"count": -left.amount}
        return _("còn %(count)d giờ") % {"count": left.amount} if left.amount else _("còn dưới một giờ")
    if left.is_over:
        return _("quá hạn %(count)d ngày làm việc") % {"count": -left.amount}
    return _("còn %(count)d ngày làm việc") % {"count": left.amount} if left.amount else _("hết hạn hôm nay")


def case_table(lines: Sequence[CaseLine], now: datetime, caption: str, empty: str, next_href: str = "") -> Table:
    """Cases as a table; what is late says so in words and colour."""
    columns = [
        Column(_("Mã")),
        Column(_("Loại yêu cầu")),
        Column(_("Trạng thái"), "state"),
        Column(_("Thời hạn"), "state"),
        Column(_("Hạn trả lời"), "moment"),
        Column(_("Người xử lý")),
    ]
    rows = [
        Row(
            [
                line.code,
                in_language(KIND_WORDS[line.kind]),
                case_state(line.state),
                _due_state(line, now),
                line.due_at,
                line.assignee or _("chưa có"),
            ],
            f"{CASES}/{line.id}",
        )
        for line in lines
    ]
    return Table(caption, columns, rows, empty, next_href=next_href)


def _due_state(line: CaseLine, now: datetime) -> State | str:
    if line.state in CLOSED:
        return ""
    unit = reference.clock_for(line.kind, line.opened_at).unit
    return State(left_words(now, line.due_at, unit), "bad" if line.is_late(now) else "plain")


def breach_table(lines: Sequence[BreachLine], now: datetime) -> Table:
    columns = [
        Column(_("Mã")),
        Column(_("Trạng thái"), "state"),
        Column(_("Phát hiện"), "moment"),
        Column(_("Hạn thông báo"), "moment"),
        Column(_("Đồng hồ 72 giờ"), "state"),
    ]
    rows = [
        Row([line.code, breach_state(line.state), line.noticed_at, line.due_at, _breach_clock(line, now)], f"{BREACHES}/{line.id}")
        for line in lines
    ]
    return Table(
        _("Sự cố dữ liệu cá nhân"), columns, rows, _("Chưa có sự cố nào. Báo ngay khi phát hiện: đồng hồ tính từ lúc phát hiện.")
    )


def _breach_clock(line: BreachLine, now: datetime) -> State:
    if line.told_at is not None:
        is_in_time = line.told_at <= line.due_at
        return State(_("đã thông báo đúng hạn") if is_in_time else _("đã thông báo, trễ hạn"), "ok" if is_in_time else "bad")
    return State(left_words(now, line.due_at, TimeUnit.HOURS), "bad" if now > line.due_at else "warn")


def clock_picture(breach: Breach, now: datetime) -> SafeString:
    """The hours since it was noticed on a line to the deadline, with the tasks at their hours. The words stand beside it."""
    whole = (breach.due_at - breach.noticed_at).total_seconds() / 3600
    until = breach.told_at or now
    gone = max(0.0, min(whole, (until - breach.noticed_at).total_seconds() / 3600))
    late = until > breach.due_at
    shapes = [
        element("rect", x=0, y=6, width="100%", height=16, class_="hatch-ground"),
        element("rect", x=0, y=6, width=percent(gone, whole), height=16, class_="bar less" if late else "bar"),
    ]
    for hour in sorted({task.by_hour for task in reference.breach_tasks()}):
        at = percent(min(hour, whole), whole)
        shapes.append(element("line", x1=at, x2=at, y1=2, y2=26, class_="base-line"))
        if hour >= 8:  # the first hours stand too close to be named
            anchor = "end" if hour >= whole else "middle"
            shapes.append(element("text", str(hour), x=at, y=42, text_anchor=anchor, class_="faint"))
    shapes.append(element("text", "0", x=0, y=42, class_="faint"))
    return element("svg", *shapes, width="100%", height=46, aria_hidden="true", focusable="false")


def task_track(breach: Breach, now: datetime) -> Track:
    """What is to be done hour by hour, what is done, what is late."""
    steps = []
    next_found = False
    for task in reference.breach_tasks():
        done = breach.tasks_done.get(task.key)
        by = breach.noticed_at + timedelta(hours=task.by_hour)
        if done:
            steps.append(Step(in_language(task.title), "done", note=f"{moment_text(done.at)} · {done.by.account}"))
            continue
        left = left_words(now, by, TimeUnit.HOURS)
        note = _("trước %(moment)s") % {"moment": moment_text(by)} + f" · {left}"
        state = "stopped" if now > by else "wait" if next_found else "now"
        next_found = next_found or state == "now"
        steps.append(Step(in_language(task.title), state, note=note))  # type: ignore[arg-type]  # one of its words
    return Track(_("Việc theo giờ"), steps)


def field_names(names: Iterable[str]) -> list[str]:
    """Items by their names in the law, in its order."""
    known = {words.name.value: words for words in reference.field_words().values()}
    found = [known[name] for name in names if name in known]
    return [in_language(words.label) for words in sorted(found, key=lambda words: words.item)]


def day_and_time(moment: datetime) -> tuple[str, str]:
    """As the fields of a form show a moment."""
    here = local(moment)
    return f"{here:%d/%m/%Y}", f"{here:%H:%M}"
