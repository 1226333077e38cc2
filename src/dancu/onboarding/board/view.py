"""Everything the board of one day is shown from: parties, documents, the facts of both papers and register, put together once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from dancu.kernel.work_days import work_calendar
from dancu.onboarding.board.checker import Discrepancy, check
from dancu.onboarding.board.directory import parties
from dancu.onboarding.board.domain import Board, board_on
from dancu.onboarding.board.events import StandingFact
from dancu.onboarding.board.figures import Figure, figures_of
from dancu.onboarding.board.lineage import Lineage, Party
from dancu.onboarding.board.printed import Document
from dancu.onboarding.board.stated import StatedCount
from dancu.onboarding.board.states import documents
from dancu.onboarding.board.worklist import Done, WorkGroup, WorkItem, items_of, to_do, worklist_on


@dataclass(frozen=True, slots=True)
class Material:
    """What a board of any day is made of (*dữ liệu của bảng*)."""

    parties: tuple[Party, ...]
    documents: tuple[Document, ...]
    events: tuple[StandingFact, ...]
    done: tuple[Done, ...] = ()

    @property
    def stated(self) -> tuple[StatedCount, ...]:
        return tuple(each for document in self.documents for each in document.stated)

    def days(self) -> tuple[date, ...]:
        """The days on which something happened, was told, was asked for or was due, the oldest first (*các mốc thời gian*)."""
        found = {each.on for each in self.events}
        for document in self.documents:
            found |= {document.head.as_of}
            for request in document.requests:
                found |= {request.asked_on, *request.days, request.last_day}
        first, lineage = min(found, default=date.max), Lineage(self.parties)
        # Days on which bodies end are days on the board as well, once there is anything on it.
        ended = {each.valid_to for each in self.parties if each.valid_to and lineage.heir(each)}
        return tuple(sorted(found | {last + timedelta(days=1) for last in ended if last >= first}))


def material(live: Iterable[StandingFact] = (), further: Iterable[Party] = (), done: Iterable[Done] = ()) -> Material:
    """The documents on file with the facts of the register, and parties beside those on file (*dữ liệu của bảng*)."""
    told = [event for document in documents() for event in document.events]
    return Material((*parties(), *further), documents(), (*told, *live), tuple(done))


@dataclass(frozen=True)
class BoardView:
    """The board of a day with all that is shown beside it (*bảng theo dõi của một ngày*)."""

    material: Material
    day: date
    known_by: date | None = None

    @cached_property
    def board(self) -> Board:
        return board_on(self.day, self.material.parties, self.material.events, self.material.stated, known_by=self.known_by)

    @cached_property
    def figures(self) -> tuple[Figure, ...]:
        return figures_of(self.board)

    @cached_property
    def work(self) -> tuple[WorkGroup, ...]:
        calendar = work_calendar()
        return worklist_on(self.board, self.material.parties, self.material.documents, calendar, self.material.done)

    @cached_property
    def next_work(self) -> dict[str, WorkItem]:
        """Of every body that has something to do the nearest of it."""
        codes = {item.party.code for group in self.work for item in group.items}
        found = {code: to_do(items_of(self.work, code)) for code in codes}
        return {code: items[0] for code, items in found.items() if items}

    @cached_property
    def documents(self) -> tuple[Document, ...]:
        """The documents that tell of this day or an earlier one, and were known by then."""
        return tuple(
            each
            for each in self.material.documents
            if each.head.as_of <= self.day and (self.known_by is None or each.head.known_on <= self.known_by)
        )

    @cached_property
    def discrepancies(self) -> tuple[tuple[Document, Discrepancy], ...]:
        """Where the newest of these documents does not agree with itself."""
        if not self.documents:
            return ()
        *earlier, newest = self.documents
        return tuple((newest, each) for each in check(newest, self.material.parties, earlier))
