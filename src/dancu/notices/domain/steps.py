"""An outbound step: what is sent, in which state it stands, what an operator may do with it. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import msgspec

from dancu.kernel.errors import Conflict, Invalid

WORDS_LENGTH_MAX = 200
PAYLOAD_BYTES_MAX = 256 * 1024
REASON_LENGTH_MIN, REASON_LENGTH_MAX = 5, 500
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.I)
_PERSONAL_NUMBER = re.compile(r"(?<!\w)(\d{12}|\d{9})(?!\w)")
_KIND = re.compile(r"[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)*")


class StepState(StrEnum):
    """Where an outbound step stands (*trạng thái bước gửi*)."""

    WAITING = "waiting"
    UNDER_WAY = "under_way"
    DONE = "done"
    QUARANTINED = "quarantined"  # nobody tries it again by itself; an operator decides
    CANCELLED = "cancelled"


class StepAction(StrEnum):
    """What an operator does with a step (*thao tác với bước gửi*)."""

    RESEND = "resend"
    CANCEL = "cancel"


STATE_WORDS: Mapping[StepState, str] = {
    StepState.WAITING: "Chờ gửi",
    StepState.UNDER_WAY: "Đang gửi",
    StepState.DONE: "Đã gửi",
    StepState.QUARANTINED: "Đã cách ly",
    StepState.CANCELLED: "Đã huỷ",
}
ACTION_WORDS: Mapping[StepAction, str] = {StepAction.RESEND: "Gửi lại", StepAction.CANCEL: "Huỷ"}
_BOTH = frozenset(StepAction)
ALLOWED: Mapping[StepState, frozenset[StepAction]] = {
    StepState.WAITING: _BOTH,
    StepState.UNDER_WAY: frozenset(),
    StepState.DONE: frozenset(),
    StepState.QUARANTINED: _BOTH,
    StepState.CANCELLED: frozenset(),
}
OPEN_STATES = (StepState.WAITING, StepState.UNDER_WAY, StepState.QUARANTINED)


@dataclass(frozen=True, slots=True)
class Step:
    """Something to be sent, written with the change it tells of (*bước gửi*).

    The same key of a kind has one effect. `to` and `about` are read by operators and, like the keys, never name a person;
    what may is in the payload, which is sealed.
    """

    kind: str  # for example notice.officer, mail
    key: str
    payload: Mapping[str, object]
    owner: str  # the organisation that answers for it
    room: str
    to: str = ""
    about: str = ""
    destination: str = ""  # what has a circuit breaker of its own; empty: as its kind says
    order_key: str = ""  # steps of one order key go one after the other
    due_at: datetime | None = None

    def content(self) -> bytes:
        """Canonical JSON of what the receiver gets: the same content has the same bytes."""
        return msgspec.json.encode([self.kind, self.destination, self.order_key, dict(self.payload)], order="sorted")


def check(step: Step) -> None:
    """Raises `Invalid`: a word is missing or too long, a personal number stands in the open, the payload is too large."""
    if not _KIND.fullmatch(step.kind) or len(step.kind) > WORDS_LENGTH_MAX:
        raise Invalid("step.kind", "Loại bước gửi không đúng dạng.", "The kind of the step is malformed.", field="kind")
    for name in ("key", "owner", "room"):
        if not getattr(step, name):
            raise Invalid("step.missing", f"Bước gửi thiếu {name}.", f"The step has no {name}.", field=name)
    for name in ("key", "owner", "room", "to", "about", "destination", "order_key"):
        text = getattr(step, name)
        if len(text) > WORDS_LENGTH_MAX or "\0" in text:
            raise Invalid("step.too_long", f"Mục {name} của bước gửi quá dài.", f"{name} of the step is too long.", field=name)
        if names_a_person(text):
            raise Invalid(
                "step.personal_number",
                f"Mục {name} của bước gửi có số định danh; chỉ nội dung được mã hoá mới được mang số này.",
                f"{name} of the step holds a personal number; only the sealed payload may.",
                field=name,
            )
    try:
        size = len(step.content())
    except (TypeError, ValueError, RecursionError):
        raise Invalid("step.payload", "Nội dung bước gửi không đọc được.", "The payload is no JSON.", field="payload") from None
    if size > PAYLOAD_BYTES_MAX:
        raise Invalid("step.too_large", "Nội dung bước gửi quá lớn.", "The payload is too large.", field="payload")


def names_a_person(text: str) -> bool:
    """Does a run of twelve or nine digits stand by itself, as personal and old numbers do?"""
    return _PERSONAL_NUMBER.search(_UUID.sub("", text)) is not None


def require(action: StepAction, state: StepState, reason: str = "") -> None:
    """Raises `Conflict` when the state does not allow the action, `Invalid` when a cancellation has no reason."""
    if action not in ALLOWED[state]:
        possible = ", ".join(ACTION_WORDS[each] for each in StepAction if each in ALLOWED[state])
        raise Conflict(
            "step.state",
            f"Bước này {STATE_WORDS[state].lower()}, không {ACTION_WORDS[action].lower()} được."
            + (f" Việc làm được bây giờ: {possible}." if possible else ""),
            f"A step that is {state.value.replace('_', ' ')} cannot be the subject of {action.value}.",
            details={"state": state.value, "possible": sorted(ALLOWED[state])},
        )
    if len(reason) > REASON_LENGTH_MAX or (action is StepAction.CANCEL and len(reason.strip()) < REASON_LENGTH_MIN):
        raise Invalid("step.reason", "Ghi lý do huỷ, ít nhất vài chữ.", "State the reason, at least a few words.", field="ly_do")
    if names_a_person(reason):
        raise Invalid("step.reason", "Lý do không được chứa số định danh.", "The reason holds a personal number.", field="ly_do")
