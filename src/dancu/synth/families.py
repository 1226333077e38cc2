"""Who belongs to whom: couples, divorces, children with their mothers and fathers; all inside one part.

Nothing is searched person by person: couples meet in buckets of community and birth year, and the births of a calendar year
are dealt out among the mothers of that year. Laws of nature hold by construction: a mother is 18 to 49 and was married the
year before, a father is older than she may be but at least 20, nobody bears two years running, nobody is born to the dead.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dancu.synth.people import ALIVE, FEMALE, MALE, NEVER, YEAR, People, birthday, year_of
from dancu.synth.statistics import Statistics

_ROUNDS = 11
_NOBODY = -1
# Mothers of older people are mostly dead and have no row; from this birth year on nearly everybody's is found.
_COMPLETE_SINCE = 1972
# Weight of a further child by the children a mother has.
_NEXT_CHILD = np.array([2.2, 1.6, 0.55, 0.4, 0.35, 0.3, 0.25, 0.2, 0.1, 0.1, 0.05, 0.05, 0.05])


@dataclass(slots=True)
class Families:
    """Row numbers of relatives, -1 for nobody in this part; days of weddings and divorces (*quan hệ gia đình*)."""

    spouse: np.ndarray
    wedding: np.ndarray
    divorce: np.ndarray  # NEVER where the marriage was not divorced
    widowed_alone: np.ndarray  # the spouse died before the register began and has no row
    lone_mother: np.ndarray
    mother: np.ndarray
    father: np.ndarray


def draw_families(chance: np.random.Generator, statistics: Statistics, people: People) -> Families:
    """Marry them, part some, and give the children their mothers and fathers."""
    count, today = len(people), statistics.day("reference_day")
    ready = _ready_for_marriage(chance, statistics, people, today)
    families = Families(
        np.full(count, _NOBODY, np.int32),
        np.full(count, NEVER, np.int32),
        np.full(count, NEVER, np.int32),
        np.zeros(count, bool),
        np.zeros(count, bool),
        np.full(count, _NOBODY, np.int32),
        np.full(count, _NOBODY, np.int32),
    )
    _marry(chance, people, families, ready, today)
    _divorce(chance, statistics, people, families, today)
    _leave_alone(chance, statistics, people, families, ready, today)
    _give_birth(chance, statistics, people, families, ready, today)
    return families


def _ready_for_marriage(chance: np.random.Generator, statistics: Statistics, people: People, today: int) -> np.ndarray:
    """The day from which somebody wants to be married, NEVER for those who never do."""
    women = people.sex == FEMALE
    mean = np.where(
        women,
        statistics.by_year("families_by_cohort", "marriage_age_women", people.birth_year),
        statistics.by_year("families_by_cohort", "marriage_age_men", people.birth_year),
    )
    spread = statistics.by_year("families_by_cohort", "spread", people.birth_year)
    # Ages lean to the right: few marry long before the mean, some long after.
    age = mean + spread * (chance.gamma(4.0, 0.5, len(people)) - 2.0)
    day = np.maximum(
        (people.born + age * YEAR).astype(np.int64), np.where(women, birthday(people.born, 18), birthday(people.born, 20))
    )
    late = (day >= np.minimum(people.end, today) - 30) | (chance.random(len(people)) < statistics.share("never_married_percent"))
    return np.where(late, NEVER, day)


def _marry(chance: np.random.Generator, people: People, families: Families, ready: np.ndarray, today: int) -> None:
    wanting = ready < NEVER
    women, men = np.flatnonzero(wanting & (people.sex == FEMALE)), np.flatnonzero(wanting & (people.sex == MALE))
    for turn in range(_ROUNDS):
        gap = np.rint(chance.normal(3.0, 2.2 + 0.4 * turn, len(women))).astype(int)
        # Where few are left, years are taken wider; at the end people of any group of the province marry.
        community = people.province.astype(np.int64) * 1000 + (people.ethnicity if turn < _ROUNDS - 3 else 0)
        years = 1 if turn < _ROUNDS - 5 else 4
        hers = community[women] * 10_000 + (people.birth_year[women] - gap) // years
        his = community[men] * 10_000 + people.birth_year[men] // years
        chosen_women, chosen_men = pair_within(chance, hers, his)
        wives, husbands = women[chosen_women], men[chosen_men]
        day = np.maximum(
            (ready[wives] + ready[husbands]) // 2, np.maximum(birthday(people.born[wives], 18), birthday(people.born[husbands], 20))
        )
        good = day < np.minimum(np.minimum(people.end[wives], people.end[husbands]), today) - 30
        wives, husbands, day = wives[good], husbands[good], day[good]
        families.spouse[wives], families.spouse[husbands] = husbands, wives
        families.wedding[wives] = families.wedding[husbands] = day
        women, men = women[families.spouse[women] < 0], men[families.spouse[men] < 0]


def pair_within(chance: np.random.Generator, one: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of positions whose keys are equal, at random and as many as there can be."""
    first, second = _ranked(chance, one), _ranked(chance, other)
    _, left, right = np.intersect1d(first, second, assume_unique=True, return_indices=True)
    return left, right


