"""Invented persons for benches, as wide as those of the registry: made by columns, so that millions take seconds."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import polars as pl

_FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Phan", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ")
_MIDDLE = ("Văn", "Thị", "Đức", "Ngọc", "Minh", "Thanh", "Quốc", "Hữu", "Xuân", "Mỹ")
_GIVEN = ("An", "Bình", "Chi", "Dũng", "Giang", "Hà", "Hòa", "Khánh", "Lan", "Mai", "Nam", "Oanh", "Phúc", "Quỳnh", "Sơn", "Thảo")
_STREETS = ("Lê Lợi", "Trần Hưng Đạo", "Nguyễn Huệ", "Hai Bà Trưng", "Đống Đa", "Phan Chu Trinh")
SMALL = 1_000_000  # below it the wrong rows are made of a quarter: a quick bench is to be quick
_COMMUNES = ("46..19753", "46..19789", "46..19804", "46..19815")


def people(count: int, seed: int = 1) -> pl.DataFrame:
    """`count` rows of the load format with numbers in no order."""
    chance = np.random.default_rng(seed)
    year = chance.integers(1940, 2020, count)
    sex = chance.integers(1, 3, count)
    serial = chance.permutation(count)
    number = 46_000_000_000 + ((year // 100 - 19) * 2 + sex - 1) * 100_000_000 + (year % 100) * 1_000_000
    # A serial number of six digits, and further provinces where those do not suffice.
    number = number + serial % 1_000_000 + (serial // 1_000_000) * 1_000_000_000_0
    frame = pl.DataFrame(
        {
            "personal_id": pl.Series(number).cast(pl.String).str.zfill(12),
            "full_name": _joined(_pick(chance, _FAMILY, count), _pick(chance, _MIDDLE, count), _pick(chance, _GIVEN, count)),
            "birth_date": pl.Series(year).cast(pl.String)
            + "-"
            + _digits(chance, 1, 13, count)
            + "-"
            + _digits(chance, 1, 29, count),
            "sex": pl.Series(sex).cast(pl.String),
            "old_id_no": pl.Series(190_000_000 + chance.integers(0, 9_999_999, count)).cast(pl.String),
            "permanent_code": _pick(chance, _COMMUNES, count),
            "permanent_detail": _joined(
                pl.Series(["Số"]).new_from_index(0, count), _digits(chance, 1, 400, count), _pick(chance, _STREETS, count)
            ),
            "household_book_no": pl.Series(chance.integers(1, count + 2, count)).cast(pl.String).str.zfill(9),
            "phone": "0000" + _digits(chance, 0, 1_000_000, count),
        }
    )
    told = (
        '{"full_name": "'
        + pl.col("full_name")
        + '", "personal_id": "'
        + pl.col("personal_id")
        + '", "old_id_no": "", "nationality": "VN"}'
    )
    other = told.reverse()
    card = (
        '[{"kind": "cccd_chip", "number": "'
        + pl.col("personal_id")
        + '", "issued_on": "2021-05-10", "issued_by": "Cục Cảnh sát QLHC về TTXH"}]'
    )
    return frame.with_columns(
        *(pl.lit("L2-2025").alias(f"{name}_version") for name in ("permanent", "current", "home_town", "birth_registration")),
        *(pl.col("permanent_code").alias(f"{name}_code") for name in ("current", "home_town", "birth_registration")),
        pl.col("permanent_detail").alias("current_detail"),
        pl.lit("1").alias("ethnicity"),
        pl.lit("VN").alias("nationality"),
        pl.lit("01").alias("household_relation"),
        ('{"father": ' + other + ', "mother": ' + told.shift(7).fill_null("{}") + "}").alias("relatives"),
        other.alias("household_head"),
        card.alias("id_cards"),
    )


def write(count: int, folder: Path, wrong_every: int) -> None:
    """`people.csv` and `people.parquet`; the same with wrong rows as `wrong.csv`, of a small size a quarter."""
    frame = people(count)
    frame.write_csv(folder / "people.csv")
    frame.write_parquet(folder / "people.parquet", compression="zstd", compression_level=1, row_group_size=50_000)
    with_wrong_rows(frame.head(count if count >= SMALL else count // 4), wrong_every).write_csv(folder / "wrong.csv")


def with_wrong_rows(frame: pl.DataFrame, every: int) -> pl.DataFrame:
    """The same rows, one of `every` with a birth date that no calendar has."""
    at = pl.int_range(pl.len())
    return frame.with_columns(
        pl.when(at % every == every - 1).then(pl.lit("30/02/1990")).otherwise("birth_date").alias("birth_date")
    )


def _pick(chance: np.random.Generator, among: tuple[str, ...], count: int) -> pl.Series:
    return pl.Series(among).gather(pl.Series(chance.integers(0, len(among), count)))


def _digits(chance: np.random.Generator, least: int, below: int, count: int) -> pl.Series:
    return pl.Series(chance.integers(least, below, count)).cast(pl.String).str.zfill(len(str(below - 1)))


def _joined(*parts: pl.Series) -> pl.Series:
    return pl.select(pl.concat_str([pl.lit(part) for part in parts], separator=" ")).to_series()


if __name__ == "__main__":
    write(int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
