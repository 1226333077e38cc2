"""A task of the programme as the list of what was done about it: where it stands on any day, whether it is late. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from dancu.kernel.errors import Conflict, Invalid
from dancu.steering.deadlines import Deadline, parse_deadline

TEXT_LENGTH_MIN, TEXT_LENGTH_MAX = 5, 4000
DUE_SOON_DAYS = 14
ACTIONS_MAX = 500


class TaskState(StrEnum):
    """Where a task stands (*trạng thái nhiệm vụ*)."""

    OPEN = "open"
    REPORTED = "reported"  # its owner says it is done; the secretary has not confirmed it
    DONE = "done"
    CANCELLED = "cancelled"


class ActionKind(StrEnum):
    """What is done about a task (*thao tác với nhiệm vụ*)."""

    ASSIGN = "assign"
    REPORT = "report"  # progress, with what it rests on
    REPORT_DONE = "report_done"
    CONFIRM = "confirm"
    RETURN = "return"  # what was reported as done is not
    ASK_EXTENSION = "ask_extension"
    EXTEND = "extend"
    REFUSE_EXTENSION = "refuse_extension"
    CANCEL = "cancel"
    REOPEN = "reopen"
    REMIND = "remind"
    STATE_LATE = "state_late"  # a document says it is late, also where it names no deadline


class Side(StrEnum):
    """Who acts (*bên thực hiện*)."""

    OWNER = "owner"  # a body that owns the task or works on it
    SECRETARY = "secretary"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the table (*bước xử lý nhiệm vụ*): who may do what in which state, and where it leads; `after` None: it stays."""

    before: TaskState
    kind: ActionKind
    side: Side
    after: TaskState | None = None


_T, _K, _S = TaskState, ActionKind, Side
STEPS: tuple[Step, ...] = (
    Step(_T.OPEN, _K.REPORT, _S.OWNER),
    Step(_T.OPEN, _K.REPORT_DONE, _S.OWNER, _T.REPORTED),
    Step(_T.OPEN, _K.ASK_EXTENSION, _S.OWNER),
    Step(_T.OPEN, _K.EXTEND, _S.SECRETARY),
    Step(_T.OPEN, _K.REFUSE_EXTENSION, _S.SECRETARY),
    Step(_T.OPEN, _K.CONFIRM, _S.SECRETARY, _T.DONE),
    Step(_T.OPEN, _K.CANCEL, _S.SECRETARY, _T.CANCELLED),
    Step(_T.OPEN, _K.STATE_LATE, _S.SECRETARY),
    Step(_T.OPEN, _K.REMIND, _S.SYSTEM),
    Step(_T.OPEN, _K.REMIND, _S.SECRETARY),
    Step(_T.REPORTED, _K.REPORT, _S.OWNER),
    Step(_T.REPORTED, _K.CONFIRM, _S.SECRETARY, _T.DONE),
    Step(_T.REPORTED, _K.RETURN, _S.SECRETARY, _T.OPEN),
    Step(_T.REPORTED, _K.CANCEL, _S.SECRETARY, _T.CANCELLED),
    Step(_T.DONE, _K.REOPEN, _S.SECRETARY, _T.OPEN),
    Step(_T.CANCELLED, _K.REOPEN, _S.SECRETARY, _T.OPEN),
)
_SILENT = (_K.ASSIGN, _K.REMIND)  # they say nothing of how it stands
_NEED_TEXT = frozenset(_K) - {_K.ASSIGN, _K.CONFIRM, _K.REMIND}


@dataclass(frozen=True, slots=True)
class Task:
    """What a document asks of somebody (*nhiệm vụ*). Codes of bodies are those of Decision 20/2020/QĐ-TTg."""

    id: UUID
    code: str
    document: str  # id of the source document
    clause: str  # id of the clause in it
    wording: str
    group: str
    owners: tuple[str, ...]
    co_owners: tuple[str, ...]
    deadline: Deadline  # as first set
    deliverable: str
    legal_basis: str
    assigned_on: date
    depends_on: tuple[str, ...] = ()  # codes of tasks


@dataclass(frozen=True, slots=True)
class Action:
    """Something done about a body's part of a task (*diễn biến của nhiệm vụ*). `on`: the day it holds for; `at`: when written."""

    kind: ActionKind
    on: date
    at: datetime
    organisation: str  # who acted
    account: str
    text: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)  # evidence, percent, deadline


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a body's part of a task stood at the end of a day (*tình trạng nhiệm vụ vào một ngày*)."""

    state: TaskState
    deadline: Deadline  # in force on that day
    done_on: date | None
    extension_asked: Deadline | None  # waits for the secretary
    percent: int
    is_stated_late: bool
    is_told: bool  # somebody said something about it since it was assigned
    last: Action | None

    def is_late(self, on: date) -> bool:
        """Called late, or behind its deadline as somebody told; what was cancelled is never late."""
        return self.state is not TaskState.CANCELLED and (
            self.is_stated_late or (self.is_told and self.deadline.is_late(on, self.done_on))
        )

    def is_unreported(self, on: date) -> bool:
        """Due before the day, and nobody ever said a word: whether it is late or done nobody knows (*quá hạn, chưa có báo cáo*)."""
        return self.state is TaskState.OPEN and not self.is_told and not self.is_stated_late and self.deadline.is_late(on)

    def days_late(self, on: date) -> int:
        """Days behind the deadline, whoever told or did not."""
        return 0 if self.state is TaskState.CANCELLED else self.deadline.days_late(on, self.done_on)

    def is_due_soon(self, on: date) -> bool:
        """Not done, and due within the next `DUE_SOON_DAYS` days."""
        due = self.deadline.due
        is_waiting = self.state in (TaskState.OPEN, TaskState.REPORTED)
        return is_waiting and due is not None and 0 <= (due - on).days <= DUE_SOON_DAYS


