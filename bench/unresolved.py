"""The records of a drawn nation no number leads anywhere for, with their truth: what the search for candidates starts from."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import polars as pl

from bench.planting import Errors, planted
from bench.reconcile import KEY, YEAR
from dancu.reconcile.candidates.records import Unresolved
from dancu.reconcile.engine.arrow import batch_of, text_column
from dancu.reconcile.engine.exact import Batch, compare
from dancu.reconcile.engine.reasons import Found, Reason
from dancu.reconcile.engine.snapshot import Snapshot

_NOBODY = [int(each) for each in (Found.NO_NUMBER, Found.UNUSABLE, Found.NOBODY, Found.SEVERAL)]


def unresolved_of(lists: list[Path], snapshot: Snapshot, seed: int, errors: Errors | None = None) -> pl.DataFrame:
    """Spoil a share of each list, compare all of it by number, keep the records nobody was found for, or somebody else was."""

    def one(number: int) -> pl.DataFrame:
        lines = planted(pl.read_parquet(lists[number]), seed + number, errors)
        made = compare(batch_of(*(lines[name].to_arrow() for name in ("paper_no", "full_name", "birth_date"))), snapshot, KEY, YEAR)
        another = (made.reason & np.uint32(Reason.ANOTHER_PERSON)) != 0
        kept = lines.filter(pl.Series(np.isin(made.found, _NOBODY) | another))
        return kept.with_columns(pl.when(pl.col("what") == "").then(pl.lit("own")).otherwise(pl.col("what")).alias("what"))

    with ThreadPoolExecutor(2) as pool:
        return pl.concat(list(pool.map(one, range(len(lists)))))


def records_of(frame: pl.DataFrame) -> Unresolved:
    """The same as the search takes them."""
    columns = [text_column(frame[name].to_arrow()) for name in ("paper_no", "full_name", "birth_date")]
    numbers, names, dates = columns
    return Unresolved(
        np.arange(len(frame)),
        Batch(*numbers, *names, *dates),
        frame["sex"].cast(pl.UInt8).to_numpy(),
        frame["area_code"].str.tail(5).cast(pl.UInt32, strict=False).fill_null(0).to_numpy(),
    )
