"""A chunk of a file becomes rows of the table: plain ones all at once, the others one by one, each wrong one with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import polars as pl

from dancu.kernel.errors import DancuError
from dancu.population.loading.files import Chunk, Position, Row
from dancu.population.loading.kinds.kind import Kind


class Reject(NamedTuple):
    """A row that was not loaded and why (*dòng bị từ chối*)."""

    line: int
    field: str
    message: str

    @property
    def sentence(self) -> str:
        return f"{self.line}\t{self.field}\t{self.message}"


@dataclass(frozen=True, slots=True)
class Prepared:
    """Rows ready for the table, in the order of their lines, and those that are not."""

    frame: pl.DataFrame  # line, then the columns the kind gives
    rejects: list[Reject]
    read: int
    end: Position


def prepare(kind: Kind, chunk: Chunk) -> Prepared:
    """Judge every row of a chunk; a wrong one costs only itself."""
    frame = _complete(kind, chunk.frame)
    judged = frame.select(
        "line",
        pl.all_horizontal([field.plain(frame) for field in kind.fields]).fill_null(False).alias("_plain"),
        *(expression for field in kind.fields for expression in field.values()),
    )
    plain = judged["_plain"]
    good = judged.drop("_plain").cast(pl.Schema(kind.schema))
    if not plain.all() or chunk.odd:
        doubtful = {row.pop("line"): row for row in frame.filter(~plain).iter_rows(named=True)} | chunk.odd
        read, rejects = _one_by_one(kind, doubtful)
        good = pl.concat([good.filter(plain), read]).sort("line")
    else:
        rejects = []
    if kind.once is not None:
        good, twice = _once(good, *kind.once)
        rejects = sorted(rejects + twice)
    return Prepared(good, rejects, chunk.count, chunk.end)


def _once(frame: pl.DataFrame, column: str, field: str, message: str) -> tuple[pl.DataFrame, list[Reject]]:
    first = frame.select(pl.col(column).is_first_distinct()).to_series()
    if first.all():
        return frame, []
    return frame.filter(first), [Reject(line, field, message) for line in frame.filter(~first)["line"]]


def _complete(kind: Kind, frame: pl.DataFrame) -> pl.DataFrame:
    """Every column of the kind, empty text where the file has nothing."""
    given = set(frame.columns)
    return frame.select("line", *(pl.col(name).fill_null("") if name in given else pl.lit("").alias(name) for name in kind.columns))


def _one_by_one(kind: Kind, rows: dict[int, Row]) -> tuple[pl.DataFrame, list[Reject]]:
    good, rejects = [], []
    for line in sorted(rows):
        try:
            good.append((line, *kind.read(rows[line])))
        except DancuError as failure:
            rejects.append(Reject(line, failure.field or "", failure.message))
    return pl.DataFrame(good, kind.schema, orient="row"), rejects