def _ranked(chance: np.random.Generator, keys: np.ndarray, weight: np.ndarray | None = None) -> np.ndarray:
    """Each key with the random rank of its holder among the holders of the same key; heavier ones tend to come first."""
    luck = chance.random(len(keys))
    order = np.lexsort((luck if weight is None else -np.log(luck + 1e-300) / np.maximum(weight, 1e-9), keys))
    sorted_keys = keys[order]
    fresh = np.ones(len(keys), bool)
    fresh[1:] = sorted_keys[1:] != sorted_keys[:-1]
    starts = np.flatnonzero(fresh)
    rank = np.arange(len(keys)) - np.repeat(starts, np.diff(np.append(starts, len(keys))))
    ranked = np.empty(len(keys), np.int64)
    ranked[order] = sorted_keys * 10_000_000 + rank
    return ranked


def _divorce(chance: np.random.Generator, statistics: Statistics, people: People, families: Families, today: int) -> None:
    wives = np.flatnonzero((families.spouse >= 0) & (people.sex == FEMALE))
    husbands = families.spouse[wives]
    last = np.minimum(np.minimum(people.end[wives], people.end[husbands]), today)
    day = families.wedding[wives] + 400 + (chance.random(len(wives)) * 25 * YEAR).astype(int)
    parted = (day < last - 30) & (chance.random(len(wives)) < statistics.share("divorced_percent") * 1.6)
    families.divorce[wives[parted]] = families.divorce[husbands[parted]] = day[parted]


def _leave_alone(
    chance: np.random.Generator, statistics: Statistics, people: People, families: Families, ready: np.ndarray, today: int
) -> None:
    """Old people whose spouse is not found in the part were widowed long ago; a few unmarried women are mothers."""
    single = (families.spouse < 0) & (ready < NEVER)
    old = people.born < today - np.where(people.sex == FEMALE, 58, 72) * YEAR
    families.widowed_alone[:] = single & old
    unmarried = (families.spouse < 0) & ~families.widowed_alone & (people.sex == FEMALE) & (people.born < today - 22 * YEAR)
    families.lone_mother[:] = unmarried & (chance.random(len(people)) < 6 * statistics.share("lone_mother_percent"))


