"""The bulk load of persons: documented columns, every row checked, rejects kept with line, field and reason.

Rows stream through in chunks; a chunk is one binary COPY into a staging table and one merge, so that memory stays
bounded and a second run of the same file changes nothing.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, TextIO

import msgspec
import pyarrow.parquet as parquet
from django.db import connection, transaction

from dancu.kernel.dates import PartialDate
from dancu.kernel.errors import DancuError, Invalid
from dancu.kernel.names import clean_name
from dancu.kernel.personal_id import PersonalId
from dancu.population.models import LoadBatch
from dancu.population.units.table import is_known

CHUNK_ROWS = 20_000
REJECTS_SHOWN = 20
ADDRESSES = ("birth_place", "birth_registration", "home_town", "permanent", "temporary", "current")
TEXTS = (
    "other_name",
    "nationality",
    "old_id_no",
    "temporary_absence",
    "residence_file_no",
    "household_relation",
    "household_book_no",
    "phone",
    "email",
)
SMALL_CODES = {
    "sex": (0, 0, 2),
    "ethnicity": (99, 0, 99),
    "religion": (0, 0, 99),
    "blood_type": (0, 0, 4),
    "marital_status": (0, 0, 3),
    "life_status": (0, 0, 2),
    "number_state": (0, 0, 2),
}  # default, least, most
JSONS = {"id_cards": "[]", "relatives": "{}", "household_head": "{}", "attached": "{}"}
_Texts = dict[str, str | None]
_SHAPES: dict[str, msgspec.json.Decoder[Any]] = {
    "id_cards": msgspec.json.Decoder(list[_Texts]),
    "relatives": msgspec.json.Decoder(dict[str, _Texts]),
    "household_head": msgspec.json.Decoder(_Texts),
    "attached": msgspec.json.Decoder(_Texts),
}
REQUIRED = ("personal_id", "full_name", "birth_date")

_COLUMNS: tuple[tuple[str, str], ...] = (
    ("personal_no", "int8"),
    ("full_name", "text"),
    ("birth_year", "int2"),
    ("birth_month", "int2"),
    ("birth_day", "int2"),
    ("successor_no", "int8"),
    ("life_status_on", "date"),
    *((name, "int2") for name in SMALL_CODES),
    *((name, "text") for name in TEXTS),
    *((f"{name}_{part}", "text") for name in ADDRESSES for part in ("version", "code", "detail")),
    *((name, "jsonb") for name in JSONS),
    ("load_batch", "int8"),
)
COLUMN_NAMES = (
    *REQUIRED,
    "successor",
    "life_status_on",
    *SMALL_CODES,
    *TEXTS,
    *(f"{n}_{p}" for n in ADDRESSES for p in ("version", "code", "detail")),
    *JSONS,
)


@dataclass(slots=True)
class LoadResult:
    """What a load did (*kết quả nạp dữ liệu*)."""

    read: int = 0
    changed: int = 0  # rows new or different
    rejected: int = 0
    first_rejects: list[str] = field(default_factory=list)


def load_persons(
    file: Path,
    *,
    now: datetime,
    rejects: TextIO | None = None,
    progress: Callable[[int], None] = lambda rows: None,
) -> LoadResult:
    """Load a CSV, JSONL or Parquet file (*nạp dữ liệu dân cư*). Raises `Invalid` when the file itself cannot be read so.

    A row that is wrong is rejected and said; the others are loaded. Loading the same file again changes nothing.
    """
    result = LoadResult()
    rows = _rows_of(file)
    batch = LoadBatch.objects.create(file_name=file.name, file_sha256=_digest(file), started_at=now)
    chunk: list[tuple[Any, ...]] = []
    seen: set[int] = set()
    for line, row in rows:
        result.read += 1
        try:
            values = _values(row, batch.pk)
            if values[0] in seen:
                raise Invalid("load.twice", "Số định danh đã có ở dòng trước trong cùng tệp.", field="personal_id")
            seen.add(values[0])
            chunk.append(values)
        except DancuError as failure:
            _reject(result, rejects, line, failure)
        if len(chunk) >= CHUNK_ROWS:
            result.changed += _merge(chunk)
            chunk.clear()
            progress(result.read)
    result.changed += _merge(chunk)
    progress(result.read)
    LoadBatch.objects.filter(pk=batch.pk).update(finished_at=now, loaded=result.changed, rejected=result.rejected)
    with connection.cursor() as cursor:
        cursor.execute("analyze population_person")
    return result


def _rows_of(file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    readers = {".csv": _csv_rows, ".jsonl": _json_rows, ".parquet": _parquet_rows}
    if not file.is_file():
        raise Invalid("load.no_file", f"Không có tệp {file}.", f"There is no file {file}.")
    if file.suffix not in readers:
        raise Invalid("load.kind", "Chỉ nạp được tệp .csv, .jsonl hoặc .parquet.", "Only .csv, .jsonl and .parquet.")
    if file.stat().st_size == 0:
        raise Invalid("load.empty", f"Tệp {file.name} rỗng: không có dòng nào.", f"The file {file.name} is empty.")
    return readers[file.suffix](file)


def _csv_rows(file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as source:
            reader = csv.DictReader(source, strict=True)
            _check_columns(reader.fieldnames or ())
            for row in reader:
                if None in row or None in row.values():
                    row = {"": "short"}  # too many or too few columns: rejected below
                yield reader.line_num, row
    except UnicodeDecodeError as failure:
        raise Invalid(
            "load.encoding", f"Tệp {file.name} không phải UTF-8. Lưu lại theo UTF-8 rồi nạp.", f"The file {file.name} is not UTF-8."
        ) from failure
    except csv.Error as failure:
        raise Invalid("load.csv", f"Tệp {file.name} không đúng dạng CSV: {failure}.", str(failure)) from failure


def _json_rows(file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    with file.open(encoding="utf-8", errors="surrogateescape") as source:  # bytes that are no UTF-8 cost their line only
        for line, text in enumerate(source, start=1):
            try:
                row = json.loads(text)
            except (ValueError, RecursionError):
                row = None
            yield line, row if isinstance(row, dict) else {"": "not an object"}


def _parquet_rows(file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        table = parquet.ParquetFile(file)
    except (OSError, ValueError) as failure:
        raise Invalid("load.parquet", f"Tệp {file.name} không phải Parquet.", f"{file.name} is not Parquet.") from failure
    _check_columns(table.schema_arrow.names)
    line = 0
    for batch in table.iter_batches(CHUNK_ROWS):
        for row in batch.to_pylist():
            line += 1
            yield line, row


def _check_columns(names: Iterable[str]) -> None:
    given = set(names)
    if missing := [name for name in REQUIRED if name not in given]:
        raise Invalid("load.columns", f"Thiếu cột bắt buộc: {', '.join(missing)}.", f"Missing columns: {', '.join(missing)}.")
    if unknown := sorted(given - set(COLUMN_NAMES)):
        raise Invalid(
            "load.columns",
            f"Có cột không biết: {', '.join(unknown)}. Xem docs/reference/population-load.md.",
            f"Unknown columns: {', '.join(unknown)}.",
        )


def _values(row: dict[str, Any], batch: int) -> tuple[Any, ...]:
    if "" in row:
        raise Invalid("load.row", "Dòng không đúng số cột hoặc không phải JSON.", "The row does not fit.", field="")
    number = PersonalId.parse(_text(row, "personal_id"))
    name = clean_name(_text(row, "full_name"))
    born = PartialDate.parse(_text(row, "birth_date"))
    successor = _text(row, "successor")
    values: list[Any] = [
        number.number,
        name,
        born.year,
        born.month,
        born.day,
        PersonalId.parse(successor, "successor").number if successor else None,
        _day(row, "life_status_on"),
    ]
    values += [_code(row, column, *limits) for column, limits in SMALL_CODES.items()]
    if (values[_STATE_AT] == 1) != bool(successor):
        raise Invalid(
            "load.successor",
            "Số đã thay thế (number_state=1) phải có số mới (successor), và ngược lại.",
            "A replaced number needs its successor.",
            field="successor",
        )
    values += [_text(row, column) for column in TEXTS]
    for address in ADDRESSES:
        values += _address(row, address)
    values += [_document(row, column, empty) for column, empty in JSONS.items()]
    return (*values, batch)


_STATE_AT = 7 + list(SMALL_CODES).index("number_state")


def _text(row: dict[str, Any], column: str) -> str:
    value = row.get(column)
    text = "" if value is None else str(value)
    if "\0" in text or not _is_storable(text):
        raise Invalid("load.character", "Có ký tự không lưu được (U+0000, không phải UTF-8).", "A bad character.", field=column)
    return text


def _is_storable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a pair, which no encoding has
        return False
    return True


def _code(row: dict[str, Any], column: str, default: int, least: int, most: int) -> int:
    text = _text(row, column)
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        raise Invalid("load.code", f"{column} phải là số từ {least} đến {most}.", f"{column} is out of range.", field=column)
    return int(text)


def _day(row: dict[str, Any], column: str, field: str | None = None) -> date | None:
    value = row.get(column)
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value)) if value else None
    except ValueError:
        raise Invalid("load.date", f"{column} phải theo mẫu 2026-11-24.", f"{column} must be ISO.", field=field or column) from None


def _address(row: dict[str, Any], name: str) -> tuple[str, str, str]:
    """Version, code and detail of one address. What nobody can read back later is refused now."""
    version, code, detail = (_text(row, f"{name}_{part}") for part in ("version", "code", "detail"))
    if code and not is_known(version, code):
        raise Invalid(
            "load.area",
            f"Danh mục {version!r} không có đơn vị mã {code!r}. Sửa mã, hoặc để trống mã và ghi vào {name}_detail.",
            f"The list {version!r} has no unit {code!r}.",
            field=f"{name}_code",
        )
    return version, code, detail


def _document(row: dict[str, Any], column: str, empty: str) -> str:
    value = row.get(column)
    if not value:
        return empty
    try:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        found = _SHAPES[column].decode(text)
    except msgspec.ValidationError:
        raise Invalid("load.json", f"{column} sai kiểu JSON.", f"{column} has the wrong JSON type.", field=column) from None
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        raise Invalid("load.json", f"{column} không phải JSON.", f"{column} is not JSON.", field=column) from None
    if "\\u0000" in text or not _is_storable(text):
        raise Invalid("load.character", "Có ký tự không lưu được (U+0000).", "A bad character.", field=column)
    if column == "id_cards":
        for card in found:
            for day in ("issued_on", "expires_on"):
                _day(card, day, column)
    return text


def _merge(chunk: list[tuple[Any, ...]]) -> int:
    """Copy a chunk in binary and merge it; gives the number of rows that are new or different."""
    if not chunk:
        return 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_STAGING)
        with cursor.copy(_COPY) as copy:
            copy.set_types(["text" if kind == "jsonb" else kind for _, kind in _COLUMNS])
            for row in chunk:
                copy.write_row(row)
        cursor.execute(_MERGE)
        return int(cursor.rowcount)


def _names(prefix: str = "", skip_ends: bool = False) -> str:
    columns = _COLUMNS[1:-1] if skip_ends else _COLUMNS
    return ", ".join(f"{prefix}{name}" for name, _ in columns)


# Documents travel as text and become jsonb in the merge: a binary copy would wrap them once more.
_STAGING = "create temp table if not exists loading ({}) on commit delete rows".format(
    ", ".join(f"{name} {'text' if kind == 'jsonb' else kind}" for name, kind in _COLUMNS)
)
_COPY = f"copy loading ({_names()}) from stdin (format binary)"
_MERGE = (
    f"insert into population_person as p ({_names()}) "  # noqa: S608 - our own column lists
    f"select {', '.join(f'{n}::jsonb' if k == 'jsonb' else n for n, k in _COLUMNS)} from loading "
    f"on conflict (personal_no) do update set {', '.join(f'{n} = excluded.{n}' for n, _ in _COLUMNS[1:])} "
    f"where ({_names('p.', True)}) is distinct from ({_names('excluded.', True)})"
)


def _reject(result: LoadResult, rejects: TextIO | None, line: int, failure: DancuError) -> None:
    result.rejected += 1
    sentence = f"{line}\t{failure.field or ''}\t{failure.message}"
    if len(result.first_rejects) < REJECTS_SHOWN:
        result.first_rejects.append(sentence)
    if rejects is not None:
        rejects.write(sentence + "\n")


def _digest(file: Path) -> str:
    with file.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
