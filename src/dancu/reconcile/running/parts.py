"""The parts of a job: one Parquet file a batch, with where the next batch begins. A part is there whole or not at all."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from dancu.reconcile.reading.batches import Position
from dancu.reconcile.running.folder import PARTS, write_file

RECORDS = pa.schema(
    [
        ("list_row", pa.int64()),
        ("row", pa.uint32()),
        ("found", pa.uint8()),
        ("differs", pa.uint8()),
        ("reason", pa.int64()),
        ("grade", pa.uint8()),
        ("own", pa.uint32()),
        ("number", pa.uint64()),
        ("who", pa.uint64()),
        ("record", pa.uint64()),
        ("province", pa.uint16()),
        ("born", pa.uint16()),
        ("written", pa.uint8()),
        ("reference", pa.large_string()),
        ("group", pa.large_string()),
    ]
)
_DENSE = ("number", "who", "record")  # keys: nothing in them repeats
_ABOUT = b"dancu"
QuarantinedLine = tuple[int, str, str]


class AboutPart(msgspec.Struct, frozen=True):
    """What stands in the head of a part (*mô tả phần kết quả*)."""

    number: int
    first: int  # place of its first record in the list, from 0
    records: int
    end: tuple[int, int, int]  # row, offset and bad rows of the place behind it
    counts: dict[str, int]  # per grade

    @property
    def position(self) -> Position:
        return Position(*self.end)


@dataclass(frozen=True, slots=True)
class Part:
    """A part that is read again, by the columns that were asked for (*phần kết quả*)."""

    about: AboutPart
    table: pa.Table

    def column(self, name: str) -> NDArray[Any]:
        values: NDArray[Any] = self.table.column(name).to_numpy()
        return values


def part_file(folder: Path, number: int) -> Path:
    return folder / PARTS / f"verdicts-{number:05d}.parquet"


def quarantine_file(folder: Path, number: int) -> Path:
    return folder / PARTS / f"quarantine-{number:05d}.csv"


def unresolved_file(folder: Path, number: int) -> Path:
    return folder / PARTS / f"unresolved-{number:05d}.parquet"


def own_file(folder: Path, number: int) -> Path:
    """What a profile keeps of a batch for its look at the whole list."""
    return folder / PARTS / f"own-{number:05d}.parquet"


def write_part(
    folder: Path,
    about: AboutPart,
    table: pa.Table,
    bad: Sequence[QuarantinedLine],
    unresolved: pa.Table | None,
    own: pa.Table | None = None,
) -> None:
    """The part itself last: it says that everything of its batch is there."""
    if bad:
        lines = io.StringIO()
        csv.writer(lines).writerows(bad)
        write_file(quarantine_file(folder, about.number), lines.getvalue().encode())
    if unresolved is not None:
        write_file(unresolved_file(folder, about.number), _as_parquet(unresolved))
    if own is not None:
        write_file(own_file(folder, about.number), _as_parquet(own))
    kept = table.replace_schema_metadata({_ABOUT: msgspec.json.encode(about)})
    write_file(part_file(folder, about.number), _as_parquet(kept))


def _as_parquet(table: pa.Table) -> memoryview[int]:
    sink = pa.BufferOutputStream()
    texts = [each.name for each in table.schema if pa.types.is_dictionary(each.type)]
    pq.write_table(
        table,
        sink,
        compression={name: "none" if name in _DENSE else "lz4" for name in table.column_names},
        use_dictionary=texts or False,
        write_statistics=False,
        column_encoding={"list_row": "DELTA_BINARY_PACKED"} if "list_row" in table.column_names else None,
        row_group_size=max(len(table), 1),
    )
    return memoryview(sink.getvalue())


def about_parts(folder: Path) -> list[AboutPart]:
    """What was made so far, without a gap."""
    made: list[AboutPart] = []
    while (file := part_file(folder, len(made))).is_file():
        found: Mapping[bytes, bytes] = pq.read_schema(file).metadata
        made.append(msgspec.json.decode(found[_ABOUT], type=AboutPart))
    return made


def read_parts(folder: Path, columns: Sequence[str]) -> Iterator[Part]:
    """The parts in the order of the list, one at a time in memory."""
    for about in about_parts(folder):
        yield Part(about, pq.read_table(part_file(folder, about.number), columns=list(columns)).combine_chunks())


def unresolved_files(folder: Path) -> list[Path]:
    """Where the records lie nobody was surely found for; none where they were not kept."""
    return [file for about in about_parts(folder) if (file := unresolved_file(folder, about.number)).is_file()]


def read_unresolved(files: Sequence[Path], at_once: int) -> Iterator[pa.Table]:
    """These records, some `at_once` in memory and at most a part more."""
    waiting: list[pa.Table] = []
    for file in files:
        waiting.append(pq.read_table(file))
        if sum(len(each) for each in waiting) >= at_once:
            yield pa.concat_tables(waiting)
            waiting = []
    if sum(len(each) for each in waiting):
        yield pa.concat_tables(waiting)


def quarantined(folder: Path) -> Iterator[list[str]]:
    """The bad rows that were written down, in the order of the list."""
    for about in about_parts(folder):
        if (file := quarantine_file(folder, about.number)).is_file():
            with file.open(encoding="utf-8", newline="") as lines:
                yield from csv.reader(lines)
