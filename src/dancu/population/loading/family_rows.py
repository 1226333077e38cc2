"""Households, memberships, relations and residences into their tables: staged, judged as a set, inserted.

A row the table holds already changes nothing. One that was withdrawn as wrong does not come back by a file.
"""

from __future__ import annotations

from datetime import datetime

import polars as pl

from dancu.population.domain import address_key
from dancu.population.loading.clashes import clashing_lines
from dancu.population.loading.copying import Cursor, copy_csv, encode, rejected
from dancu.population.loading.kinds.families import Check, FamilyTable
from dancu.population.loading.prepare import Prepared, Reject
from dancu.population.models import LoadBatch

_WITHDRAWN = Check("", "Dòng này đã bị huỷ vì sai trong cơ sở dữ liệu. Muốn ghi lại, lập yêu cầu điều chỉnh.", "")


class FamilyRows:
    """Takes the chunks of one run for one of the four tables (*dữ liệu hộ, quan hệ, cư trú*)."""

    def __init__(self, table: FamilyTable, batch: LoadBatch, now: datetime) -> None:
        self._table, self._staging = table, f"loading_{table.kind.name}"
        self._values = {"batch": batch.pk, "now": now}
        self._columns = (*table.kind.gives, *((("address_key", "int8"),) if table.has_address else ()))
        self._has_withdrawn = table.name != "population_household"

    def encode(self, prepared: Prepared) -> tuple[pl.DataFrame, bytes]:
        """The rows for staging, each once, with the number of their address. Called ahead, by the thread that reads."""
        frame = prepared.frame.unique([name for name, _ in self._table.kind.gives], keep="first", maintain_order=True)
        if self._table.has_address:
            frame = _with_address_key(frame)
        return frame, encode(frame)

    def take(self, cursor: Cursor, prepared: Prepared, encoded: tuple[pl.DataFrame, bytes]) -> tuple[int, list[Reject]]:
        """Write a chunk; gives how many rows are new or changed, and the rejects only the tables know of."""
        frame, data = encoded
        columns = ", ".join(f"{name} {kind}" for name, kind in self._columns)
        cursor.execute(f"create temp table if not exists {self._staging} (line int8, {columns}); truncate {self._staging}")
        copy_csv(cursor, self._staging, frame.columns, data)
        cursor.execute(f"analyze {self._staging}")
        self._drop(cursor, self._same("x.withdrawn_at is null" if self._has_withdrawn else "true"))
        updated = self._update(cursor)
        rejects = self._judge(cursor, frame)
        return updated + self._insert(cursor), rejects

    def _judge(self, cursor: Cursor, frame: pl.DataFrame) -> list[Reject]:
        against = [clash.against(self._table.name) for clash in self._table.clashes]
        rejects = self._refused(cursor, [*self._table.checks, *against])
        if self._has_withdrawn:
            withdrawn = self._drop(cursor, self._same("x.withdrawn_at is not null"))
            rejects += [Reject(line, _WITHDRAWN.field, _WITHDRAWN.message) for line in withdrawn]
        left = frame.filter(pl.col("line").is_in(self._lines(cursor)))
        for clash in self._table.clashes:
            lines = clashing_lines(left, clash)
            left = left.filter(~pl.col("line").is_in(lines))
            rejects += [Reject(line, clash.field, clash.message) for line in lines]
            self._take_out(cursor, lines)
        return rejects + self._refused(cursor, self._table.last)

    def _refused(self, cursor: Cursor, checks: tuple[Check, ...] | list[Check]) -> list[Reject]:
        found: list[Reject] = []
        for check in checks:
            condition = check.condition.format(staging=self._staging)
            statement = f"delete from {self._staging} l where {condition} returning l.line"  # noqa: S608 - our own conditions
            found += rejected(cursor, statement, check.field, check.message)
        return found

    def _same(self, more: str) -> str:
        empty = self._table.kind.may_be_null  # this comparison no index serves: only where it must be
        equal = " and ".join(
            f"x.{name} is not distinct from l.{name}" if name in empty else f"x.{name} = l.{name}"
            for name, _ in self._table.kind.gives
        )
        return f"exists (select from {self._table.name} x where {equal} and {more})"

    def _drop(self, cursor: Cursor, condition: str) -> list[int]:
        cursor.execute(f"delete from {self._staging} l where {condition} returning l.line")  # noqa: S608 - our own condition
        return [line for (line,) in cursor.fetchall()]

    def _lines(self, cursor: Cursor) -> list[int]:
        cursor.execute(f"select line from {self._staging}")  # noqa: S608 - our own table
        return [line for (line,) in cursor.fetchall()]

    def _take_out(self, cursor: Cursor, lines: list[int]) -> None:
        if lines:
            cursor.execute(f"delete from {self._staging} where line = any (%s)", [lines])  # noqa: S608 - our own table

    def _update(self, cursor: Cursor) -> int:
        if not self._table.update:
            return 0
        cursor.execute(self._table.update.format(staging=self._staging))
        updated = int(cursor.rowcount)
        self._drop(cursor, self._same("true"))
        return updated

    def _insert(self, cursor: Cursor) -> int:
        names = ", ".join(name for name, _ in self._columns)
        cursor.execute(
            f"insert into {self._table.name} ({names}, recorded_at, load_batch) "  # noqa: S608 - our own columns
            f"select {names}, %(now)s, %(batch)s from {self._staging} order by line",
            self._values,
        )
        return int(cursor.rowcount)


def _with_address_key(frame: pl.DataFrame) -> pl.DataFrame:
    """One computation an address, not one a row."""
    address = ["version", "code", "detail"]
    each = frame.select(address).unique()
    keys = each.with_columns(pl.Series("address_key", [address_key(*row) for row in each.iter_rows()], dtype=pl.Int64))
    return frame.join(keys, on=address, how="left", maintain_order="left")
