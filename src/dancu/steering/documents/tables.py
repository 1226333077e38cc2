"""Tables in files of commas, read strictly: every complaint names the file and the line. Pure but for the file."""

from __future__ import annotations

import csv
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from dancu.kernel.errors import DancuError

Word = TypeVar("Word", bound=StrEnum)
Value = TypeVar("Value")


class SourceError(ValueError):
    """A file of a document is not as it must be (*tệp dữ liệu sai*): which file, which line, what."""

    def __init__(self, file: Path, line: int, what: str) -> None:
        super().__init__(f"{file.parent.name}/{file.name}:{line}: {what}")


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row with where it stands (*dòng của bảng*)."""

    file: Path
    line: int
    cells: Mapping[str, str]

    def error(self, what: str) -> SourceError:
        return SourceError(self.file, self.line, what)

    def text(self, column: str) -> str:
        """A cell that may be empty."""
        return self.cells[column]

    def needed(self, column: str) -> str:
        if not self.cells[column]:
            raise self.error(f"{column} is empty")
        return self.cells[column]

    def words(self, column: str) -> tuple[str, ...]:
        """Words with blanks between them, none twice."""
        found = tuple(self.cells[column].split())
        if len(set(found)) != len(found):
            raise self.error(f"{column} names something twice: {self.cells[column]}")
        return found

    def word(self, column: str, kind: type[Word]) -> Word:
        return self._as(column, kind)

    def day(self, column: str) -> date | None:
        return self._as(column, date.fromisoformat) if self.cells[column] else None

    def number(self, column: str) -> Decimal | None:
        """An exact number as computers write it: digits, one dot, a minus."""
        if not self.cells[column]:
            return None
        value = self._as(column, Decimal)
        if not value.is_finite():
            raise self.error(f"{column}: {self.cells[column]!r} is no number")
        return value

    def count(self, column: str) -> int | None:
        value = self.number(column)
        if value is None:
            return None
        if value != int(value) or value < 0:
            raise self.error(f"{column}: {self.cells[column]!r} is no count")
        return int(value)

    def yes(self, column: str) -> bool:
        if self.cells[column] not in ("", "yes"):
            raise self.error(f"{column}: {self.cells[column]!r} is neither yes nor empty")
        return bool(self.cells[column])

    def one_of(self, column: str, known: Collection[str]) -> str:
        """A cell that names something known."""
        if self.needed(column) not in known:
            raise self.error(f"{column}: nobody knows {self.cells[column]!r}")
        return self.cells[column]

    def _as(self, column: str, read: Callable[[str], Value]) -> Value:
        try:
            return read(self.cells[column])
        except (ValueError, InvalidOperation, DancuError):
            raise self.error(f"{column}: cannot read {self.cells[column]!r}") from None

    def read(self, column: str, read: Callable[[str], Value]) -> Value:
        """A cell as `read` understands it; what it refuses is told with file and line."""
        return self._as(column, read)


def rows_of(file: Path, columns: Sequence[str]) -> Iterator[TableRow]:
    """The rows of a table with exactly these columns."""
    try:
        opened = file.open(encoding="utf-8", newline="")
    except FileNotFoundError:
        raise SourceError(file, 0, "there is no such file") from None
    with opened:
        reader = csv.reader(opened, strict=True)
        heads = next(reader, [])
        if heads != list(columns):
            strange = sorted(set(heads) ^ set(columns)) or heads
            raise SourceError(file, 1, f"columns unknown, missing or in another order: {', '.join(strange)}")
        for cells in reader:
            if len(cells) != len(columns):
                raise SourceError(file, reader.line_num, f"{len(cells)} cells, not {len(columns)}")
            yield TableRow(file, reader.line_num, dict(zip(columns, (each.strip() for each in cells), strict=True)))


def unlike(rows: Sequence[TableRow], column: str) -> None:
    """Refuses the second row with the same value."""
    seen: set[str] = set()
    for row in rows:
        if row.needed(column) in seen:
            raise row.error(f"{column}: {row.text(column)!r} stands twice")
        seen.add(row.text(column))
