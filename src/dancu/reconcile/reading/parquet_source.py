"""A list as Parquet: its columns by name, its values as text, without copying where Arrow has them as bytes already."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dancu.kernel.spreadsheets import cell_text
from dancu.reconcile.reading import refusals
from dancu.reconcile.reading.limits import SAMPLE_ROWS, Limits

BATCH_ROWS = 64 * 1024


@dataclass(frozen=True, slots=True)
class ParquetSource:
    """A Parquet file and how many rows it says to have (*tệp Parquet*)."""

    path: Path
    rows: int


@dataclass(frozen=True, slots=True)
class ParquetHead:
    headings: tuple[str, ...]
    rows: int
    sample: tuple[tuple[str, ...], ...] = field(repr=False)


def read_head(path: Path, limits: Limits) -> ParquetHead:
    """The columns and the first rows (*xem đầu tệp Parquet*). Raises `Invalid`."""
    with _opened(path) as file:
        schema = file.schema_arrow
        if len(schema) > limits.columns_max:
            raise refusals.many_columns(len(schema), limits.columns_max)
        if not any(_is_text(each.type) for each in schema):
            raise refusals.no_text_columns()
        if not file.metadata.num_rows:
            raise refusals.header_only()
        try:
            first = next(file.iter_batches(batch_size=SAMPLE_ROWS, use_threads=False), None)
        except (pa.ArrowException, OSError, EOFError) as broken:
            raise refusals.damaged_parquet() from broken
        if first is None:
            raise refusals.header_only()
        columns = [as_text(column).to_pylist() if is_readable(column.type) else [""] * len(first) for column in first.columns]
        rows = tuple(tuple(_shown(each) for each in row) for row in zip(*columns, strict=True))
        return ParquetHead(tuple(schema.names), file.metadata.num_rows, rows)


def _shown(value: str | bytes) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def _opened(path: Path) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(path)
    except (pa.ArrowException, OSError, ValueError) as broken:
        raise refusals.damaged_parquet() from broken


def _is_text(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        return _is_text(kind.value_type)
    kinds = (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary, pa.types.is_large_binary, pa.types.is_string_view)
    return any(is_kind(kind) for is_kind in kinds)


def is_readable(kind: pa.DataType) -> bool:
    """Text, a number or a day; lists and structures are none."""
    return _is_text(kind) or not (pa.types.is_nested(kind) or pa.types.is_dictionary(kind))


def as_text(column: pa.Array) -> pa.Array:
    """The column as (large) text or bytes without nulls: quantities as their digits, dates as day, month and year."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
        kind = column.type
    if pa.types.is_string_view(kind):
        column = column.cast(pa.large_string())
    elif pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        column = pc.strftime(column.cast(pa.timestamp("s"), safe=False), format="%d/%m/%Y")
    elif pa.types.is_integer(kind):
        column = column.cast(pa.string())
    elif not _is_text(kind):
        column = pa.array(["" if value is None else cell_text(value) for value in column.to_pylist()], pa.string())
    if column.null_count:
        column = column.fill_null(b"" if pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type) else "")
    return column


def read_batches(source: ParquetSource, columns: list[int], first: int) -> Iterator[list[pa.Array]]:
    """Pieces of the columns from row `first` (from 0) on. Raises `Invalid` where the file turns out to be damaged."""
    with _opened(source.path) as file:
        names = [file.schema_arrow.names[at] for at in columns]
        groups: list[int] = []
        skipped = 0
        for group in range(file.metadata.num_row_groups):
            size = file.metadata.row_group(group).num_rows
            if not groups and skipped + size <= first:
                skipped += size
            else:
                groups.append(group)
        left = first - skipped
        try:
            for piece in file.iter_batches(batch_size=BATCH_ROWS, row_groups=groups, columns=names, use_threads=True):
                passed = min(left, len(piece))
                left -= passed
                if passed < len(piece):
                    yield [as_text(piece.column(name).slice(passed)) for name in names]
        except (pa.ArrowException, OSError, EOFError) as broken:
            raise refusals.damaged_parquet() from broken
