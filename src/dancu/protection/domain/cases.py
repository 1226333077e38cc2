"""A data subject's case is the list of what was done to it; state, clock and answer are folded from that. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any
from uuid import UUID

import msgspec

from dancu.kernel.clock import local
from dancu.kernel.errors import Conflict, Invalid, NotAllowed
from dancu.kernel.four_eyes import Hand
from dancu.protection.domain.clocks import Confidence, TimeUnit

ACTIONS_MAX = 200
TEXT_LENGTH_MIN, TEXT_LENGTH_MAX = 5, 4000
ROLE = "data-protection"
SUBJECT = Hand("", "", "")  # the person herself; who she is stands sealed beside the case


class CaseKind(StrEnum):
    """What a person asks of whoever processes her data (*loại yêu cầu của chủ thể dữ liệu*)."""

    KNOW = "know"
    ACCESS = "access"
    CORRECT = "correct"
    DELETE = "delete"
    RESTRICT = "restrict"
    OBJECTION = "objection"
    WITHDRAW_CONSENT = "withdraw_consent"
    COMPLAINT = "complaint"


class CaseState(StrEnum):
    """Where a case stands (*trạng thái yêu cầu*)."""

    NEW = "new"
    RECEIVED = "received"
    IN_HAND = "in_hand"
    WITH_ORGANISATION = "with_organisation"
    WITH_SUBJECT = "with_subject"
    ANSWERED = "answered"
    REFUSED = "refused"
    FOUND_LAWFUL = "found_lawful"
    FOUND_UNLAWFUL = "found_unlawful"
    WITHDRAWN = "withdrawn"


class CaseActionKind(StrEnum):
    """What is done to a case (*thao tác với yêu cầu*)."""

    OPEN = "open"
    ASSIGN = "assign"
    ASK_ORGANISATION = "ask_organisation"
    EXPLAIN = "explain"
    ASK_SUBJECT = "ask_subject"
    SUPPLEMENT = "supplement"
    EXTEND = "extend"
    NOTE = "note"
    ANSWER = "answer"
    REFUSE = "refuse"
    FIND_LAWFUL = "find_lawful"
    FIND_UNLAWFUL = "find_unlawful"
    WITHDRAW = "withdraw"


class CaseParty(StrEnum):
    """What somebody is to a case (*vai trong yêu cầu*)."""

    SUBJECT = "subject"
    DESK = "desk"  # an officer of the desk the case lies at
    ASKED = "asked"  # an officer of the organisation that was asked to explain
    NOBODY = "nobody"


KIND_WORDS: Mapping[CaseKind, str] = {
    CaseKind.KNOW: "Muốn biết dữ liệu được xử lý thế nào",
    CaseKind.ACCESS: "Xem, nhận bản sao dữ liệu",
    CaseKind.CORRECT: "Sửa dữ liệu",
    CaseKind.DELETE: "Xoá dữ liệu",
    CaseKind.RESTRICT: "Hạn chế xử lý",
    CaseKind.OBJECTION: "Phản đối một lần xử lý",
    CaseKind.WITHDRAW_CONSENT: "Rút lại đồng ý",
    CaseKind.COMPLAINT: "Khiếu nại, phản ánh",
}
STATE_WORDS: Mapping[CaseState, str] = {
    CaseState.NEW: "Chưa gửi",
    CaseState.RECEIVED: "Mới nhận",
    CaseState.IN_HAND: "Đang xử lý",
    CaseState.WITH_ORGANISATION: "Chờ cơ quan giải trình",
    CaseState.WITH_SUBJECT: "Chờ người dân bổ sung",
    CaseState.ANSWERED: "Đã trả lời",
    CaseState.REFUSED: "Đã từ chối",
    CaseState.FOUND_LAWFUL: "Kết luận: đúng quy định",
    CaseState.FOUND_UNLAWFUL: "Kết luận: trái quy định",
    CaseState.WITHDRAWN: "Người dân đã rút",
}
ACTION_WORDS: Mapping[CaseActionKind, str] = {
    CaseActionKind.OPEN: "Gửi yêu cầu",
    CaseActionKind.ASSIGN: "Nhận xử lý",
    CaseActionKind.ASK_ORGANISATION: "Đề nghị cơ quan giải trình",
    CaseActionKind.EXPLAIN: "Cơ quan giải trình",
    CaseActionKind.ASK_SUBJECT: "Đề nghị người dân bổ sung",
    CaseActionKind.SUPPLEMENT: "Người dân bổ sung",
    CaseActionKind.EXTEND: "Gia hạn",
    CaseActionKind.NOTE: "Ghi chú",
    CaseActionKind.ANSWER: "Trả lời",
    CaseActionKind.REFUSE: "Từ chối",
    CaseActionKind.FIND_LAWFUL: "Kết luận đúng quy định",
    CaseActionKind.FIND_UNLAWFUL: "Kết luận trái quy định",
    CaseActionKind.WITHDRAW: "Rút yêu cầu",
}

_DESK = frozenset({CaseParty.DESK})
_SUBJECT = frozenset({CaseParty.SUBJECT})
_A, _S = CaseActionKind, CaseState
CaseTable = Mapping[CaseState, Mapping[CaseActionKind, frozenset[CaseParty]]]
_WORK: dict[CaseActionKind, frozenset[CaseParty]] = {
    _A.ASSIGN: _DESK,
    _A.ASK_ORGANISATION: _DESK,
    _A.ASK_SUBJECT: _DESK,
    _A.EXTEND: _DESK,
    _A.NOTE: _DESK,
    _A.ANSWER: _DESK,
    _A.FIND_LAWFUL: _DESK,
    _A.FIND_UNLAWFUL: _DESK,
    _A.REFUSE: _DESK,
    _A.SUPPLEMENT: _SUBJECT,
    _A.WITHDRAW: _SUBJECT,
}
TABLE: CaseTable = {
    _S.NEW: {_A.OPEN: _SUBJECT},
    _S.RECEIVED: {_A.ASSIGN: _DESK, _A.NOTE: _DESK, _A.EXTEND: _DESK, _A.SUPPLEMENT: _SUBJECT, _A.WITHDRAW: _SUBJECT},
    _S.IN_HAND: _WORK,
    _S.WITH_ORGANISATION: {**_WORK, _A.EXPLAIN: frozenset({CaseParty.ASKED, CaseParty.DESK})},
    _S.WITH_SUBJECT: _WORK,
    _S.ANSWERED: {},
    _S.REFUSED: {},
    _S.FOUND_LAWFUL: {},
    _S.FOUND_UNLAWFUL: {},
    _S.WITHDRAWN: {},
}
_LEADS_TO: Mapping[CaseActionKind, CaseState | None] = {
    _A.OPEN: _S.RECEIVED,
    _A.ASSIGN: _S.IN_HAND,
    _A.ASK_ORGANISATION: _S.WITH_ORGANISATION,
    _A.EXPLAIN: _S.IN_HAND,
    _A.ASK_SUBJECT: _S.WITH_SUBJECT,
    _A.SUPPLEMENT: None,
    _A.EXTEND: None,
    _A.NOTE: None,
    _A.ANSWER: _S.ANSWERED,
    _A.REFUSE: _S.REFUSED,
    _A.FIND_LAWFUL: _S.FOUND_LAWFUL,
    _A.FIND_UNLAWFUL: _S.FOUND_UNLAWFUL,
    _A.WITHDRAW: _S.WITHDRAWN,
}
CLOSED = frozenset({_S.ANSWERED, _S.REFUSED, _S.FOUND_LAWFUL, _S.FOUND_UNLAWFUL, _S.WITHDRAWN})
OPEN_STATES = tuple(s for s in CaseState if s not in CLOSED and s is not CaseState.NEW)
FINDINGS = frozenset({_A.FIND_LAWFUL, _A.FIND_UNLAWFUL})
# What the person reads: the letter, the question to her, why it takes longer. Nobody else's words.
_TOLD = frozenset({_A.ANSWER, _A.REFUSE, _A.FIND_LAWFUL, _A.FIND_UNLAWFUL, _A.ASK_SUBJECT, _A.EXTEND})
_NEED_TEXT = _TOLD | {_A.OPEN, _A.ASK_ORGANISATION, _A.EXPLAIN, _A.SUPPLEMENT, _A.NOTE}
_NEED_BASIS = frozenset({_A.REFUSE}) | FINDINGS


class CaseAction(msgspec.Struct, frozen=True):
    """One thing done to a case (*bước xử lý yêu cầu*). `text` may speak of people and is kept sealed; `data` never does."""

    kind: CaseActionKind
    at: datetime
    by: Hand
    text: str = ""
    data: Mapping[str, Any] = {}


class CaseEvent(msgspec.Struct, frozen=True):
    """A step of a case as the person reads it (*diễn biến yêu cầu*); `text` only where it is addressed to her."""

    at: datetime
    kind: CaseActionKind
    text: str = ""

    @property
    def words(self) -> str:
        return ACTION_WORDS[self.kind]


class Case(msgspec.Struct, frozen=True):
    """A case as the person it is about sees it: what she asked, where it stands, until when (*yêu cầu của tôi*)."""

    id: UUID
    code: str
    kind: CaseKind
    about: str  # reference of the ledger entry objected to; empty where there is none
    state: CaseState
    opened_at: datetime
    due_at: datetime
    events: tuple[CaseEvent, ...]
    confidence: str = Confidence.UNCONFIRMED  # of the rule the deadline comes from

    @property
    def kind_words(self) -> str:
        return KIND_WORDS[self.kind]

    @property
    def state_words(self) -> str:
        return STATE_WORDS[self.state]

    @property
    def is_closed(self) -> bool:
        return self.state in CLOSED

    @property
    def due_is_expected(self) -> bool:
        """Is the deadline a working figure, because the text that sets it was not read?"""
        return self.confidence != Confidence.CONFIRMED

    def is_late(self, now: datetime) -> bool:
        return not self.is_closed and now > self.due_at

    @property
    def answer(self) -> str:
        """The letter that closed it, empty while it is open."""
        return self.events[-1].text if self.is_closed else ""


class CaseFile(msgspec.Struct, frozen=True, dict=True):
    """A case as its list of actions, as the desk works on it (*hồ sơ yêu cầu*)."""

    id: UUID
    organisation: str  # whose desk it lies at; empty: nobody's yet
    actions: tuple[CaseAction, ...] = ()

    @cached_property
    def state(self) -> CaseState:
        state = CaseState.NEW
        for action in self.actions:
            state = _LEADS_TO[action.kind] or state
            if action.kind is CaseActionKind.SUPPLEMENT and state is CaseState.WITH_SUBJECT:
                state = CaseState.IN_HAND
        return state

    @property
    def opening(self) -> CaseAction:
        return self.actions[0]

    @property
    def kind(self) -> CaseKind:
        return CaseKind(self.opening.data["kind"])

    @property
    def about(self) -> str:
        return str(self.opening.data["about"])

    @property
    def choices(self) -> tuple[str, ...]:
        return tuple(self.opening.data["choices"])

    @property
    def unit(self) -> TimeUnit:
        return TimeUnit(self.opening.data["unit"])

    @cached_property
    def due_at(self) -> datetime:
        """The deadline that runs: the one of the day it was opened, or the last extension."""
        said = next(a for a in reversed(self.actions) if "due_at" in a.data)
        return datetime.fromisoformat(said.data["due_at"])

    @cached_property
    def assignee(self) -> str:
        return next((str(a.data["to"]) for a in reversed(self.actions) if a.kind is CaseActionKind.ASSIGN), "")

    @cached_property
    def asked_organisation(self) -> str:
        return next((str(a.data["organisation"]) for a in reversed(self.actions) if a.kind is CaseActionKind.ASK_ORGANISATION), "")

    @property
    def was_extended(self) -> bool:
        return any(a.kind is CaseActionKind.EXTEND for a in self.actions)

    @property
    def last(self) -> CaseAction:
        return self.actions[-1]

    @property
    def code(self) -> str:
        """What officers and the person call it: the day it came, and the head of its identity."""
        return case_code(self.id, self.opening.at)

    def seen_by_subject(self) -> Case:
        """What the person may read of it."""
        events = tuple(
            CaseEvent(a.at, a.kind, a.text if a.kind in _TOLD or a.by == SUBJECT else "")
            for a in self.actions
            if a.kind is not CaseActionKind.NOTE
        )
        confidence = str(self.opening.data.get("confidence", Confidence.UNCONFIRMED))
        return Case(self.id, self.code, self.kind, self.about, self.state, self.opening.at, self.due_at, events, confidence)


def case_code(case: UUID, opened_at: datetime) -> str:
    return f"BVDL-{local(opened_at):%y%m%d}-{case.hex[:6].upper()}"


class DeskActor(msgspec.Struct, frozen=True):
    """Who acts at the desk, with the roles of that moment (*cán bộ bảo vệ dữ liệu*)."""

    hand: Hand
    roles: frozenset[str]

    @property
    def organisation(self) -> str:
        return self.hand.unit.partition("/")[0]


SUBJECT_ACTOR = DeskActor(SUBJECT, frozenset())


def party_of(case: CaseFile, actor: DeskActor) -> CaseParty:
    """What the actor is to the case."""
    if actor.hand == SUBJECT:
        return CaseParty.SUBJECT
    if ROLE not in actor.roles:
        return CaseParty.NOBODY
    if case.organisation in ("", actor.organisation):
        return CaseParty.DESK
    return CaseParty.ASKED if case.actions and case.asked_organisation == actor.organisation else CaseParty.NOBODY


def allowed_actions(case: CaseFile, actor: DeskActor) -> tuple[CaseActionKind, ...]:
    """What this officer, or the person, may do now, in the order of the table (*thao tác được phép với yêu cầu*)."""
    party = party_of(case, actor)
    found = [kind for kind, who in TABLE[case.state].items() if party in who]
    if not case.actions:
        return tuple(found)
    left_out = {CaseActionKind.ANSWER} if case.kind is CaseKind.OBJECTION else set(FINDINGS)
    if case.was_extended:
        left_out.add(CaseActionKind.EXTEND)
    return tuple(kind for kind in found if kind not in left_out)


def act(case: CaseFile, actor: DeskActor, action: CaseAction) -> CaseFile:
    """The case after one action, if the table allows it. Raises `NotAllowed`, `Conflict`, `Invalid`."""
    _require(action.kind, case, actor)
    _check_words(action)
    if len(case.actions) >= ACTIONS_MAX:
        raise Conflict("case.too_long", "Yêu cầu này đã có quá nhiều bước. Hãy kết thúc yêu cầu.", "Too many steps.")
    return CaseFile(case.id, case.organisation, (*case.actions, action))


def _require(kind: CaseActionKind, case: CaseFile, actor: DeskActor) -> None:
    possible = allowed_actions(case, actor)
    if kind in possible:
        return
    if party_of(case, actor) is CaseParty.NOBODY:
        raise NotAllowed(
            "case.role",
            "Yêu cầu này không thuộc bộ phận bảo vệ dữ liệu của bạn.",
            "This case does not lie at your desk.",
        )
    words = [ACTION_WORDS[each] for each in possible]
    raise Conflict(
        "case.action",
        f"Yêu cầu đang ở trạng thái “{STATE_WORDS[case.state]}” nên không thực hiện được “{ACTION_WORDS[kind]}”. "
        f"Hiện có thể: {', '.join(words) or 'không còn thao tác nào'}.",
        f"The case is {case.state}; possible now: {', '.join(possible) or 'nothing'}.",
        details={"possible": list(possible)},
    )


def _check_words(action: CaseAction) -> None:
    length = len(action.text.strip())
    if length > TEXT_LENGTH_MAX:
        raise Invalid(
            "case.text_length",
            f"Nội dung dài quá {TEXT_LENGTH_MAX} ký tự ({length}). Rút gọn rồi gửi lại.",
            f"The text is longer than {TEXT_LENGTH_MAX} characters ({length}).",
            field="text",
        )
    if action.kind in _NEED_TEXT and length < TEXT_LENGTH_MIN:
        raise Invalid(
            "case.text",
            "Ghi rõ nội dung, ít nhất vài chữ: người nhận sẽ đọc.",
            "State it in words: somebody will read it.",
            field="text",
        )
    if action.kind in _NEED_BASIS and not str(action.data.get("legal_basis", "")).strip():
        raise Invalid(
            "case.legal_basis",
            "Ghi căn cứ pháp lý: điều, khoản của văn bản.",
            "State the legal basis: article and clause.",
            field="legal_basis",
        )
