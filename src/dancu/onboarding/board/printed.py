"""A document that says who stands where: its lists as printed, its figures with their places, what it asks of whom. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Literal

import msgspec

from dancu.kernel.clock import VIET_NAM
from dancu.onboarding.board.events import INSPECTED, BoardAxis, Said, Standing, StandingFact, state_of
from dancu.onboarding.board.lineage import PartyKind
from dancu.onboarding.board.stated import StatedCount


class Head(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which document it is (*văn bản*): `as_of` is the day its figures hold for, `known_on` the one it became known."""

    id: str
    number: str
    title: Said
    as_of: date
    known_on: date


@dataclass(frozen=True, slots=True)
class ListedName:
    """One name of a printed list (*tên trong danh sách*): the body meant, and the name as it is spelled there."""

    organisation: str
    printed: str
    no: int


class ListHead(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a printed list is (*danh sách của văn bản*)."""

    id: str
    place: str
    kind: PartyKind
    says: Said


@dataclass(frozen=True, slots=True)
class PrintedList:
    """A list as printed (*danh sách đã in*), double names and all."""

    head: ListHead
    names: tuple[ListedName, ...]

    @property
    def codes(self) -> frozenset[str]:
        return frozenset(each.organisation for each in self.names)


class Counted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What of the board a figure counts (*nội dung số liệu*)."""

    kind: PartyKind
    axis: BoardAxis
    states: tuple[str, ...]
    complete: bool = False
    among: tuple[str, ...] = ()


class Claim(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A figure as a document states it (*số liệu nêu trong văn bản*)."""

    id: str
    place: str
    value: int
    says: Said
    of: int | None = None
    universe: PartyKind | None = None  # `of` is all of this kind
    list: str = ""
    covers: Literal["all", "some"] = "all"  # does the list name everybody the figure counts?
    more: int = 0  # so many more than the paper says there were before
    counts: Counted | None = None


class Rule(StrEnum):
    """What a document says of its lists and figures together (*quan hệ giữa các số liệu*)."""

    WITHIN = "within"  # everybody of the first list stands on the second
    SAME = "same"  # two lists name the same bodies
    REST = "rest"  # the first list is everybody whom the second does not name
    EQUAL = "equal"  # figures of several places are one
    SUM = "sum"  # a figure is others added and taken off


class Relation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One such statement (*quan hệ cần đối chiếu*)."""

    rule: Rule
    place: str
    lists: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    plus: tuple[int | str, ...] = ()
    minus: tuple[int | str, ...] = ()


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What some are asked to do by a day (*việc được đề nghị*); `settled`: the states that show that it is done."""

    id: str
    place: str
    asked_on: date
    what: Said
    settled: dict[BoardAxis, tuple[str, ...]]
    list: str = ""
    without: str = ""
    claim: str = ""  # the figure that says how many are asked
    organisations: tuple[str, ...] = ()
    kinds: tuple[PartyKind, ...] = ()
    due: date | None = None  # the last day
    before: date | None = None  # the day after the last one
    days: tuple[date, ...] = ()  # on one of them
    until: date | None = None  # how long it is followed: a later document sums the work up
    note: Said | None = None

    @property
    def last_day(self) -> date:
        if self.before is not None:
            return self.before - timedelta(days=1)
        if self.due is not None:
            return self.due
        return max(self.days)


@dataclass(frozen=True, slots=True)
class Document:
    """A document taken apart (*văn bản đã nhập*)."""

    head: Head
    lists: tuple[PrintedList, ...] = ()
    claims: tuple[Claim, ...] = ()
    relations: tuple[Relation, ...] = ()
    requests: tuple[Request, ...] = ()
    events: tuple[StandingFact, ...] = ()

    def list_of(self, name: str) -> PrintedList:
        return next(each for each in self.lists if each.head.id == name)

    def claim_of(self, name: str) -> Claim:
        return next(each for each in self.claims if each.id == name)

    @property
    def stated(self) -> tuple[StatedCount, ...]:
        """The counts for the board."""
        return tuple(_stated(self.head, each, each.counts) for each in self.claims if each.counts is not None)


def known_at(head: Head) -> datetime:
    """From when on a document is known: the beginning of its day."""
    return datetime.combine(head.known_on, time(), VIET_NAM)


def states_of(axis: BoardAxis, words: tuple[str, ...]) -> frozenset[Standing]:
    """States as files write them; `inspected` are all that an inspection can end with."""
    if axis is BoardAxis.SECURITY and words == ("inspected",):
        return INSPECTED
    return frozenset(state_of(axis, word) for word in words)


def _stated(head: Head, claim: Claim, counted: Counted) -> StatedCount:
    return StatedCount(
        kind=counted.kind,
        axis=counted.axis,
        states=states_of(counted.axis, counted.states),
        count=claim.value,
        on=head.as_of,
        recorded_at=known_at(head),
        source=f"{head.number}, {claim.place}",
        total=claim.of,
        is_complete=counted.complete,
        among=states_of(BoardAxis.CONNECTION, counted.among),
    )
