"""Rows on their way into PostgreSQL: CSV made by the columns engine, COPY in pieces, staged rows taken out again with a reason."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from dancu.population.loading.prepare import Reject

Cursor = Any  # Django's wrapper around a psycopg cursor, which has `copy` beside what Django types
_PIECE_BYTES = 1 << 20


def encode(frame: pl.DataFrame) -> bytes:
    """CSV as COPY reads it: nothing is NULL, two quotes are the empty text."""
    out = io.BytesIO()
    frame.write_csv(out, include_header=False, batch_size=frame.height or 1)
    return out.getvalue()


def copy_csv(cursor: Cursor, table: str, names: Sequence[str], data: bytes) -> None:
    whole = memoryview(data)
    with cursor.copy(f"copy {table} ({', '.join(names)}) from stdin (format csv)") as copy:
        for start in range(0, len(data), _PIECE_BYTES):
            copy.write(whole[start : start + _PIECE_BYTES])


def rejected(cursor: Cursor, statement: str, field: str, message: str, values: Mapping[str, Any] | None = None) -> list[Reject]:
    """Run a statement that takes staged rows out and returns their lines."""
    cursor.execute(statement, values)
    return [Reject(line, field, message) for (line,) in cursor.fetchall()]
