"""One part of the nation from its seed: everything drawn in a fixed order, then laid out as five tables."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from dancu.synth import frames
from dancu.synth.addresses import Away, Registered, draw_absence, draw_communes, draw_details, draw_registered, draw_temporary
from dancu.synth.families import Families, draw_families
from dancu.synth.homes import Homes, Stays, draw_homes
from dancu.synth.naming import draw_names
from dancu.synth.numbers import Issuer, old_numbers, where_registered
from dancu.synth.people import People, draw_people
from dancu.synth.places import Places, read_places
from dancu.synth.plan import Part
from dancu.synth.statistics import Statistics, read_statistics


@dataclass(frozen=True)
class Source:
    """What a nation is drawn from: seed, statistics, table of units. Plain paths, so that a worker can be handed it."""

    seed: int
    units: Path
    statistics: Path | None = None

    def read(self) -> tuple[Statistics, Places]:
        statistics = read_statistics(self.statistics)
        return statistics, read_places(self.units, tuple(statistics.table("provinces")["code"]))


@dataclass(slots=True)
class Drawn:
    """Everything of a part before it is laid out as tables."""

    people: People
    families: Families
    homes: Homes
    stays: Stays
    communes: np.ndarray
    details: pl.Series
    names: pl.Series
    family: np.ndarray
    numbers: np.ndarray
    old: np.ndarray
    registered: Registered
    temporary: Away
    absence: Away
    household_base: int  # added to the place of a household: no two parts share a number


def draw_part(source: Source, part: Part) -> dict[str, pl.DataFrame]:
    """The five tables of a part: persons, households, memberships, relations, residences (*một phần dân cư mô phỏng*)."""
    statistics, places = source.read()
    chance = np.random.default_rng([source.seed, part.index])
    extra = _extra_rows(statistics, part)
    drawn = None
    if part.count > sum(extra):
        issuer = Issuer(source.seed, part, statistics)
        drawn = _draw(chance, source.seed, statistics, places, part, issuer, sum(extra))
        persons = frames.persons(chance, statistics, places, drawn)
        tables = {"persons": pl.concat([persons, *_old_rows(chance, issuer, drawn, persons, extra)])}
        tables |= {"households": frames.households(places, drawn), "memberships": frames.memberships(drawn)}
        tables |= {"relations": frames.relations(statistics, drawn), "residences": frames.residences(places, drawn)}
    else:
        tables = frames.empty()
    return tables


def _extra_rows(statistics: Statistics, part: Part) -> tuple[int, int]:
    """Rows of replaced and of cancelled numbers."""
    replaced, cancelled = (int(part.count * statistics.share(n)) for n in ("replaced_per_mille", "cancelled_per_mille"))
    return replaced, cancelled


def _draw(
    chance: np.random.Generator,
    seed: int,
    statistics: Statistics,
    places: Places,
    part: Part,
    issuer: Issuer,
    extra: int,
) -> Drawn:
    today = statistics.day("reference_day")
    people = draw_people(chance, statistics, _pieces(part, extra))
    families = draw_families(chance, statistics, people)
    homes, stays = draw_homes(chance, statistics, people, families)
    communes = draw_communes(chance, places, homes, seed)
    details = draw_details(chance, statistics, places, homes, communes)
    names, _, family = draw_names(chance, statistics, people, families, places.now.is_urban[communes[homes.household]])
    origin = where_registered(chance, statistics, people, today)
    numbers, origin = issuer.issue(people.sex, people.birth_year, people.province, origin)
    return Drawn(
        people,
        families,
        homes,
        stays,
        communes,
        details,
        names,
        family,
        numbers,
        old_numbers(chance, statistics, people, origin, part, seed),
        draw_registered(chance, places, people, families, origin, communes[homes.household]),
        draw_temporary(chance, statistics, places, people, families, homes, communes),
        draw_absence(chance, statistics, people, homes, communes),
        part.index * 1_000_000 + 100,
    )


def _pieces(part: Part, extra: int) -> list[tuple[int, int]]:
    """Persons per province; the rows of old numbers are taken off the largest piece."""
    counts = [[piece.province, piece.count] for piece in part.pieces]
    for _ in range(extra):
        max(counts, key=lambda each: each[1])[1] -= 1
    return [(province, count) for province, count in counts]


def _old_rows(
    chance: np.random.Generator, issuer: Issuer, drawn: Drawn, persons: pl.DataFrame, extra: tuple[int, int]
) -> list[pl.DataFrame]:
    """Rows of numbers no longer in force: replaced after a correction of sex or year, or cancelled as the second of a person."""
    people, (replaced, cancelled) = drawn.people, extra
    who = chance.permutation(len(people))[: replaced + cancelled]
    sex, year = people.sex[who].copy(), people.birth_year[who].astype(np.int64)
    wrong_sex = chance.random(len(who)) < 0.4
    sex[wrong_sex] = 3 - sex[wrong_sex]
    year = np.where(~wrong_sex & (year > 1901), year - 1, year)
    home = people.province[who].astype(np.int64)
    numbers, _ = issuer.issue(sex, year, home, home)
    rows = persons[who]
    return [frames.replaced(rows[:replaced], numbers[:replaced]), frames.cancelled(rows[replaced:], numbers[replaced:])]
