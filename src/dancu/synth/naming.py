"""Names by region, sex, cohort, town or country, and by the habit of the ethnic group; family names come down through families."""

from __future__ import annotations

import re

import numpy as np
import polars as pl

from dancu.synth.families import Families
from dancu.synth.people import MALE, People
from dancu.synth.statistics import Statistics

KINH = 1
_TON = {"Tôn Nữ", "Tôn Thất"}  # one family: Thất for the sons, Nữ for the daughters


def draw_names(
    chance: np.random.Generator,
    statistics: Statistics,
    people: People,
    families: Families,
    is_urban: np.ndarray,
) -> tuple[pl.Series, np.ndarray, np.ndarray]:
    """Full names (NFC), habit of each person (-1: the Kinh one) and the family name as the row of `family_pool`."""
    habit = _habits(chance, statistics, people)
    family = _family_of(chance, statistics, people, families, habit)
    pool = family_pool(statistics)
    parts = {
        "family": pl.Series(pool).gather(pl.Series(np.maximum(family, 0))),
        "middle": _middle(chance, statistics, people, is_urban),
        "given": _given(chance, statistics, people),
        "extra": _extra(chance, statistics, people),
    }
    full = _composed(chance, statistics, people, parts)
    return _minority(chance, statistics, people, habit, parts, full), habit, family


def family_pool(statistics: Statistics) -> list[str]:
    """All family names there are, Kinh and others, sorted."""
    minority = statistics.table("minority_names").filter(pl.col("part") == "family")["name"]
    return sorted({*statistics.table("family_names")["name"], *minority})


def outside_names(chance: np.random.Generator, statistics: Statistics, family: np.ndarray, sex: int, born: np.ndarray) -> pl.Series:
    """Names of parents who died long ago: the family name is given, the rest is the plain habit of their time."""
    people = _bare(sex, born)
    parts = {
        "family": pl.Series(family_pool(statistics)).gather(pl.Series(np.maximum(family, 0))),
        "middle": _middle(chance, statistics, people, np.zeros(len(born), bool)),
        "given": _given(chance, statistics, people),
    }
    return pl.select(pl.concat_str([pl.lit(parts[p]) for p in ("family", "middle", "given")], separator=" ").alias("n"))["n"]


def _bare(sex: int, born: np.ndarray) -> People:
    count = len(born)
    zeros = np.zeros(count, np.int16)
    return People(zeros, np.full(count, sex, np.int8), zeros, born, zeros, zeros, zeros, np.ones(count, np.int16))


def draw_by_cells(
    chance: np.random.Generator, table: pl.DataFrame, cells: list[tuple[np.ndarray, pl.DataFrame]], count: int
) -> pl.Series:
    """One name for each person: `cells` are (which persons, which rows of the table by weight)."""
    names = table["name"].unique(maintain_order=True)
    place = {name: i for i, name in enumerate(names)}
    drawn = np.zeros(count, np.int32)
    for who, rows in cells:
        if len(who) and len(rows):
            weight = rows["weight"].to_numpy()
            at = np.searchsorted(np.cumsum(weight) / weight.sum(), chance.random(len(who)))
            drawn[who] = np.array([place[n] for n in rows["name"]])[np.minimum(at, len(rows) - 1)]
    return names.gather(pl.Series(drawn))


def _by_cohort(statistics: Statistics, name: str, people: People) -> tuple[pl.DataFrame, list[tuple[np.ndarray, pl.DataFrame]]]:
    """Persons by the cells of a table of names: sex, cohort, region (a region of its own, or `all`)."""
    table = statistics.table(name).with_columns(pl.col("percent").alias("weight"))
    region = statistics.table("provinces")["name_region"].to_numpy()[people.province]
    cells = []
    keys = table.select("sex", "born_from", "born_to", "region").unique(maintain_order=True)
    for sex, low, high, where in keys.iter_rows():
        chosen = (people.sex == sex) & (people.birth_year >= low) & (people.birth_year <= high)
        if where != "all":
            chosen &= region == where
        else:
            same = (pl.col("sex") == sex) & (pl.col("born_from") == low) & (pl.col("region") != "all")
            chosen &= ~np.isin(region, keys.filter(same)["region"].to_list())
        rows = table.filter((pl.col("sex") == sex) & (pl.col("born_from") == low) & (pl.col("region") == where))
        cells.append((np.flatnonzero(chosen), rows))
    return table, cells


