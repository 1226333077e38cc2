"""Two axes of one system: may it ask, and is it known to be safe. Each has a table of transitions that is data. Pure.

They are apart on purpose: provinces were connected and never inspected, others inspected and found short while counters
depended on them. What is found on the second axis leads through reminders to a decision; it never moves the first by itself.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from uuid import UUID

from dancu.kernel.errors import Conflict
from dancu.onboarding.domain import ConnectionState

_FILE = Path(__file__).parent.parent / "data" / "transitions.toml"


class Axis(StrEnum):
    """Which of the two is spoken of (*trục trạng thái*)."""

    CONNECTION = "connection"
    SECURITY = "security"


class SecurityState(StrEnum):
    """What is known of a system's security (*trạng thái an ninh, an toàn*)."""

    NOT_INSPECTED = "not_inspected"
    SCHEDULED = "scheduled"
    NEEDS_SUPPLEMENT = "needs_supplement"  # inspected, told what to add
    PASSED = "passed"
    SHORT = "short"  # connected and found wanting, or changed since it passed
    LAPSED = "lapsed"  # the conclusion's time is over; nothing closes by itself


CHECKED = (SecurityState.NEEDS_SUPPLEMENT, SecurityState.PASSED, SecurityState.SHORT, SecurityState.LAPSED)


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of a table: from where, by which act, to where, whose it is (*bước chuyển trạng thái*)."""

    axis: Axis
    before: str
    act: str
    after: str
    who: str
    two: bool  # a second human decides
    says: str
    needs: str


@dataclass(frozen=True, slots=True)
class StandingEvent:
    """One move on one axis: by whom, on what paper, true from which day, written down when (*mốc trạng thái*)."""

    organisation: str
    client_id: str  # empty: of the body as a whole, as a letter tells it
    axis: Axis
    act: str
    state: str
    on: date
    recorded_at: datetime
    by: str = ""
    approver: str = ""
    document: str = ""
    reason: str = ""
    order: str = ""  # the signed order, JWS
    proposal: UUID | None = None


@cache
def transitions() -> tuple[Transition, ...]:
    """Both tables, in their order (*bảng chuyển trạng thái*)."""
    rows = tomllib.loads(_FILE.read_text(encoding="utf-8"))["transition"]
    return tuple(
        Transition(Axis(row["axis"]), row["from"], row["act"], row["to"], row["who"], row["two"], row["says"], row["needs"])
        for row in rows
    )


def states_of(axis: Axis) -> tuple[str, ...]:
    """Every state of an axis."""
    return tuple(ConnectionState if axis is Axis.CONNECTION else SecurityState)


def possible(axis: Axis, state: str) -> tuple[Transition, ...]:
    """What may be done from a state."""
    return tuple(row for row in transitions() if (row.axis, row.before) == (axis, state))


def move(axis: Axis, state: str, act: str) -> Transition:
    """The one row that holds. Raises `Conflict`, which says what is possible."""
    rows = possible(axis, state)
    found = next((row for row in rows if row.act == act), None)
    if found is None:
        words = ", ".join(f"“{row.says}”" for row in rows) or "không thao tác nào"
        raise Conflict(
            f"{axis}.act",
            f"Không làm được việc này khi đang ở trạng thái “{STATE_WORDS[state]}”. Có thể: {words}.",
            f"This is not possible from {state}; possible: {', '.join(row.act for row in rows) or 'nothing'}.",
            details={"possible": [row.act for row in rows]},
        )
    return found


def act_between(axis: Axis, before: str, after: str) -> str:
    """The act that leads from one state to another. Raises `Conflict`, which says where one may go."""
    rows = possible(axis, before)
    found = next((row.act for row in rows if row.after == after and row.who != "machine"), "")
    return found or move(axis, before, f"to {after}").act


STATE_WORDS: dict[str, str] = {
    "registered": "đã đăng ký",
    "trial": "kết nối thử nghiệm",
    "official": "kết nối chính thức",
    "suspended": "tạm dừng",
    "closed": "đã đóng",
    "not_inspected": "chưa kiểm tra",
    "scheduled": "đã lên lịch kiểm tra",
    "needs_supplement": "đã kiểm tra, cần bổ sung",
    "passed": "đã kiểm tra, đạt",
    "short": "chưa bảo đảm an ninh, an toàn",
    "lapsed": "kết luận đã hết hạn",
}


def state_word(state: str) -> str:
    """The word of a state where it stands alone, as pages know it (*tên trạng thái*)."""
    return STATE_WORDS[state][0].upper() + STATE_WORDS[state][1:]


def printed(rows: Iterable[Transition]) -> str:
    """A table as text, a row a line: axis, from, act, to, who, one or two people, what it needs."""
    lines = ["| axis | from | act | to | who | people | needs |", "|---|---|---|---|---|---|---|"]
    lines += [
        f"| {r.axis} | {r.before} | {r.act}: {r.says} | {r.after} | {r.who} | {2 if r.two else 1} | {r.needs or '–'} |"
        for r in rows
    ]
    return "\n".join(lines)
