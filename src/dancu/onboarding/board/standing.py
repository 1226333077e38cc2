"""Where one party stands: its systems put together on each axis, whom it carries on, what is not known of it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from dancu.onboarding.board.events import (
    CONNECTED,
    FOUND_WANTING,
    BoardAxis,
    ConnectionStanding,
    HostingStanding,
    SecurityStanding,
    Standing,
    rank,
)
from dancu.onboarding.board.folding import SystemStanding
from dancu.onboarding.board.lineage import Party
from dancu.onboarding.board.stated import StatedCount


@dataclass(frozen=True, slots=True)
class BodyStanding:
    """Where one party stands on a day (*tình trạng của đơn vị*)."""

    party: Party
    systems: tuple[SystemStanding, ...] = ()
    doubts: tuple[StatedCount, ...] = ()  # newer counts that name nobody: it may be among those they count
    ways: tuple[tuple[Party, ...], ...] = ()  # from each predecessor to this one
    listed: frozenset[BoardAxis] = frozenset()  # on which a paper tells of everybody, so that its silence says something

    @property
    def connection(self) -> ConnectionStanding:
        """The furthest of its systems."""
        return max((each.connection for each in self.systems), key=rank, default=ConnectionStanding.NONE)

    @property
    def counted(self) -> tuple[SystemStanding, ...]:
        """The systems whose security counts: those that are connected; while none is, those on their way.

        Whoever is found short of what a connection requires has one, also where no paper at hand says so.
        """
        still = tuple(each for each in self.systems if each.connection is not ConnectionStanding.CLOSED)
        connected = tuple(each for each in still if each.connection in CONNECTED or each.security in FOUND_WANTING)
        return connected or tuple(each for each in still if each.is_begun) or self.systems

    @property
    def security(self) -> SecurityStanding:
        """The worst of the systems that count."""
        return min((each.security for each in self.counted), key=rank, default=SecurityStanding.NOT_INSPECTED)

    @property
    def behind(self) -> int:
        """How many of the systems that count stand as badly as the security says."""
        return sum(each.security is self.security for each in self.counted)

    @property
    def hosting(self) -> tuple[HostingStanding, ...]:
        """Where its systems run; nothing where nobody said."""
        states = {line.state for each in self.systems if (line := each.lines.get(BoardAxis.HOSTING))}
        return tuple(each for each in HostingStanding if each in states)

    @property
    def inherited(self) -> tuple[Party, ...]:
        """Whose systems it took over, the name it had itself before among them."""
        return tuple(dict.fromkeys(each.origin for each in self.systems if each.origin != self.party))

    @property
    def silent(self) -> tuple[Party, ...]:
        """Whom it carries on without anything being on file of them, under that name or a later one of theirs."""
        told = {each.origin for each in self.systems}
        passed_on = {each for way in self.ways if way[0] in told for each in way}
        return tuple(way[0] for way in self.ways if way[0] not in passed_on and not told & set(way[:-1]))

    @property
    def is_of_a_split(self) -> bool:
        """Came some of it from a body whose parts went to several? Which system went where is then not certain."""
        return any(each.other_successors for way in self.ways for each in way[:-1])

    def since(self, axis: BoardAxis) -> date | None:
        """From when it stands on an axis as it does; None where nothing says so."""
        wanted = self.connection if axis is BoardAxis.CONNECTION else self.security
        among = self.systems if axis is BoardAxis.CONNECTION else self.counted
        days = [line.since for each in among if (line := each.lines.get(axis)) and line.state == wanted]
        return min(days, default=None)

    def last_told(self, axis: BoardAxis) -> date | None:
        """The day of the newest fact on an axis."""
        return max((line.event.on for each in self.systems if (line := each.lines.get(axis))), default=None)

    def states(self, axis: BoardAxis) -> frozenset[Standing]:
        if axis is BoardAxis.HOSTING:
            return frozenset(self.hosting)
        return frozenset({self.connection if axis is BoardAxis.CONNECTION else self.security})

    def is_recorded(self, axis: BoardAxis) -> bool:
        """Does anything on file say where it stands, be it by leaving it out of a list that names all?"""
        return axis in self.listed or any(axis in each.lines for each in self.systems)

    def is_unknown(self, axis: BoardAxis) -> bool:
        """Does a newer paper count some whom it does not name, so that nobody can say where this one stands?"""
        return any(doubt.axis is axis for doubt in self.doubts)