def _given(chance: np.random.Generator, statistics: Statistics, people: People) -> pl.Series:
    return draw_by_cells(chance, *_by_cohort(statistics, "given_names", people), len(people))


def _middle(chance: np.random.Generator, statistics: Statistics, people: People, is_urban: np.ndarray) -> pl.Series:
    """Văn and Thị are more frequent in the country: the first name of each cell is drawn again there for some of the others."""
    table, cells = _by_cohort(statistics, "middle_names", people)
    country = ~is_urban
    town = [(who[~country[who]], rows.with_columns(_moved(rows, 0.85))) for who, rows in cells]
    village = [(who[country[who]], rows.with_columns(_moved(rows, 1.1))) for who, rows in cells]
    return draw_by_cells(chance, table, town + village, len(people))


def _moved(rows: pl.DataFrame, factor: float) -> pl.Expr:
    leading = pl.col("name").is_in(["Văn", "Thị"])
    return (
        pl.when(leading)
        .then(pl.min_horizontal(pl.col("percent") * factor, pl.lit(97.0)))
        .otherwise(pl.col("percent"))
        .alias("weight")
    )


def _extra(chance: np.random.Generator, statistics: Statistics, people: People) -> pl.Series:
    """A second middle name: from the middle names without Văn and Thị."""
    table, cells = _by_cohort(statistics, "middle_names", people)
    plain = [(who, rows.filter(~pl.col("name").is_in(["Văn", "Thị"]))) for who, rows in cells]
    return draw_by_cells(chance, table, plain, len(people))


def _composed(chance: np.random.Generator, statistics: Statistics, people: People, parts: dict[str, pl.Series]) -> pl.Series:
    words = np.full(len(people), 3, np.int8)
    luck = chance.random(len(people)) * 100
    for sex, low, high, two, three, _ in statistics.table("name_lengths").iter_rows():
        cell = (people.sex == sex) & (people.birth_year >= low) & (people.birth_year <= high)
        words[cell] = np.where(luck[cell] < two, 2, np.where(luck[cell] < two + three, 3, 4))
    frame = pl.DataFrame({**parts, "words": words, "man": people.sex == MALE})
    ton = pl.when(pl.col("man")).then(pl.lit("Tôn Thất")).otherwise(pl.lit("Tôn Nữ"))
    family = pl.when(pl.col("family").is_in(list(_TON))).then(ton).otherwise(pl.col("family"))
    middle = (
        pl.when(pl.col("words") == 2)
        .then(pl.lit(" "))
        .when((pl.col("words") == 4) & (pl.col("extra") != pl.col("middle")) & (pl.col("extra") != pl.col("given")))
        .then(pl.concat_str(pl.lit(" "), "middle", pl.lit(" "), "extra", pl.lit(" ")))
        .otherwise(pl.concat_str(pl.lit(" "), "middle", pl.lit(" ")))
    )
    return frame.select(pl.concat_str(family, middle, "given").alias("name"))["name"]


def _habits(chance: np.random.Generator, statistics: Statistics, people: People) -> np.ndarray:
    """Row of the table of habits for each person; a part of every group follows the Kinh habit where its shares leave room."""
    table = statistics.table("naming_habits").with_row_index()
    habit = np.full(len(people), -1, np.int16)
    for (ethnicity, sex), rows in table.group_by(["ethnicity", "sex"], maintain_order=True):
        who = np.flatnonzero((people.ethnicity == int(str(ethnicity))) & (people.sex == sex))
        bounds = np.cumsum(rows["percent"].to_numpy()) / 100
        at = np.searchsorted(bounds, chance.random(len(who)), side="right")
        habit[who] = np.append(rows["index"].to_numpy().astype(np.int16), -1)[np.minimum(at, len(rows))]
    return habit


