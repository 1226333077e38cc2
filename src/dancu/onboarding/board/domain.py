"""The board of connections on a day: every party in force with its axes, and what is known only as a number. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from dancu.onboarding.board.events import BoardAxis, Standing, StandingFact
from dancu.onboarding.board.evidence import Evidence
from dancu.onboarding.board.lineage import Lineage, Party, PartyKind
from dancu.onboarding.board.standing import BodyStanding
from dancu.onboarding.board.stated import AppliedCount, StatedCount, is_known, newest


@dataclass(frozen=True, slots=True)
class Board:
    """All parties on a day (*bảng theo dõi kết nối*), with what was known by another day."""

    day: date
    known_by: date | None
    bodies: tuple[BodyStanding, ...]
    counts: tuple[AppliedCount, ...]
    totals: Mapping[PartyKind, int]  # of how many, where a paper says so and the circle is still that of its day
    strangers: tuple[str, ...] = ()  # codes that facts are told of and no party has

    def of_kind(self, kind: PartyKind) -> tuple[BodyStanding, ...]:
        return tuple(each for each in self.bodies if each.party.kind is kind)

    def body(self, code: str) -> BodyStanding | None:
        return next((each for each in self.bodies if each.party.code == code), None)

    def members(self, kind: PartyKind, axis: BoardAxis, states: frozenset[Standing]) -> tuple[BodyStanding, ...]:
        """Who certainly stands in one of some states."""
        return tuple(each for each in self.of_kind(kind) if each.states(axis) & states and not each.is_unknown(axis))

    def count_of(self, kind: PartyKind, axis: BoardAxis, states: frozenset[Standing]) -> AppliedCount | None:
        """The newest count of a paper, while the bodies of the kind are those it counted."""
        return next((each for each in self.counts if each.stated.key == (kind, axis, states) and each.is_same_circle), None)

    def total(self, kind: PartyKind) -> int:
        """Of how many: as the newest paper says, else the parties in force."""
        return self.totals.get(kind, len(self.of_kind(kind)))


def board_on(
    day: date,
    bodies: Iterable[Party],
    events: Iterable[StandingFact],
    unnamed: Iterable[StatedCount] = (),
    *,
    known_by: date | None = None,
) -> Board:
    """The board of a day (*bảng theo dõi vào ngày*); with `known_by`, as it could be known at the end of that other day."""
    lineage = Lineage(bodies)
    evidence = Evidence(lineage, (each for each in events if is_known(each.recorded_at, known_by)), day)
    stated = tuple(each for each in unnamed if each.on <= day and is_known(each.recorded_at, known_by))
    counts = tuple(evidence.applied(each) for each in newest(stated))
    order = sorted(lineage.in_force(day), key=lambda party: (list(PartyKind).index(party.kind), party.code))
    placed = tuple(_placed(party, evidence, counts) for party in order)
    return Board(day, known_by, placed, counts, _totals(stated, lineage, day), evidence.on(day).strangers)


def as_known_on(
    known_by: date, day: date, bodies: Iterable[Party], events: Iterable[StandingFact], unnamed: Iterable[StatedCount] = ()
) -> Board:
    """The board of a day as it was known at the end of another (*bảng như đã biết vào ngày*)."""
    return board_on(day, bodies, events, unnamed, known_by=known_by)


def _totals(stated: Iterable[StatedCount], lineage: Lineage, day: date) -> Mapping[PartyKind, int]:
    told = sorted((each.on, each.kind, each.total) for each in stated if each.total is not None)
    return {kind: total for on, kind, total in told if lineage.codes(on, kind) == lineage.codes(day, kind)}


def _placed(party: Party, evidence: Evidence, counts: tuple[AppliedCount, ...]) -> BodyStanding:
    day = evidence.day
    ways = tuple(
        way for each in evidence.lineage.parties if each != party and (way := evidence.lineage.way(each, day))[-1] == party
    )
    body = BodyStanding(party, evidence.on(day).systems.get(party, ()), (), ways)
    doubts = tuple(each.stated for each in counts if evidence.leaves_open(each, body))
    return replace(body, doubts=doubts, listed=evidence.listed(counts, body))
