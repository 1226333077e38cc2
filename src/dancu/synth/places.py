"""Communes by province of the 63: their code in the two-level list, their code in the last three-level list, town or country."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl

from dancu.kernel.errors import Invalid

NOW, BEFORE = "L2-2025", "L3-2025"


@dataclass(frozen=True)
class Communes:
    """Communes of all provinces, sorted by province: row numbers stand for communes (*xã, phường, đặc khu*)."""

    code: pl.Series  # dotted: `46..19789` or `46.474.19789`
    is_urban: np.ndarray
    starts: np.ndarray  # first row of a province, by its place in the statistics; one more at the end

    def draw(self, provinces: np.ndarray, luck: np.ndarray) -> np.ndarray:
        """A commune in each of the provinces; low and high luck are the same commune again for the same province."""
        sizes = self.starts[provinces + 1] - self.starts[provinces]
        return np.asarray(self.starts[provinces] + (luck * sizes).astype(np.int64))


@dataclass(frozen=True)
class Places:
    """Both lists of communes (*danh mục đơn vị hành chính*)."""

    now: Communes
    before: Communes
    same_before: np.ndarray  # of a commune now: a commune of the older list with the same code, or one of the same province


@cache
def read_places(units: Path, provinces: tuple[str, ...]) -> Places:
    """Read the table of units (`version, level, code, name, parent_code`). Raises `Invalid` when a province has no commune."""
    table = pl.read_csv(units, infer_schema=False)
    older = (
        table.filter((pl.col("version") == BEFORE) & (pl.col("level") == "3"))
        .join(
            table.filter((pl.col("version") == BEFORE) & (pl.col("level") == "2")).select(
                pl.col("code").alias("parent_code"), pl.col("parent_code").alias("province")
            ),
            on="parent_code",
            how="inner",
        )
        .with_columns(pl.concat_str("province", "parent_code", "code", separator=".").alias("dotted"))
        .sort("code")
    )
    newer = (
        table.filter((pl.col("version") == NOW) & (pl.col("level") == "3"))
        .sort("code")
        .join(older.select("code", "province"), on="code", how="left", maintain_order="left")
        .with_columns(pl.col("province").fill_null(strategy="forward").fill_null(strategy="backward"))
        .with_columns(pl.concat_str("parent_code", pl.lit(".."), "code").alias("dotted"))
    )
    order = {code: i for i, code in enumerate(provinces)}
    now, before = _communes(newer, order), _communes(older, order)
    rows = {code: i for i, code in enumerate(before.code.str.split(".").list.get(2).to_list())}
    owner = np.repeat(np.arange(len(provinces)), np.diff(now.starts))
    codes = now.code.str.split(".").list.get(2).to_list()
    same = [rows.get(code, int(before.starts[owner[i]])) for i, code in enumerate(codes)]
    return Places(now, before, np.array(same))


def _communes(table: pl.DataFrame, order: dict[str, int]) -> Communes:
    placed = table.with_columns(pl.col("province").replace_strict(order, default=None, return_dtype=pl.Int64).alias("place"))
    placed = placed.drop_nulls("place").sort("place", "code")
    starts = np.searchsorted(placed["place"].to_numpy(), np.arange(len(order) + 1))
    if (np.diff(starts) == 0).any():
        empty = [code for code, i in order.items() if starts[i] == starts[i + 1]]
        raise Invalid("synth.units", f"Danh mục không có xã nào của tỉnh {', '.join(empty)}.", f"No commune in {', '.join(empty)}.")
    urban = placed["name"].str.contains("^(Phường|Thị trấn)").to_numpy()
    return Communes(placed["dotted"], urban, starts)