def _family_of(
    chance: np.random.Generator, statistics: Statistics, people: People, families: Families, habit: np.ndarray
) -> np.ndarray:
    """Each line of descent has one name: the father's, with some groups the mother's, drawn for whoever comes first."""
    inherits = np.append(statistics.table("naming_habits")["family_from"].to_numpy(), "father")[habit]
    changed = chance.random(len(people)) < statistics.share("own_family_name_of_mother_percent")
    from_mother = (inherits == "mother") | (families.father < 0) | (changed & (inherits == "father"))
    parent = np.where(from_mother, families.mother, families.father)
    root = np.where(parent >= 0, parent, np.arange(len(people)))
    for _ in range(6):
        root = root[root]
    return _drawn_family(chance, statistics, people)[root]


def _drawn_family(chance: np.random.Generator, statistics: Statistics, people: People) -> np.ndarray:
    place = {name: i for i, name in enumerate(family_pool(statistics))}
    region = statistics.table("provinces")["name_region"].to_numpy()[people.province]
    drawn = np.zeros(len(people), np.int32)
    minority = statistics.table("minority_names").filter(pl.col("part") == "family")
    table = statistics.table("family_names")
    cells = [
        (region == where, rows.select("name", pl.col("percent").alias("weight"))) for (where,), rows in _groups(table, "region")
    ]
    cells += [
        (people.ethnicity == int(str(code)), rows.select("name", "weight")) for (code,), rows in _groups(minority, "ethnicity")
    ]
    for chosen, rows in cells:
        who = np.flatnonzero(chosen)
        bounds = np.cumsum(rows["weight"].to_numpy()) / rows["weight"].sum()
        at = np.minimum(np.searchsorted(bounds, chance.random(len(who))), len(rows) - 1)
        drawn[who] = np.array([place[n] for n in rows["name"]])[at]
    return drawn


def _groups(table: pl.DataFrame, column: str) -> list[tuple[tuple[object, ...], pl.DataFrame]]:
    return list(table.group_by([column], maintain_order=True))


def _minority(
    chance: np.random.Generator,
    statistics: Statistics,
    people: People,
    habit: np.ndarray,
    parts: dict[str, pl.Series],
    full: pl.Series,
) -> pl.Series:
    """Put the names of those with a habit of their own in its pattern: family name last, one word, `Y` and `H'` before."""
    who = np.flatnonzero(habit >= 0)
    if not len(who):
        return full
    own = _own_given(chance, statistics, people, parts["given"], who)
    habits = statistics.table("naming_habits")["pattern"].to_list()
    rows = pl.Series(who)
    frame = pl.DataFrame({"family": parts["family"].gather(rows), "middle": parts["middle"].gather(rows), "given": own})
    named = full.to_numpy().copy()
    for at in np.unique(habit[who]):
        of_habit = habit[who] == at
        pieces = [pl.col(p[1:-1]) if p.startswith("{") else pl.lit(p) for p in re.split(r"(\{\w+\})", habits[at]) if p]
        named[who[of_habit]] = frame.filter(pl.Series(of_habit)).select(pl.concat_str(pieces).alias("n"))["n"].to_numpy()
    return pl.Series(named, dtype=pl.String)


def _own_given(chance: np.random.Generator, statistics: Statistics, people: People, plain: pl.Series, who: np.ndarray) -> pl.Series:
    table = statistics.table("minority_names").filter(pl.col("part") == "given")
    own = plain.gather(pl.Series(who)).to_numpy().copy()
    for (ethnicity, sex), rows in table.group_by(["ethnicity", "sex"], maintain_order=True):
        at = np.flatnonzero((people.ethnicity[who] == int(str(ethnicity))) & (people.sex[who] == sex))
        names = rows["name"].to_numpy()
        own[at] = names[chance.integers(0, len(names), len(at))]
    return pl.Series(own, dtype=pl.String)
