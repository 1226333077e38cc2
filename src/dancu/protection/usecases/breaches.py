"""What is done about a breach: report, tasks, authority, proposals under four eyes, end. Every step stands in the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import transaction

from dancu.kernel.errors import Conflict, Invalid, NotAllowed
from dancu.kernel.work_days import work_calendar
from dancu.ledger import api as ledger
from dancu.protection import reference
from dancu.protection.domain.breaches import (
    LETTER_LENGTH_MAX,
    Breach,
    BreachAction,
    BreachActionKind,
    Proposal,
    ProposalKind,
    Scope,
    act_on_breach,
    is_of,
)
from dancu.protection.domain.cases import ROLE, DeskActor
from dancu.protection.domain.clocks import ClockRule, due_after
from dancu.protection.store import affected as affected_store
from dancu.protection.store import breaches as store
from dancu.protection.usecases.cases import SYSTEM

TITLE_LENGTH_MAX = 200


@dataclass(frozen=True, slots=True)
class BreachReport:
    """What is told when a breach is noticed (*báo cáo sự cố ban đầu*)."""

    title: str
    text: str
    noticed_at: datetime
    scope: Scope
    from_case: str = ""  # code of the case that led to it


@dataclass(frozen=True, slots=True)
class BreachStep:
    """What an officer wants to do about a breach; `seen` is how many steps she had before her (*bước xử lý sự cố*)."""

    breach: UUID
    kind: BreachActionKind
    seen: int
    text: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


def report_breach(actor: DeskActor, breach: UUID, report: BreachReport, *, now: datetime) -> Breach:
    """Report a breach; the 72 hours run from when it was noticed (*báo sự cố*). The same form sent twice is one breach."""
    if ROLE not in actor.roles:
        raise NotAllowed("breach.role", "Tài khoản của bạn không được giao việc này.", "Your account is not assigned this work.")
    _check_report(report, now)
    rule = _rule_for(report.noticed_at)
    data = {
        "title": report.title.strip(),
        "noticed_at": report.noticed_at.isoformat(),
        "due_at": due_after(report.noticed_at, rule.amount, rule.unit, work_calendar()).isoformat(),
        "legal_basis": rule.legal_basis,
        "scope": msgspec.to_builtins(report.scope),
        "from_case": report.from_case,
    }
    action = BreachAction(BreachActionKind.REPORT, now, actor.hand, report.text.strip(), data)
    with transaction.atomic():
        found = store.find_breach(breach, lock=True)
        if found is not None:
            if is_of(found, actor) and found.report.data["title"] == data["title"]:
                return found
            raise Conflict("breach.exists", "Mẫu này đã được gửi. Mở mẫu mới.", "This form was sent. Open a new one.")
        reported = act_on_breach(Breach(breach, actor.organisation), actor, action)
        _save(reported, actor, now)
    return reported


def take_breach_step(actor: DeskActor, step: BreachStep, *, now: datetime) -> Breach:
    """Take a step about a breach (*xử lý sự cố*). The same step sent twice has one effect.

    Raises `NotFound` for a breach of another desk, `Conflict`, `Invalid`; `NotAllowed` where four eyes forbid it, recorded.
    """
    try:
        return _take(actor, step, now)
    except NotAllowed as refused:
        ledger.record(
            ledger.Act(
                ledger.ActKind.REFUSE, refused.code, actor.organisation, SYSTEM, actor.hand.account, dossier_no=str(step.breach)
            ),
            now=now,
        )
        raise


def breach_for(actor: DeskActor, breach: UUID) -> Breach:
    """A breach for who may know it (*mở sự cố*). Raises `NotFound`, the same for everybody else."""
    found = store.get_breach(breach)
    if not is_of(found, actor):
        raise store.no_breach()
    return found


def _take(actor: DeskActor, step: BreachStep, now: datetime) -> Breach:
    with transaction.atomic():
        found = store.get_breach(step.breach, lock=True)
        if not is_of(found, actor):
            raise store.no_breach()
        action = BreachAction(step.kind, now, actor.hand, step.text.strip(), _completed(found, step))
        last = found.last
        if (last.kind, last.by, last.text, dict(last.data)) == (action.kind, action.by, action.text, dict(action.data)):
            return found
        if step.seen != len(found.actions):
            raise Conflict(
                "breach.elsewhere",
                "Sự cố này vừa được xử lý ở nơi khác. Những gì bạn đã nhập vẫn còn; xem bước mới rồi gửi lại.",
                "The breach moved on elsewhere. What you typed is kept; look at the new step.",
            )
        taken = act_on_breach(found, actor, action)
        _save(taken, actor, now)
        if step.kind is BreachActionKind.APPROVE:
            _carry_out(taken, _proposal(found, int(step.data["proposal"])), now)
    return taken


def _completed(breach: Breach, step: BreachStep) -> Mapping[str, Any]:
    data = dict(step.data)
    if step.kind is BreachActionKind.DO_TASK and data.get("task") not in {t.key for t in reference.breach_tasks()}:
        raise Invalid("breach.task", "Không có việc này trong danh mục.", "There is no such task.", field="task")
    if step.kind is BreachActionKind.TELL_AUTHORITY and not str(data.get("paper_no", "")).strip():
        raise Invalid("breach.paper_no", "Ghi số văn bản đã gửi.", "State the number of the paper that was sent.", field="paper_no")
    if step.kind is BreachActionKind.AMEND:
        _check_scope(msgspec.convert(data["scope"], Scope))
    if step.kind is BreachActionKind.PROPOSE:
        _check_proposal(breach, data)
        if data["proposal_kind"] == ProposalKind.TELL_PERSONS:
            _check_letter({"text": step.text, "advice": data.get("advice"), "contact": data.get("contact")})
    return data


def _check_proposal(breach: Breach, data: Mapping[str, Any]) -> None:
    kind = ProposalKind(data["proposal_kind"])
    if any(open_.kind is kind for open_ in breach.open_proposals):
        raise Conflict("breach.proposed", "Đã có một đề nghị như vậy đang chờ quyết định.", "Such a proposal is waiting already.")
    if kind is ProposalKind.TELL_NOBODY:
        return
    run = affected_store.get_run(UUID(str(data.get("run") or UUID(int=0))))
    if run.breach != breach.id or run.state != "done":
        raise Conflict(
            "breach.no_list",
            "Danh sách người bị ảnh hưởng chưa lập xong. Chờ lập xong rồi đề nghị.",
            "The list of the affected is not ready yet.",
        )


def _check_letter(parts: Mapping[str, object]) -> None:
    for name, said in parts.items():
        if not 0 < len(str(said or "").strip()) <= LETTER_LENGTH_MAX:
            raise Invalid(
                "breach.letter",
                f"Mỗi phần của thư báo dài từ 1 đến {LETTER_LENGTH_MAX} ký tự: điều đã xảy ra, việc nên làm, nơi liên hệ.",
                f"Each part of the letter has 1 to {LETTER_LENGTH_MAX} characters: what happened, what to do, whom to ask.",
                field=name,
            )


def _proposal(breach: Breach, sequence: int) -> Proposal:
    return next(proposal for proposal in breach.open_proposals if proposal.sequence == sequence)


def _carry_out(breach: Breach, proposal: Proposal, now: datetime) -> None:
    """What an approval sets going by itself: letters. An export is taken by whoever proposed it."""
    if proposal.kind is ProposalKind.TELL_PERSONS:
        letters = UUID(bytes=breach.id.bytes[:12] + proposal.sequence.to_bytes(4))
        affected_store.add_letters(letters, breach.id, UUID(proposal.run), breach.organisation, proposal.letter, now)


def _check_report(report: BreachReport, now: datetime) -> None:
    if not 0 < len(report.title.strip()) <= TITLE_LENGTH_MAX:
        raise Invalid("breach.title", "Đặt tên ngắn cho sự cố.", "Give the breach a short name.", field="title")
    if report.noticed_at > now:
        raise Invalid(
            "breach.noticed", "Thời điểm phát hiện không thể ở sau bây giờ.", "Noticed in the future.", field="noticed_day"
        )
    _check_scope(report.scope)


def _rule_for(noticed_at: datetime) -> ClockRule:
    try:
        return reference.clock_for("breach", noticed_at)
    except LookupError:
        first = min(rule.valid_from for rule in reference.clock_rules() if rule.kind == "breach")
        raise Invalid(
            "breach.no_rule",
            f"Thời hạn thông báo sự cố chỉ có từ ngày {first:%d/%m/%Y}. Xem lại ngày phát hiện.",
            f"There is a deadline for breaches only from {first:%d/%m/%Y}. Check the day it was noticed.",
            field="noticed_day",
        ) from None


def _check_scope(scope: Scope) -> None:
    if scope.since >= scope.until:
        raise Invalid("breach.scope", "Mốc cuối phải sau mốc đầu.", "The end must be after the beginning.", field="until_day")
    if not (scope.organisation or scope.system or scope.officer):
        raise Invalid(
            "breach.whose",
            "Ghi ít nhất cơ quan, hệ thống hoặc tài khoản liên quan.",
            "Name at least an organisation, a system or an account.",
            field="organisation",
        )


def _save(breach: Breach, actor: DeskActor, now: datetime) -> None:
    store.save_last_action(breach)
    ledger.record(
        ledger.Act(
            ledger.ActKind.ADMINISTER,
            f"protection.breach.{breach.last.kind.value}",
            actor.organisation,
            SYSTEM,
            actor.hand.account,
            purpose=str(breach.last.data.get("proposal_kind", "")),
            legal_basis=str(breach.report.data["legal_basis"]),
            dossier_no=breach.code,
        ),
        now=now,
    )
