"""Dirty lists from a simulated nation: who is on them, what is wrong with each line, and the truth beside it."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl

from dancu.kernel.errors import Invalid, NotFound
from dancu.synth.errors import DEAD_STILL_ACTIVE, Entry, Known, spoiled
from dancu.synth.files import write_table
from dancu.synth.places import Places
from dancu.synth.statistics import Statistics

_COLUMNS = [
    "personal_id",
    "full_name",
    "birth_date",
    "sex",
    "old_id_no",
    "life_status",
    "number_state",
    "successor",
    "permanent_version",
    "permanent_code",
    "relatives",
]
Rates = dict[int, float]


def rates_of(statistics: Statistics, profile: str) -> Rates:
    """Shares of lines each cause touches. Raises `Invalid` for an unknown profile."""
    table = statistics.table("error_rates")
    rows = table.filter(pl.col("profile") == profile)
    if rows.is_empty():
        known = ", ".join(sorted(table["profile"].unique()))
        raise Invalid(
            "synth.profile", f"Không có hồ sơ {profile!r}. Có: {known}.", f"There is no profile {profile!r}; there are {known}."
        )
    return {int(cause): percent / 100 for cause, percent in rows.select("cause", "percent").iter_rows()}


def write_dirty(folder: Path, out: Path, rows: int, seed: int, rates: Rates, statistics: Statistics, places: Places) -> int:
    """A list of `rows` lines drawn from all parts; returns how many lines are wrong somewhere.

    Columns: `row_no`, `paper_no`, `full_name`, `birth_date`, `sex`, `area_version`, `area_code`, and the truth: `true_personal_id`,
    `causes` (numbers joined by `;`, empty for a clean line). Raises `NotFound` without a nation.
    """
    parts = sorted((folder / "persons").glob("part-*.parquet"))
    if not parts:
        raise NotFound("synth.no_nation", f"Không có dân cư mô phỏng trong {folder}.", f"There is no simulated nation in {folder}.")
    sizes = np.array([pl.scan_parquet(part).select(pl.len()).collect().item() for part in parts])
    ends = np.floor(np.cumsum(sizes) / sizes.sum() * rows + 0.5).astype(int)
    lists = []
    for index, (part, end, start) in enumerate(zip(parts, ends, np.append(0, ends[:-1]), strict=True)):
        chance = np.random.default_rng([seed, 816, index])
        lists.append(dirty_list(chance, pl.read_parquet(part, columns=_COLUMNS), int(end - start), rates, statistics, places))
    result = pl.concat(lists).with_row_index("row_no", offset=1).with_columns(pl.col("row_no").cast(pl.Int64))
    write_table(result, out)
    return int((result["causes"] != "").sum())


def dirty_list(
    chance: np.random.Generator, persons: pl.DataFrame, rows: int, rates: Rates, statistics: Statistics, places: Places
) -> pl.DataFrame:
    """Lines for persons of the frame: each at most once while there are enough, wrong by the rates."""
    hit = np.stack([chance.random(rows) < rates.get(cause, 0.0) for cause in range(1, 19)], axis=1)
    chosen = _chosen(chance, _old_enough(persons, statistics), hit[:, DEAD_STILL_ACTIVE - 1])
    # Nobody is told dead where there was no dead person to choose.
    hit[:, DEAD_STILL_ACTIVE - 1] = (chosen["life_status"] == "1").to_numpy()
    clean = _clean(chosen)
    touched = np.flatnonzero(hit.any(axis=1))
    lines, causes = [], []
    told = random.Random(int(chance.integers(2**62)))  # noqa: S311 - repeatable on purpose
    known = _known(chance, chosen[touched], persons, statistics, places)
    for entry, of_entry, about in zip(clean[touched].drop("true_personal_id").iter_rows(), hit[touched], known, strict=True):
        after, done = spoiled(Entry(*entry), set((np.flatnonzero(of_entry) + 1).tolist()), about, told)
        lines.append(after)
        causes.append(";".join(map(str, done)))
    texts = [""] * rows
    for at, text in zip(touched, causes, strict=True):
        texts[at] = text
    changed = {field: _put(clean[field], touched, [getattr(line, field) for line in lines]) for field in Entry._fields}
    return pl.DataFrame({**changed, "true_personal_id": clean["true_personal_id"], "causes": pl.Series(texts, dtype=pl.String)})


def _put(values: pl.Series, at: np.ndarray, texts: list[str]) -> pl.Series:
    return values.scatter(pl.Series(at), pl.Series(texts, dtype=pl.String)) if len(texts) else values


def _old_enough(persons: pl.DataFrame, statistics: Statistics) -> pl.DataFrame:
    last = int(statistics.text("reference_day")[:4]) - int(statistics.value("list_age"))
    old_enough = persons.filter(pl.col("birth_date").str.head(4).cast(pl.Int32) < last)
    return persons if old_enough.filter((pl.col("number_state") == "0") & (pl.col("life_status") == "0")).is_empty() else old_enough


def _chosen(chance: np.random.Generator, persons: pl.DataFrame, dead: np.ndarray) -> pl.DataFrame:
    in_force = persons.with_row_index().filter(pl.col("number_state") == "0")
    places = np.zeros(len(dead), np.int64)
    living_rows = in_force.filter(pl.col("life_status") == "0")["index"].to_numpy()
    dead_rows = in_force.filter(pl.col("life_status") == "1")["index"].to_numpy()
    dead = dead & bool(len(dead_rows))
    for which, pool in ((~dead, living_rows), (dead, dead_rows)):
        wanted = int(which.sum())
        places[which] = chance.choice(pool, wanted, replace=wanted > len(pool)) if wanted else []
    return persons[places]


def _clean(chosen: pl.DataFrame) -> pl.DataFrame:
    """As a careful clerk would have written it: day before month."""
    born = pl.col("birth_date").str.split("-").list.reverse().list.join("/")
    return chosen.select(
        paper_no="personal_id",
        full_name="full_name",
        birth_date=born,
        sex="sex",
        area_version="permanent_version",
        area_code="permanent_code",
        true_personal_id="personal_id",
    )


def _known(
    chance: np.random.Generator, chosen: pl.DataFrame, persons: pl.DataFrame, statistics: Statistics, places: Places
) -> Iterator[Known]:
    former = dict(persons.filter(pl.col("number_state") == "1").select("successor", "personal_id").iter_rows())
    older = dict(zip(places.now.code, places.before.code.gather(pl.Series(places.same_before)), strict=True))
    letters = statistics.table("legacy_letters")
    tcvn3, vni = ({a: b for a, b in letters.select("letter", c).iter_rows() if b} for c in ("tcvn3", "vni"))
    strangers = persons["personal_id"].gather(pl.Series(chance.integers(0, len(persons), len(chosen))))
    names = persons["full_name"].str.split(" ").list.last().gather(pl.Series(chance.integers(0, len(persons), len(chosen))))
    for row, stranger, name in zip(chosen.iter_rows(named=True), strangers, names, strict=True):
        relatives = tuple(r["personal_id"] for r in json.loads(row["relatives"] or "{}").values() if r.get("personal_id"))
        number = row["personal_id"]
        yield Known(
            row["old_id_no"],
            relatives,
            former.get(number, ""),
            stranger if stranger != number else "",
            older.get(row["permanent_code"], ""),
            name,
            tcvn3,
            vni,
        )
