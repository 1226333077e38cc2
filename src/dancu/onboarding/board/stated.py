"""Counts that papers state, also of bodies they do not name; and what such a count leaves open about the others. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from dancu.kernel.clock import local
from dancu.onboarding.board.events import BoardAxis, Standing
from dancu.onboarding.board.lineage import PartyKind

Key = tuple[PartyKind, BoardAxis, frozenset[Standing]]


@dataclass(frozen=True, slots=True)
class StatedCount:
    """How many of a kind stand in one of some states, as a paper states it (*số liệu văn bản nêu*).

    `is_complete`: the paper names them all, so that nobody else is in these states on that day.
    """

    kind: PartyKind
    axis: BoardAxis
    states: frozenset[Standing]
    count: int
    on: date
    recorded_at: datetime
    source: str
    total: int | None = None  # of how many, where the paper says so
    is_complete: bool = False
    among: frozenset[Standing] = frozenset()  # complete only among those connected so; empty: among all of the kind

    @property
    def key(self) -> Key:
        return self.kind, self.axis, self.states


@dataclass(frozen=True, slots=True)
class AppliedCount:
    """A stated count held against the names that are known (*số liệu đã đối chiếu với danh sách*)."""

    stated: StatedCount
    named: frozenset[str]  # who was known by name on the day of the paper
    is_same_circle: bool  # the bodies of the kind are still those of that day
    named_since: frozenset[str]  # of whom something was said later: they may be among the unnamed

    @property
    def unnamed(self) -> int:
        return max(0, self.stated.count - len(self.named))


def newest(stated: Iterable[StatedCount]) -> tuple[StatedCount, ...]:
    """Of every thing counted the newest count; of one day the one recorded last."""
    found = {each.key: each for each in sorted(stated, key=lambda one: (one.on, one.recorded_at, one.source))}
    return tuple(found.values())


def is_known(recorded_at: datetime, known_by: date | None) -> bool:
    return known_by is None or local(recorded_at).date() <= known_by
