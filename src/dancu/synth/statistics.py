"""The tables the simulated nation is drawn from: CSV with source and confidence, each replaceable by the user's own."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl

from dancu.kernel.errors import Invalid

OWN_FOLDER = Path(__file__).parent / "data"
# Columns of each table; a column that ends in a star is a number.
TABLES: dict[str, str] = {
    "age_pyramid": "age_from* age_to* percent* men_per_100_women*",
    "assumptions": "name value unit",
    "bounds": "measure total_variation_max* noise_factor*",
    "cohorts": "born_from* born_to* year_only* month_only* first_january* old_number*",
    "deaths": "age_from* age_to* percent*",
    "error_rates": "profile cause* key percent*",
    "ethnic_groups": "code name population*",
    "ethnic_provinces": "ethnicity province weight*",
    "families_by_cohort": "born_from* born_to* marriage_age_women* marriage_age_men* spread* children*",
    "family_names": "region name percent* is_published*",
    "given_names": "sex* born_from* born_to* region name percent* is_published*",
    "household_sizes": "size_from* size_to* percent*",
    "legacy_letters": "letter tcvn3 vni",
    "middle_names": "sex* born_from* born_to* region name percent*",
    "minority_names": "ethnicity part sex* name weight*",
    "name_lengths": "sex* born_from* born_to* two_words* three_words* four_words*",
    "naming_habits": "ethnicity sex* percent* pattern family_from",
    "places": "kind region name",
    "provinces": "code name population* region name_region successor successor_name old_block migrants_percent* origin_weight*",
    "religions": "code name population* region weight*",
}


@dataclass(frozen=True)
class Statistics:
    """Published tables and stated assumptions (*số liệu thống kê làm căn cứ*)."""

    tables: dict[str, pl.DataFrame]
    digest: str  # SHA-256 over all tables, so that a nation can say what it was drawn from

    def table(self, name: str) -> pl.DataFrame:
        return self.tables[name]

    def text(self, name: str) -> str:
        found = self.tables["assumptions"].filter(pl.col("name") == name)["value"].to_list()
        if not found:
            raise _wrong("assumptions", f"thiếu dòng {name}", f"the row {name} is missing")
        return str(found[0])

    def value(self, name: str) -> float:
        try:
            return float(self.text(name))
        except ValueError:
            raise _wrong("assumptions", f"{name} không phải số", f"{name} is no number") from None

    def share(self, name: str) -> float:
        """A percentage or per-mille assumption as a part of one."""
        return self.value(name) / (1000 if name.endswith("per_mille") else 100)

    def day(self, name: str) -> int:
        """A date as days since 1 January 1970."""
        try:
            return (date.fromisoformat(self.text(name)) - date(1970, 1, 1)).days
        except ValueError:
            raise _wrong("assumptions", f"{name} phải là ngày 2026-06-30", f"{name} must be a date") from None

    def by_year(self, name: str, column: str, years: np.ndarray) -> np.ndarray:
        """The value of a cohort table for each birth year."""
        table = self.tables[name].sort("born_from")
        at = np.searchsorted(table["born_from"].to_numpy(), years, side="right") - 1
        return np.asarray(table[column].to_numpy()[np.clip(at, 0, len(table) - 1)])


@cache
def read_statistics(folder: Path | None = None) -> Statistics:
    """Our tables, each replaced by the file of the same name in `folder` where there is one.

    Raises `Invalid` when the folder is missing, a table has other columns, a number is none or is negative.
    """
    if folder is not None and not folder.is_dir():
        raise Invalid("synth.statistics", f"Không có thư mục số liệu {folder}.", f"There is no folder {folder}.")
    strangers = {p.stem for p in folder.glob("*.csv")} - set(TABLES) if folder else set()
    if strangers:
        raise Invalid(
            "synth.statistics",
            f"Không biết bảng: {', '.join(sorted(strangers))}. Các bảng: {', '.join(TABLES)}.",
            f"Unknown tables: {', '.join(sorted(strangers))}.",
        )
    digest, tables = hashlib.sha256(), {}
    for name, columns in TABLES.items():
        own = folder / f"{name}.csv" if folder else OWN_FOLDER / f"{name}.csv"
        file = own if own.is_file() else OWN_FOLDER / f"{name}.csv"
        digest.update(name.encode() + b"\0" + file.read_bytes())
        tables[name] = _read(file, name, columns.split())
    return Statistics(tables, digest.hexdigest())


def _read(file: Path, name: str, columns: list[str]) -> pl.DataFrame:
    try:
        table = pl.read_csv(file, infer_schema=False).fill_null("")
    except (pl.exceptions.PolarsError, OSError) as failure:
        raise _wrong(name, "không đọc được CSV", "cannot be read as CSV") from failure
    wanted = [column.rstrip("*") for column in columns]
    if missing := [column for column in wanted if column not in table.columns]:
        raise _wrong(name, f"thiếu cột {', '.join(missing)}", f"misses {', '.join(missing)}")
    if table.is_empty():
        raise _wrong(name, "không có dòng nào", "has no row")
    numbers = [column.rstrip("*") for column in columns if column.endswith("*")]
    table = table.select(pl.col(c).cast(pl.Float64, strict=False) if c in numbers else pl.col(c) for c in wanted)
    for column in numbers:
        values = table[column]
        if values.null_count() or (values < 0).any() or not values.is_finite().all():
            raise _wrong(name, f"cột {column} phải là số từ 0 trở lên", f"{column} must be numbers from 0")
    return table


def _wrong(table: str, why: str, why_english: str) -> Invalid:
    return Invalid("synth.statistics", f"Bảng {table}.csv: {why}.", f"Table {table}.csv: {why_english}.", field=table)
