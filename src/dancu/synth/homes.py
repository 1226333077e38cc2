"""Who lives with whom: nuclei of a couple or an adult with their children, joined over generations into households.

A stay is one person in one household over a time. Every household has one head at each moment it has members: the head
who died, and from that day on the next one; each member's relation is told to the head of the time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dancu.synth.families import Families, lives
from dancu.synth.people import ALIVE, FEMALE, MALE, NEVER, YEAR, People, birthday
from dancu.synth.statistics import Statistics

ADULT, JOINED_SPOUSE, CHILD, OTHER = 0, 1, 2, 3
_LEVELS = 3
HOUSEHOLD_BOOKS_SINCE = 2557  # 1 January 1977


@dataclass(slots=True)
class Homes:
    """Households of a part, and every person's place in one (*hộ gia đình*)."""

    household: np.ndarray  # of each person
    level: np.ndarray  # generation of the person's nucleus in the household, 0 the oldest
    role: np.ndarray
    formed: np.ndarray  # of each household
    dissolved: np.ndarray
    first_head: np.ndarray
    head: np.ndarray  # the present one; the first where none followed
    handover: np.ndarray  # day the second head followed, NEVER where there was one head only
    province: np.ndarray


@dataclass(slots=True)
class Stays:
    """Persons in households: present homes first, then the parents' home before (*nơi thường trú theo thời gian*)."""

    person: np.ndarray
    household: np.ndarray
    level: np.ndarray
    role: np.ndarray
    since: np.ndarray
    until: np.ndarray  # NEVER while it lasts


def draw_homes(chance: np.random.Generator, statistics: Statistics, people: People, families: Families) -> tuple[Homes, Stays]:
    """Form the households of a part and all stays in them."""
    today = statistics.day("reference_day")
    anchor, role = _nuclei(chance, statistics, people, families, today)
    blood = _blood_adult(chance, statistics, people, families, anchor)
    up = _join(chance, statistics, people, families, anchor, blood, today)
    # In a joined couple it is the spouse of the one whose parents live there who came in.
    adult = role == ADULT
    role[adult & (blood[anchor] != np.arange(len(people)))] = JOINED_SPOUSE
    top, level = _tops(up, anchor)
    roots, household = np.unique(top[anchor], return_inverse=True)
    level = level[anchor]
    nobody, never = np.full(len(roots), -1), np.full(len(roots), NEVER)
    homes = Homes(household.astype(np.int32), level, role, never, never, nobody, nobody, never, people.province[roots])
    since = _own_since(people, families, role, level)
    _choose_heads(chance, statistics, people, families, homes, since, today)
    return homes, _all_stays(people, families, homes, since, today)


def _nuclei(
    chance: np.random.Generator, statistics: Statistics, people: People, families: Families, today: int
) -> tuple[np.ndarray, np.ndarray]:
    """The anchor of each person's nucleus (the husband, or the adult alone) and the person's part in it."""
    count = len(people)
    own = np.arange(count)
    together = (families.spouse >= 0) & (families.divorce == NEVER)
    anchor = np.where(together & (people.sex == FEMALE), families.spouse, own)
    alone = (families.spouse >= 0) | families.widowed_alone | families.lone_mother
    adult = people.born <= today - 18 * YEAR - 2
    leaving = (people.born < today - 24 * YEAR) & (chance.random(count) < statistics.share("unmarried_leave_percent"))
    with_parents = ~alone & (families.mother >= 0) & ~(leaving & adult)
    # After a divorce most children stay with the mother.
    follows = families.mother.copy()
    to_father = (families.father >= 0) & (families.divorce[families.mother] < NEVER) & (chance.random(count) < 0.2)
    follows[to_father] = families.father[to_father]
    role = np.full(count, ADULT, np.int8)
    anchor[with_parents] = anchor[follows[with_parents]]
    role[with_parents] = CHILD
    _take_in(chance, people, anchor, role, np.flatnonzero(~alone & ~with_parents & ~adult))
    return anchor, role


def _take_in(chance: np.random.Generator, people: People, anchor: np.ndarray, role: np.ndarray, minors: np.ndarray) -> None:
    """Minors without parents in the part live with another family of the province."""
    hosts = np.flatnonzero((anchor == np.arange(len(people))) & (role == ADULT) & lives(people))
    hosts = hosts[~np.isin(hosts, minors)]
    if not len(hosts):
        return
    hosts = hosts[np.argsort(people.province[hosts], kind="stable")]
    low = np.searchsorted(people.province[hosts], people.province[minors])
    high = np.searchsorted(people.province[hosts], people.province[minors], side="right")
    at = low + (chance.random(len(minors)) * (high - low)).astype(int)
    found = high > low
    anchor[minors[found]] = hosts[at[found]]
    role[minors[found]] = OTHER