def _give_birth(
    chance: np.random.Generator, statistics: Statistics, people: People, families: Families, ready: np.ndarray, today: int
) -> None:
    mothers = _Mothers.of(chance, statistics, people, families, ready)
    group = people.province.astype(np.int64) * 1000 + people.ethnicity
    by_year = np.argsort(people.birth_year, kind="stable")
    years = people.birth_year[by_year]
    for year in range(int(years[0]) if len(years) else 0, int(years[-1]) + 1 if len(years) else 0):
        children = by_year[np.searchsorted(years, year) : np.searchsorted(years, year, side="right")]
        for turn in range(3 if year >= _COMPLETE_SINCE else 1):
            children = children[families.mother[children] < 0]
            able = mothers.able(year, generous=turn > 0)
            # A child whose group is too small in a part to find a mother is born into another group of the province.
            width = 1000 if turn == 2 else 1
            found, chosen = _deal(chance, group[children] // width, mothers.group[able] // width, mothers.weight(able, year))
            child, mother = children[found], able[chosen]
            good = _is_lawful(people, families, child, mothers.person[mother])
            child, mother = child[good], mother[good]
            families.mother[child] = mothers.person[mother]
            people.ethnicity[child] = mothers.group[mother] % 1000
            mothers.births[mother] += 1
            mothers.last[mother] = year
    born = np.flatnonzero(families.mother >= 0)
    families.father[born] = families.spouse[families.mother[born]]


def _deal(
    chance: np.random.Generator, wanted: np.ndarray, offered: np.ndarray, weight: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    first, second = _ranked(chance, wanted), _ranked(chance, offered, weight)
    _, left, right = np.intersect1d(first, second, assume_unique=True, return_indices=True)
    return left, right


def _is_lawful(people: People, families: Families, child: np.ndarray, mother: np.ndarray) -> np.ndarray:
    """Nobody is the mother of her husband, nor do brother and sister, father and daughter marry."""
    spouse, father = families.spouse[child], families.spouse[mother]
    married = spouse >= 0
    no_parent = (spouse != mother) & (spouse != father)
    no_sibling = families.mother[spouse] != mother
    return np.asarray(~married | (no_parent & no_sibling))


@dataclass(slots=True)
class _Mothers:
    """Women who may bear, with what they have borne so far."""

    person: np.ndarray
    group: np.ndarray
    birth_year: np.ndarray
    first_year: np.ndarray
    last_year: np.ndarray
    wanted: np.ndarray
    births: np.ndarray
    last: np.ndarray

    @classmethod
    def of(
        cls, chance: np.random.Generator, statistics: Statistics, people: People, families: Families, ready: np.ndarray
    ) -> _Mothers:
        women = people.sex == FEMALE
        married = families.spouse >= 0
        person = np.flatnonzero(women & (married | families.widowed_alone | families.lone_mother))
        spouse = families.spouse[person]
        since = np.where(spouse >= 0, families.wedding[person], np.minimum(ready[person], people.born[person] + int(24 * YEAR)))
        until = np.minimum(people.end[person], people.born[person] + int(49 * YEAR))
        until = np.where(spouse >= 0, np.minimum(np.minimum(people.end[spouse], families.divorce[person]), until), until)
        ethnicity = people.ethnicity[np.where(spouse >= 0, spouse, person)]
        mean = statistics.by_year("families_by_cohort", "children", people.birth_year[person])
        wanted = np.minimum(chance.poisson(np.maximum(mean - 1, 0.2)) + 1, 12)
        wanted[(spouse < 0) & families.lone_mother[person]] = 1
        return cls(
            person,
            people.province[person].astype(np.int64) * 1000 + ethnicity,
            people.birth_year[person].astype(np.int64),
            year_of(since) + 1,
            year_of(np.minimum(until, 200_000)) - 1,
            wanted,
            np.zeros(len(person), np.int64),
            np.full(len(person), -9999, np.int64),
        )

    def able(self, year: int, generous: bool) -> np.ndarray:
        """Married by the end of last year, at least one calendar year between two births; the generous go past their wish."""
        room = self.births < np.where(generous, np.minimum(self.wanted + 2, 12), self.wanted)
        return np.flatnonzero((self.first_year <= year) & (year <= self.last_year) & (self.last < year - 1) & room)

    def weight(self, able: np.ndarray, year: int) -> np.ndarray:
        age = year - self.birth_year[able]
        return np.asarray(np.exp(-(((age - 25.5) / 6.5) ** 2)) * _NEXT_CHILD[self.births[able]])


def is_married(people: People, families: Families) -> np.ndarray:
    """Married on the last day: both live (or are only missing), no divorce."""
    spouse = families.spouse
    partner_lives = (spouse >= 0) & (people.status[spouse] != 1)
    return np.asarray(partner_lives & (people.status != 1) & (families.divorce == NEVER))


def lives(people: People) -> np.ndarray:
    return np.asarray(people.status == ALIVE)