def standing_on(task: Task, actions: Iterable[Action], day: date, *, known_by: datetime | None = None) -> Standing:
    """Fold what was done up to a day (*tình trạng vào ngày*); with `known_by` only what was written down by that moment."""
    state, deadline, done_on, asked, percent, last = TaskState.OPEN, task.deadline, None, None, 0, None
    is_stated_late = is_told = False
    known = (each for each in actions if each.on <= day and (known_by is None or each.at <= known_by))
    for action in sorted(known, key=lambda one: (one.on, one.at)):
        last, is_told = action, is_told or action.kind not in _SILENT
        match action.kind:
            case ActionKind.REPORT:
                percent = int(action.data.get("percent", percent))
            case ActionKind.REPORT_DONE:
                state, percent = TaskState.REPORTED, 100
            case ActionKind.CONFIRM:
                state, percent, asked, is_stated_late = TaskState.DONE, 100, None, False
                done_on = date.fromisoformat(str(action.data.get("done_on", action.on)))
            case ActionKind.RETURN | ActionKind.REOPEN:
                state, done_on, percent = TaskState.OPEN, None, min(percent, 99)
            case ActionKind.ASK_EXTENSION:
                asked = parse_deadline(str(action.data["deadline"]))
            case ActionKind.EXTEND:
                deadline, asked, is_stated_late = parse_deadline(str(action.data["deadline"])), None, False
            case ActionKind.REFUSE_EXTENSION:
                asked = None
            case ActionKind.CANCEL:
                state, asked, is_stated_late = TaskState.CANCELLED, None, False
            case ActionKind.STATE_LATE:
                is_stated_late = True
    return Standing(state, deadline, done_on, asked, percent, is_stated_late, is_told, last)


@dataclass(frozen=True, slots=True)
class Assignment:
    """A body's part of a task and where it stands (*nhiệm vụ giao cho một cơ quan*): each owner answers for its own."""

    task: Task
    body: str
    standing: Standing


def overall(standings: Sequence[Standing]) -> TaskState:
    """Where a task of several bodies stands (*trạng thái chung*): done once all are, cancelled bodies aside."""
    states = {each.state for each in standings if each.state is not TaskState.CANCELLED}
    if not states:
        return TaskState.CANCELLED
    if states == {TaskState.DONE}:
        return TaskState.DONE
    return TaskState.OPEN if TaskState.OPEN in states else TaskState.REPORTED


def allowed(standing: Standing, side: Side) -> tuple[ActionKind, ...]:
    """What a side may do now (*thao tác được phép*)."""
    found = [step.kind for step in STEPS if step.before is standing.state and step.side is side]
    if standing.extension_asked is None:
        found = [kind for kind in found if kind is not ActionKind.REFUSE_EXTENSION]
    return tuple(found)


def check_action(task: Task, actions: Sequence[Action], action: Action, side: Side, today: date) -> None:
    """May this be done now? Raises `Conflict` for a state it does not fit, `Invalid` naming the field."""
    standing = standing_on(task, actions, today)
    if len(actions) >= ACTIONS_MAX:
        raise Conflict("steering.full", "Nhiệm vụ này đã có quá nhiều diễn biến.", "Too much was written about this task.")
    if action.kind not in allowed(standing, side):
        raise Conflict(
            "steering.step",
            "Nhiệm vụ không còn ở trạng thái cho phép việc này. Bạn tải lại trang.",
            "The task does not stand where this may be done. Load the page again.",
        )
    if action.kind in _NEED_TEXT and not TEXT_LENGTH_MIN <= len(action.text.strip()) <= TEXT_LENGTH_MAX:
        raise _invalid("text", f"Nội dung dài từ {TEXT_LENGTH_MIN} đến {TEXT_LENGTH_MAX} ký tự.", "Say what was done, or why.")
    _check_days(task, action, today)
    _check_data(action, standing)


def _check_days(task: Task, action: Action, today: date) -> None:
    days = [("on", action.on)]
    if "done_on" in action.data:
        days.append(("done_on", date.fromisoformat(str(action.data["done_on"]))))
    for name, day in days:
        if not task.assigned_on <= day <= today:
            raise _invalid(
                name,
                f"Ngày phải từ {task.assigned_on:%d/%m/%Y} (ngày giao) đến hôm nay.",
                f"The day lies between {task.assigned_on:%d/%m/%Y}, when it was assigned, and today.",
            )


def _check_data(action: Action, standing: Standing) -> None:
    if action.kind in (ActionKind.ASK_EXTENSION, ActionKind.EXTEND):
        wanted, before = parse_deadline(str(action.data.get("deadline", ""))), standing.deadline.due
        if wanted.due is None or (before is not None and wanted.due <= before):
            raise _invalid("deadline", "Thời hạn mới phải sau thời hạn đang có.", "The new deadline lies after the one in force.")
    if action.kind is ActionKind.REPORT and not 0 <= int(action.data.get("percent", 0)) <= 99:
        raise _invalid(
            "percent", "Tiến độ từ 0 đến 99; xong thì báo cáo hoàn thành.", "Progress is 0 to 99; report it done when it is."
        )


def _invalid(name: str, message: str, message_en: str) -> Invalid:
    return Invalid(f"steering.{name}", message, message_en, field=name)
