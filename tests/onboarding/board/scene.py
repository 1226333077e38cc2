"""Facts, parties and papers for the tests of the board, with telling defaults."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from dancu.onboarding.board.directory import parties
from dancu.onboarding.board.domain import Board, board_on
from dancu.onboarding.board.events import BoardAxis, ConnectionStanding, HostingStanding, SecurityStanding, Standing, StandingFact
from dancu.onboarding.board.lineage import Party, PartyKind
from dancu.onboarding.board.printed import Document
from dancu.onboarding.board.stated import StatedCount
from dancu.onboarding.board.states import documents

BEFORE, STATE_DAY, LETTER_DAY = date(2022, 11, 30), date(2022, 12, 1), date(2022, 12, 2)
REPORT_DAY, AFTER_REFORM = date(2023, 2, 18), date(2025, 7, 2)
NONE, OFFICIAL, TRIAL = ConnectionStanding.NONE, ConnectionStanding.OFFICIAL, ConnectionStanding.TRIAL
SUSPENDED, CLOSED, PREPARING = ConnectionStanding.SUSPENDED, ConnectionStanding.CLOSED, ConnectionStanding.PREPARING
PASSED, SHORT = SecurityStanding.PASSED, SecurityStanding.SHORT
NOT_INSPECTED, SUPPLEMENT = SecurityStanding.NOT_INSPECTED, SecurityStanding.NEEDS_SUPPLEMENT
_AXES = {ConnectionStanding: BoardAxis.CONNECTION, SecurityStanding: BoardAxis.SECURITY, HostingStanding: BoardAxis.HOSTING}


def at(day: date, hour: int = 1) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def told(organisation: str, state: Standing, on: date = STATE_DAY, client_id: str = "", **others: Any) -> StandingFact:
    given = {"recorded_at": at(on), "source": "thử", **others}
    return StandingFact(organisation, client_id, _AXES[type(state)], state, on, **given)


def a_party(code: str = "H01", **others: Any) -> Party:
    given: dict[str, Any] = {"name": f"Đơn vị {code}", "kind": PartyKind.PROVINCE, "valid_from": date(2020, 7, 22), **others}
    return Party(code, **given)


def a_count(count: int, state: Standing = OFFICIAL, on: date = STATE_DAY, **others: Any) -> StatedCount:
    given: dict[str, Any] = {"kind": PartyKind.PROVINCE, "recorded_at": at(on), "source": "thử", **others}
    return StatedCount(axis=_AXES[type(state)], states=frozenset({state}), count=count, on=on, **given)


def letter() -> Document:
    return next(each for each in documents() if each.head.id == "8402-2022")


def report() -> Document:
    return next(each for each in documents() if each.head.id == "report-2023-02")


def board_of(day: date, *papers: Document, known_by: date | None = None) -> Board:
    """The board of a day from some documents; from the letter alone where none is named."""
    told_by = papers or (letter(),)
    events = [event for paper in told_by for event in paper.events]
    stated = [count for paper in told_by for count in paper.stated]
    return board_on(day, parties(), events, stated, known_by=known_by)


def names_of(*names: str) -> list[str]:
    """The codes of provinces of 2022 by name."""
    known = {each.short_name: each.code for each in parties() if each.is_in_force(STATE_DAY)}
    return sorted(known[name] for name in names)
