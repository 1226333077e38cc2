"""One part of the nation from its seed: everything drawn in a fixed order, then laid out as five tables."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from dancu.synth import frames, old_rows, person_rows
from dancu.synth.addresses import draw_absence, draw_communes, draw_details, draw_registered, draw_temporary
from dancu.synth.drawn import Drawn
from dancu.synth.families import draw_families
from dancu.synth.homes import draw_homes
from dancu.synth.naming import draw_names
from dancu.synth.numbers import Issuer, old_numbers, where_registered
from dancu.synth.people import draw_people
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


def draw_part(source: Source, part: Part) -> dict[str, pl.DataFrame]:
    """The five tables of a part: persons, households, memberships, relations, residences (*một phần dân cư mô phỏng*)."""
    statistics, places = source.read()
    chance = np.random.default_rng([source.seed, part.index])
    extra = extra_rows(statistics, part)
    drawn = None
    if part.count > sum(extra):
        issuer = Issuer(source.seed, part, statistics)
        drawn = drawn_part(chance, source.seed, statistics, places, part, issuer, sum(extra))
        persons = person_rows.persons(chance, statistics, places, drawn)
        tables = {"persons": pl.concat([persons, *old_rows.no_longer_in_force(chance, issuer, drawn, persons, extra)])}
        tables |= {"households": frames.households(places, drawn), "memberships": frames.memberships(drawn)}
        tables |= {"relations": frames.relations(statistics, drawn), "residences": frames.residences(places, drawn)}
    else:
        tables = frames.empty()
    return tables


def extra_rows(statistics: Statistics, part: Part) -> tuple[int, int]:
    """Rows of replaced and of cancelled numbers."""
    replaced, cancelled = (int(part.count * statistics.share(n)) for n in ("replaced_per_mille", "cancelled_per_mille"))
    return replaced, cancelled


def drawn_part(
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
