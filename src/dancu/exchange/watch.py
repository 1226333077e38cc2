"""Limits on extraction in the gateway's memory: counted with every batch, shared through PostgreSQL every second.

A process decides from its own counts and what the others had written a second ago. Nothing here waits for the database while a
question is answered. Counts survive the process: they are read again at start.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from operator import itemgetter
from typing import NamedTuple

from dancu.exchange import extraction
from dancu.exchange.extraction import (
    CALLS,
    COUNTS,
    GRAINS,
    LEARNED,
    PLANTED,
    UNKNOWN,
    Channel,
    Crossing,
    DrawnLine,
    Level,
    Verdict,
    Volume,
    Window,
)
from dancu.exchange.marks import SubjectMarks
from dancu.kernel.claims import PersonClaim
from dancu.kernel.clock import local
from dancu.kernel.sealing import SealingKey
from dancu.kernel.warrants import Actor
from dancu.onboarding.domain import Grant

KNOWN_PERSONS_MAX = 200_000
HITS_GATHERED_MAX = 256
# Where every line on new persons stands at least so high, one person in so many is followed and weighs as much: which ones
# is drawn by the key, so that nobody can ask around them. The error of such a count at its line is under 2 %.
SAMPLED_FROM, SAMPLED_EVERY = 64_000, 16
ATTEMPTS_KEPT_MAX = 200_000
NAMES_MAX = 20_000
PENDING_MAX = 4_000
_LEVELS = (Level.OFFICER, Level.SYSTEM, Level.ORGANISATION)  # in the order of an actor's names


@dataclass(slots=True)
class Slot:
    """One stretch of time of one scope: what this process counted, and what the others wrote (*ô đếm*)."""

    start: int = -1
    own: list[int] = field(default_factory=lambda: [0] * len(COUNTS))
    others: Sequence[int] = (0,) * len(COUNTS)


@dataclass(slots=True)
class Scope:
    """The counts of one officer, system or organisation (*đối tượng tính hạn mức*)."""

    name: str
    level: Level
    slots: dict[Window, Slot] = field(default_factory=lambda: {grain: Slot() for grain in GRAINS})
    days_before: Sequence[int] = (0,) * len(COUNTS)  # the twenty-nine days before today
    last_actor: Actor | None = None
    is_read: bool = False  # whether the days before are known

    def slot(self, grain: Window, start: int) -> Slot:
        """The slot that begins then. Time never goes back: a batch from before midnight counts in the day that began since."""
        found = self.slots[grain]
        if found.start < start:
            if grain is Window.DAY and found.start >= 0:
                self.is_read = False  # yesterday is one of the days before now
            found = self.slots[grain] = Slot(start)
        return found

    def tallies(self, now: datetime) -> dict[Window, list[int]]:
        """Own and others' counts by window."""
        found = {}
        for grain in GRAINS:
            slot = self.slot(grain, extraction.slot_of(grain, now))
            found[grain] = [own + other for own, other in zip(slot.own, slot.others, strict=True)]
        found[Window.THIRTY_DAYS] = [day + before for day, before in zip(found[Window.DAY], self.days_before, strict=True)]
        return found


class Unsure(NamedTuple):
    """Somebody perhaps new to an organisation; the table will tell (*người có thể mới*)."""

    actor: Actor
    subject: str
    weight: int  # how many persons she was counted for


class Row(NamedTuple):
    """One line of the table of use: the whole total of this process (*dòng đếm*)."""

    scope: str
    minutes: int
    slot: int
    counts: tuple[int, ...]


