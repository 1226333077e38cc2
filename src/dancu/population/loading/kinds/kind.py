"""What a kind of load file is: its columns, how a row is read, in how many passes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl

from dancu.kernel.errors import Invalid
from dancu.population.loading.fields import Columns, Document, Field, names_of
from dancu.population.loading.files import Row

POLARS_TYPES: dict[str, Any] = {
    "int2": pl.Int16, "int8": pl.Int64, "text": pl.String, "jsonb": pl.String, "date": pl.Date
}  # fmt: skip


@dataclass(frozen=True)
class Kind:
    """One of the five tables a load file may hold (*loại dữ liệu nạp*). `fields` stand in the order in which a row is judged."""

    name: str
    required: tuple[str, ...]
    fields: tuple[Field, ...]
    # Rows that others of the same file lean on go first: the file is read once for each pass.
    passes: tuple[pl.Expr, ...] = (pl.lit(True),)
    # A column of the table whose value may stand once in a file; the field and the sentence for the second one.
    once: tuple[str, str, str] | None = None

    @cached_property
    def columns(self) -> tuple[str, ...]:
        return names_of(self.fields)

    @cached_property
    def gives(self) -> Columns:
        return tuple(column for field in self.fields for column in field.gives)

    @cached_property
    def may_be_null(self) -> frozenset[str]:
        return frozenset(name for field in self.fields if getattr(field, "optional", False) for name, _ in field.gives)

    @cached_property
    def schema(self) -> dict[str, Any]:
        return {"line": pl.Int64} | {name: POLARS_TYPES[kind] for name, kind in self.gives}

    @cached_property
    def documents(self) -> frozenset[str]:
        return frozenset(field.name for field in self.fields if isinstance(field, Document))

    def read(self, row: Row) -> list[Any]:
        """The values of one row. Raises `Invalid` with the field and the reason."""
        if "" in row:
            raise Invalid("load.row", "Dòng không đúng số cột hoặc không phải JSON.", "The row does not fit.", field="")
        return [value for field in self.fields for value in field.read(row)]

    def check_columns(self, names: Iterable[str]) -> None:
        """Raises `Invalid` when a required column is missing or one is unknown."""
        given = set(names)
        if missing := [name for name in self.required if name not in given]:
            raise Invalid("load.columns", f"Thiếu cột bắt buộc: {', '.join(missing)}.", f"Missing columns: {', '.join(missing)}.")
        if unknown := sorted(given - set(self.columns)):
            raise Invalid(
                "load.columns",
                f"Có cột không biết: {', '.join(unknown)}. Xem docs/reference/population-load.md.",
                f"Unknown columns: {', '.join(unknown)}.",
            )