def _blood_adult(
    chance: np.random.Generator, statistics: Statistics, people: People, families: Families, anchor: np.ndarray
) -> np.ndarray:
    """Whose parents a nucleus may live with: mostly the husband's; by anchor."""
    blood = np.arange(len(people))
    couples = np.flatnonzero((anchor == blood) & (families.spouse >= 0) & (families.divorce == NEVER) & (people.sex == MALE))
    wives = families.spouse[couples]
    hers = (families.mother[wives] >= 0) & (
        (chance.random(len(couples)) < statistics.share("wife_family_percent")) | (families.mother[couples] < 0)
    )
    blood[couples[hers]] = wives[hers]
    return blood


def _join(
    chance: np.random.Generator,
    statistics: Statistics,
    people: People,
    families: Families,
    anchor: np.ndarray,
    blood: np.ndarray,
    today: int,
) -> np.ndarray:
    """For each anchor the anchor of the parents it lives with, -1 for none; parents live with one married child at most."""
    count = len(people)
    up = np.full(count, -1)
    alive = lives(people)
    adults_alive = np.bincount(anchor[alive & (people.born <= today - 18 * YEAR)], minlength=count) > 0
    is_anchor = np.zeros(count, bool)
    is_anchor[anchor] = True
    below = np.flatnonzero(is_anchor & adults_alive & (families.mother[blood] >= 0))
    above = anchor[families.mother[blood[below]]]
    fit = adults_alive[above] & (above != below)
    below, above = below[fit], above[fit]
    order = chance.permutation(len(below))
    _, first = np.unique(above[order], return_index=True)
    below, above = below[order][first], above[order][first]
    old = people.born[above] < today - 65 * YEAR
    wish = np.where(old, statistics.share("elders_with_children_percent"), statistics.share("couples_with_parents_percent"))
    alone = (families.spouse[above] < 0) | (people.status[above] != ALIVE) | (people.status[families.spouse[above]] != ALIVE)
    wish = np.where(alone, statistics.share("lone_parents_with_children_percent"), wish)
    accepted = chance.random(len(below)) < wish
    up[below[accepted]] = above[accepted]
    return up


