"""Who must do what by when, at a day: what documents ask for, held against where the bodies stand. Pure.

What was asked of a body is asked of whoever carries it on. Nothing counts as done because its day is past.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from dancu.kernel.clock import VIET_NAM
from dancu.kernel.work_days import WorkCalendar, working_days_left
from dancu.onboarding.board.domain import Board
from dancu.onboarding.board.events import BoardAxis
from dancu.onboarding.board.lineage import Lineage, Party
from dancu.onboarding.board.printed import Document, Request, states_of
from dancu.onboarding.board.standing import BodyStanding


class WorkState(StrEnum):
    """Where a piece of work is (*trạng thái việc*)."""

    OPEN = "open"
    OVERDUE = "overdue"
    UNSURE = "unsure"  # a newer paper counts it as done for some whom it does not name
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Done:
    """That a body did what it was asked (*đã thực hiện*), where no state of the board shows it."""

    request: str
    organisation: str
    on: date


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One request to one body (*việc của đơn vị*)."""

    request: Request
    asked: Party  # who was asked
    party: Party  # who has to do it on the day of the board
    state: WorkState
    due_on: date  # of several days the next one
    left: int  # working days; negative once the last one is past

    @property
    def was_carried_on(self) -> bool:
        return self.asked.code != self.party.code


@dataclass(frozen=True, slots=True)
class WorkGroup:
    """One request with everybody it is for (*nhóm việc*)."""

    request: Request
    source: str
    items: tuple[WorkItem, ...]
    unnamed: int  # so many more the document asks, without naming them

    def count(self, state: WorkState) -> int:
        return sum(each.state is state for each in self.items)


def worklist_on(
    board: Board, parties: Iterable[Party], documents: Sequence[Document], calendar: WorkCalendar, done: Iterable[Done] = ()
) -> tuple[WorkGroup, ...]:
    """What was asked until the day of a board (*danh sách việc*), the nearest deadline first, what is overdue before it."""
    lineage, settled = Lineage(parties), tuple(done)
    known_by = board.known_by or date.max
    groups = [
        WorkGroup(
            request,
            f"{document.head.number}, {request.place}",
            tuple(_items(request, document, board, lineage, calendar, settled)),
            _unnamed(request, document),
        )
        for document in documents
        if document.head.known_on <= known_by
        for request in document.requests
        if request.asked_on <= board.day and (request.until is None or board.day <= request.until)
    ]
    return tuple(sorted(groups, key=lambda each: (each.request.last_day, each.request.id)))


def items_of(groups: Iterable[WorkGroup], code: str) -> tuple[WorkItem, ...]:
    """What one body has to do, the nearest first (*việc của một đơn vị*)."""
    found = [each for group in groups for each in group.items if each.party.code == code]
    return tuple(sorted(found, key=lambda each: (each.state is WorkState.DONE, each.due_on, each.request.id)))


def to_do(items: Iterable[WorkItem]) -> tuple[WorkItem, ...]:
    """Those that are still to be done, as far as anybody knows."""
    return tuple(each for each in items if each.state in (WorkState.OPEN, WorkState.OVERDUE))


def _items(
    request: Request,
    document: Document,
    board: Board,
    lineage: Lineage,
    calendar: WorkCalendar,
    done: tuple[Done, ...],
) -> Iterator[WorkItem]:
    for asked in _asked(request, document, lineage):
        party = lineage.way(asked, board.day)[-1]
        body = board.body(party.code)
        if body is None:
            continue
        due_on = min((day for day in request.days if day >= board.day), default=request.last_day)
        state = _state(request, asked, body, board.day, done)
        yield WorkItem(request, asked, party, state, due_on, _left(board.day, due_on, calendar))


def _asked(request: Request, document: Document, lineage: Lineage) -> list[Party]:
    day = request.asked_on
    codes = set(request.organisations)
    for kind in request.kinds:
        codes |= lineage.codes(day, kind)
    if request.list:
        codes |= document.list_of(request.list).codes
    if request.without:
        codes -= document.list_of(request.without).codes
    found = (lineage.holder(code, day) for code in sorted(codes))
    return [each for each in found if each is not None]


def _unnamed(request: Request, document: Document) -> int:
    if not (request.claim and request.list):
        return 0
    return max(0, document.claim_of(request.claim).value - len(document.list_of(request.list).codes))


def _state(request: Request, asked: Party, body: BodyStanding, day: date, done: tuple[Done, ...]) -> WorkState:
    if any(each.request == request.id and each.organisation in (asked.code, body.party.code) and each.on <= day for each in done):
        return WorkState.DONE
    missing = [axis for axis, words in request.settled.items() if not _is_shown(request, asked, body, axis, words)]
    if request.settled and not missing:
        return WorkState.DONE
    if any(body.is_unknown(axis) for axis in missing):
        return WorkState.UNSURE
    return WorkState.OVERDUE if day > request.last_day else WorkState.OPEN


def _is_shown(request: Request, asked: Party, body: BodyStanding, axis: BoardAxis, words: tuple[str, ...]) -> bool:
    """Does the board show it? Of whoever carried the body on only what was told since: the rest was true of others."""
    last = body.last_told(axis)
    is_its_own = asked == body.party or (last is not None and last >= request.asked_on)
    return is_its_own and not body.is_unknown(axis) and bool(body.states(axis) & states_of(axis, words))


def _left(day: date, due_on: date, calendar: WorkCalendar) -> int:
    return working_days_left(_noon(day), _noon(due_on), calendar)


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), VIET_NAM)
