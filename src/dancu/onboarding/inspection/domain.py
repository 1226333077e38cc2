"""A security inspection is the list of what was done to it; state, results and findings are folded from that. Pure.

What may be done is decided in `acting`, from the table in `table`. What follows for a day is told by `validity_on`: nothing
closes by itself, a conclusion that ran out or a declared change only says that somebody has to look again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from functools import cached_property
from uuid import UUID

import msgspec

from dancu.kernel.four_eyes import Hand
from dancu.onboarding.inspection.actions import (
    Accept,
    Action,
    Conclude,
    DeclareChange,
    Done,
    Find,
    Record,
    Reject,
    Reschedule,
    Result,
    Schedule,
    Subject,
    Supplement,
)
from dancu.onboarding.inspection.table import State, Verdict, leads_to


class FindingState(StrEnum):
    """Where a finding stands (*trạng thái tồn tại*)."""

    OPEN = "open"
    ANSWERED = "answered"  # a supplement waits for an inspector
    CLOSED = "closed"


class Answer(msgspec.Struct, frozen=True):
    """A supplement and what became of it (*lần bổ sung*)."""

    supplement: Supplement
    is_late: bool
    decision: Accept | Reject | None = None


class Finding(msgspec.Struct, frozen=True):
    """Something to be mended by a day (*tồn tại*)."""

    found: Find
    due: date
    answers: tuple[Answer, ...] = ()

    @property
    def state(self) -> FindingState:
        last = self.answers[-1] if self.answers else None
        if last is None or isinstance(last.decision, Reject):
            return FindingState.OPEN
        return FindingState.CLOSED if last.decision else FindingState.ANSWERED

    @property
    def is_closed(self) -> bool:
        return self.state is FindingState.CLOSED


class ValidityState(StrEnum):
    """What an inspection is worth on a day (*giá trị của kết luận*)."""

    NONE = "none"  # not concluded
    NEEDS_SUPPLEMENT = "needs_supplement"
    FAILED = "failed"
    VALID = "valid"
    CHANGED = "changed"  # passed, but the design changed since: to be inspected again
    EXPIRED = "expired"


class Validity(msgspec.Struct, frozen=True):
    """What an inspection is worth on a day, since when, until when (*hiệu lực kiểm tra*)."""

    state: ValidityState
    inspection: UUID | None = None
    since: date | None = None
    until: date | None = None

    @property
    def is_valid(self) -> bool:
        return self.state is ValidityState.VALID


_OF_THE_OWNER = (Supplement, DeclareChange)
_OPEN_STATES = frozenset({State.UNDER_WAY, State.NEEDS_SUPPLEMENT})


class Inspection(msgspec.Struct, frozen=True, dict=True):
    """An inspection as its list of actions (*đợt kiểm tra an ninh, an toàn*)."""

    id: UUID
    subject: Subject
    actions: tuple[Action, ...] = ()

    @cached_property
    def steps(self) -> tuple[tuple[State, Action], ...]:
        """Every action with the state it was done in."""
        state, found = State.NEW, []
        for action in self.actions:
            found.append((state, action))
            state = _after(state, action)
        return tuple(found)

    @cached_property
    def state(self) -> State:
        return _after(*self.steps[-1]) if self.steps else State.NEW

    @property
    def scheduled(self) -> Schedule:
        """As it was first set; only of an inspection that was."""
        first = self.actions[0]
        assert isinstance(first, Schedule), "an inspection begins with its schedule"
        return first

    @cached_property
    def on(self) -> date | None:
        """The day set last."""
        return next((a.on for a in reversed(self.actions) if isinstance(a, Schedule | Reschedule)), None)

    @cached_property
    def checklist(self) -> tuple[str, int]:
        """Identifier and version it is done by."""
        return next((a.checklist, a.version) for a in reversed(self.actions) if isinstance(a, Schedule | Reschedule))

    @cached_property
    def results(self) -> Mapping[str, Result]:
        """Item → what was recorded last. A change declared meanwhile sets aside what it touches."""
        found: dict[str, Result] = {}
        for state, action in self.steps:
            if isinstance(action, Record):
                found[action.result.item] = action.result
            elif isinstance(action, DeclareChange) and state in _OPEN_STATES:
                found = {item: each for item, each in found.items() if action.items and item not in action.items}
        return found

    @cached_property
    def findings(self) -> Mapping[str, Finding]:
        """Identifier → finding, in the order they were found."""
        found: dict[str, Finding] = {}
        for action in self.actions:
            if isinstance(action, Find):
                found[action.finding] = Finding(action, action.due)
            elif isinstance(action, Supplement | Accept | Reject):
                found[action.finding] = _folded(found[action.finding], action)
        return found

    @cached_property
    def conclusion(self) -> Conclude | None:
        """The last one."""
        return next((a for a in reversed(self.actions) if isinstance(a, Conclude)), None)

    @cached_property
    def change(self) -> DeclareChange | None:
        """The last one declared after a conclusion that still stands: it asks for another inspection."""
        if self.state not in (State.PASSED, State.FAILED):
            return None
        ends = (State.PASSED, State.FAILED)
        return next((a for state, a in reversed(self.steps) if isinstance(a, DeclareChange) and state in ends), None)

    @cached_property
    def owner_hands(self) -> tuple[Hand, ...]:
        """Everybody who acted for the owner, and for whom."""
        return _hands(a for a in self.actions if isinstance(a, _OF_THE_OWNER))

    @cached_property
    def inspecting_hands(self) -> tuple[Hand, ...]:
        """Everybody else who acted."""
        return _hands(a for a in self.actions if not isinstance(a, _OF_THE_OWNER))

    def as_of(self, day: date) -> Inspection:
        """The inspection as it stood when that day ended."""
        return Inspection(self.id, self.subject, tuple(a for a in self.actions if a.day <= day))

    def validity_on(self, day: date) -> Validity:
        """What it was worth on a day, by what was known then (*hiệu lực vào một ngày*)."""
        then = self.as_of(day)
        concluded = then.conclusion
        if concluded is None:
            return Validity(ValidityState.NONE)
        if concluded.verdict is not Verdict.PASSED:
            return Validity(ValidityState(concluded.verdict.value), self.id, concluded.day)
        until = concluded.valid_until
        assert until is not None, "a conclusion “passed” names its last day"
        if day > until:
            return Validity(ValidityState.EXPIRED, self.id, until, until)
        if then.change:
            return Validity(ValidityState.CHANGED, self.id, then.change.day, until)
        return Validity(ValidityState.VALID, self.id, concluded.day, until)


def validity_of(inspections: Iterable[Inspection], day: date) -> Validity:
    """What all inspections of one subject come to on a day: the conclusion reached last counts (*tình trạng an ninh, an toàn*)."""
    concluded = [(then.conclusion.at, each) for each in inspections if (then := each.as_of(day)).conclusion]
    if not concluded:
        return Validity(ValidityState.NONE)
    return max(concluded, key=lambda pair: pair[0])[1].validity_on(day)


def _hands(actions: Iterable[Done]) -> tuple[Hand, ...]:
    return tuple(dict.fromkeys(hand for action in actions for hand in action.hands))


def _after(state: State, action: Action) -> State:
    return leads_to(state, action.act, action.verdict if isinstance(action, Conclude) else None)


def _folded(finding: Finding, action: Supplement | Accept | Reject) -> Finding:
    if isinstance(action, Supplement):
        answer = Answer(action, is_late=action.day > finding.due)
        return msgspec.structs.replace(finding, answers=(*finding.answers, answer))
    decided = msgspec.structs.replace(finding.answers[-1], decision=action)
    due = action.due if isinstance(action, Reject) and action.due else finding.due
    return msgspec.structs.replace(finding, answers=(*finding.answers[:-1], decided), due=due)
