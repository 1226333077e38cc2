"""Rows of one chunk that cannot stand together: the earlier line stays, the later one is rejected."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from datetime import date
from typing import Any

import polars as pl

from dancu.population.loading.kinds.families import Clash

_NEVER = date.max


def clashing_lines(frame: pl.DataFrame, clash: Clash) -> list[int]:
    """Lines of a chunk that overlap an earlier line with the same keys."""
    rows = frame
    if clash.of:
        rows = rows.filter(pl.col(clash.of[0]).is_in(list(clash.of[1])))
    if clash.filled:
        rows = rows.filter(pl.col(clash.filled) != "")
    if not clash.timed:
        return rows.filter(~pl.struct(clash.keys).is_first_distinct())["line"].to_list()
    rows = rows.with_columns(pl.col("valid_to").fill_null(_NEVER))
    ended = pl.col("valid_to").cum_max().shift(1).over(clash.keys)
    doubtful = rows.sort(*clash.keys, "valid_from").filter((pl.col("valid_from") < ended).fill_null(False))
    if doubtful.is_empty():
        return []
    return _later_ones(rows.join(doubtful.select(clash.keys).unique(), on=list(clash.keys), how="semi"), clash)


def _later_ones(rows: pl.DataFrame, clash: Clash) -> list[int]:
    """One row after the other: what is kept never overlaps, so its neighbours in time tell."""
    kept: dict[Any, list[tuple[date, date]]] = defaultdict(list)
    marks: dict[Any, set[Any]] = defaultdict(set)
    later = []
    for row in rows.sort("line").iter_rows(named=True):
        key = tuple(row[name] for name in clash.keys)
        mark = row[clash.apart] if clash.apart else None
        time = (row["valid_from"], row["valid_to"])
        rivals = marks[key] - {mark} if clash.apart else {None}
        if any(_meets(kept[key, rival], time) for rival in rivals):
            later.append(row["line"])
            continue
        marks[key].add(mark)
        insort(kept[key, mark], time)
    return later


def _meets(kept: list[tuple[date, date]], time: tuple[date, date]) -> bool:
    at = bisect_left(kept, time)
    return (at > 0 and kept[at - 1][1] > time[0]) or (at < len(kept) and kept[at][0] < time[1])
