"""Steps as the operators' pages show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.utils.translation import gettext as _

from dancu.notices import explain, policies
from dancu.notices.domain.steps import ACTION_WORDS, STATE_WORDS, StepAction, StepState
from dancu.notices.store.seen import Operated, Standing, StepLine, Tried
from dancu.ui.charts.bars import Bar, BarChart
from dancu.ui.parts import Change, Column, Kind, Row, State, Table
from dancu.ui.words import in_language, moment_text, number_text

ENDED_WITHIN = timedelta(hours=24)
STATE_KINDS: dict[StepState, Kind] = {
    StepState.WAITING: "info",
    StepState.UNDER_WAY: "info",
    StepState.DONE: "ok",
    StepState.QUARANTINED: "bad",
    StepState.CANCELLED: "plain",
}


@dataclass(frozen=True, slots=True)
class LineShown:
    """A line of the list."""

    id: UUID
    href: str
    what: str
    about: str
    to: str
    destination: str
    state: State
    created_at: datetime
    due_at: datetime | None
    attempts: int
    why: str
    can_resend: bool


@dataclass(frozen=True, slots=True)
class StepShown:
    """The head of a step's page."""

    id: UUID
    title: str
    state: State
    facts: list[tuple[str, object]]
    why: str
    mend: str
    detail: str


def state_of(state: StepState) -> State:
    return State(in_language(STATE_WORDS[state]), STATE_KINDS[state])


def kind_text(kind: str) -> str:
    return in_language(policies.kind_words(kind))


def destination_text(destination: str) -> str:
    return in_language(policies.destination_words(destination))


def kind_choices() -> list[tuple[str, str]]:
    return [(kind, in_language(words)) for kind, words in policies.named_kinds()]


def picture_of(standings: Sequence[Standing], now: datetime) -> BarChart | None:
    """Open steps by destination; the title says what is to be done."""
    bars = [
        Bar(
            destination_text(each.destination),
            each.waiting + each.under_way + each.quarantined,
            _("%(count)s đã cách ly") % {"count": each.quarantined},
        )
        for each in standings
        if each.waiting or each.under_way or each.quarantined
    ]
    if not bars:
        return None
    aside, waiting = sum(each.quarantined for each in standings), sum(each.waiting + each.under_way for each in standings)
    title = (
        _("%(count)s bước đã cách ly, chờ người vận hành") % {"count": number_text(aside)}
        if aside
        else _("Không có bước nào cách ly; %(count)s bước đang chờ gửi") % {"count": number_text(waiting)}
    )
    return BarChart(title=title, bars=bars, unit=_("bước"), source=_("Hàng gửi của hệ thống này"), at=now)


def standings_table(standings: Sequence[Standing], now: datetime, path: str) -> Table:
    columns = [
        Column(_("Nơi nhận")),
        Column(_("Chờ gửi"), "amount"),
        Column(_("Đang gửi"), "amount"),
        Column(_("Đã cách ly"), "amount"),
        Column(_("Đã gửi trong 24 giờ"), "amount"),
        Column(_("Chờ lâu nhất từ"), "moment"),
        Column(_("Kết nối"), "state"),
    ]
    rows = [
        Row(
            [
                destination_text(each.destination),
                each.waiting,
                each.under_way,
                each.quarantined,
                each.done,
                each.oldest_due if each.oldest_due and each.oldest_due <= now else None,
                _connection(each, now),
            ],
            f"{path}?{urlencode({'noi': each.destination})}",
        )
        for each in standings
    ]
    return Table(_("Theo nơi nhận"), columns, rows, _("Chưa có gì được gửi đi trong 24 giờ qua, và không có gì đang chờ."))


def _connection(each: Standing, now: datetime) -> State:
    if each.open_until is not None and each.open_until > now:
        return State(_("Tạm nghỉ đến %(at)s") % {"at": moment_text(each.open_until)}, "warn")
    return State(_("Đang thử lại"), "warn") if each.failures else State(_("Thông suốt"), "ok")


def line_shown(line: StepLine, path: str) -> LineShown:
    return LineShown(
        line.id,
        f"{path}/{line.id}",
        kind_text(line.kind),
        line.about,
        line.to,
        destination_text(line.destination),
        state_of(line.state),
        line.created_at,
        line.due_at if line.state is StepState.WAITING else None,
        line.attempts,
        in_language(explain.reason_for(line.code).why) if line.code and line.state is not StepState.DONE else "",
        line.state in (StepState.WAITING, StepState.QUARANTINED),
    )


def step_shown(line: StepLine, now: datetime) -> StepShown:
    policy = policies.policy_of(line.kind, line.created_at)
    facts: list[tuple[str, object]] = [
        (_("Gửi gì"), f"{kind_text(line.kind)}: {line.about}" if line.about else kind_text(line.kind)),
        (_("Gửi cho ai"), line.to or "–"),
        (_("Nơi nhận"), destination_text(line.destination)),
        (_("Đơn vị chịu trách nhiệm"), line.owner),
        (_("Ghi vào hàng gửi"), moment_text(line.created_at)),
        (_("Số lần đã gửi"), _("%(count)s trên %(most)s") % {"count": line.attempts, "most": policy.attempts_max}),
        (_("Mã bước"), line.id),
    ]
    if line.state is StepState.WAITING:
        facts.insert(5, (_("Lần gửi tới"), moment_text(line.due_at) if line.due_at > now else _("trong ít giây")))
    if line.ended_at is not None:
        facts.insert(5, (_("Kết thúc"), moment_text(line.ended_at)))
    failing = line.code and line.state is not StepState.DONE
    reason = explain.reason_for(line.code) if failing else explain.Reason("", "")
    detail = f"{line.code} {line.words}".strip() if failing else ""
    return StepShown(
        line.id, kind_text(line.kind), state_of(line.state), facts, in_language(reason.why), in_language(reason.mend), detail
    )


def attempts_table(attempts: Sequence[Tried]) -> Table:
    columns = [
        Column(_("Lúc")),
        Column(_("Lần"), "amount"),
        Column(_("Kết quả")),
        Column(_("Lý do")),
        Column(_("Kéo dài"), "text"),
        Column(_("Dấu trả lời"), "code"),
    ]
    rows = [
        Row(
            [
                moment_text(each.began_at),
                each.number,
                in_language(explain.OUTCOME_WORDS.get(each.outcome, each.outcome)),
                " ".join(
                    filter(
                        None,
                        [
                            in_language(explain.reason_for(each.code).why) if each.code else "",
                            f"({each.words})" if each.words else "",
                        ],
                    )
                ),
                f"{number_text(each.milliseconds)} ms",
                each.digest[:12],
            ]
        )
        for each in attempts
    ]
    return Table(_("Các lần gửi"), columns, rows, _("Chưa gửi lần nào."))


def operated_shown(operated: Sequence[Operated]) -> list[Change]:
    return [
        Change(
            in_language(ACTION_WORDS[StepAction(each.action)]), each.at, each.account, facts=[each.reason] if each.reason else []
        )
        for each in operated
    ]
