"""Where people live and were registered: an address a household, stays away for a time, places of birth, home towns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from dancu.synth.families import Families, lives
from dancu.synth.homes import Homes
from dancu.synth.people import NEVER, YEAR, People
from dancu.synth.places import Places
from dancu.synth.statistics import Statistics

TWO_LEVELS_SINCE = 20_270  # 1 July 2025
TWO_YEARS = 730  # Luật Cư trú 68/2020/QH14, Điều 27 khoản 2: tạm trú tối đa 02 năm


@dataclass(slots=True)
class Away:
    """Temporary residences and declared absences; one row each (*tạm trú, tạm vắng*)."""

    person: np.ndarray
    since: np.ndarray
    until: np.ndarray
    commune: np.ndarray  # row of the present list
    host: np.ndarray  # household, -1 where it is in another part or there is none


@dataclass(slots=True)
class Registered:
    """Places as codes (*nơi đăng ký khai sinh, quê quán*)."""

    birth_version: pl.Series
    birth_code: pl.Series
    home_version: pl.Series
    home_code: pl.Series


def draw_communes(chance: np.random.Generator, places: Places, homes: Homes, seed: int) -> np.ndarray:
    """A commune for each household; the same communes are large in every part of a province."""
    communes = np.zeros(len(homes.province), np.int64)
    for province in np.unique(homes.province):
        first, last = places.now.starts[province], places.now.starts[province + 1]
        weight = np.random.default_rng([seed, 46, int(province)]).gamma(2.0, 1.0, last - first)
        weight *= np.where(places.now.is_urban[first:last], 2.0, 1.0)
        who = np.flatnonzero(homes.province == province)
        at = np.searchsorted(np.cumsum(weight) / weight.sum(), chance.random(len(who)))
        communes[who] = first + np.minimum(at, last - first - 1)
    return communes


def draw_details(
    chance: np.random.Generator, statistics: Statistics, places: Places, homes: Homes, communes: np.ndarray
) -> pl.Series:
    """House and street in wards, hamlet in the country."""
    table = statistics.table("places")
    region = statistics.table("provinces")["name_region"].to_numpy()[homes.province]
    streets = table.filter(pl.col("kind") == "street")["name"]
    count = len(communes)
    street = streets.gather(pl.Series(chance.integers(0, len(streets), count)))
    hamlet = np.full(count, "", object)
    for where in np.unique(region):
        names = table.filter((pl.col("kind") == "hamlet") & pl.col("region").is_in([where, "all"]))["name"].to_numpy()
        who = np.flatnonzero(region == where)
        hamlet[who] = names[chance.integers(0, len(names), len(who))]
    frame = pl.DataFrame(
        {
            "house": chance.integers(1, 400, count),
            "street": street,
            "hamlet": pl.Series(hamlet, dtype=pl.String),
            "town": places.now.is_urban[communes],
        }
    )
    town = pl.concat_str(pl.lit("Số "), pl.col("house").cast(pl.String), pl.lit(" đường "), "street")
    country = pl.concat_str(pl.lit("Số nhà "), pl.col("house").cast(pl.String), pl.lit(", "), "hamlet")
    return frame.select(pl.when("town").then(town).otherwise(country).alias("d"))["d"]


def draw_registered(
    chance: np.random.Generator,
    places: Places,
    people: People,
    families: Families,
    registered: np.ndarray,
    own_commune: np.ndarray,
) -> Registered:
    """Birth registration in the province the number names; the home town is that of the first known father of the line."""
    count = len(people)
    at_home = (registered == people.province) & (chance.random(count) < 0.7)
    now = np.where(at_home, own_commune, places.now.draw(registered, chance.random(count)))
    older = (people.born < TWO_LEVELS_SINCE) & (chance.random(count) < 0.75)
    before = places.same_before[now]
    code = np.where(older, len(places.now.code) + before, now)
    root = np.where(families.father >= 0, families.father, np.arange(count))
    for _ in range(6):
        root = root[root]
    codes = pl.concat([places.now.code, places.before.code])
    versions = pl.Series(["L2-2025", "L3-2025"])
    return Registered(
        versions.gather(pl.Series(older.astype(int))),
        codes.gather(pl.Series(code)),
        versions.gather(pl.Series(older[root].astype(int))),
        codes.gather(pl.Series(code[root])),
    )


def draw_temporary(
    chance: np.random.Generator,
    statistics: Statistics,
    places: Places,
    people: People,
    families: Families,
    homes: Homes,
    communes: np.ndarray,
) -> Away:
    """People of working age who live in another commune for up to two years, half of them with a household of this part."""
    today = statistics.day("reference_day")
    fit = lives(people) & (people.born < today - 19 * YEAR) & (people.born > today - 45 * YEAR)
    person = np.flatnonzero(fit & (chance.random(len(people)) < statistics.share("temporary_percent")))
    since = today - chance.integers(1, 710, len(person))
    until = since + chance.integers(150, TWO_YEARS, len(person))
    host = chance.integers(0, max(len(communes), 1), len(person))
    hosted = chance.random(len(person)) < statistics.share("temporary_with_host_percent")
    hosted &= (homes.formed[host] <= since) & (homes.dissolved[host] == NEVER) & (homes.household[person] != host)
    provinces = statistics.table("provinces")
    pull = provinces["migrants_percent"].to_numpy() * provinces["population"].to_numpy()
    where = np.minimum(np.searchsorted(np.cumsum(pull) / pull.sum(), chance.random(len(person))), len(pull) - 1)
    commune = np.where(hosted, communes[host], places.now.draw(where, chance.random(len(person))))
    own = communes[homes.household[person]]
    mother = families.mother[person]
    elsewhere = (commune != own) & ((mother < 0) | (commune != communes[homes.household[mother]]))
    away = Away(person, since, until, commune, np.where(hosted, host, -1))
    return Away(*(getattr(away, name)[elsewhere] for name in Away.__slots__))


def draw_absence(chance: np.random.Generator, statistics: Statistics, people: People, homes: Homes, communes: np.ndarray) -> Away:
    """Declared absences from the commune of residence."""
    today = statistics.day("reference_day")
    fit = lives(people) & (people.born < today - 20 * YEAR) & (people.born > today - 60 * YEAR)
    person = np.flatnonzero(fit & (chance.random(len(people)) < statistics.share("absence_per_mille")))
    since = today - chance.integers(1, 600, len(person))
    until = since + chance.integers(30, 500, len(person))
    return Away(person, since, until, communes[homes.household[person]], np.full(len(person), -1))


def lasts(away: Away, today: int) -> np.ndarray:
    return np.asarray((away.since <= today) & (today < away.until))
