"""A dossier of connection, as the list of what was done to it: which papers it has, whose turn it is, what is missing. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any
from uuid import UUID

import msgspec

from dancu.kernel.errors import Conflict, Invalid
from dancu.kernel.four_eyes import Hand

ACTIONS_MAX = 1000
_LEFT_FOR_MOVES = 20  # a dossier that is full does not hold up the reorganisation of its province
TEXT_LENGTH_MIN, TEXT_LENGTH_MAX = 5, 4000


class DossierState(StrEnum):
    """Where a dossier stands (*trạng thái hồ sơ kết nối*)."""

    DRAFT = "draft"
    AT_POLICE = "at_police"  # PC06 reviews the papers of a province
    AT_DEPARTMENT = "at_department"  # C06 examines
    RETURNED = "returned"  # the body supplements what was named
    COMPLETE = "complete"  # the papers are in order; inspection and trial may still run
    PROPOSED = "proposed"  # a decision of two people is asked for
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Party(StrEnum):
    """Who acts (*bên xử lý*)."""

    OWNER = "owner"
    POLICE = "police"
    DEPARTMENT = "department"
    DECIDER = "decider"


class ActionKind(StrEnum):
    """What is done to a dossier (*thao tác hồ sơ*)."""

    OPEN = "open"
    WRITE = "write"  # a paper's form
    ATTACH = "attach"  # a paper's signed file
    LINES = "lines"  # the lines of the service registration
    LIST = "list"  # the account list, checked
    RESULT = "result"  # a signed result of the conformance kit
    SUBMIT = "submit"
    RETURN = "return"
    FORWARD = "forward"  # the police proposes to the department
    ACCEPT = "accept"  # the papers are complete
    PROPOSE = "propose"
    TAKE_BACK = "take_back"  # the proposal was rejected or withdrawn
    APPROVE = "approve"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    MOVE = "move"  # its body became another one: nobody's step, a reorganisation writes it


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the table of dossiers: who may do what in which state, and where it leads (*bước xử lý hồ sơ*)."""

    before: DossierState
    kind: ActionKind
    who: Party
    after: DossierState | None  # None: it stays; a submission goes to whoever asked


_S, _K, _P = DossierState, ActionKind, Party
_WRITING = (_K.WRITE, _K.ATTACH, _K.LINES, _K.LIST, _K.RESULT)
_LATER = (_K.ATTACH, _K.RESULT)  # what comes in while others look: a confirmation, a result of the trial
STEPS: tuple[Step, ...] = (
    *(Step(state, kind, _P.OWNER, None) for state in (_S.DRAFT, _S.RETURNED) for kind in _WRITING),
    *(Step(state, kind, _P.OWNER, None) for state in (_S.AT_POLICE, _S.AT_DEPARTMENT, _S.COMPLETE) for kind in _LATER),
    Step(_S.DRAFT, _K.SUBMIT, _P.OWNER, None),
    Step(_S.RETURNED, _K.SUBMIT, _P.OWNER, None),
    *(Step(state, _K.WITHDRAW, _P.OWNER, _S.WITHDRAWN) for state in (_S.DRAFT, _S.RETURNED, _S.AT_POLICE, _S.AT_DEPARTMENT)),
    Step(_S.AT_POLICE, _K.RETURN, _P.POLICE, _S.RETURNED),
    Step(_S.AT_POLICE, _K.FORWARD, _P.POLICE, _S.AT_DEPARTMENT),
    Step(_S.AT_DEPARTMENT, _K.RETURN, _P.DEPARTMENT, _S.RETURNED),
    Step(_S.AT_DEPARTMENT, _K.ACCEPT, _P.DEPARTMENT, _S.COMPLETE),
    Step(_S.AT_DEPARTMENT, _K.PROPOSE, _P.DEPARTMENT, _S.PROPOSED),  # only to refuse
    Step(_S.COMPLETE, _K.RETURN, _P.DEPARTMENT, _S.RETURNED),
    Step(_S.COMPLETE, _K.ATTACH, _P.DEPARTMENT, None),  # the confirmation, where the inspectors send it straight here
    Step(_S.COMPLETE, _K.PROPOSE, _P.DEPARTMENT, _S.PROPOSED),
    Step(_S.PROPOSED, _K.TAKE_BACK, _P.DECIDER, None),
    Step(_S.PROPOSED, _K.APPROVE, _P.DECIDER, _S.APPROVED),
    Step(_S.PROPOSED, _K.REFUSE, _P.DECIDER, _S.REFUSED),
    *(
        Step(state, _K.MOVE, _P.DECIDER, None)
        for state in (_S.DRAFT, _S.RETURNED, _S.AT_POLICE, _S.AT_DEPARTMENT, _S.COMPLETE, _S.PROPOSED)
    ),
)


