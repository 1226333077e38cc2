"""The results of what was sent, with the owner's own keys and row numbers back in them."""

from __future__ import annotations

from pathlib import Path

import polars as pl


def put_back(results: Path, kept: Path, out: Path) -> int:
    """Write `out` as CSV and Parquet (*kết quả của danh sách gốc*); gives how many rows there are.

    Nothing is lost: a row of the list without a result stands there without a grade.
    """
    own = pl.scan_parquet(kept)
    told = pl.scan_parquet(results).with_columns(list_row=pl.col("reference").cast(pl.Int64)).drop("reference")
    joined = own.join(told, on="list_row", how="left", maintain_order="left").with_columns(
        pl.selectors.categorical().cast(pl.String)
    )
    joined.sink_parquet(out.with_suffix(".parquet"), compression="zstd")
    shown = pl.scan_parquet(out.with_suffix(".parquet"))
    shown = shown.select(pl.exclude("^.*_bits$")).with_columns(
        pl.selectors.string().str.replace(r"^([=+\-@\t\r])", "'$1")  # no formula for a spreadsheet
    )
    shown.sink_csv(out.with_suffix(".csv"), include_bom=True)
    return int(pl.scan_parquet(out.with_suffix(".parquet")).select(pl.len()).collect().item())


def put_back_links(links: Path, kept: Path, out: Path) -> None:
    """The rows a review of tax numbers told of, as `out` in CSV: what was sent as a row's reference is its own row number."""
    told = pl.scan_csv(links, infer_schema=False, encoding="utf8")
    row, reference = told.collect_schema().names()[:2]
    own = pl.scan_parquet(kept).rename({"list_row": row, "reference": reference})
    mine = told.drop(row).rename({reference: row}).with_columns(pl.col(row).cast(pl.Int64))
    joined = mine.join(own, on=row, how="left", maintain_order="left").select(told.collect_schema().names())
    shown = joined.with_columns(pl.col(reference).str.replace(r"^([=+\-@\t\r])", "'$1"))
    shown.sink_csv(out, include_bom=True, line_terminator="\r\n")
