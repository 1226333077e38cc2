"""Who there is: province, sex, birth, death, ethnicity of every person of a part, before anybody is related to anybody."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dancu.synth.statistics import Statistics

MALE, FEMALE = 1, 2
ALIVE, DEAD, MISSING = 0, 1, 2
NEVER = 2_000_000  # a day that does not come
YEAR = 365.2425
DAY_KNOWN, MONTH_KNOWN, YEAR_KNOWN = 0, 1, 2


@dataclass(slots=True)
class People:
    """One value a person; days count from 1 January 1970 (*các cá nhân trong một phần dữ liệu*)."""

    province: np.ndarray  # place in the statistics
    sex: np.ndarray
    born: np.ndarray  # first possible day where only month or year is known
    birth_year: np.ndarray
    precision: np.ndarray
    status: np.ndarray
    end: np.ndarray  # day of death or of being declared missing, NEVER for the others
    ethnicity: np.ndarray  # code as a number

    def __len__(self) -> int:
        return len(self.sex)


def draw_people(chance: np.random.Generator, statistics: Statistics, pieces: list[tuple[int, int]]) -> People:
    """Persons of the pieces (province, count): ages and sexes as in the pyramid, and those who died since the register began."""
    province = np.concatenate([np.full(count, place, np.int16) for place, count in pieces])
    total = len(province)
    today = statistics.day("reference_day")
    dead = int(total * statistics.share("registered_deaths_percent") + chance.random())
    sex, born, end = _living(chance, statistics, total - dead, today)
    dead_sex, dead_born, dead_end = _dead(chance, statistics, dead, today)
    status = np.repeat(np.array([ALIVE, DEAD], np.int8), [total - dead, dead])
    mixed = chance.permutation(total)
    people = People(
        province,
        np.concatenate([sex, dead_sex])[mixed].astype(np.int8),
        np.concatenate([born, dead_born])[mixed].astype(np.int32),
        np.zeros(total, np.int16),
        np.zeros(total, np.int8),
        status[mixed],
        np.concatenate([end, dead_end])[mixed].astype(np.int32),
        _ethnicity(chance, statistics, pieces),
    )
    _lose_some(chance, statistics, people, today)
    _forget_days(chance, statistics, people)
    return people


def spread_over(chance: np.random.Generator, weights: np.ndarray, count: int) -> np.ndarray:
    """`count` draws by weight that keep to the shares as closely as whole persons can, in random order."""
    bounds = np.cumsum(weights) / np.sum(weights)
    points = (np.arange(count) + chance.random()) / max(count, 1)
    drawn = np.minimum(np.searchsorted(bounds, points, side="right"), len(weights) - 1)
    return np.asarray(chance.permutation(drawn))


def year_of(days: np.ndarray) -> np.ndarray:
    return np.asarray(days.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int32) + 1970)


def new_year(years: np.ndarray | int) -> np.ndarray:
    """Days of the first of January."""
    return np.asarray((np.asarray(years) - 1970).astype("datetime64[Y]").astype("datetime64[D]").astype(np.int64))


def birthday(born: np.ndarray, age: int) -> np.ndarray:
    """The day on which somebody has that age; 29 February becomes 1 March."""
    day = born.astype("datetime64[D]")
    month = day.astype("datetime64[M]")
    return np.asarray(
        (month + 12 * age).astype("datetime64[D]").astype(np.int64) + (day - month.astype("datetime64[D]")).astype(int)
    )


def _living(
    chance: np.random.Generator, statistics: Statistics, count: int, today: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    pyramid = statistics.table("age_pyramid")
    men = pyramid["men_per_100_women"].to_numpy() / (100 + pyramid["men_per_100_women"].to_numpy())
    percent = pyramid["percent"].to_numpy()
    cell = spread_over(chance, np.concatenate([percent * men, percent * (1 - men)]), count)
    group = cell % len(pyramid)
    low, high = (pyramid[name].to_numpy()[group] for name in ("age_from", "age_to"))
    width = high + 1 - low
    luck = chance.random(count)
    # The open group at the top thins out: half of what is left is gone in four years.
    age = low + np.where(width > 10, np.minimum(-np.log1p(-luck * 0.98) * 5.5, width - 0.01), luck * width)
    born = np.floor(today - age * YEAR)
    return np.where(cell < len(pyramid), MALE, FEMALE), born, np.full(count, NEVER)


def _dead(chance: np.random.Generator, statistics: Statistics, count: int, today: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    table = statistics.table("deaths")
    group = spread_over(chance, table["percent"].to_numpy(), count)
    low, high = table["age_from"].to_numpy()[group], table["age_to"].to_numpy()[group] + 1
    end = chance.integers(statistics.day("first_death_day"), today, count)
    born = np.floor(end - (low + chance.random(count) * (high - low)) * YEAR) - 1
    return np.where(chance.random(count) < np.where(low < 70, 0.62, 0.46), MALE, FEMALE), born, end


def _ethnicity(chance: np.random.Generator, statistics: Statistics, pieces: list[tuple[int, int]]) -> np.ndarray:
    codes, shares = ethnic_shares(statistics)
    return np.concatenate([codes[spread_over(chance, shares[place], count)] for place, count in pieces]).astype(np.int16)


def ethnic_shares(statistics: Statistics) -> tuple[np.ndarray, np.ndarray]:
    """Codes, and for every province the number of persons of each: the national totals stand, the first group fills up."""
    groups, provinces = statistics.table("ethnic_groups"), statistics.table("provinces")
    codes = groups["code"].cast(int).to_numpy()
    place = {code: i for i, code in enumerate(provinces["code"])}
    column = {int(code): i for i, code in enumerate(codes)}
    counts = np.zeros((len(provinces), len(codes)))
    for ethnicity, province, weight in statistics.table("ethnic_provinces").iter_rows():
        counts[place[province], column[int(ethnicity)]] += weight
    totals = counts.sum(axis=0)
    counts *= np.divide(groups["population"].to_numpy(), totals, out=np.zeros_like(totals), where=totals > 0)
    counts[:, 0] = np.maximum(provinces["population"].to_numpy() - counts[:, 1:].sum(axis=1), 0)
    return codes, counts


def _lose_some(chance: np.random.Generator, statistics: Statistics, people: People, today: int) -> None:
    adult = (people.status == ALIVE) & (people.born < today - 30 * YEAR)
    lost = adult & (chance.random(len(people)) < statistics.share("missing_per_mille"))
    people.status[lost] = MISSING
    people.end[lost] = today - chance.integers(30, 3000, int(lost.sum()))


def _forget_days(chance: np.random.Generator, statistics: Statistics, people: People) -> None:
    """Year-only and month-only births, and the first of January written for a day nobody knew."""
    people.birth_year[:] = year_of(people.born)
    luck = chance.random(len(people)) * 100
    shares = [statistics.by_year("cohorts", c, people.birth_year) for c in ("year_only", "month_only", "first_january")]
    bounds = np.cumsum(shares, axis=0)
    year_only, month_only = luck < bounds[0], (luck >= bounds[0]) & (luck < bounds[1])
    people.precision[year_only], people.precision[month_only] = YEAR_KNOWN, MONTH_KNOWN
    first = luck < bounds[2]
    months = people.born.astype("datetime64[D]").astype("datetime64[M]").astype("datetime64[D]").astype(np.int32)
    people.born[:] = np.where(month_only, months, np.where(first, new_year(people.birth_year), people.born))
