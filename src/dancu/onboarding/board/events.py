"""What is told about a body: on one of three axes, of one of its systems or of the body as a whole, on a day. Pure.

Connection and security are two axes on purpose: bodies were connected officially and never inspected.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

import msgspec

from dancu.onboarding.domain import ConnectionState


class Said(msgspec.Struct, frozen=True):
    """One sentence in both languages of the pages (*câu song ngữ*)."""

    vi: str
    en: str


class BoardAxis(StrEnum):
    """Along what a body is looked at: the two axes of its systems, and where they run (*trục của bảng theo dõi*)."""

    CONNECTION = "connection"
    SECURITY = "security"
    HOSTING = "hosting"


class ConnectionStanding(StrEnum):
    """How far a connection is (*tình trạng kết nối*), the least first: of several systems the furthest counts."""

    NONE = "none"
    CLOSED = "closed"
    PREPARING = "preparing"
    TRIAL = "trial"
    SUSPENDED = "suspended"
    OFFICIAL = "official"


class SecurityStanding(StrEnum):
    """What the security inspection said (*tình trạng an ninh, an toàn*), the worst first: of several systems that counts."""

    SHORT = "short"  # found short of the requirements, also after it was connected
    LAPSED = "lapsed"
    NOT_INSPECTED = "not_inspected"
    SCHEDULED = "scheduled"
    NEEDS_SUPPLEMENT = "needs_supplement"
    PASSED = "passed"


class HostingStanding(StrEnum):
    """In whose data centre the system runs (*nơi đặt hệ thống*)."""

    PROVIDER = "provider"  # rented in the centre of the provider that is inspected once for its tenants
    OWN = "own"
    OTHER = "other"  # rented in another centre


Standing = ConnectionStanding | SecurityStanding | HostingStanding
STATES: dict[BoardAxis, type[ConnectionStanding] | type[SecurityStanding] | type[HostingStanding]] = {
    BoardAxis.CONNECTION: ConnectionStanding,
    BoardAxis.SECURITY: SecurityStanding,
    BoardAxis.HOSTING: HostingStanding,
}
# A connection that exists, also while it is suspended: its security counts.
CONNECTED = frozenset({ConnectionStanding.OFFICIAL, ConnectionStanding.SUSPENDED})
INSPECTED = frozenset({SecurityStanding.NEEDS_SUPPLEMENT, SecurityStanding.PASSED, SecurityStanding.SHORT, SecurityStanding.LAPSED})
# Findings about connections that are in use.
FOUND_WANTING = frozenset({SecurityStanding.SHORT, SecurityStanding.LAPSED})
OFFICIAL, PASSED, SHORT = (
    frozenset({ConnectionStanding.OFFICIAL}),
    frozenset({SecurityStanding.PASSED}),
    frozenset({SecurityStanding.SHORT}),
)
IN_PROVIDER_CENTRE = frozenset({HostingStanding.PROVIDER})


def rank(state: Standing) -> int:
    """The place of a state in the order of its axis."""
    return list(type(state)).index(state)


@dataclass(frozen=True, slots=True)
class StandingFact:
    """A fact about where a body stands, from a paper or from the register (*dữ kiện tình trạng*); no move of a system.

    `client_id` is the system it is about, or what a paper calls a part of the body; empty: the body as a whole. `turn` orders
    facts of one day from one paper (checked and told to supplement, then passed).
    """

    organisation: str  # in the form of Decision 20/2020/QĐ-TTg; what lies below level 1 counts for level 1
    client_id: str
    axis: BoardAxis
    state: Standing
    on: date
    recorded_at: datetime
    source: str
    note: str = ""
    turn: int = 0

    def __post_init__(self) -> None:
        if type(self.state) is not STATES[self.axis]:
            raise ValueError(f"{self.state!r} is no state of {self.axis}")
        if self.recorded_at.tzinfo is None:
            raise ValueError("when a fact was recorded is a moment with its zone")

    @property
    def body_code(self) -> str:
        return self.organisation.split(".")[0]

    @property
    def order(self) -> tuple[object, ...]:
        """Later in this order wins: the day, then when it was recorded; the rest only makes the order complete."""
        return (self.on, self.recorded_at, self.turn, self.client_id, self.axis, rank(self.state), self.organisation, self.source)


def standing_of(state: ConnectionState) -> ConnectionStanding:
    """What the state of a registered system is on the board: registered and not open yet is on its way."""
    return {
        ConnectionState.REGISTERED: ConnectionStanding.PREPARING,
        ConnectionState.TRIAL: ConnectionStanding.TRIAL,
        ConnectionState.OFFICIAL: ConnectionStanding.OFFICIAL,
        ConnectionState.SUSPENDED: ConnectionStanding.SUSPENDED,
        ConnectionState.CLOSED: ConnectionStanding.CLOSED,
    }[state]


def state_of(axis: BoardAxis, text: str) -> Standing:
    """A state as files write it. Raises `ValueError` for a word the axis does not have."""
    return STATES[axis](text)
