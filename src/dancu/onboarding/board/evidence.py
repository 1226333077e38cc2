"""Counts of papers against names: who is among those counted, who may be, and of whom nobody can say it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from dancu.onboarding.board.events import INSPECTED, OFFICIAL, BoardAxis, Standing, StandingFact
from dancu.onboarding.board.folding import Folded, fold
from dancu.onboarding.board.lineage import Lineage, Party
from dancu.onboarding.board.standing import BodyStanding
from dancu.onboarding.board.stated import AppliedCount, StatedCount


class Evidence:
    """What was told until a day, as it stood on that day and on any day before (*chứng cứ đến ngày*)."""

    def __init__(self, lineage: Lineage, events: Iterable[StandingFact], day: date) -> None:
        self.lineage, self.day = lineage, day
        self._events = tuple(events)
        self._folded: dict[date, Folded] = {}

    def on(self, day: date) -> Folded:
        if day not in self._folded:
            self._folded[day] = fold(self.lineage, self._events, day)
        return self._folded[day]

    def states(self, party: Party, axis: BoardAxis, day: date) -> frozenset[Standing]:
        return BodyStanding(party, self.on(day).systems.get(party, ())).states(axis)

    def last_told(self, party: Party, axis: BoardAxis, day: date) -> date | None:
        """The newest fact about a party on an axis until a day, also after others carried it on."""
        found: list[date] = []
        since = date.min
        for each in self.lineage.way(party, day):
            found += [on for on in self.on(day).told.get((each, axis), ()) if on > since]
            since = each.valid_to or date.max
        return max(found, default=None)

    def applied(self, stated: StatedCount) -> AppliedCount:
        """A count held against the names known on its day."""
        named, since = set(), set()
        for party in self.lineage.in_force(stated.on, stated.kind):
            if self.states(party, stated.axis, stated.on) & stated.states and self._bears_out(stated, party):
                named.add(party.code)
            elif self._is_told(party, stated.axis, after=stated.on):
                since.add(party.code)
        is_same_circle = self.lineage.codes(self.day, stated.kind) == self.lineage.codes(stated.on, stated.kind)
        return AppliedCount(stated, frozenset(named), is_same_circle, frozenset(since))

    def _bears_out(self, stated: StatedCount, party: Party) -> bool:
        """A complete list no longer bears out what only older papers said."""
        return not stated.is_complete or self.last_told(party, stated.axis, stated.on) == stated.on

    def leaves_open(self, count: AppliedCount, body: BodyStanding) -> bool:
        """May a body, or one it carries on, be among those a newer paper counts without naming them, or no longer names?"""
        stated = count.stated
        if stated.kind is not body.party.kind or not (stated.is_complete or count.unnamed):
            return False
        heads = [each for each in (body.party, *(way[0] for way in body.ways)) if each.is_in_force(stated.on)]
        silent = [each for each in heads if not self._is_told(each, stated.axis, since=stated.on)]
        if not stated.is_complete:
            return bool(silent) and not body.states(stated.axis) & stated.states
        return not any(each.code in count.named for each in heads) and any(
            self.states(each, stated.axis, stated.on) & stated.states for each in silent
        )

    def listed(self, counts: Iterable[AppliedCount], body: BodyStanding) -> frozenset[BoardAxis]:
        """On which axes a paper named all that are connected, or inspected, when this body or one before it was there."""
        heads = (body.party, *(way[0] for way in body.ways))
        return frozenset(
            each.stated.axis
            for each in counts
            if each.stated.is_complete
            and not each.stated.among
            and each.stated.states in (OFFICIAL, INSPECTED)
            and any(head.kind is each.stated.kind and head.is_in_force(each.stated.on) for head in heads)
        )

    def _is_told(self, party: Party, axis: BoardAxis, *, since: date = date.min, after: date = date.min) -> bool:
        last = self.last_told(party, axis, self.day)
        return last is not None and last >= since and last > after
