"""Load files as chunks of text columns: JSONL and Parquet here, CSV in `csv_file`. What a column means is not known here."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import polars as pl
import pyarrow as pa
import pyarrow.parquet as parquet

from dancu.kernel.errors import Invalid

CHUNK_ROWS = 20_000
Row = dict[str, Any]
BROKEN: Row = {"": "broken"}  # a line that is no row at all: its reader says so


class Position(NamedTuple):
    """How far a file is read: bytes (of Parquet: rows) and lines before what comes next."""

    offset: int = 0
    line: int = 0


@dataclass(slots=True)
class Chunk:
    """Some rows: `frame` has `line` and text columns; `odd` the rows, by line, whose values are no plain texts."""

    frame: pl.DataFrame
    end: Position
    odd: dict[int, Row] = field(default_factory=dict)

    @property
    def count(self) -> int:
        return self.frame.height + len(self.odd)


class LoadFile(Protocol):
    """A file that can be read from any position that a chunk ended at."""

    @property
    def names(self) -> Sequence[str] | None: ...  # its columns; None where every row names its own
    @property
    def size(self) -> int: ...  # of what `Position.offset` counts

    def chunks(self, start: Position) -> Iterator[Chunk]: ...


def open_file(file: Path, documents: frozenset[str]) -> LoadFile:
    """Open by the ending of the name; in JSONL the columns `documents` may be objects. Raises `Invalid`."""
    from dancu.population.loading.csv_file import CsvFile

    if not file.is_file():
        raise Invalid("load.no_file", f"Không có tệp {file}.", f"There is no file {file}.")
    if file.suffix not in (".csv", ".jsonl", ".parquet"):
        raise Invalid("load.kind", "Chỉ nạp được tệp .csv, .jsonl hoặc .parquet.", "Only .csv, .jsonl and .parquet.")
    if file.stat().st_size == 0:
        raise Invalid("load.empty", f"Tệp {file.name} rỗng: không có dòng nào.", f"The file {file.name} is empty.")
    if file.suffix == ".csv":
        return CsvFile(file)
    return JsonFile(file, documents) if file.suffix == ".jsonl" else ParquetFile(file)


def as_frame(lines: Sequence[int], columns: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame({"line": pl.Series(lines, dtype=pl.Int64)} | {n: pl.Series(v, dtype=pl.String) for n, v in columns.items()})


class JsonFile:
    """One object a line. A line that is none, or is no UTF-8, costs only itself."""

    names = None

    def __init__(self, file: Path, documents: frozenset[str]) -> None:
        self._file, self._documents = file, documents
        self.size = file.stat().st_size

    def chunks(self, start: Position) -> Iterator[Chunk]:
        offset, line = start
        rows: list[tuple[int, Row]] = []
        with self._file.open("rb") as source:
            source.seek(offset)
            for raw in source:
                offset += len(raw)
                for text in _lines_in(raw):
                    line += 1
                    rows.append((line, _object(text)))
                if len(rows) >= CHUNK_ROWS:
                    yield self._chunk(rows, Position(offset, line))
                    rows = []
        if rows:
            yield self._chunk(rows, Position(offset, line))

    def _chunk(self, rows: list[tuple[int, Row]], end: Position) -> Chunk:
        plain: list[tuple[int, Row]] = []
        odd: dict[int, Row] = {}
        for line, row in rows:
            texts = self._texts(row)
            if texts is None:
                odd[line] = row
            else:
                plain.append((line, texts))
        names = list(dict.fromkeys(name for _, row in plain for name in row))
        return Chunk(as_frame([line for line, _ in plain], {n: [r.get(n) for _, r in plain] for n in names}), end, odd)

    def _texts(self, row: Row) -> Row | None:
        """The row with every value as text, None when that takes a closer look."""
        if "" in row or "line" in row:
            return None
        if all(type(value) is str for value in row.values()):
            texts = row
        else:
            texts = {name: self._text(name, value) for name, value in row.items()}
            if None in texts.values():
                return None
        return texts if all(value.isascii() or _is_storable(value) for value in texts.values()) else None

    def _text(self, name: str, value: Any) -> str | None:
        if value is None:
            return ""
        if type(value) in (str, int):
            return str(value)
        if name in self._documents and isinstance(value, dict | list):
            return json.dumps(value, ensure_ascii=False) if value else ""
        return None


def _lines_in(raw: bytes) -> list[str]:
    text = raw.decode("utf-8", "surrogateescape")  # bytes that are no UTF-8 cost their line only
    if "\r" not in text:
        return [text]
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return lines[:-1] if not lines[-1] else lines


def _object(text: str) -> Row:
    try:
        row = json.loads(text)
    except (ValueError, RecursionError):
        return BROKEN
    return row if isinstance(row, dict) else BROKEN


def _is_storable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a pair, which no encoding has
        return False
    return True


class ParquetFile:
    """A table; its rows are its lines. Columns of numbers and days are read as their text."""

    def __init__(self, file: Path) -> None:
        try:
            self._table = parquet.ParquetFile(file)
        except (OSError, ValueError) as failure:
            raise Invalid("load.parquet", f"Tệp {file.name} không phải Parquet.", f"{file.name} is not Parquet.") from failure
        self.names: list[str] = self._table.schema_arrow.names
        self.size: int = self._table.metadata.num_rows

    def chunks(self, start: Position) -> Iterator[Chunk]:
        first = 0
        for group in range(self._table.metadata.num_row_groups):
            count = self._table.metadata.row_group(group).num_rows
            if first + count > start.offset:
                yield from self._group(group, first, max(start.offset - first, 0))
            first += count

    def _group(self, group: int, row: int, skip: int) -> Iterator[Chunk]:
        for batch in self._table.iter_batches(CHUNK_ROWS, row_groups=[group]):
            if skip < batch.num_rows:
                yield self._chunk(batch.slice(skip), row + skip)
            skip = max(skip - batch.num_rows, 0)
            row += batch.num_rows

    def _chunk(self, batch: pa.RecordBatch, row: int) -> Chunk:
        end = Position(row + batch.num_rows, row + batch.num_rows)
        lines = range(row + 1, end.line + 1)
        if "line" in batch.schema.names or not all(_has_plain_text(kind) for kind in batch.schema.types):
            return Chunk(as_frame([], {}), end, dict(zip(lines, batch.to_pylist(), strict=True)))
        frame = pl.DataFrame(pl.from_arrow(batch)).with_columns(pl.all().cast(pl.String))
        return Chunk(frame.with_columns(pl.Series("line", lines, dtype=pl.Int64)), end)


def _has_plain_text(kind: pa.DataType) -> bool:
    """Whether Python and the columns engine write values of the type alike."""
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return bool(
        pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
        or pa.types.is_integer(kind) or pa.types.is_date(kind) or pa.types.is_null(kind)
    )  # fmt: skip
