"""Tasks as the components of pages show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from django.utils.translation import gettext as _

from dancu.steering.deadlines import Deadline, parse_deadline
from dancu.steering.domain import Action, ActionKind, Assignment, Standing, TaskState
from dancu.steering.naming import body_names, document_number
from dancu.steering.store import Tally
from dancu.ui.charts.bars import Bar, BarChart
from dancu.ui.parts import Change, Column, Kind, Row, State, Table
from dancu.ui.words import day_text, in_language, is_english

BARS_MAX = 15
TASKS = "/theo-doi/nhiem-vu"
STATE_WORDS: Mapping[TaskState, tuple[str, Kind]] = {
    TaskState.OPEN: ("Đang thực hiện", "info"),
    TaskState.REPORTED: ("Chờ xác nhận", "warn"),
    TaskState.DONE: ("Đã hoàn thành", "ok"),
    TaskState.CANCELLED: ("Đã kết thúc", "plain"),
}
ACTION_WORDS: Mapping[ActionKind, str] = {
    ActionKind.ASSIGN: "Giao nhiệm vụ",
    ActionKind.REPORT: "Báo cáo tiến độ",
    ActionKind.REPORT_DONE: "Báo cáo hoàn thành",
    ActionKind.CONFIRM: "Xác nhận hoàn thành",
    ActionKind.RETURN: "Trả lại báo cáo",
    ActionKind.ASK_EXTENSION: "Xin gia hạn",
    ActionKind.EXTEND: "Gia hạn",
    ActionKind.REFUSE_EXTENSION: "Không gia hạn",
    ActionKind.CANCEL: "Kết thúc nhiệm vụ",
    ActionKind.REOPEN: "Mở lại",
    ActionKind.REMIND: "Nhắc việc",
    ActionKind.STATE_LATE: "Văn bản nêu chậm",
}


def deadline_words(deadline: Deadline) -> str:
    return deadline.words[is_english()]


def state_of(standing: Standing, day: date) -> State:
    """One word: late counts before everything else that is still to do."""
    word, kind = STATE_WORDS[standing.state]
    if standing.state in (TaskState.OPEN, TaskState.REPORTED) and standing.is_late(day):
        days = standing.days_late(day)
        return State(_("Chậm %(days)s ngày") % {"days": days} if days else _("Chậm"), "bad")
    if standing.is_unreported(day):
        return State(_("Quá hạn, chưa có báo cáo"), "warn")
    if standing.state is TaskState.DONE and standing.is_late(day):
        return State(_("Hoàn thành muộn %(days)s ngày") % {"days": standing.days_late(day)}, "warn")
    if standing.is_due_soon(day):
        return State(_("Sắp đến hạn"), "warn")
    return State(in_language(word), kind)


def tally_table(tallies: Iterable[Tally]) -> Table:
    found = list(tallies)
    names = body_names({each.body for each in found})
    rows = [
        Row(
            (names[each.body], each.total, each.done, each.reported, each.due_soon, each.late, each.unreported, each.done_late),
            f"{TASKS}?co-quan={each.body}",
        )
        for each in found
    ]
    columns = (
        Column(_("Cơ quan")), Column(_("Nhiệm vụ"), "amount"), Column(_("Hoàn thành"), "amount"),
        Column(_("Chờ xác nhận"), "amount"), Column(_("Sắp đến hạn"), "amount"), Column(_("Chậm"), "amount"),
        Column(_("Quá hạn, chưa có báo cáo"), "amount"), Column(_("Hoàn thành muộn"), "amount"),
    )  # fmt: skip
    return Table(_("Theo cơ quan"), columns, rows, _("Chưa có nhiệm vụ nào."))


def late_chart(tallies: Iterable[Tally]) -> BarChart | None:
    """Who has most that is late; nothing where nobody has."""
    late = [each for each in tallies if each.late][:BARS_MAX]
    if not late:
        return None
    names = body_names({each.body for each in late})
    title = _("%(body)s có nhiều nhiệm vụ chậm nhất: %(count)s") % {"body": names[late[0].body], "count": late[0].late}
    bars = [Bar(names[each.body], each.late, href=f"{TASKS}?co-quan={each.body}&cham=1") for each in late]
    return BarChart(title=title, bars=bars, unit=_("nhiệm vụ"))


def tasks_table(parts: Iterable[Assignment], day: date, *, next_href: str = "") -> Table:
    found = list(parts)
    names = body_names({each.body for each in found})
    rows = [
        Row(
            (
                each.task.wording,
                names[each.body],
                document_number(each.task.document),
                deadline_words(each.standing.deadline),
                each.standing.percent / 100,
                state_of(each.standing, day),
            ),
            f"{TASKS}/{each.task.code}/{each.body}",
        )
        for each in found
    ]
    columns = (
        Column(_("Nhiệm vụ")), Column(_("Cơ quan")), Column(_("Văn bản"), "code"), Column(_("Thời hạn")),
        Column(_("Tiến độ"), "share"), Column(_("Tình trạng"), "state"),
    )  # fmt: skip
    return Table(_("Nhiệm vụ"), columns, rows, _("Không có nhiệm vụ nào như vậy."), next_href=next_href)


def timeline_of(actions: Iterable[Action]) -> list[Change]:
    """What was done, the newest first, with what it rests on."""
    found = list(actions)
    names = body_names({each.organisation for each in found if each.organisation})
    return [
        Change(
            in_language(ACTION_WORDS[each.kind]),
            each.at,
            f"{names.get(each.organisation, each.organisation)}, {each.account}" if each.account else "",
            each.on,
            str(each.data.get("evidence", "")),
            facts=[*([each.text] if each.text else []), *_facts(each)],
        )
        for each in found
    ]


def _facts(action: Action) -> list[str]:
    said = []
    if "percent" in action.data:
        said.append(_("Tiến độ %(percent)s%%") % {"percent": action.data["percent"]})
    if "deadline" in action.data:
        said.append(_("Thời hạn: %(deadline)s") % {"deadline": deadline_words(parse_deadline(str(action.data["deadline"])))})
    if "done_on" in action.data:
        said.append(_("Hoàn thành ngày %(day)s") % {"day": day_text(date.fromisoformat(str(action.data["done_on"])))})
    return said
