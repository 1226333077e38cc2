"""A request to change a record is the list of what was done to it; its state is folded from that. Pure.

Four eyes: whoever decides is another human, with another account, of another unit than everybody who ever wrote at the
request, also when acting for somebody else. What is decided is what was seen: the decision names the digest of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any
from uuid import UUID

import msgspec

from dancu.kernel.errors import Conflict, DancuError, NotAllowed
from dancu.kernel.four_eyes import MARKS, Hand, Mark, share
from dancu.population.domain import Evidence
from dancu.registrar.domain.payloads import AnyPayload

ACTIONS_MAX = 200  # of one request: a form that is saved again and again ends here
AUTHOR_ROLE, APPROVER_ROLE = "registrar", "registrar-approver"


class State(StrEnum):
    """Where a request stands (*trạng thái đề nghị*)."""

    NEW = "new"
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"  # and applied, in the same transaction
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class ActionKind(StrEnum):
    """What is done to a request (*thao tác đề nghị*)."""

    WRITE = "write"
    SUBMIT = "submit"
    RETURN = "return"
    APPROVE = "approve"
    REJECT = "reject"
    WITHDRAW = "withdraw"


class Party(StrEnum):
    """What an officer is to a request (*vai trong đề nghị*)."""

    AUTHOR = "author"
    CO_AUTHOR = "co_author"  # another registrar of the author's unit
    APPROVER = "approver"
    NOBODY = "nobody"


STATE_WORDS: Mapping[State, str] = {
    State.NEW: "Chưa lập",
    State.DRAFT: "Đang soạn",
    State.SUBMITTED: "Chờ duyệt",
    State.RETURNED: "Trả lại để bổ sung",
    State.APPROVED: "Đã duyệt, đã thực hiện",
    State.REJECTED: "Bị từ chối",
    State.WITHDRAWN: "Đã rút",
}
ACTION_WORDS: Mapping[ActionKind, str] = {
    ActionKind.WRITE: "Soạn đề nghị",
    ActionKind.SUBMIT: "Gửi duyệt",
    ActionKind.RETURN: "Trả lại để bổ sung",
    ActionKind.APPROVE: "Duyệt và thực hiện",
    ActionKind.REJECT: "Từ chối",
    ActionKind.WITHDRAW: "Rút đề nghị",
}
PARTY_WORDS: Mapping[Party, str] = {
    Party.AUTHOR: "người đề nghị",
    Party.CO_AUTHOR: "người cùng soạn",
    Party.APPROVER: "người duyệt",
    Party.NOBODY: "người khác",
}

_WRITERS = frozenset({Party.AUTHOR, Party.CO_AUTHOR})
_APPROVERS = frozenset({Party.APPROVER})
Table = Mapping[State, Mapping[ActionKind, frozenset[Party]]]
TABLE: Table = {
    State.NEW: {ActionKind.WRITE: frozenset({Party.AUTHOR})},
    State.DRAFT: {ActionKind.WRITE: _WRITERS, ActionKind.SUBMIT: _WRITERS, ActionKind.WITHDRAW: _WRITERS},
    State.SUBMITTED: {
        ActionKind.WITHDRAW: _WRITERS,
        ActionKind.RETURN: _APPROVERS,
        ActionKind.APPROVE: _APPROVERS,
        ActionKind.REJECT: _APPROVERS,
    },
    State.RETURNED: {ActionKind.WRITE: _WRITERS, ActionKind.SUBMIT: _WRITERS, ActionKind.WITHDRAW: _WRITERS},
    State.APPROVED: {},
    State.REJECTED: {},
    State.WITHDRAWN: {},
}
_LEADS_TO: Mapping[ActionKind, State | None] = {
    ActionKind.WRITE: None,
    ActionKind.SUBMIT: State.SUBMITTED,
    ActionKind.RETURN: State.RETURNED,
    ActionKind.APPROVE: State.APPROVED,
    ActionKind.REJECT: State.REJECTED,
    ActionKind.WITHDRAW: State.WITHDRAWN,
}
OPEN_STATES = (State.DRAFT, State.SUBMITTED, State.RETURNED)
NEED_TEXT = frozenset({ActionKind.RETURN, ActionKind.REJECT})  # what is missing, why not: the author reads it


class Actor(msgspec.Struct, frozen=True):
    """Who acts, with the roles of that moment; `acting_for` lends roles, never a hand (*người thao tác, người ủy quyền*)."""

    hand: Hand
    roles: frozenset[str]
    acting_for: Hand | None = None


class Content(msgspec.Struct, frozen=True):
    """What is asked for and on what grounds; its digest is what an approver decides on (*nội dung, căn cứ của đề nghị*)."""

    subject: int  # the person whose page it was written on
    payload: AnyPayload
    evidence: Evidence
    reason: str
    based_on: Mapping[str, int]  # number → its last change when this was written

    @property
    def subjects(self) -> tuple[int, ...]:
        return tuple(dict.fromkeys((self.subject, *self.payload.named())))

    def digest(self, request: UUID) -> str:
        """SHA-256 of the canonical JSON (keys in order) together with the request it belongs to, hex."""
        return hashlib.sha256(request.bytes + msgspec.json.encode(self, order="sorted")).hexdigest()


class Action(msgspec.Struct, frozen=True):
    """One thing done to a request (*thao tác*): by whom, when; a text to be sent, content to write, a digest to decide."""

    kind: ActionKind
    at: datetime
    by: Hand
    content: Content | None = None
    digest: str = ""
    text: str = ""
    acting_for: Hand | None = None


class Request(msgspec.Struct, frozen=True, dict=True):
    """A request as its list of actions (*đề nghị*)."""

    id: UUID
    actions: tuple[Action, ...] = ()

    @cached_property
    def state(self) -> State:
        state = State.NEW
        for action in self.actions:
            state = _LEADS_TO[action.kind] or (State.DRAFT if state is State.NEW else state)
        return state

    @cached_property
    def content(self) -> Content:
        return next(a.content for a in reversed(self.actions) if a.content is not None)

    @cached_property
    def digest(self) -> str:
        return self.content.digest(self.id)

    @cached_property
    def writers(self) -> tuple[Hand, ...]:
        """Everybody who ever wrote or handed in, and for whom they acted: one hand for each way they were seen."""
        acted = [a for a in self.actions if a.kind in (ActionKind.WRITE, ActionKind.SUBMIT)]
        return tuple(dict.fromkeys(hand for a in acted for hand in (a.by, a.acting_for) if hand))

    @property
    def author(self) -> Hand:
        return self.actions[0].by

    @property
    def last(self) -> Action:
        return self.actions[-1]

    @property
    def code(self) -> str:
        """What officers call it among themselves; the address carries the whole identity."""
        return f"YC-{self.id.hex[:8].upper()}"


def fold(request: UUID, actions: Iterable[Action]) -> Request:
    """The request its actions lead to."""
    return Request(request, tuple(actions))


class Seen(msgspec.Struct, frozen=True):
    """What an approver had before her, and what the registry holds now (*nội dung đã xem*)."""

    digest: str
    versions: Mapping[str, int]


Guard = Callable[[Request, Actor, Seen], DancuError | None]


def _hands(actor: Actor) -> tuple[Hand, ...]:
    return (actor.hand, actor.acting_for) if actor.acting_for else (actor.hand,)


def _other(mark: Mark) -> Guard:
    def guard(request: Request, actor: Actor, _seen: Seen) -> DancuError | None:
        return _four_eyes() if share(mark, _hands(actor), request.writers) else None

    guard.__name__ = f"other_{mark}"
    return guard


def what_was_seen(request: Request, _actor: Actor, seen: Seen) -> DancuError | None:
    """The content that is decided on is the content that was shown."""
    if seen.digest == request.digest:
        return None
    return Conflict(
        "request.other_content",
        "Đề nghị này đã khác với nội dung bạn vừa xem. Xem lại rồi quyết định.",
        "The request is not what you saw. Look again, then decide.",
    )


def unchanged_since(request: Request, _actor: Actor, seen: Seen) -> DancuError | None:
    """Nobody the request is about was changed since it was written."""
    if dict(seen.versions) == dict(request.content.based_on):
        return None
    return person_changed()


def person_changed() -> Conflict:
    """What officers read when somebody was changed after the request about her was written."""
    return Conflict(
        "request.person_changed",
        "Hồ sơ dân cư đã thay đổi sau khi đề nghị được lập. Trả lại để người đề nghị xem lại, hoặc từ chối.",
        "The person's record changed since the request was written. Return it to be looked at again, or reject it.",
    )


GUARDS: Mapping[ActionKind, tuple[Guard, ...]] = {
    ActionKind.SUBMIT: (what_was_seen, unchanged_since),
    ActionKind.APPROVE: (what_was_seen, unchanged_since),
    ActionKind.RETURN: (what_was_seen,),
    ActionKind.REJECT: (what_was_seen,),
}
other_account, other_holder, other_unit = (_other(mark) for mark in MARKS)


@dataclass(frozen=True, slots=True)
class Rules:
    """The table and the guards of a decision (*quy tắc bốn mắt*); a test weakens them one by one."""

    table: Table = field(default_factory=lambda: TABLE)
    apart: tuple[Guard, ...] = (other_account, other_holder, other_unit)
    guards: Mapping[ActionKind, tuple[Guard, ...]] = field(default_factory=lambda: GUARDS)
    role: str = APPROVER_ROLE


RULES = Rules()
_NOTHING_SEEN = Seen("", {})


def table(rules: Rules = RULES) -> list[tuple[State, ActionKind, tuple[Party, ...]]]:
    """States by actions by who may do them, to print (*bảng thao tác*)."""
    order = list(Party)
    return [(s, a, tuple(sorted(who, key=order.index))) for s, row in rules.table.items() for a, who in row.items()]


def party_of(request: Request, actor: Actor, rules: Rules = RULES) -> Party:
    """What the actor is to the request; one thing only."""
    if not request.actions:
        return Party.AUTHOR if AUTHOR_ROLE in actor.roles else Party.NOBODY
    if AUTHOR_ROLE in actor.roles and actor.hand == request.author:
        return Party.AUTHOR
    if AUTHOR_ROLE in actor.roles and actor.hand.unit == request.author.unit:
        return Party.CO_AUTHOR
    if rules.role in actor.roles and not any(guard(request, actor, _NOTHING_SEEN) for guard in rules.apart):
        return Party.APPROVER
    return Party.NOBODY


def allowed_actions(request: Request, actor: Actor, rules: Rules = RULES) -> tuple[ActionKind, ...]:
    """What this officer may do now, in the order of the table (*thao tác được phép*)."""
    party = party_of(request, actor, rules)
    return tuple(kind for kind, who in rules.table[request.state].items() if party in who)


def require(kind: ActionKind, request: Request, actor: Actor, rules: Rules = RULES) -> None:
    """Raises `NotAllowed` where four eyes forbid it, `Conflict` saying what is possible now."""
    possible = allowed_actions(request, actor, rules)
    if kind in possible:
        return
    if kind in rules.table[request.state] and kind is not ActionKind.WRITE and rules.role in actor.roles:
        raise _four_eyes()
    if not actor.roles & {AUTHOR_ROLE, rules.role}:
        raise NotAllowed(
            "request.role",
            "Tài khoản của bạn không được giao việc này. Người phụ trách tài khoản của đơn vị có thể giao thêm.",
            "Your account is not assigned this work. The account manager of your unit can assign it.",
        )
    words = [ACTION_WORDS[each] for each in possible]
    raise Conflict(
        "request.action",
        f"Đề nghị đang ở trạng thái “{STATE_WORDS[request.state]}” nên bạn không thực hiện được “{ACTION_WORDS[kind]}”. "
        f"Hiện có thể: {', '.join(words) or 'không còn thao tác nào'}.",
        f"The request is in state {request.state}; possible for you now: {', '.join(possible) or 'nothing'}.",
        details={"possible": list(possible)},
    )


def act(request: Request, actor: Actor, action: Action, seen: Seen, rules: Rules = RULES) -> Request:
    """The request after one action, if table, four eyes and what was seen allow it. Raises `NotAllowed`, `Conflict`."""
    require(action.kind, request, actor, rules)
    for guard in rules.guards.get(action.kind, ()):
        if obstacle := guard(request, actor, seen):
            raise obstacle
    if len(request.actions) >= ACTIONS_MAX:
        raise Conflict("request.too_long", "Đề nghị đã được sửa quá nhiều lần. Lập đề nghị mới.", "Write a new request.")
    return Request(request.id, (*request.actions, action))


def _four_eyes() -> NotAllowed:
    return NotAllowed(
        "request.four_eyes",
        "Người quyết định phải là người khác, tài khoản khác và đơn vị khác với mọi người đã soạn đề nghị này.",
        "Whoever decides must be another person, account and unit than everybody who wrote at this request.",
    )


def data_of(content: Content) -> dict[str, Any]:
    """The content as plain values, to be kept."""
    return dict(msgspec.to_builtins(content))


def content_from(data: Mapping[str, Any]) -> Content:
    """Read back what `data_of` gave. Raises `msgspec.ValidationError`."""
    return msgspec.convert(data, Content)
