"""A request to take back a grant after a look was found unlawful: one officer asks, another of another unit decides. Pure."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from dancu.kernel.errors import Conflict, NotAllowed
from dancu.kernel.four_eyes import Hand, are_apart
from dancu.protection.domain.cases import ROLE, DeskActor


class SuspensionState(StrEnum):
    """Where a request to take back a grant stands (*trạng thái đề nghị thu hồi*)."""

    ASKED = "asked"
    CARRIED_OUT = "carried_out"
    REJECTED = "rejected"


SUSPENSION_WORDS = {
    SuspensionState.ASKED: "Chờ quyết định",
    SuspensionState.CARRIED_OUT: "Đã thu hồi",
    SuspensionState.REJECTED: "Không thu hồi",
}


class Suspension(msgspec.Struct, frozen=True):
    """A request to take back what a system may learn for one procedure (*đề nghị thu hồi phạm vi khai thác*)."""

    id: UUID
    case: UUID
    organisation: str  # whose desk
    system: str
    integration: str
    procedure: str
    asked_by: Hand
    asked_at: datetime
    state: SuspensionState = SuspensionState.ASKED
    decided_by: Hand | None = None
    decided_at: datetime | None = None


def decided(suspension: Suspension, actor: DeskActor, state: SuspensionState, now: datetime) -> Suspension:
    """The request after a decision. Raises `NotAllowed` where four eyes forbid it, `Conflict` when it was decided."""
    if ROLE not in actor.roles or actor.organisation != suspension.organisation:
        raise NotAllowed(
            "suspension.role", "Tài khoản của bạn không được giao việc này.", "Your account is not assigned this work."
        )
    if suspension.state is not SuspensionState.ASKED:
        raise Conflict("suspension.decided", "Đề nghị này đã được quyết định.", "This request was decided already.")
    if not are_apart([actor.hand], [suspension.asked_by]):
        raise NotAllowed(
            "suspension.four_eyes",
            "Người quyết định phải là người khác, tài khoản khác và bộ phận khác với người đề nghị.",
            "Whoever decides must be another person, account and unit than who asked.",
        )
    return msgspec.structs.replace(suspension, state=state, decided_by=actor.hand, decided_at=now)