class Watch:
    """Counts, and what is closed by them (*bộ đếm hạn mức khai thác*)."""

    def __init__(self, key: SealingKey) -> None:
        self._marks = SubjectMarks(key)
        self.scopes: dict[str, Scope] = {}
        self.closed: dict[str, Crossing] = {}
        self.shut: dict[str, datetime] = {}  # systems just suspended from here, until the directory says so itself
        self.alarms: dict[tuple[str, str, int], tuple[Crossing, Actor]] = {}
        self.planted: frozenset[int] = frozenset()
        self.pending: dict[int, Unsure] = {}  # under a hash of this process
        self.missed: dict[int, int] = {}  # attempts since they were last written
        self._attempts: dict[int, int] = {}  # of today, as far as this process knows
        self._attempts_day = 0
        self._over: set[int] = set()  # of these, who may not try again
        self.unlooked: set[str] = set()  # scopes read from the table whose lines were not looked at yet
        self.spent: dict[int, int] = {}  # numbers closed to their organisation, and since which day
        self.systems_suspended: dict[str, int] = {}  # how often
        self.organisations_suspended: dict[str, int] = {}
        self.tightened: dict[str, int] = {}  # suspensions of the last year, by scope without its number
        self._volumes: dict[str, Volume] = {}
        self._known: set[int] = set()  # persons looked after already, under the same hash: Python's own, keyed by the process
        self._sums: dict[tuple[str, str], tuple[Actor, list[int]]] = {}  # by system and officer, not yet added
        self._dirty: dict[tuple[str, int, int], list[int]] = {}
        self._lines: dict[str, tuple[DrawnLine, ...]] = {}
        self._told: set[tuple[str, str, int]] = set()
        self._named: dict[Actor, tuple[str, str, str]] = {}
        self._weights: dict[Actor, int] = {}

    # -- before a question is answered -----------------------------------------------------------------------------

    def crossing(self, actor: Actor, now: datetime) -> Crossing | None:
        """What its officer, its system or its organisation crossed and still stands."""
        if self.unlooked and not self.unlooked.isdisjoint(names := self._names(actor)):
            self.look_again(actor, now)
            self.unlooked.difference_update(names)
        if not self.closed:
            return None
        found = []
        for name in self._names(actor):
            if (each := self.closed.get(name)) is not None:
                if each.until <= now and each.verdict is not Verdict.SUSPEND:
                    del self.closed[name]
                else:
                    found.append(each)
        return extraction.gravest(found)

    def is_shut(self, client_id: str, now: datetime) -> bool:
        """Whether this process suspended the system a moment ago, and the directory does not know it yet."""
        until = self.shut.get(client_id)
        return until is not None and now < until

    def directory_knows(self, client_ids: Iterable[str]) -> None:
        """These are not open in the directory: from now on it says so itself, and says when a human opens them again."""
        for client_id in client_ids:
            self.shut.pop(client_id, None)

    @property
    def has_spent(self) -> bool:
        return bool(self.spent or self._over)

    @property
    def is_calm(self) -> bool:
        """Nobody is stopped in any way: a question need not be looked at."""
        return not (self.closed or self.unlooked or self.shut or self.spent or self._over)

    @property
    def is_urgent(self) -> bool:
        """Whether the exchange of counts should not wait for its second."""
        return bool(self.alarms or self.suspending) or len(self.pending) > PENDING_MAX

    @property
    def suspending(self) -> bool:
        return any(each.verdict is Verdict.SUSPEND for each in self.closed.values())

    def is_spent(self, actor: Actor, subject: str, now: datetime) -> bool:
        """Whether the organisation may not try this number again today."""
        mark = self._marks.mark(actor.organisation, subject)
        today = extraction.slot_of(Window.DAY, now)
        return self.spent.get(mark) == today or (self._attempts_day == today and mark in self._over)

    # -- after a batch was answered --------------------------------------------------------------------------------

    def count_hit(self, actor: Actor, subject: str, now: datetime) -> None:
        """A question that was answered with a person."""
        total = self._sum(actor)
        total[CALLS] += 1
        person = hash((actor.organisation, subject))
        if person in self._known or person in self.pending:
            return
        weight = self._weights.get(actor) or self._weigh(actor, now)
        if weight > 1 and not self._marks.is_sampled(actor.organisation, subject, weight):
            self._remember((person,))
            return
        self.pending[person] = Unsure(actor, subject, weight)
        total[LEARNED] += weight

    def count_miss(self, actor: Actor, subject: str, counts: Sequence[int], now: datetime) -> None:
        """A question that was answered with nobody; `counts` in the order of `COUNTS`."""
        total = self._sum(actor)
        for at, number in enumerate(counts):
            total[at] += number
        self._note_miss(self._marks.mark(actor.organisation, subject), now)

    def count_planted(self, actor: Actor) -> None:
        """A question that named a planted person, whatever the answer."""
        self._sum(actor)[PLANTED] += 1

    def _weigh(self, actor: Actor, now: datetime) -> int:
        """For how many a new person of this actor is counted."""
        limits = extraction.limits_on(local(now).date())
        if len(self._weights) > NAMES_MAX:
            self._weights = {}
        drawn = [
            line
            for name, level in zip(self._names(actor), _LEVELS, strict=True)
            for line in self._drawn(name, level, actor, limits)
        ]
        lowest = min((each.number for each in drawn if each.line.count == COUNTS[LEARNED]), default=0)
        weight = self._weights[actor] = SAMPLED_EVERY if lowest >= SAMPLED_FROM else 1
        return weight

    def _sum(self, actor: Actor) -> list[int]:
        found = self._sums.get((actor.system, actor.officer))
        if found is None:
            found = self._sums[actor.system, actor.officer] = (actor, [0] * len(COUNTS))
        return found[1]

    def look(self, now: datetime, *, at_once: bool = False) -> None:
        """After a batch: close whoever crossed a line by it. Hits alone wait until there are some of them."""
        if not at_once and not any(
            total[LEARNED] >= HITS_GATHERED_MAX
            or total[CALLS] > total[LEARNED] + HITS_GATHERED_MAX
            or any(total[UNKNOWN:LEARNED])
            or total[PLANTED]
            for _, total in self._sums.values()
        ):
            return
        sums, self._sums = self._sums, {}
        for actor, total in sums.values():
            self._add(actor, total, now)
        for actor, total in sums.values():
            if any(total[1:]):  # a repeated hit brings nobody closer to a line
                self.look_again(actor, now)

    def _note_miss(self, mark: int, now: datetime) -> None:
        today = extraction.slot_of(Window.DAY, now)
        if self._attempts_day != today or len(self._attempts) > ATTEMPTS_KEPT_MAX:
            self._over = set() if self._attempts_day != today else self._over
            self._attempts_day, self._attempts = today, {}
        attempts = self._attempts[mark] = self._attempts.get(mark, 0) + 1
        if attempts >= extraction.limits_on(local(now).date()).attempts_a_day:
            self._over.add(mark)
        self.missed[mark] = self.missed.get(mark, 0) + 1

    def _add(self, actor: Actor, total: Sequence[int], now: datetime) -> None:
        for name, level in zip(self._names(actor), _LEVELS, strict=True):
            scope = self.scopes.get(name)
            if scope is None:
                scope = self.scopes[name] = Scope(name, level)
            scope.last_actor = actor
            for grain in GRAINS:
                start = extraction.slot_of(grain, now)
                slot = scope.slot(grain, start)
                for at, number in enumerate(total):
                    slot.own[at] += number
                self._dirty[name, int(grain), slot.start] = slot.own

    def look_again(self, actor: Actor, now: datetime) -> None:
        """Hold the counts of officer, system and organisation against their lines."""
        limits = extraction.limits_on(local(now).date())
        for name in self._names(actor):
            scope = self.scopes.get(name)
            if scope is None:
                continue
            lines = self._drawn(name, scope.level, actor, limits)
            crossing, alarms = extraction.crossed(lines, scope.tallies(now), limits, now)
            if crossing is not None and crossing.verdict is Verdict.SUSPEND and actor.system in limits.never_suspended:
                alarms, crossing = (*alarms, crossing), None
            if crossing is None:
                self.closed.pop(name, None)
            else:
                self.closed[name] = crossing
            for alarm in alarms:
                told = (name, alarm.code, int(alarm.until.timestamp()))  # once a window
                if told not in self._told:
                    self._told.add(told)
                    self.alarms[told] = (alarm, actor)

    def _drawn(self, name: str, level: Level, actor: Actor, limits: extraction.Limits) -> tuple[DrawnLine, ...]:
        found = self._lines.get(name)
        if found is None:
            volume = self._volumes.get(actor.system, Volume())
            suspensions = self.tightened.get(name.partition("#")[0], 0)
            found = self._lines[name] = limits.drawn(level, Channel.SYSTEM, volume, suspensions)
        return found

    def _names(self, actor: Actor) -> tuple[str, str, str]:
        if (known := self._named.get(actor)) is not None:
            return known
        if len(self._named) > NAMES_MAX:
            self._named = {}
        names = self._named[actor] = (
            extraction.officer_scope(actor.organisation, actor.officer),
            extraction.system_scope(actor.system, self.systems_suspended.get(actor.system, 0)),
            extraction.organisation_scope(actor.organisation, self.organisations_suspended.get(actor.organisation, 0)),
        )
        return names

    # -- between two exchanges with the database -------------------------------------------------------------------

    def take_dirty(self, now: datetime) -> list[Row]:
        """What changed since the last time, as whole totals; put back with `put_back` when it could not be written."""
        self.look(now, at_once=True)
        taken, self._dirty = self._dirty, {}
        return [Row(scope, minutes, slot, tuple(own)) for (scope, minutes, slot), own in sorted(taken.items())]

    def put_back(self, rows: Iterable[Row]) -> None:
        for row in rows:
            self._dirty.setdefault((row.scope, row.minutes, row.slot), list(row.counts))

    def take_pending(self) -> dict[int, Unsure]:
        """Some persons the table is to be asked about; from now on they are known, unless they are put back."""
        if len(self.pending) <= PENDING_MAX:
            taken, self.pending = self.pending, {}
        else:  # no more than one exchange can carry, however many have gathered
            taken = dict(islice(self.pending.items(), PENDING_MAX))
            for person in taken:
                del self.pending[person]
        self._remember(taken)
        return taken

    def _remember(self, persons: Collection[int]) -> None:
        if len(self._known) + len(persons) > KNOWN_PERSONS_MAX:
            self._known = set()
        self._known.update(persons)

    def put_back_missed(self, missed: Mapping[int, int]) -> None:
        for mark, times in missed.items():
            self.missed[mark] = self.missed.get(mark, 0) + times

    def put_back_pending(self, taken: dict[int, Unsure]) -> None:
        self._known.difference_update(taken)
        self.pending |= taken

    def marked(self, taken: Iterable[Unsure]) -> list[tuple[int, Unsure]]:
        """With the mark each has in the table, in its order: two processes never wait for each other in a circle."""
        mark = self._marks.mark
        return sorted(((mark(each.actor.organisation, each.subject), each) for each in taken), key=itemgetter(0))

    def take_back(self, known: Unsure) -> None:
        """The table knew a person that was counted as new."""
        self._sum(known.actor)[LEARNED] -= known.weight

    def heard(
        self,
        scope: str,
        starts: Mapping[Window, int],
        slots: Mapping[tuple[int, int], Sequence[int]],
        days_before: Sequence[int] | None,
    ) -> None:
        """What the other processes wrote about a scope in the slots that begin at `starts`, and the days before."""
        found = self.scopes.get(scope)
        if found is None:
            return
        for grain, start in starts.items():
            slot = found.slot(grain, start)
            if slot.start == start:  # else a new slot began while we asked
                slot.others = slots.get((int(grain), start), (0,) * len(COUNTS))
        if days_before is not None and found.slots[Window.DAY].start == starts[Window.DAY]:
            found.days_before, found.is_read = days_before, True

    def set_volumes(self, grants: Iterable[Grant], organisations: dict[str, str]) -> None:
        """What the grants register, by system; `organisations` by client id."""
        self._volumes, self._lines, self._weights = volumes_of(grants, organisations), {}, {}

    def set_past(self, systems: dict[str, int], organisations: dict[str, int], tightened: dict[str, int]) -> None:
        """How often each was suspended: ever, which names its counts; in the last year, which draws its lines closer."""
        if (systems, organisations, tightened) != (self.systems_suspended, self.organisations_suspended, self.tightened):
            self.systems_suspended, self.organisations_suspended, self.tightened = systems, organisations, tightened
            self._lines, self._weights, self._named, self._told = {}, {}, {}, set()
            self.closed = {name: crossing for name, crossing in self.closed.items() if self._is_current(name)}

    def _is_current(self, scope: str) -> bool:
        """Whether counts still go under this name: after a suspension they go under another."""
        level, _, rest = scope.partition(":")
        name, _, number = rest.rpartition("#")
        past = {Level.SYSTEM: self.systems_suspended, Level.ORGANISATION: self.organisations_suspended}.get(Level(level))
        return past is None or past.get(name, 0) == int(number)

    def read_at_start(self, scope: str, level: Level) -> Scope:
        """A scope whose counts stood in the table when the process began."""
        found = self.scopes.setdefault(scope, Scope(scope, level))
        self.unlooked.add(scope)
        return found

    def pass_over_harmless(self, now: datetime) -> None:
        """Of the scopes read at start, those below the lowest lines anybody can have need no look."""
        limits, lowest = extraction.limits_on(local(now).date()), Volume(1, 1, 1)
        for name in list(self.unlooked):
            scope = self.scopes[name]
            lines = limits.drawn(scope.level, Channel.SYSTEM, lowest, self.tightened.get(name.partition("#")[0], 0))
            crossing, alarms = extraction.crossed(lines, scope.tallies(now), limits, now)
            if crossing is None and not alarms:
                self.unlooked.discard(name)

    def asks_about_planted(self, claim: PersonClaim) -> bool:
        return claim.personal_id is not None and claim.personal_id.number in self.planted


def volumes_of(grants: Iterable[Grant], organisations: dict[str, str]) -> dict[str, Volume]:
    """Registered volumes by system: its own grants together, its organisation's together, the largest of an account."""
    systems: dict[str, int] = {}
    officers: dict[str, int] = {}
    together: dict[str, int] = {}
    for grant in grants:
        organisation = organisations.get(grant.client_id, "")
        systems[grant.client_id] = systems.get(grant.client_id, 0) + grant.volume_per_day
        officers[grant.client_id] = max(officers.get(grant.client_id, 0), grant.officer_per_day)
        together[organisation] = together.get(organisation, 0) + grant.volume_per_day
    return {
        client: Volume(number, together.get(organisations.get(client, ""), 0), officers[client])
        for client, number in systems.items()
    }
