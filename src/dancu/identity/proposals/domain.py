"""An act that two people stand behind: one proposes, another decides on exactly that. Folded from what was done. Pure.

Which acts need it is data. Whoever decides is apart in account, human and unit from everybody who ever wrote at the
proposal, also from those they acted for; what is decided is what was seen; a decision is taken once.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache, cached_property
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from dancu.kernel.errors import Conflict, Invalid, NotAllowed
from dancu.kernel.four_eyes import MARKS, Hand, Mark, are_apart

_FILE = Path(__file__).parent.parent / "data" / "four_eyes.toml"
ACTIONS_MAX = 100
TEXT_LENGTH_MIN, TEXT_LENGTH_MAX = 5, 2000


@dataclass(frozen=True, slots=True)
class ActPolicy:
    """An act and where it needs two people (*việc cần hai người*)."""

    name: str
    says: str
    profiles: frozenset[str]
    held_by: str  # the room whose own machine holds it; empty: proposals
    basis: str
    author: str
    valid_from: date


class ProposalState(StrEnum):
    """Where a proposal stands (*trạng thái đề xuất*)."""

    OPEN = "open"
    APPROVED = "approved"  # and done, in the same transaction
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class ProposalStep(StrEnum):
    """What is done to a proposal (*thao tác đề xuất*)."""

    PROPOSE = "propose"  # also again, with other content, while it is open
    APPROVE = "approve"
    REJECT = "reject"
    WITHDRAW = "withdraw"


class ProposalAction(msgspec.Struct, frozen=True):
    """One thing done to a proposal: by whom and for whom, what it said or which content it decided on (*lượt đề xuất*)."""

    step: ProposalStep
    at: datetime
    by: Hand
    content: Mapping[str, Any] | None = None
    digest: str = ""
    text: str = ""
    acting_for: Hand | None = None

    @property
    def hands(self) -> tuple[Hand, ...]:
        return (self.by, self.acting_for) if self.acting_for else (self.by,)


class Proposal(msgspec.Struct, frozen=True, dict=True):
    """An act somebody proposed, as the list of what was done to it (*đề xuất*)."""

    id: UUID
    act: str
    actions: tuple[ProposalAction, ...] = ()

    @cached_property
    def state(self) -> ProposalState:
        last = self.actions[-1].step
        return {
            ProposalStep.PROPOSE: ProposalState.OPEN,
            ProposalStep.APPROVE: ProposalState.APPROVED,
            ProposalStep.REJECT: ProposalState.REJECTED,
            ProposalStep.WITHDRAW: ProposalState.WITHDRAWN,
        }[last]

    @cached_property
    def content(self) -> Mapping[str, Any]:
        return next(a.content for a in reversed(self.actions) if a.content is not None)

    @cached_property
    def digest(self) -> str:
        return digest_of(self.id, self.act, self.content)

    @cached_property
    def writers(self) -> tuple[Hand, ...]:
        written = [action for action in self.actions if action.step is ProposalStep.PROPOSE]
        return tuple(dict.fromkeys(hand for action in written for hand in action.hands))

    @property
    def author(self) -> Hand:
        return self.actions[0].by


def digest_of(proposal: UUID, act: str, content: Mapping[str, Any]) -> str:
    """SHA-256 over the identity, the act and the canonical JSON of the content, hex."""
    return hashlib.sha256(proposal.bytes + act.encode() + b"\0" + msgspec.json.encode(content, order="sorted")).hexdigest()


def take(proposal: Proposal, action: ProposalAction, marks: Sequence[Mark] = MARKS) -> Proposal:
    """The proposal after one more step. Raises `Conflict`, `Invalid`, `NotAllowed`; a test weakens `marks`."""
    if proposal.actions and proposal.state is not ProposalState.OPEN:
        raise Conflict("proposal.closed", "Đề xuất này đã được quyết định hoặc đã rút.", "This proposal is closed.")
    if not proposal.actions and action.step is not ProposalStep.PROPOSE:
        raise Conflict("proposal.none", "Không có đề xuất này.", "There is no such proposal.")
    if len(proposal.actions) >= ACTIONS_MAX:
        raise Conflict("proposal.too_long", "Đề xuất đã được sửa quá nhiều lần. Lập đề xuất mới.", "Write a new proposal.")
    if action.step is ProposalStep.PROPOSE:
        _check_writing(proposal, action)
    elif action.step is ProposalStep.WITHDRAW:
        if not any(action.by == hand for hand in proposal.writers):
            raise NotAllowed("proposal.not_yours", "Chỉ người đề xuất rút được đề xuất.", "Only its authors withdraw it.")
    else:
        _check_decision(proposal, action, marks)
    return Proposal(proposal.id, proposal.act, (*proposal.actions, action))


def may_decide(proposal: Proposal, hands: Sequence[Hand], marks: Sequence[Mark] = MARKS) -> bool:
    """Are these hands apart from everybody who wrote, and is it still open?"""
    return proposal.state is ProposalState.OPEN and are_apart(hands, proposal.writers, marks)


def _check_writing(proposal: Proposal, action: ProposalAction) -> None:
    if action.content is None:
        raise Invalid("proposal.content", "Đề xuất phải có nội dung.", "A proposal has content.")
    if not TEXT_LENGTH_MIN <= len(action.text.strip()) <= TEXT_LENGTH_MAX:
        raise Invalid("proposal.reason", "Ghi lý do đề xuất: người quyết định sẽ đọc.", "State the reason.", field="text")
    if proposal.actions and action.by.unit != proposal.author.unit:
        raise NotAllowed("proposal.not_yours", "Chỉ đơn vị đề xuất sửa được đề xuất.", "Only its author's unit edits it.")


def _check_decision(proposal: Proposal, action: ProposalAction, marks: Sequence[Mark]) -> None:
    if not may_decide(proposal, action.hands, marks):
        raise NotAllowed(
            "proposal.four_eyes",
            "Người quyết định phải là người khác, tài khoản khác và đơn vị khác với người đề xuất.",
            "Whoever decides must be another person, account and unit than who proposed.",
        )
    if action.digest != proposal.digest:
        raise Conflict(
            "proposal.other_content",
            "Đề xuất đã khác với nội dung bạn vừa xem. Xem lại rồi quyết định.",
            "The proposal is not what you saw. Look again, then decide.",
        )
    if action.step is ProposalStep.REJECT and not TEXT_LENGTH_MIN <= len(action.text.strip()) <= TEXT_LENGTH_MAX:
        raise Invalid("proposal.text", "Ghi vì sao từ chối: người đề xuất sẽ đọc.", "State why it is rejected.", field="text")


def needs_two(act: str, profile: str, day: date) -> bool:
    """Does the act need a second human in this profile? An act nobody wrote a row for does."""
    policy = policy_of(act, day)
    return policy is None or profile in policy.profiles


def policy_of(act: str, day: date) -> ActPolicy | None:
    """The row of an act in force on a day."""
    rows = [row for row in policies() if row.name == act and row.valid_from <= day]
    return max(rows, key=lambda row: row.valid_from, default=None)


@cache
def content_words() -> Mapping[str, str]:
    """What the keys of contents, and values that are codes, are called (*cách gọi nội dung đề xuất*)."""
    words: dict[str, str] = tomllib.loads(_FILE.read_text(encoding="utf-8"))["words"]
    return words


@cache
def policies() -> tuple[ActPolicy, ...]:
    """Every row, in order."""
    said = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return tuple(
        ActPolicy(
            row["name"],
            row["says"],
            frozenset(row["profiles"]),
            row.get("held_by", ""),
            row["basis"],
            row.get("author", said["author"]),
            row["valid_from"],
        )
        for row in said["act"]
    )