class Action(msgspec.Struct, frozen=True):
    """One thing done to a dossier (*lượt thao tác hồ sơ*)."""

    kind: ActionKind
    at: datetime
    by: Hand
    content: Mapping[str, Any] = {}
    text: str = ""


@dataclass(frozen=True, slots=True)
class PaperHeld:
    """What a dossier has of one paper: the form, the file, and when each came (*giấy tờ trong hồ sơ*)."""

    kind: str
    values: Mapping[str, Any] = field(default_factory=dict)
    file: str = ""  # SHA-256
    file_name: str = ""
    findings: tuple[Mapping[str, Any], ...] = ()  # what reading the returned file found
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing the body is asked to supplement: which paper, what exactly (*nội dung cần bổ sung*)."""

    paper: str
    what: str
    answered: bool


class ConnectionDossier(msgspec.Struct, frozen=True, dict=True):
    """A dossier, folded from its actions (*hồ sơ kết nối*, letter 1658/CV-TCTTKĐA)."""

    id: UUID
    actions: tuple[Action, ...] = ()

    @cached_property
    def opened(self) -> Mapping[str, Any]:
        """Code, organisation, police (empty on the ministries' route), client id, name of the system, hosting, centre, level."""
        return self.actions[0].content

    @property
    def code(self) -> str:
        return str(self.opened["code"])

    @cached_property
    def stands(self) -> Mapping[str, Any]:
        """Whose it is: organisation and police as of the last move, or as it was opened."""
        return self._last(ActionKind.MOVE) or self.opened

    @property
    def organisation(self) -> str:
        return str(self.stands["organisation"])

    @property
    def client_id(self) -> str:
        return str(self.opened["client_id"])

    @property
    def police(self) -> str:
        return str(self.stands.get("police", ""))

    @property
    def is_supplement(self) -> bool:
        """For more services of a system that is in traffic already."""
        return bool(self.opened.get("supplements"))

    @property
    def author(self) -> Hand:
        return self.actions[0].by

    @property
    def state(self) -> DossierState:
        return self._turns[-1].state

    @property
    def turn_since(self) -> datetime:
        """Since when whoever has it now has it: the step, or with the police another police, is theirs from then on."""
        whose = self._turns[-1].whose
        begin = len(self._turns) - 1
        while begin and self._turns[begin - 1].whose == whose:
            begin -= 1
        return self.actions[begin].at

    @cached_property
    def _turns(self) -> tuple[_Turn, ...]:
        """Where it stood after each action."""
        found = [_Turn(DossierState.DRAFT, str(self.opened.get("police", "")))]
        for action in self.actions[1:]:
            found.append(_after(found[-1], action))
        return tuple(found)

    @cached_property
    def papers(self) -> Mapping[str, PaperHeld]:
        held: dict[str, PaperHeld] = {}
        for action in self.actions:
            if action.kind is ActionKind.WRITE:
                old = held.get(action.content["paper"], PaperHeld(action.content["paper"]))
                held[old.kind] = PaperHeld(old.kind, action.content["values"], old.file, old.file_name, old.findings, action.at)
            elif action.kind is ActionKind.ATTACH:
                old, said = held.get(action.content["paper"], PaperHeld(action.content["paper"])), action.content
                found = tuple(said.get("findings", ()))
                held[old.kind] = PaperHeld(old.kind, old.values, said["file"], said["file_name"], found, action.at)
        return held

    @cached_property
    def lines(self) -> tuple[Mapping[str, Any], ...]:
        return tuple(self._last(ActionKind.LINES).get("lines", ()))

    @cached_property
    def account_list(self) -> Mapping[str, Any]:
        """The list as it was checked last: `list`, `rows`, `faults`; empty where there is none."""
        return self._last(ActionKind.LIST)

    @cached_property
    def result(self) -> Mapping[str, Any]:
        return self._last(ActionKind.RESULT)

    @cached_property
    def asked(self) -> tuple[Asked, ...]:
        """What the last return asks for, while it is not handed in again; each answered once its paper changed."""
        at = max((i for i, a in enumerate(self.actions) if a.kind is ActionKind.RETURN), default=None)
        if at is None or self.state is not DossierState.RETURNED:
            return ()
        changed = {_paper_of(action) for action in self.actions[at + 1 :]}
        return tuple(Asked(each["paper"], each["what"], each["paper"] in changed) for each in self.actions[at].content["items"])

    def _last(self, kind: ActionKind) -> Mapping[str, Any]:
        return next((a.content for a in reversed(self.actions) if a.kind is kind), {})


@dataclass(frozen=True, slots=True)
class _Turn:
    """Where a dossier stands, which police reviews it, and where it goes back to."""

    state: DossierState
    police: str
    returned_from: DossierState = DossierState.DRAFT
    proposed_from: DossierState = DossierState.COMPLETE

    @property
    def whose(self) -> tuple[DossierState, str]:
        return self.state, self.police if self.state is DossierState.AT_POLICE else ""


def _after(turn: _Turn, action: Action) -> _Turn:
    state = turn.state
    if action.kind is ActionKind.MOVE:
        return _moved(turn, str(action.content.get("police", "")))
    if action.kind is ActionKind.SUBMIT:
        first = DossierState.AT_POLICE if turn.police else DossierState.AT_DEPARTMENT
        return replace(turn, state=first if state is DossierState.DRAFT else turn.returned_from)
    if action.kind is ActionKind.TAKE_BACK:
        return replace(turn, state=turn.proposed_from)
    row = next(s for s in STEPS if (s.before, s.kind) == (state, action.kind))
    after = replace(turn, state=row.after or state)
    if action.kind is ActionKind.RETURN:
        return replace(after, returned_from=state if state is DossierState.AT_POLICE else DossierState.AT_DEPARTMENT)
    return replace(after, proposed_from=state) if action.kind is ActionKind.PROPOSE else after


def _moved(turn: _Turn, police: str) -> _Turn:
    """Another police has what the one before had. Where none reviews, the department has it."""
    if police:
        return replace(turn, police=police)
    had, gets = DossierState.AT_POLICE, DossierState.AT_DEPARTMENT
    state, returned_from = (gets if each is had else each for each in (turn.state, turn.returned_from))
    return replace(turn, state=state, police="", returned_from=returned_from)


def _paper_of(action: Action) -> str:
    fixed = {ActionKind.LINES: "service_registration", ActionKind.LIST: "account_list", ActionKind.RESULT: "result"}
    return fixed.get(action.kind) or str(action.content.get("paper", ""))


def steps_for(dossier: ConnectionDossier, who: Party) -> tuple[ActionKind, ...]:
    """What this party may do now."""
    return tuple(step.kind for step in STEPS if step.before is dossier.state and step.who is who)


def take(dossier: ConnectionDossier, action: Action, who: Party) -> ConnectionDossier:
    """The dossier after one more action. Raises `Conflict`, which says what is possible, and `Invalid`."""
    if not dossier.actions:
        if action.kind is not ActionKind.OPEN:
            raise Conflict("dossier.none", "Không có hồ sơ này.", "There is no such dossier.")
        return ConnectionDossier(dossier.id, (action,))
    if len(dossier.actions) >= ACTIONS_MAX - (0 if action.kind is ActionKind.MOVE else _LEFT_FOR_MOVES):
        raise Conflict("dossier.too_long", "Hồ sơ đã có quá nhiều thao tác. Lập hồ sơ mới.", "Open a new dossier.")
    allowed = steps_for(dossier, who)
    if action.kind not in allowed:
        words = ", ".join(ACTION_WORDS[kind].lower() for kind in allowed) or "không thao tác nào"
        raise Conflict(
            "dossier.step",
            f"Hồ sơ đang ở bước “{STATE_WORDS[dossier.state]}”. Việc bạn làm được lúc này: {words}.",
            f"The dossier is {dossier.state}; possible now: {', '.join(allowed) or 'nothing'}.",
            details={"possible": [kind.value for kind in allowed]},
        )
    _check(dossier, action)
    return ConnectionDossier(dossier.id, (*dossier.actions, action))


def _check(dossier: ConnectionDossier, action: Action) -> None:
    needs_text = action.kind in (ActionKind.RETURN, ActionKind.WITHDRAW, ActionKind.PROPOSE, ActionKind.FORWARD)
    if needs_text and not TEXT_LENGTH_MIN <= len(action.text.strip()) <= TEXT_LENGTH_MAX:
        raise Invalid("dossier.text", "Ghi rõ ý kiến: bên nhận sẽ đọc.", "State the reason: the others read it.", field="text")
    if action.kind is ActionKind.RETURN and not action.content.get("items"):
        raise Invalid(
            "dossier.items",
            "Nêu đúng giấy nào, cần bổ sung điều gì; ít nhất một nội dung.",
            "Name which paper and what exactly is missing.",
            field="items",
        )
    if action.kind is ActionKind.SUBMIT and (open_ := [each for each in dossier.asked if not each.answered]):
        raise Conflict(
            "dossier.not_answered",
            f"Còn {len(open_)} nội dung chưa bổ sung: {open_[0].what}",
            f"{len(open_)} of the things asked for were not supplemented yet.",
        )


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing a dossier needs and whether it is there (*điều kiện hồ sơ*)."""

    key: str
    says: str
    says_en: str
    is_met: bool
    why: str = ""
    why_en: str = ""
    for_submission: bool = True  # otherwise only for the proposal


def missing(requirements: Sequence[Requirement], *, for_submission: bool) -> tuple[Requirement, ...]:
    """What stands in the way of handing in, or of proposing."""
    return tuple(each for each in requirements if not each.is_met and (each.for_submission or not for_submission))


STATE_WORDS: dict[DossierState, str] = {
    DossierState.DRAFT: "Đang soạn",
    DossierState.AT_POLICE: "Công an tỉnh rà soát",
    DossierState.AT_DEPARTMENT: "C06 thẩm định",
    DossierState.RETURNED: "Chờ bổ sung",
    DossierState.COMPLETE: "Giấy tờ đầy đủ",
    DossierState.PROPOSED: "Chờ quyết định",
    DossierState.APPROVED: "Đã duyệt, kết nối chính thức",
    DossierState.REFUSED: "Bị từ chối",
    DossierState.WITHDRAWN: "Đã rút",
}
ACTION_WORDS: dict[ActionKind, str] = {
    ActionKind.OPEN: "Lập hồ sơ",
    ActionKind.WRITE: "Điền giấy tờ",
    ActionKind.ATTACH: "Nộp bản ký",
    ActionKind.LINES: "Ghi dịch vụ đăng ký",
    ActionKind.LIST: "Nộp danh sách tài khoản",
    ActionKind.RESULT: "Nộp kết quả kiểm thử",
    ActionKind.SUBMIT: "Gửi hồ sơ",
    ActionKind.RETURN: "Trả lại, yêu cầu bổ sung",
    ActionKind.FORWARD: "Đề xuất C06",
    ActionKind.ACCEPT: "Xác nhận giấy tờ đầy đủ",
    ActionKind.PROPOSE: "Trình quyết định",
    ActionKind.TAKE_BACK: "Trả lại bước thẩm định",
    ActionKind.APPROVE: "Duyệt kết nối chính thức",
    ActionKind.REFUSE: "Từ chối hồ sơ",
    ActionKind.WITHDRAW: "Rút hồ sơ",
    ActionKind.MOVE: "Chuyển đơn vị chủ quản",
}
