"""One call of a system in trial while it is answered: whose it is, what came of it, for whoever explains it afterwards."""

from __future__ import annotations

import time
from contextvars import ContextVar
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from dancu.exchange.trial.findings import Value
from dancu.exchange.trial.people import Row
from dancu.kernel.claims import PersonClaim
from dancu.kernel.errors import NotFound
from dancu.onboarding.domain import ConnectionState, InformationSystem
from dancu.onboarding.reader import KnownCaller

# The first half of every trial reference, a UUID of version 8 (RFC 9562). The moment a ledger entry's begins with is never so late.
_REFERENCE = 0x7468_7500_0000_8000_8000_0000_0000_0000
_RANDOM_BITS = 56
_PREFIX = str(UUID(int=_REFERENCE))[:21]


@dataclass(slots=True)
class Pending:
    """A case that was begun and waits for the client's next step (*tình huống đang chờ*)."""

    at: float  # by the clock of the loop
    mark: str = ""  # of the request id under which it was begun; set by whoever reads the call


@dataclass(slots=True)
class Tried:
    """What the sandbox knows of one call (*lần gọi đang xét*). Lives in memory only, and no longer than its call is explained."""

    system: InformationSystem
    outcome: str = ""  # of our own words: match, folded, no_match, a reason, or what failed
    kind: str = ""
    scenario: str = ""
    is_handled: bool = False
    notes: list[tuple[str, tuple[Value, ...]]] = field(default_factory=list)  # codes of findings, with their values
    claim: PersonClaim | None = None
    person: Row | None = None  # the invented person who alone has the number that was asked for
    begun: Pending | None = None  # this call began a case
    again: Pending | None = None  # this call is the next step of one
    since: float = field(default_factory=time.monotonic)

    def note(self, code: str, *values: Value) -> None:
        self.notes.append((code, values))


TRIED: ContextVar[Tried | None] = ContextVar("tried", default=None)


def is_tried(system: InformationSystem) -> bool:
    """Is this a system whose calls the sandbox answers? One behind a hub is not: its hub would take a persona for somebody real."""
    return system.state is ConnectionState.TRIAL and not system.via


def note_call(caller: KnownCaller) -> None:
    """Whose call it is, of one that may end before it becomes a question."""
    if is_tried(caller.system):
        TRIED.set(Tried(caller.system))


def note_token(caller: KnownCaller) -> None:
    """A call that asked for a token and got one."""
    if is_tried(caller.system):
        tried = Tried(caller.system, outcome="token")
        tried.note("token.given")
        TRIED.set(tried)


def not_offered(system: InformationSystem) -> NotFound:
    """What is no question about one person is not tried: its effects would outlive the trial."""
    tried = Tried(system, outcome="not_offered")
    tried.note("answer.not_offered")
    TRIED.set(tried)
    return NotFound(
        "trial.not_offered",
        "Kết nối thử nghiệm chưa phục vụ đăng ký nhận biến động và danh sách; phần này dùng được khi kết nối chính thức.",
        "The sandbox offers no subscriptions and no lists; these come with the official connection.",
    )


def trial_reference() -> str:
    """In place of the reference of a ledger entry (*mã tham chiếu thử nghiệm*): a UUID as the contract says, and recognisable."""
    return str(UUID(int=_REFERENCE | (uuid4().int & ((1 << _RANDOM_BITS) - 1))))


def is_trial_reference(reference: str) -> bool:
    """Was this given in a trial?"""
    return reference.startswith(_PREFIX)
