"""The report: a nation keeps the bounds of the published tables, a distorted one does not, and the page stands alone."""

from __future__ import annotations

import json
import re
from pathlib import Path

import polars as pl
import pytest

from dancu.kernel.errors import NotFound
from dancu.population.api import UNITS_FILE
from dancu.synth.api import Comparison, Order, Source, as_json, as_table, compare_nation, read_statistics, report_page, write_nation

COUNT = 40_000


@pytest.fixture(scope="module")
def nation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("nation")
    write_nation(Order(Source(11, UNITS_FILE), COUNT, None), folder, 1)
    return folder


@pytest.fixture(scope="module")
def comparisons(nation: Path) -> list[Comparison]:
    return compare_nation(nation, read_statistics())


def test_a_nation_keeps_every_bound(comparisons: list[Comparison]) -> None:
    assert {c.measure for c in comparisons} == set(read_statistics().table("bounds")["measure"])
    assert {c.measure: c.distance for c in comparisons if not c.is_kept} == {}


def test_shares_add_up_and_distances_are_those_of_the_shares(comparisons: list[Comparison]) -> None:
    for c in comparisons:
        assert abs(sum(c.published) - 1) < 1e-9
        assert sum(c.simulated) <= 1 + 1e-9
        half = sum(abs(p - s) for p, s in zip(c.published, c.simulated, strict=True)) / 2
        assert abs(c.distance - half - (1 - sum(c.simulated)) / 2) < 1e-9


@pytest.mark.parametrize(
    ("measure", "change"),
    [
        (
            "age_pyramid",
            pl.when(pl.col("birth_date") < "1990").then(pl.lit("1985-01-01")).otherwise("birth_date").alias("birth_date"),
        ),
        ("sex_ratio", pl.lit("1").alias("sex")),
        ("family_names_south", pl.col("full_name").str.replace("^Nguyễn", "Võ").alias("full_name")),
        ("given_names_women_2007_2011", pl.col("full_name").str.replace("Anh$", "Vy").alias("full_name")),
        ("ethnic_groups", pl.lit("2").alias("ethnicity")),
        ("provinces", pl.col("permanent_code").str.replace("^79", "01").alias("permanent_code")),
    ],
)
def test_a_distorted_nation_breaks_the_bound(nation: Path, tmp_path: Path, measure: str, change: pl.Expr) -> None:
    for table in ("persons", "memberships"):
        (tmp_path / table).mkdir()
        frame = pl.read_parquet(nation / table / "part-00000.parquet")
        frame = frame.with_columns(change) if table == "persons" else frame
        frame.write_parquet(tmp_path / table / "part-00000.parquet")
    (tmp_path / "nation.json").write_text((nation / "nation.json").read_text())

    broken = {c.measure for c in compare_nation(tmp_path, read_statistics()) if not c.is_kept}

    assert measure in broken


def test_people_crowded_into_fewer_homes_break_the_bound_of_household_sizes(nation: Path, tmp_path: Path) -> None:
    for table in ("persons", "memberships"):
        (tmp_path / table).mkdir()
        frame = pl.read_parquet(nation / table / "part-00000.parquet")
        frame = frame.with_columns(pl.col("household_no") // 2) if table == "memberships" else frame
        frame.write_parquet(tmp_path / table / "part-00000.parquet")
    (tmp_path / "nation.json").write_text((nation / "nation.json").read_text())

    assert "household_sizes" in {c.measure for c in compare_nation(tmp_path, read_statistics()) if not c.is_kept}


def test_the_page_stands_alone_with_a_picture_for_each_table(comparisons: list[Comparison]) -> None:
    page = report_page(comparisons, {"seed": 11})

    assert page.count("<svg") == page.count("</svg>") == len(comparisons)
    assert '<html lang="vi">' in page
    assert not re.search(r"<script|<link|<img|(src|href)=|url\(", page)
    assert [c.title for c in comparisons if c.title not in page] == []
    # An outline of two sides, each with two corners a group.
    outlines = re.findall(r'<polyline points="([^"]+)"', page.split("</svg>")[0])
    assert [len(line.split()) for line in outlines] == [34, 34]


def test_the_report_is_told_to_people_and_to_programs(comparisons: list[Comparison]) -> None:
    told = json.loads(as_json(comparisons))

    assert [each["measure"] for each in told] == [c.measure for c in comparisons]
    assert all(each["kept"] for each in told)
    assert [c.measure for c in comparisons if c.measure not in as_table(comparisons)] == []


def test_a_province_is_compared_with_its_own_groups(tmp_path: Path) -> None:
    write_nation(Order(Source(2, UNITS_FILE), 20_000, "14"), tmp_path, 1)

    found = {c.measure: c for c in compare_nation(tmp_path, read_statistics())}

    assert "provinces" not in found
    ethnic = found["ethnic_groups"]
    assert ethnic.is_kept
    assert ethnic.published[ethnic.labels.index("Thái")] > 0.4  # Sơn La


def test_a_folder_without_a_nation_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        compare_nation(tmp_path, read_statistics())