def _tops(up: np.ndarray, anchor: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The oldest nucleus of each anchor's household and the generation below it; chains are cut after three nuclei."""
    level = np.zeros(len(up), np.int8)
    for _ in range(12):
        joined = up >= 0
        level = np.where(joined, level[up] + 1, 0).astype(np.int8)
    cut = (level > 0) & (level % _LEVELS == 0)
    up = np.where(cut, -1, up)
    level = (level % _LEVELS).astype(np.int8)
    top = np.arange(len(up))
    for _ in range(_LEVELS):
        top = np.where(up[top] >= 0, up[top], top)
    return top, level


def _own_since(people: People, families: Families, role: np.ndarray, level: np.ndarray) -> np.ndarray:
    """The first day somebody can belong to the present household: birth, wedding of who came in, divorce of who returned."""
    since = people.born.astype(np.int64)
    came = role == JOINED_SPOUSE
    since[came] = families.wedding[came]
    parted = (role == ADULT) & (families.divorce < NEVER)
    since[parted] = families.divorce[parted]
    child = (role == CHILD) & (families.mother >= 0) & (families.divorce[families.mother] < NEVER)
    since[child] = np.maximum(since[child], families.divorce[families.mother[child]])
    return since


def _choose_heads(
    chance: np.random.Generator,
    statistics: Statistics,
    people: People,
    families: Families,
    homes: Homes,
    since: np.ndarray,
    today: int,
) -> None:
    count = len(homes.formed)
    grown = birthday(people.born, 18)
    ready = np.maximum(since, grown)
    rank = _rank_as_head(chance, statistics, people, homes, today)
    living, living_rank = _best(homes.household, np.where(lives(people) & (ready < today - 1), rank, np.inf), count)
    eldest, _ = _best(homes.household, np.where(lives(people), people.born.astype(float), np.inf), count)
    # Where nobody grown up lives, the last adult to die was head, so that no minor ever led beside an adult.
    dying = np.where(ready < people.end - 60, -people.end.astype(float), 1e9 - people.end)
    last, _ = _best(homes.household, dying, count)
    head = np.where(living >= 0, living, np.where(eldest >= 0, eldest, last))
    formed = _formed(chance, people, families, homes, head, today)
    minor = living < 0
    gone, gone_rank = _best(homes.household, np.where(~lives(people) & (ready < people.end - 60), rank, np.inf), count)
    last_adult, _ = _best(homes.household, np.where(~lives(people) & (dying < 0), dying, np.inf), count)
    gone = np.where(minor & (eldest >= 0), last_adult, gone)
    before = np.maximum(_formed(chance, people, families, homes, np.maximum(gone, 0), today), ready[np.maximum(gone, 0)])
    end = people.end[np.maximum(gone, 0)]
    # The dead was head when senior to the present one, who was grown up and there on the day of the death.
    at_least = np.where(minor, since[head], ready[head])
    heir = np.where(minor, eldest >= 0, gone_rank < living_rank)
    was = (gone >= 0) & heir & (at_least <= end) & (before < end - 30)
    grown_gone, _ = _best(
        homes.household, np.where(~lives(people) & (grown < people.end), -people.end.astype(float), np.inf), count
    )
    at_least = np.where(minor & (eldest >= 0) & (grown_gone >= 0), np.maximum(at_least, people.end[grown_gone]), at_least)
    homes.formed = np.where(was, before, np.clip(np.maximum(formed, at_least), None, np.minimum(people.end[head], today) - 1))
    homes.first_head, homes.head = np.where(was, gone, head), head
    homes.handover = np.where(was, end, NEVER)
    homes.dissolved = np.where(people.end[head] < NEVER, people.end[head], NEVER)


def _rank_as_head(chance: np.random.Generator, statistics: Statistics, people: People, homes: Homes, today: int) -> np.ndarray:
    """Lower is more likely to be head: the middle generation, the husband in most couples; the very old have handed over."""
    very_old = people.born < today - 72 * YEAR
    young = (chance.random(len(homes.formed)) < statistics.share("young_head_percent"))[homes.household]
    rank = np.where(
        homes.role <= JOINED_SPOUSE, np.where(young, 2.0 * (_LEVELS - homes.level), 2.0 * homes.level), 10.0 + homes.level
    )
    rank = np.where(homes.role == OTHER, 30.0, rank) + np.where(very_old & (homes.role <= JOINED_SPOUSE), 3.0, 0.0)
    turned = chance.random(len(homes.formed)) < statistics.share("woman_head_percent")
    second = (people.sex == FEMALE) ^ turned[homes.household]
    return np.asarray(rank + np.where(second, 1.0, 0.0) + people.born / 1e6 + 0.1)


def _best(household: np.ndarray, rank: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Per household the person with the lowest finite rank, -1 for none, and that rank."""
    order = np.lexsort((rank, household))
    first = np.searchsorted(household[order], np.arange(count))
    best = order[first] if len(order) else np.full(count, -1)
    lowest = rank[best] if len(order) else np.full(count, np.inf)
    return np.where(np.isfinite(lowest), best, -1), lowest


def _formed(
    chance: np.random.Generator, people: People, families: Families, homes: Homes, head: np.ndarray, today: int
) -> np.ndarray:
    """A household begins after the wedding of its head, or some years after the head grew up."""
    wedding = families.wedding[head]
    start = np.where(wedding < NEVER, wedding + chance.integers(0, 900, len(head)), birthday(people.born[head], 18))
    start = start + np.where(wedding < NEVER, 0, chance.integers(0, 4000, len(head)))
    start = np.maximum(start, HOUSEHOLD_BOOKS_SINCE + chance.integers(0, 6000, len(head)))
    last = np.minimum(people.end[head], today) - 1 - chance.integers(0, 700, len(head))
    return np.asarray(np.minimum(start, last))


def _all_stays(people: People, families: Families, homes: Homes, since: np.ndarray, today: int) -> Stays:
    """Present stays; before them, those in the mother's household of everybody who moved out of it."""
    own = np.arange(len(people))
    start = np.maximum(since, homes.formed[homes.household])
    # Of a household where all have died since, the last adult was head: a child who survived that day lived elsewhere then.
    until = np.minimum(people.end, homes.dissolved[homes.household]).astype(np.int64)
    now = Stays(own, homes.household, homes.level, homes.role, start, until)
    mother = families.mother
    home = homes.household[mother]
    left = np.minimum(start, np.where(homes.role != CHILD, families.wedding, start))
    before = Stays(
        own,
        home,
        homes.level[mother],
        np.full(len(people), CHILD, np.int8),
        np.maximum(people.born, homes.formed[home]),
        np.minimum(np.minimum(left, homes.dissolved[home]), people.end),
    )
    heading_since = np.where(homes.handover < NEVER, homes.handover, homes.formed)
    led_by_minor = birthday(people.born[homes.head], 18) > heading_since
    moved = (mother >= 0) & (home != homes.household) & ~led_by_minor[home]
    return _joined(_kept(now, now.since < now.until), _kept(before, moved & (before.since < before.until - 30)))


def _kept(stays: Stays, which: np.ndarray) -> Stays:
    return Stays(*(getattr(stays, name)[which] for name in Stays.__slots__))


def _joined(one: Stays, other: Stays) -> Stays:
    return Stays(*(np.concatenate([getattr(one, name), getattr(other, name)]) for name in Stays.__slots__))
