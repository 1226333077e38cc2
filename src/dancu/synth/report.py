"""How near the simulated people are to the published tables: one distance a table, with the bound we promise.

The distance is total variation: half the sum of the differences of shares, 0 for equal, 1 for nothing in common. What pure chance
does to a sample of that size is added to the bound, so that a small sample is not blamed for being small.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from dancu.kernel.errors import NotFound
from dancu.synth.people import ethnic_shares
from dancu.synth.personas import PERSONAS
from dancu.synth.statistics import Statistics

OTHER = "khác"
_CHANCE = 0.4  # half of the mean distance of a normal value from its mean, sqrt(2 / pi) / 2
_AGE_GROUP = 5
_COLUMNS = ["birth_date", "sex", "ethnicity", "full_name", "permanent_code"]


@dataclass(frozen=True)
class Comparison:
    """One published table beside the simulated one (*so sánh với số liệu công bố*)."""

    measure: str
    title: str
    title_english: str
    labels: tuple[str, ...]
    published: tuple[float, ...]  # shares, together 1
    simulated: tuple[float, ...]
    size: int  # what was counted
    distance: float
    bound: float

    @property
    def is_kept(self) -> bool:
        return self.distance <= self.bound


def compare_nation(folder: Path, statistics: Statistics) -> list[Comparison]:
    """All comparisons that the folder allows (*báo cáo thống kê*). Raises `NotFound` when there is no nation in it."""
    about = folder / "nation.json"
    if not about.is_file():
        raise NotFound("synth.no_nation", f"Không có dân cư mô phỏng trong {folder}.", f"There is no simulated nation in {folder}.")
    province = str(json.loads(about.read_text(encoding="utf-8"))["province"])
    counted = _Counted(statistics)
    for part in sorted((folder / "persons").glob("part-*.parquet")):
        rows = pl.read_parquet(part, columns=[*_COLUMNS, "life_status", "number_state"])
        counted.add(rows.filter((pl.col("life_status") == "0") & (pl.col("number_state") == "0")))
        counted.add_homes(pl.read_parquet(folder / "memberships" / part.name, columns=["household_no", "kind", "valid_to"]))
    return [*_of_all(statistics, counted), *_of_names(statistics, counted), *_of_place(statistics, counted, province)]


class _Counted:
    """Counters over the parts; memory does not grow with the persons."""

    def __init__(self, statistics: Statistics) -> None:
        self._today = date(1970, 1, 1) + timedelta(days=statistics.day("reference_day"))
        provinces = statistics.table("provinces")
        self._regions = dict(provinces.select("successor", "name_region").iter_rows())
        self._tops = statistics.table("age_pyramid")["age_from"].max()
        self.ages: Counter[tuple[Any, ...]] = Counter()
        self.provinces: Counter[str] = Counter()
        self.ethnic: Counter[int] = Counter()
        self.sizes: Counter[int] = Counter()
        self.family: dict[str, Counter[str]] = {}
        self.given: dict[str, Counter[str]] = {}

    def add(self, rows: pl.DataFrame) -> None:
        text = pl.col("birth_date")
        born = (
            pl.when(text.str.len_chars() == 4)
            .then(text + "-07-01")
            .when(text.str.len_chars() == 7)
            .then(text + "-15")
            .otherwise(text)
        )
        first = pl.col("full_name").str.split(" ").list
        rows = rows.with_columns(
            born=born.str.to_date("%Y-%m-%d"), year=text.str.head(4).cast(pl.Int32), province=pl.col("permanent_code").str.head(2)
        ).with_columns(
            age=self._today.year
            - pl.col("year")
            - ((pl.col("born").dt.strftime("%m%d") > self._today.strftime("%m%d")).cast(pl.Int32)),
            family=pl.when(first.first() == "Tôn").then(first.slice(0, 2).list.join(" ")).otherwise(first.first()),
            given=first.last(),
            region=pl.col("province").replace_strict(self._regions, default=""),
        )
        group = pl.min_horizontal(pl.col("age") // _AGE_GROUP * _AGE_GROUP, pl.lit(int(self._tops)))  # type: ignore[arg-type]  # a number
        self.ages.update(_counts(rows.group_by("sex", group.alias("g")).len()))
        self.provinces.update({key[0]: n for key, n in _counts(rows.group_by("province").len()).items()})
        self.ethnic.update({int(key[0]): n for key, n in _counts(rows.group_by("ethnicity").len()).items()})
        kinh = rows.filter(pl.col("ethnicity") == "1")
        for (region, name), n in _counts(kinh.group_by("region", "family").len()).items():
            self.family.setdefault(region, Counter())[name] += n
        for measure, (sex, low, high) in COHORTS.items():
            chosen = kinh.filter((pl.col("sex") == str(sex)) & pl.col("year").is_between(low, high))
            self.given.setdefault(measure, Counter()).update(
                {key[0]: n for key, n in _counts(chosen.group_by("given").len()).items()}
            )

    def add_homes(self, members: pl.DataFrame) -> None:
        now = members.filter((pl.col("kind") == "permanent") & pl.col("valid_to").is_null())
        self.sizes.update(
            {key[0]: n for key, n in _counts(now.group_by("household_no").len("size").group_by("size").len()).items()}
        )


COHORTS = {
    "given_names_women_2007_2011": (2, 2007, 2011),
    "given_names_women_1991_2002": (2, 1991, 2002),
    "given_names_men_1991_2002": (1, 1991, 2002),
}
_COHORT_TITLES = {
    "given_names_women_2007_2011": ("Tên nữ sinh 2007–2011", "Given names of women born 2007-2011"),
    "given_names_women_1991_2002": ("Tên nữ sinh 1991–2002", "Given names of women born 1991-2002"),
    "given_names_men_1991_2002": ("Tên nam sinh 1991–2002", "Given names of men born 1991-2002"),
}
_REGIONS = {"north": ("miền Bắc", "north"), "central": ("miền Trung", "centre"), "south": ("miền Nam", "south")}


def _counts(frame: pl.DataFrame) -> Counter[tuple[Any, ...]]:
    return Counter({tuple(row[:-1]): row[-1] for row in frame.iter_rows()})


def _of_all(statistics: Statistics, counted: _Counted) -> Iterable[Comparison]:
    pyramid = statistics.table("age_pyramid")
    cells: dict[str, float] = {}
    for low, high, percent, men in pyramid.iter_rows():
        label = f"{low:.0f}–{high:.0f}" if high < 90 else f"{low:.0f}+"
        cells[f"Nam {label}"], cells[f"Nữ {label}"] = percent * men / (100 + men), percent * 100 / (100 + men)
    lows = [
        f"{low:.0f}–{high:.0f}" if high < 90 else f"{low:.0f}+" for low, high in pyramid.select("age_from", "age_to").iter_rows()
    ]
    place = dict(zip(pyramid["age_from"].cast(int), lows, strict=True))
    ages = {f"{'Nam' if sex == '1' else 'Nữ'} {place[group]}": n for (sex, group), n in counted.ages.items() if sex in ("1", "2")}
    yield _compared(statistics, "age_pyramid", "Tháp tuổi", "Age pyramid", cells, ages)
    sexes = {sex: sum(v for k, v in cells.items() if k.startswith(sex)) for sex in ("Nam", "Nữ")}
    yield _compared(
        statistics, "sex_ratio", "Giới tính", "Sex", sexes, {s: sum(n for k, n in ages.items() if k.startswith(s)) for s in sexes}
    )
    table = statistics.table("household_sizes")
    labels = {
        (low, high): f"{low:.0f}" if low == high else f"{low:.0f}–{high:.0f}" if high < 90 else f"{low:.0f}+"
        for low, high, _ in table.iter_rows()
    }
    sizes = {label: sum(n for size, n in counted.sizes.items() if low <= size <= high) for (low, high), label in labels.items()}
    published = {labels[low, high]: percent for low, high, percent in table.iter_rows()}
    yield _compared(statistics, "household_sizes", "Quy mô hộ (số người)", "Household size (persons)", published, sizes)


def _of_names(statistics: Statistics, counted: _Counted) -> Iterable[Comparison]:
    for region, (where, english) in _REGIONS.items():
        # Of a region that is not simulated only the personas may be there.
        if sum(counted.family.get(region, Counter()).values()) > len(PERSONAS):
            rows = statistics.table("family_names").filter(pl.col("region") == region)
            title, titled = f"Họ của người Kinh, {where}", f"Family names of the Kinh, {english}"
            yield _compared(statistics, f"family_names_{region}", title, titled, _named(rows), counted.family[region])
    for measure, (sex, low, _) in COHORTS.items():
        rows = statistics.table("given_names").filter(
            (pl.col("sex") == sex) & (pl.col("born_from") <= low) & (pl.col("born_to") >= low) & (pl.col("region") == "all")
        )
        yield _compared(statistics, measure, *_COHORT_TITLES[measure], _named(rows), counted.given.get(measure, Counter()))


def _named(rows: pl.DataFrame) -> dict[str, float]:
    """Published names with their shares; all others together."""
    named = {name: percent for name, percent, kept in rows.select("name", "percent", "is_published").iter_rows() if kept}
    return {**named, OTHER: max(rows["percent"].sum() - sum(named.values()), 0.0)}


def _of_place(statistics: Statistics, counted: _Counted, province: str) -> Iterable[Comparison]:
    provinces, (codes, shares) = statistics.table("provinces"), ethnic_shares(statistics)
    names = dict(statistics.table("ethnic_groups").select(pl.col("code").cast(int), "name").iter_rows())
    chosen = shares.sum(axis=0) if not province else shares[provinces["code"].to_list().index(province)]
    ethnic = {names[int(code)]: float(n) for code, n in zip(codes, chosen, strict=True)}
    yield _compared(
        statistics,
        "ethnic_groups",
        "Dân tộc",
        "Ethnic groups",
        ethnic,
        {names[code]: n for code, n in counted.ethnic.items() if code in names},
    )
    if province:
        return
    titles = dict(provinces.select("successor", "successor_name").iter_rows())
    sums = provinces.group_by("successor", maintain_order=True).agg(pl.col("population").sum())
    published = {titles[code]: n for code, n in sums.sort("successor").iter_rows()}
    yield _compared(
        statistics,
        "provinces",
        "Dân số theo tỉnh (34 tỉnh từ 01/07/2025)",
        "Population by province (34 provinces since 1 July 2025)",
        published,
        {titles.get(code, code): n for code, n in counted.provinces.items()},
    )


def _compared(
    statistics: Statistics, measure: str, title: str, english: str, published: dict[str, float], counts: dict[str, int]
) -> Comparison:
    labels = tuple(published)
    total = sum(counts.values())
    known = np.array([counts.get(label, 0) for label in labels], float)
    if OTHER in published:
        known[labels.index(OTHER)] += total - known.sum()
    share = np.array(list(published.values())) / sum(published.values())
    simulated = known / max(total, 1)
    bound, noise = (
        statistics.table("bounds").filter(pl.col("measure") == measure).select("total_variation_max", "noise_factor").row(0)
    )
    chance = _CHANCE * float(np.sqrt(share * (1 - share) / max(total, 1)).sum())
    # What lies outside the published labels counts as distance too.
    distance = float(np.abs(share - simulated).sum() + (1 - simulated.sum())) / 2 if total else 1.0
    return Comparison(
        measure,
        title,
        english,
        labels,
        tuple(map(float, share)),
        tuple(map(float, simulated)),
        total,
        distance,
        bound + noise * chance,
    )


def as_json(comparisons: list[Comparison]) -> str:
    """For programs: everything with its distance and bound."""
    return json.dumps([asdict(c) | {"kept": c.is_kept} for c in comparisons], ensure_ascii=False, indent=1)


def as_table(comparisons: list[Comparison]) -> str:
    """For people at the terminal."""
    lines = [f"{'':2}{'':<34}{'n':>12}{'distance':>11}{'bound':>9}"]
    lines += [f"{'✓' if c.is_kept else '✗'} {c.measure:<34}{c.size:>12,}{c.distance:>11.4f}{c.bound:>9.4f}" for c in comparisons]
    return "\n".join(lines)
