"""A partner with valid keys against the real decisions of the exchange, on a simulated clock and an invented registry.

`World` answers as the gateway does (crossed lines, spent attempts, judgement, counts) with memory in the place of tables.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from dancu.exchange.domain import Kind, Outcome, counts_of, is_somebody, judge, subject_asked
from dancu.exchange.extraction import COUNTS, GRAINS, Verdict, Window, refuses, slot_of
from dancu.exchange.watch import Row, Watch
from dancu.kernel.claims import PersonClaim
from dancu.kernel.dates import PartialDate
from dancu.kernel.names import folded_name
from dancu.kernel.personal_id import PersonalId
from dancu.kernel.sealing import SealingKey
from dancu.kernel.warrants import Actor
from dancu.onboarding.domain import Grant
from dancu.population.reader import PersonRow
from dancu.population.units.table import UNITS_FILE
from dancu.synth.api import generate
from tests.factories.people import NOW, a_grant

CELL = 1_000_000
DENSITY = 0.01  # of the numbers of a cell are somebody's
__all__ = ["CELL", "Kind", "Nation", "Told", "World"]


class Nation:
    """Cells of numbers of which one in a hundred is somebody's; names as frequent as in the simulated nation."""

    def __init__(self, seed: int, cells: int, names: int = 4_000) -> None:
        chance = random.Random(seed)
        drawn = [person["full_name"] for person in generate(names, seed, UNITS_FILE) if person["sex"] == "1"]
        self.people: dict[int, PersonRow] = {}
        self.cells = [46 * 10**9 + (70 + at % 29) * CELL + at // 29 * 10**9 for at in range(cells)]
        for cell in self.cells:
            year = 1900 + cell // CELL % 100
            for number in chance.sample(range(CELL), int(CELL * DENSITY)):
                born = (year, chance.randint(1, 12), chance.randint(1, 28))
                self.people[cell + number] = PersonRow(cell + number, 0, None, chance.choice(drawn), *born, 0, 1, "", "VN", 1)
        self.numbers = sorted(self.people)
        # What the attacker knows best: which names without marks are the most frequent ones.
        self.frequent = [name for name, _ in Counter(folded_spaced(name) for name in drawn).most_common(60)]

    def year_of(self, number: int) -> int:
        return 1900 + number // CELL % 100


def folded_spaced(name: str) -> str:
    return " ".join(folded_name(word) for word in name.split()).title()


@dataclass
class Told:
    """What a caller got for one question."""

    outcome: str  # match, no_match, explained, or the reason of a refusal
    wait: int = 0


@dataclass
class World:
    """The exchange as a partner meets it, one process with its tables."""

    nation: Nation
    grants: dict[str, Grant]
    organisations: dict[str, str]
    now: datetime = NOW.replace(hour=17, minute=0) - timedelta(days=1)  # midnight in Viet Nam
    limited: bool = True
    planted: frozenset[int] = frozenset()
    suspended: dict[str, datetime] = field(default_factory=dict)
    answered: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.watch = Watch(SealingKey(b"faults of extraction, lab key 32"))
        self.watch.set_volumes(self.grants.values(), self.organisations)
        self.watch.planted = self.planted
        self._table: dict[tuple[str, int, int], tuple[int, ...]] = {}
        self._learned: set[int] = set()
        self._attempts: Counter[int] = Counter()
        self._shared_at = self.now

    def ask(self, client: str, officer: str, claim: PersonClaim) -> Told:
        actor = Actor(self.organisations[client], client, officer)
        if self.limited:
            if client in self.suspended:
                return Told("client_suspended")
            if (self.now - self._shared_at).total_seconds() >= 1:
                self.share()
            crossing = self.watch.crossing(actor, self.now)
            if crossing is not None and refuses(crossing, has_whole_date=claim.birth_date.is_full):
                if crossing.verdict is Verdict.SUSPEND:
                    self.share()
                return Told(crossing.verdict.name.lower(), crossing.retry_after_seconds(self.now))
            if self.watch.has_spent and self.watch.is_spent(actor, subject_asked(claim), self.now):
                return Told("attempts_spent")
        number = claim.personal_id.number if claim.personal_id else 0
        rows = [self.nation.people[number]] if number in self.nation.people else []
        judgement = judge(claim, rows, self.grants[client])
        if self.limited:
            if judgement.person is not None:
                self.watch.count_hit(actor, subject_asked(claim), self.now)
            else:
                counts = counts_of(judgement, claim, is_somebody=is_somebody(rows))
                self.watch.count_miss(actor, subject_asked(claim), counts, self.now)
            if number in self.planted:
                self.watch.count_planted(actor)
            self.watch.look(self.now)
        miss = judgement.outcome is Outcome.NO_MATCH
        self.answered[client + (" miss" if miss else " hit")] += 1
        return Told("explained" if judgement.explanation else "no_match" if miss else "match")

    def share(self) -> None:
        """What the exchange of counts does every second, with memory for tables."""
        watch, now = self.watch, self.now
        for mark, each in watch.marked(watch.take_pending().values()):
            if mark in self._learned:
                watch.take_back(each)
            self._learned.add(mark)
        missed, watch.missed = watch.missed, {}
        for mark, number in missed.items():
            self._attempts[mark] += number
            if self._attempts[mark] >= 12:
                watch.spent[mark] = slot_of(Window.DAY, now)
        rows = watch.take_dirty(now)
        for row in rows:
            self._table[row.scope, row.minutes, row.slot] = row.counts
        self._hear(rows)
        for name, crossing in list(watch.closed.items()):
            if crossing.verdict is Verdict.SUSPEND and (actor := watch.scopes[name].last_actor) is not None:
                together = [c for c, o in self.organisations.items() if o == actor.organisation]
                for client in together if crossing.level == "organisation" else [actor.system]:
                    self.suspended.setdefault(client, now)
        self._shared_at = now

    def _hear(self, rows: Iterable[Row]) -> None:
        today = slot_of(Window.DAY, self.now)
        for name in {row.scope for row in rows}:
            scope = self.watch.scopes[name]
            if scope.is_read:
                continue
            days = [self._table.get((name, int(Window.DAY), today - back * 86400), (0,) * len(COUNTS)) for back in range(1, 30)]
            starts = {grain: slot_of(grain, self.now) for grain in GRAINS}
            self.watch.heard(name, starts, {}, [sum(column) for column in zip(*days, strict=True)])


def claim_of(row: PersonRow) -> PersonClaim:
    return PersonClaim(row.full_name, PartialDate(row.birth_year, row.birth_month, row.birth_day), PersonalId(row.personal_no))


def guess(number: int, name: str, born: PartialDate) -> PersonClaim:
    return PersonClaim(name, born, PersonalId(number))


def a_partner(client: str, volume: int = 0, **more: object) -> Grant:
    return a_grant(client, volume_per_day=volume, officer_per_day=volume, **more)
