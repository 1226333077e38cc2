"""From facts to where every system of every body stands on a day: time passes, facts arrive, bodies merge. Pure.

A fact about a body as a whole and its connection says how far its furthest system is; about its security or hosting it holds
for every system it has. The first system that the register knows by name as connected takes the place of what papers
only said of the body: it is that connection, and what was said of its security stays with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TypeVar

from dancu.onboarding.board.events import CONNECTED, BoardAxis, ConnectionStanding, SecurityStanding, Standing, StandingFact, rank
from dancu.onboarding.board.lineage import Lineage, Party

_ONCE_CONNECTED = CONNECTED | {ConnectionStanding.CLOSED}
State = TypeVar("State", bound=Standing)


@dataclass(frozen=True, slots=True)
class Line:
    """Where one system stands on one axis (*tình trạng hiện tại*): since when, and the newest fact that says so."""

    state: Standing
    since: date
    event: StandingFact


@dataclass(frozen=True, slots=True)
class SystemStanding:
    """One system of a body (*tình trạng của hệ thống*); `client_id` is empty where only the body was spoken of."""

    client_id: str
    origin: Party  # whose it was when it was first spoken of
    lines: Mapping[BoardAxis, Line]

    @property
    def connection(self) -> ConnectionStanding:
        return _state(self, BoardAxis.CONNECTION, ConnectionStanding.NONE)

    @property
    def security(self) -> SecurityStanding:
        return _state(self, BoardAxis.SECURITY, SecurityStanding.NOT_INSPECTED)

    @property
    def is_begun(self) -> bool:
        """Was anything said of its connection or its security?"""
        return BoardAxis.CONNECTION in self.lines or BoardAxis.SECURITY in self.lines

    def told(self, event: StandingFact) -> SystemStanding:
        """The same system after one more fact; since when it stands there is kept while nothing else was said."""
        before = self.lines.get(event.axis)
        since = before.since if before and before.state == event.state else event.on
        return replace(self, lines={**self.lines, event.axis: Line(event.state, since, event)})


Systems = dict[str, SystemStanding]


def _state(system: SystemStanding, axis: BoardAxis, otherwise: State) -> State:
    line = system.lines.get(axis)
    return otherwise if line is None else line.state  # type: ignore[return-value]  # the event was checked to fit its axis


@dataclass(frozen=True, slots=True)
class Folded:
    """Everything told until a day, put together (*kết quả tổng hợp*)."""

    day: date
    systems: Mapping[Party, tuple[SystemStanding, ...]]
    told: Mapping[tuple[Party, BoardAxis], tuple[date, ...]]  # on which days something was said of a party
    strangers: tuple[str, ...]  # codes of which no party is known


def fold(lineage: Lineage, events: Iterable[StandingFact], day: date) -> Folded:
    """Where every system of every party stands at the end of a day (*tổng hợp tình trạng*), in whatever order facts are given."""
    held: dict[Party, Systems] = {}
    told: dict[tuple[Party, BoardAxis], list[date]] = {}
    strangers: set[str] = set()
    mergers = [party for party in lineage.parties if party.valid_to and party.valid_to < day and lineage.heir(party)]
    mergers.sort(key=lambda party: (party.valid_to, party.code))
    at = 0
    for event in sorted({each for each in events if each.on <= day}, key=lambda each: each.order):
        while at < len(mergers) and _carried_on(mergers[at]) <= event.on:
            _merge(held, mergers[at], lineage)
            at += 1
        party = lineage.holder(event.body_code, event.on)
        if party is None:
            strangers.add(event.body_code)
            continue
        take = _take_of_system if event.client_id else _take_of_body
        held[party] = take(held.get(party, {}), party, event)
        told.setdefault((party, event.axis), []).append(event.on)
    for party in mergers[at:]:
        _merge(held, party, lineage)
    systems = {party: tuple(each.values()) for party, each in held.items() if each}
    return Folded(day, systems, {key: tuple(days) for key, days in told.items()}, tuple(sorted(strangers)))


def _carried_on(party: Party) -> date:
    assert party.valid_to is not None
    return party.valid_to + timedelta(days=1)


def _merge(held: dict[Party, Systems], party: Party, lineage: Lineage) -> None:
    """What a party had is its heir's from the day after its last one; what the heir says of a system of that name stays."""
    heir = lineage.heir(party)
    if heir is not None and party in held:
        held[heir] = {**held.pop(party), **held.get(heir, {})}


def _take_of_system(systems: Systems, party: Party, event: StandingFact) -> Systems:
    system = systems.get(event.client_id) or SystemStanding(event.client_id, party, {})
    system = system.told(event)
    if event.axis is BoardAxis.CONNECTION and event.state in _ONCE_CONNECTED:
        nameless = [each for each in systems.values() if not each.client_id]
        system = _in_place_of(nameless, system)
        systems = {key: each for key, each in systems.items() if each.client_id}
    return {**systems, event.client_id: system}


def _in_place_of(nameless: list[SystemStanding], system: SystemStanding) -> SystemStanding:
    """What was said of the security and hosting of the body stays with the system that turns out to be its connection."""
    lines = dict(system.lines)
    for each in sorted(nameless, key=lambda one: rank(one.security)):  # the worst first
        for axis, line in each.lines.items():
            lines.setdefault(axis, line)
    return replace(system, lines=lines)


def _take_of_body(systems: Systems, party: Party, event: StandingFact) -> Systems:
    nameless = f"@{party.code}:{party.valid_from}"
    if event.axis is not BoardAxis.CONNECTION:
        known = systems or {nameless: SystemStanding("", party, {})}
        return {key: each.told(event) for key, each in known.items()}
    lowered = {key: each.told(event) if _is_meant(each, event.state) else each for key, each in systems.items()}
    if any(each.connection == event.state for each in lowered.values()):
        return lowered
    return {**lowered, nameless: lowered.get(nameless, SystemStanding("", party, {})).told(event)}


def _is_meant(system: SystemStanding, furthest: Standing) -> bool:
    """Is it a system that cannot be further than this, or the nameless one that the paper speaks of again?"""
    return rank(system.connection) > rank(furthest) or (not system.client_id and system.connection == furthest)
