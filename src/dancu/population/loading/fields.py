"""What a column may hold, said twice: `read` takes one row and names what is wrong; `plain` and `values` take a whole chunk.

`plain` is true only where `read` would accept the row and give exactly `values`. A row it is not sure of goes through `read`, so
that every sentence about a wrong row has one origin.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar, Protocol

import msgspec
import polars as pl

from dancu.kernel.dates import PartialDate
from dancu.kernel.errors import Invalid
from dancu.kernel.names import NAME_LENGTH_MAX, clean_name
from dancu.kernel.personal_id import PersonalId
from dancu.population.loading.files import Row
from dancu.population.units.table import is_known

Columns = tuple[tuple[str, str], ...]  # of the table: name and type
_ONE_DIGIT_TWELVE_TIMES = [str(digit) * 12 for digit in range(10)]
# Letters of Vietnamese names, composed; a name with any other goes through `clean_name`.
NAME_LETTERS = "A-Za-zÀ-ÃÈ-ÊÌÍÒ-ÕÙÚÝà-ãè-êìíò-õùúýĂăĐđĨĩŨũƠơƯưẠ-ỹ"


class Field(Protocol):
    """One item of a row: the columns of the file it reads and those of the table it gives."""

    @property
    def reads(self) -> tuple[str, ...]: ...
    @property
    def gives(self) -> Columns: ...
    def read(self, row: Row) -> Sequence[Any]: ...
    def plain(self, frame: pl.DataFrame) -> pl.Expr: ...
    def values(self) -> Sequence[pl.Expr]: ...


@dataclass(frozen=True)
class _Column:
    name: str
    kind: ClassVar[str] = "text"

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.name,)

    @property
    def gives(self) -> Columns:
        return ((self.name, self.kind),)


@dataclass(frozen=True)
class Text(_Column):
    def read(self, row: Row) -> Sequence[Any]:
        return (text(row, self.name),)

    def plain(self, frame: pl.DataFrame) -> pl.Expr:
        return is_storable(self.name)

    def values(self) -> Sequence[pl.Expr]:
        return (pl.col(self.name),)


@dataclass(frozen=True)
class Number(_Column):
    """Twelve digits."""

    into: str = "personal_no"
    optional: bool = False

    @property
    def gives(self) -> Columns:
        return ((self.into, "int8"),)

    def read(self, row: Row) -> Sequence[Any]:
        given = text(row, self.name)
        return (None,) if self.optional and not given else (PersonalId.parse(given, self.name).number,)

    def plain(self, frame: pl.DataFrame) -> pl.Expr:
        column = pl.col(self.name)
        plain = column.str.contains("^[0-9]{12}$") & ~column.is_in(_ONE_DIGIT_TWELVE_TIMES)
        return plain | (column == "") if self.optional else plain

    def values(self) -> Sequence[pl.Expr]:
        return (pl.col(self.name).cast(pl.Int64, strict=False).alias(self.into),)


@dataclass(frozen=True)
class Name(_Column):
    def read(self, row: Row) -> Sequence[Any]:
        return (clean_name(text(row, self.name), self.name),)

    def plain(self, frame: pl.DataFrame) -> pl.Expr:
        column = pl.col(self.name)
        return column.str.contains(f"^[{NAME_LETTERS}]+(?: [{NAME_LETTERS}]+)*$") & (column.str.len_chars() <= NAME_LENGTH_MAX)

    def values(self) -> Sequence[pl.Expr]:
        return (pl.col(self.name),)


@dataclass(frozen=True)
class BirthDate(_Column):
    gives: ClassVar[Columns] = (("birth_year", "int2"), ("birth_month", "int2"), ("birth_day", "int2"))

    def read(self, row: Row) -> Sequence[Any]:
        born = PartialDate.parse(text(row, self.name), self.name)
        return (born.year, born.month, born.day)

    def plain(self, frame: pl.DataFrame) -> pl.Expr:
        column = pl.col(self.name)
        in_range = column.str.contains("^(?:18[5-9]|19[0-9]|2[01][0-9])[0-9](?:-[0-9]{2}-[0-9]{2})?$")
        return in_range & ((column.str.len_bytes() == 4) | column.str.to_date("%Y-%m-%d", strict=False).is_not_null())

    def values(self) -> Sequence[pl.Expr]:
        parts = zip(self.gives, (0, 5, 8), (4, 2, 2), strict=True)
        return [
            pl.col(self.name).str.slice(start, length).cast(pl.Int16, strict=False).fill_null(0).alias(name)
            for (name, _), start, length in parts
        ]


@dataclass(frozen=True)
class Code(_Column):
    default: int
    least: int
    most: int
    kind: ClassVar[str] = "int2"

    def read(self, row: Row) -> Sequence[Any]:
        given = text(row, self.name)
        if not given:
            return (self.default,)
        if not (given.isascii() and given.isdigit() and self.least <= int(given) <= self.most):
            raise Invalid(
                "load.code",
                f"{self.name} phải là số từ {self.least} đến {self.most}.",
                f"{self.name} is out of range.",
                field=self.name,
            )
        return (int(given),)

    def plain(self, frame: pl.DataFrame) -> pl.Expr:
        column = pl.col(self.name)
        number = column.cast(pl.Int16, strict=False).is_between(self.least, self.most)
        return (column == "") | (column.str.contains("^[0-9]{1,2}$") & number)

    def values(self) -> Sequence[pl.Expr]:
        return (pl.col(self.name).cast(pl.Int16, strict=False).fill_null(self.default),)


@dataclass(frozen=True)
class Whole(_Column):
    """A whole number above nothing."""

    optional: bool = False
    kind: ClassVar[str] = "int8"

    def read(self, row: Row) -> Sequence[Any]:
        given = text(row, self.name)
        if self.optional and not given:
            return (None,)
        if not (given.isascii() and given.isdigit() and len(given) < 20 and 1 <= int(given) < 2**63):
            raise Invalid("load.whole", f"{self.name} phải là số nguyên dương.", f"{self.name} must be a number.", field=self.name)
        return (int(given),)

    def plain(self, frame: pl.DataFrame) -> pl.Expr:
        plain = pl.col(self.name).str.contains("^[1-9][0-9]{0,17}$")
        return plain | (pl.col(self.name) == "") if self.optional else plain

    def values(self) -> Sequence[pl.Expr]:
        return (pl.col(self.name).cast(pl.Int64, strict=False),)


@dataclass(frozen=True)
class Choice(_Column):
    among: tuple[str, ...]

    def read(self, row: Row) -> Sequence[Any]:
        given = text(row, self.name)
        if given not in self.among:
            raise Invalid(
                "load.choice",
                f"{self.name} phải là một trong: {', '.join(self.among)}.",
                f"{self.name} must be one of: {', '.join(self.among)}.",
                field=self.name,
            )
        return (given,)

    def plain(self, frame: pl.DataFrame) -> pl.Expr:
        return pl.col(self.name).is_in(list(self.among))

    def values(self) -> Sequence[pl.Expr]:
        return (pl.col(self.name),)


@dataclass(frozen=True)
class Day(_Column):
    optional: bool = True
    kind: ClassVar[str] = "date"

    def read(self, row: Row) -> Sequence[Any]:
        found = day(row, self.name)
        if found is None and not self.optional:
            raise Invalid("load.date", f"Chưa có {self.name} (mẫu 2026-11-24).", f"{self.name} is missing.", field=self.name)
        return (found,)

    def plain(self, frame: pl.DataFrame) -> pl.Expr:
        column = pl.col(self.name)
        plain = column.str.contains("^[12][0-9]{3}-[0-9]{2}-[0-9]{2}$") & self.values()[0].is_not_null()
        return plain | (column == "") if self.optional else plain

    def values(self) -> Sequence[pl.Expr]:
        return (pl.col(self.name).str.to_date("%Y-%m-%d", strict=False),)


@dataclass(frozen=True)
class Place:
    """Version, code and detail of an address. What nobody can read back later is refused now."""

    prefix: str = ""

    @property
    def reads(self) -> tuple[str, ...]:
        return tuple(f"{self.prefix}{part}" for part in ("version", "code", "detail"))

    @property
    def gives(self) -> Columns:
        return tuple((name, "text") for name in self.reads)

    def read(self, row: Row) -> Sequence[Any]:
        version, code, detail = (text(row, name) for name in self.reads)
        if code and not is_known(version, code):
            raise Invalid(
                "load.area",
                f"Danh mục {version!r} không có đơn vị mã {code!r}. Sửa mã, hoặc để trống mã và ghi vào {self.reads[2]}.",
                f"The list {version!r} has no unit {code!r}.",
                field=self.reads[1],
            )
        return version, code, detail

    def plain(self, frame: pl.DataFrame) -> pl.Expr:
        version, code, detail = self.reads
        pairs = frame.select(version, code).unique().rows()
        unknown = [f"{pair[0]}|{pair[1]}" for pair in pairs if pair[1] and not is_known(*pair)]
        plain = is_storable(version) & is_storable(detail)
        if unknown:
            plain &= ~pl.concat_str(version, pl.lit("|"), code).is_in(unknown)
        return plain

    def values(self) -> Sequence[pl.Expr]:
        return [pl.col(name) for name in self.reads]


@dataclass(frozen=True)
class Document(_Column):
    """JSON of one shape; `pattern` is how programs write it: anything else is decoded."""

    empty: str
    shape: Any  # a type of msgspec
    pattern: str
    days: tuple[str, ...] = ()
    kind: ClassVar[str] = "jsonb"

    def read(self, row: Row) -> Sequence[Any]:
        value = row.get(self.name)
        if not value:
            return (self.empty,)
        try:
            given = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            found = msgspec.json.decode(given, type=self.shape)
        except msgspec.ValidationError:
            raise Invalid(
                "load.json", f"{self.name} sai kiểu JSON.", f"{self.name} has the wrong JSON type.", field=self.name
            ) from None
        except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
            raise Invalid("load.json", f"{self.name} không phải JSON.", f"{self.name} is not JSON.", field=self.name) from None
        if "\\u0000" in given or not _has_encoding(given):
            raise Invalid("load.character", "Có ký tự không lưu được (U+0000).", "A bad character.", field=self.name)
        for each in found if self.days else ():
            for name in self.days:
                day(each, name, self.name)
        return (given,)

    def plain(self, frame: pl.DataFrame) -> pl.Expr:
        return (pl.col(self.name) == "") | pl.col(self.name).str.contains(self.pattern)

    def values(self) -> Sequence[pl.Expr]:
        return (pl.when(pl.col(self.name) == "").then(pl.lit(self.empty)).otherwise(pl.col(self.name)).alias(self.name),)


@dataclass(frozen=True)
class Rule:
    """A sentence about several columns of one row; gives none. `holds` looks at one row, `plainly` at a chunk."""

    holds: Callable[[Row], bool]
    plainly: pl.Expr
    refusal: Invalid
    reads: tuple[str, ...] = ()
    gives: Columns = ()

    def read(self, row: Row) -> Sequence[Any]:
        if not self.holds(row):
            raise self.refusal
        return ()

    def plain(self, frame: pl.DataFrame) -> pl.Expr:
        return self.plainly

    def values(self) -> Sequence[pl.Expr]:
        return ()


def is_storable(name: str) -> pl.Expr:
    return ~pl.col(name).str.contains("\0", literal=True)


def text(row: Row, column: str) -> str:
    value = row.get(column)
    found = "" if value is None else str(value)
    if "\0" in found or not _has_encoding(found):
        raise Invalid("load.character", "Có ký tự không lưu được (U+0000, không phải UTF-8).", "A bad character.", field=column)
    return found


def _has_encoding(found: str) -> bool:
    try:
        found.encode()
    except UnicodeEncodeError:  # half of a pair, which no encoding has
        return False
    return True


def day(row: Row, column: str, field: str | None = None) -> date | None:
    """An ISO day, None where there is none. Raises `Invalid` naming `field`, or the column."""
    value = row.get(column)
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value)) if value else None
    except ValueError:
        raise Invalid("load.date", f"{column} phải theo mẫu 2026-11-24.", f"{column} must be ISO.", field=field or column) from None


def names_of(fields: Iterable[Field]) -> tuple[str, ...]:
    """The columns of the file that these fields read."""
    return tuple(name for field in fields for name in field.reads)
