"""A dossier is its list of actions; its state is folded from them. What may be done next is a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any

from dancu.kernel.errors import Conflict


class State(IntEnum):
    """The national status codes of a dossier (*trạng thái hồ sơ*)."""

    NEW = 1
    RECEIVED = 2
    NOT_ACCEPTED = 3
    IN_PROCESS = 4
    SUPPLEMENT_REQUESTED = 5
    FINANCIAL_DUTY = 6
    WITHDRAWAL_ASKED = 7
    STOPPED = 8
    FINISHED = 9
    DELIVERED = 10


STATE_WORDS: Mapping[State, str] = {
    State.NEW: "Mới đăng ký",
    State.RECEIVED: "Được tiếp nhận",
    State.NOT_ACCEPTED: "Không được tiếp nhận",
    State.IN_PROCESS: "Đang xử lý",
    State.SUPPLEMENT_REQUESTED: "Yêu cầu bổ sung giấy tờ",
    State.FINANCIAL_DUTY: "Yêu cầu thực hiện nghĩa vụ tài chính",
    State.WITHDRAWAL_ASKED: "Công dân yêu cầu rút hồ sơ",
    State.STOPPED: "Dừng xử lý",
    State.FINISHED: "Đã xử lý xong",
    State.DELIVERED: "Đã trả kết quả",
}


OPEN_STATES = (State.RECEIVED, State.IN_PROCESS, State.SUPPLEMENT_REQUESTED, State.FINANCIAL_DUTY)
RUNNING_STATES = (State.RECEIVED, State.IN_PROCESS)  # while the citizen supplements or pays, the clock stands still


class ActionKind(StrEnum):
    """What is done to a dossier (*thao tác hồ sơ*)."""

    LOOK_UP = "look_up"  # what was read about whom before reception, with the ledger's reference
    RECEIVE = "receive"
    DISPUTE_FIELD = "dispute_field"  # the citizen states something else; it does not hold the dossier up
    COMPARE_LATER = "compare_later"  # the comparison that was left open at reception
    REQUEST_SUPPLEMENT = "request_supplement"
    RECEIVE_SUPPLEMENT = "receive_supplement"
    REFUSE = "refuse"
    EXTEND = "extend"  # apology and a new date
    PROCESS = "process"
    FINISH = "finish"
    DELIVER = "deliver"
    WITHDRAW = "withdraw"


ACTION_WORDS: Mapping[ActionKind, str] = {
    ActionKind.LOOK_UP: "Tra cứu, đối chiếu",
    ActionKind.DISPUTE_FIELD: "Người dân cho là chưa đúng",
    ActionKind.RECEIVE: "Tiếp nhận hồ sơ",
    ActionKind.COMPARE_LATER: "Đối chiếu sau khi tiếp nhận",
    ActionKind.REQUEST_SUPPLEMENT: "Yêu cầu bổ sung",
    ActionKind.RECEIVE_SUPPLEMENT: "Nhận giấy tờ bổ sung",
    ActionKind.REFUSE: "Từ chối giải quyết",
    ActionKind.EXTEND: "Xin lỗi và hẹn lại ngày trả",
    ActionKind.PROCESS: "Chuyển xử lý",
    ActionKind.FINISH: "Xử lý xong",
    ActionKind.DELIVER: "Trả kết quả",
    ActionKind.WITHDRAW: "Công dân rút hồ sơ",
}

_OPEN = (ActionKind.REQUEST_SUPPLEMENT, ActionKind.REFUSE, ActionKind.EXTEND, ActionKind.WITHDRAW, ActionKind.COMPARE_LATER)
ALLOWED: Mapping[State, tuple[ActionKind, ...]] = {
    State.NEW: (ActionKind.LOOK_UP, ActionKind.RECEIVE),
    State.RECEIVED: (ActionKind.PROCESS, ActionKind.DISPUTE_FIELD, *_OPEN),
    State.NOT_ACCEPTED: (),
    State.IN_PROCESS: (ActionKind.FINISH, *_OPEN),
    State.SUPPLEMENT_REQUESTED: (ActionKind.RECEIVE_SUPPLEMENT, ActionKind.WITHDRAW, ActionKind.COMPARE_LATER),
    State.FINANCIAL_DUTY: (ActionKind.PROCESS, ActionKind.WITHDRAW, ActionKind.COMPARE_LATER),
    State.WITHDRAWAL_ASKED: (ActionKind.COMPARE_LATER,),
    State.STOPPED: (ActionKind.COMPARE_LATER,),
    State.FINISHED: (ActionKind.DELIVER, ActionKind.COMPARE_LATER),
    State.DELIVERED: (ActionKind.COMPARE_LATER,),
}
_LEADS_TO: Mapping[ActionKind, State | None] = {
    ActionKind.LOOK_UP: None,
    ActionKind.DISPUTE_FIELD: None,
    ActionKind.RECEIVE: State.RECEIVED,
    ActionKind.COMPARE_LATER: None,
    ActionKind.REQUEST_SUPPLEMENT: State.SUPPLEMENT_REQUESTED,
    ActionKind.RECEIVE_SUPPLEMENT: State.IN_PROCESS,
    ActionKind.REFUSE: State.STOPPED,
    ActionKind.EXTEND: None,
    ActionKind.PROCESS: State.IN_PROCESS,
    ActionKind.FINISH: State.FINISHED,
    ActionKind.DELIVER: State.DELIVERED,
    ActionKind.WITHDRAW: State.STOPPED,
}


# The rest is recorded at reception or done by the system.
BY_OFFICER = frozenset(ActionKind) - {ActionKind.LOOK_UP, ActionKind.RECEIVE, ActionKind.DISPUTE_FIELD, ActionKind.COMPARE_LATER}
# The citizen reads why on a slip, or the dossier ends by it.
NEED_REASON = frozenset({ActionKind.REQUEST_SUPPLEMENT, ActionKind.REFUSE, ActionKind.EXTEND, ActionKind.WITHDRAW})


def table() -> list[tuple[State, tuple[ActionKind, ...]]]:
    """States by allowed actions, to print (*bảng trạng thái và thao tác*)."""
    return [(state, ALLOWED[state]) for state in State]


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that was done, by whom and when, with its own data (*thao tác*)."""

    kind: ActionKind
    at: datetime
    by: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Dossier:
    """A dossier as the desk works with it (*hồ sơ*)."""

    number: str
    organisation: str
    organisation_name: str
    unit_name: str
    procedure: str
    applicant_name: str
    applicant_number: str
    form: Mapping[str, Any]
    received_at: datetime
    due_at: datetime
    state: State
    comparison: str  # compared, pending, differs, refused
    actions: tuple[Action, ...]
    compare_attempts: int = 0

    @property
    def allowed(self) -> tuple[ActionKind, ...]:
        """What an officer may do now to move the dossier."""
        return tuple(kind for kind in ALLOWED[self.state] if kind in BY_OFFICER)

    @property
    def is_clock_running(self) -> bool:
        return self.state in RUNNING_STATES

    @property
    def received_by(self) -> str:
        return next(action.by for action in self.actions if action.kind is ActionKind.RECEIVE)

    @property
    def state_word(self) -> str:
        return STATE_WORDS[self.state]

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES


def fold(actions: Iterable[Action]) -> State:
    """The state a list of actions leads to. Raises `Conflict` where one was not allowed."""
    state = State.NEW
    for action in actions:
        require(action.kind, state)
        state = _LEADS_TO[action.kind] or state
    return state


def require(kind: ActionKind, state: State) -> None:
    """Raises `Conflict` saying what is possible now."""
    if kind in ALLOWED[state]:
        return
    possible = [ACTION_WORDS[k] for k in ALLOWED[state] if k in BY_OFFICER]
    raise Conflict(
        "dossier.action",
        f"Hồ sơ đang ở trạng thái “{STATE_WORDS[state]}” nên không thực hiện được “{ACTION_WORDS[kind]}”. "
        f"Hiện có thể: {', '.join(possible) or 'không còn thao tác nào'}.",
        f"The dossier is in state {state.name}; possible now: {', '.join(possible) or 'nothing'}.",
        details={"possible": possible},
    )
