"""A breach of personal data is the list of what was done about it; its state, clock and open proposal are folded from that.

Mass letters, the decision not to write them, and the export of the affected need four eyes: another human, account and
unit than whoever proposed. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import Any
from uuid import UUID

import msgspec

from dancu.kernel.clock import local
from dancu.kernel.errors import Conflict, Invalid, NotAllowed
from dancu.kernel.four_eyes import Hand, are_apart
from dancu.protection.domain.cases import ROLE, TEXT_LENGTH_MAX, TEXT_LENGTH_MIN, DeskActor

BREACH_ACTIONS_MAX = 500
LETTER_LENGTH_MAX = 300  # of each part: it must fit a notice on a telephone


class BreachState(StrEnum):
    """Where a breach stands (*trạng thái sự cố*)."""

    NEW = "new"
    OPEN = "open"
    AUTHORITY_TOLD = "authority_told"
    CLOSED = "closed"


class BreachActionKind(StrEnum):
    """What is done about a breach (*thao tác với sự cố*)."""

    REPORT = "report"
    AMEND = "amend"
    DO_TASK = "do_task"
    NOTE = "note"
    TELL_AUTHORITY = "tell_authority"
    PROPOSE = "propose"
    APPROVE = "approve"
    REJECT = "reject"
    CLOSE = "close"


class ProposalKind(StrEnum):
    """What one officer proposes and another of another unit decides (*việc cần hai người quyết định*)."""

    TELL_PERSONS = "tell_persons"
    TELL_NOBODY = "tell_nobody"
    EXPORT = "export"


STATE_WORDS: Mapping[BreachState, str] = {
    BreachState.NEW: "Chưa báo",
    BreachState.OPEN: "Đang xử lý",
    BreachState.AUTHORITY_TOLD: "Đã thông báo cơ quan chuyên trách",
    BreachState.CLOSED: "Đã kết thúc",
}
ACTION_WORDS: Mapping[BreachActionKind, str] = {
    BreachActionKind.REPORT: "Báo sự cố",
    BreachActionKind.AMEND: "Cập nhật phạm vi",
    BreachActionKind.DO_TASK: "Đã làm",
    BreachActionKind.NOTE: "Ghi chú",
    BreachActionKind.TELL_AUTHORITY: "Thông báo cơ quan chuyên trách",
    BreachActionKind.PROPOSE: "Đề nghị",
    BreachActionKind.APPROVE: "Duyệt",
    BreachActionKind.REJECT: "Không duyệt",
    BreachActionKind.CLOSE: "Kết thúc, báo cáo",
}
PROPOSAL_WORDS: Mapping[ProposalKind, str] = {
    ProposalKind.TELL_PERSONS: "Thông báo cho những người bị ảnh hưởng",
    ProposalKind.TELL_NOBODY: "Không thông báo cho người bị ảnh hưởng",
    ProposalKind.EXPORT: "Xuất danh sách người bị ảnh hưởng",
}
_A, _S = BreachActionKind, BreachState
_WORK = frozenset({_A.AMEND, _A.DO_TASK, _A.NOTE, _A.PROPOSE, _A.APPROVE, _A.REJECT})
BREACH_TABLE: Mapping[BreachState, frozenset[BreachActionKind]] = {
    _S.NEW: frozenset({_A.REPORT}),
    _S.OPEN: _WORK | {_A.TELL_AUTHORITY},
    _S.AUTHORITY_TOLD: _WORK | {_A.TELL_AUTHORITY, _A.CLOSE},
    _S.CLOSED: frozenset({_A.NOTE, _A.PROPOSE, _A.APPROVE, _A.REJECT}),  # a late export is still proposed and decided
}
_LEADS_TO: Mapping[BreachActionKind, BreachState] = {
    _A.REPORT: _S.OPEN,
    _A.TELL_AUTHORITY: _S.AUTHORITY_TOLD,
    _A.CLOSE: _S.CLOSED,
}
_NEED_TEXT = frozenset({_A.REPORT, _A.AMEND, _A.NOTE, _A.TELL_AUTHORITY, _A.PROPOSE, _A.REJECT, _A.CLOSE})


class Scope(msgspec.Struct, frozen=True):
    """Whose looks a breach is about: any of organisation, system, officer; from one moment to another (*phạm vi sự cố*)."""

    since: datetime
    until: datetime
    organisation: str = ""
    system: str = ""
    officer: str = ""


class BreachTask(msgspec.Struct, frozen=True):
    """What is to be done within so many hours of noticing (*việc theo giờ*)."""

    key: str
    title: str
    by_hour: int
    valid_from: date
    source: str
    author: str


class BreachAction(msgspec.Struct, frozen=True):
    """One thing done about a breach (*bước xử lý sự cố*). `text` is kept sealed, `data` names no person of the register."""

    kind: BreachActionKind
    at: datetime
    by: Hand
    text: str = ""
    data: Mapping[str, Any] = {}


class Letter(msgspec.Struct, frozen=True):
    """What an affected person is told: what happened, what to do, whom to ask (*thư báo người bị ảnh hưởng*)."""

    what: str
    advice: str
    contact: str


class Proposal(msgspec.Struct, frozen=True):
    """A proposal that waits for a decision: its place in the list of actions (*đề nghị đang chờ*)."""

    sequence: int
    kind: ProposalKind
    by: Hand
    at: datetime
    text: str
    run: str = ""  # the list of affected persons it is about
    advice: str = ""
    contact: str = ""

    @property
    def letter(self) -> Letter:
        return Letter(self.text, self.advice, self.contact)


class Breach(msgspec.Struct, frozen=True, dict=True):
    """A breach of personal data as its list of actions (*sự cố dữ liệu cá nhân*)."""

    id: UUID
    organisation: str
    actions: tuple[BreachAction, ...] = ()

    @cached_property
    def state(self) -> BreachState:
        state = BreachState.NEW
        for action in self.actions:
            state = _LEADS_TO.get(action.kind, state)
        return state

    @property
    def report(self) -> BreachAction:
        return self.actions[0]

    @property
    def title(self) -> str:
        return str(self.report.data["title"])

    @property
    def noticed_at(self) -> datetime:
        return datetime.fromisoformat(self.report.data["noticed_at"])

    @property
    def due_at(self) -> datetime:
        """Until when the authority is to be told."""
        return datetime.fromisoformat(self.report.data["due_at"])

    @cached_property
    def told_at(self) -> datetime | None:
        """When the authority was told, as it was recorded last: a later record corrects the one before."""
        told = [a.data["told_at"] for a in self.actions if a.kind is BreachActionKind.TELL_AUTHORITY]
        return datetime.fromisoformat(told[-1]) if told else None

    @cached_property
    def scope(self) -> Scope:
        """The scope as it is known now."""
        said = next(a.data["scope"] for a in reversed(self.actions) if "scope" in a.data)
        return msgspec.convert(said, Scope)

    @cached_property
    def tasks_done(self) -> Mapping[str, BreachAction]:
        return {str(a.data["task"]): a for a in self.actions if a.kind is BreachActionKind.DO_TASK}

    @cached_property
    def proposals(self) -> tuple[tuple[Proposal, BreachAction | None], ...]:
        """Every proposal, with its decision where there is one."""
        decided = {int(a.data["proposal"]): a for a in self.actions if a.kind in (_A.APPROVE, _A.REJECT)}
        return tuple(
            (
                Proposal(
                    at,
                    ProposalKind(a.data["proposal_kind"]),
                    a.by,
                    a.at,
                    a.text,
                    *(str(a.data.get(name, "")) for name in ("run", "advice", "contact")),
                ),
                decided.get(at),
            )
            for at, a in enumerate(self.actions, start=1)
            if a.kind is BreachActionKind.PROPOSE
        )

    @property
    def open_proposals(self) -> tuple[Proposal, ...]:
        return tuple(proposal for proposal, decision in self.proposals if decision is None)

    def approved(self, kind: ProposalKind) -> tuple[Proposal, ...]:
        """Proposals of a kind that somebody else approved."""
        return tuple(p for p, decision in self.proposals if p.kind is kind and decision and decision.kind is _A.APPROVE)

    @property
    def persons_decided(self) -> bool:
        """Was it decided whether the affected are told?"""
        return bool(self.approved(ProposalKind.TELL_PERSONS) or self.approved(ProposalKind.TELL_NOBODY))

    @property
    def last(self) -> BreachAction:
        return self.actions[-1]

    @property
    def code(self) -> str:
        return breach_code(self.id, self.noticed_at)


def breach_code(breach: UUID, noticed_at: datetime) -> str:
    return f"SC-{local(noticed_at):%y%m%d}-{breach.hex[:6].upper()}"


def is_of(breach: Breach, actor: DeskActor) -> bool:
    """May the actor know it: an officer of the desk it lies at."""
    return ROLE in actor.roles and breach.organisation == actor.organisation


def act_on_breach(breach: Breach, actor: DeskActor, action: BreachAction) -> Breach:
    """The breach after one action, if table and four eyes allow it. Raises `NotAllowed`, `Conflict`, `Invalid`."""
    _require(breach, action.kind)
    _check_words(action)
    if action.kind is _A.TELL_AUTHORITY:
        _check_told(breach, action)
    if action.kind in (_A.APPROVE, _A.REJECT):
        _check_four_eyes(breach, actor, action)
    if action.kind is _A.CLOSE and not breach.persons_decided:
        raise Conflict(
            "breach.persons_open",
            "Chưa quyết định thông báo hay không thông báo cho người bị ảnh hưởng. Quyết định xong mới kết thúc được.",
            "It is not decided yet whether the affected are told.",
        )
    if len(breach.actions) >= BREACH_ACTIONS_MAX:
        raise Conflict("breach.too_long", "Sự cố này đã có quá nhiều bước.", "Too many steps.")
    return Breach(breach.id, breach.organisation, (*breach.actions, action))


def _require(breach: Breach, kind: BreachActionKind) -> None:
    possible = BREACH_TABLE[breach.state]
    if kind in possible:
        return
    words = [ACTION_WORDS[each] for each in BreachActionKind if each in possible]
    raise Conflict(
        "breach.action",
        f"Sự cố đang ở trạng thái “{STATE_WORDS[breach.state]}” nên không thực hiện được “{ACTION_WORDS[kind]}”. "
        f"Hiện có thể: {', '.join(words) or 'không còn thao tác nào'}.",
        f"The breach is {breach.state}; possible now: {', '.join(sorted(possible)) or 'nothing'}.",
    )


def _check_four_eyes(breach: Breach, actor: DeskActor, action: BreachAction) -> None:
    proposal = next((p for p in breach.open_proposals if p.sequence == action.data.get("proposal")), None)
    if proposal is None:
        raise Conflict("breach.no_proposal", "Đề nghị này đã được quyết định.", "This proposal was decided already.")
    if not are_apart([actor.hand], [proposal.by]):
        raise NotAllowed(
            "breach.four_eyes",
            "Người quyết định phải là người khác, tài khoản khác và bộ phận khác với người đề nghị.",
            "Whoever decides must be another person, account and unit than who proposed.",
        )


def _check_told(breach: Breach, action: BreachAction) -> None:
    """The clock stops at a moment that was: after the breach was noticed, not after now."""
    if not breach.noticed_at <= datetime.fromisoformat(action.data["told_at"]) <= action.at:
        raise Invalid(
            "breach.told",
            f"Thời điểm thông báo phải từ lúc phát hiện ({local(breach.noticed_at):%H:%M %d/%m/%Y}) đến bây giờ.",
            f"The authority was told between when it was noticed ({local(breach.noticed_at):%H:%M %d/%m/%Y}) and now.",
            field="told_day",
        )


def _check_words(action: BreachAction) -> None:
    length = len(action.text.strip())
    if length > TEXT_LENGTH_MAX or (action.kind in _NEED_TEXT and length < TEXT_LENGTH_MIN):
        raise Invalid(
            "breach.text",
            f"Ghi rõ nội dung, từ {TEXT_LENGTH_MIN} đến {TEXT_LENGTH_MAX} ký tự.",
            f"State it in {TEXT_LENGTH_MIN} to {TEXT_LENGTH_MAX} characters.",
            field="text",
        )
