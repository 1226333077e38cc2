"""Which subscribers of a compared list may flow into the registry, read from its file and its parts. Pure.

Only what matched as it was written (`Grade.MATCH`), with a mobile number: item 25 of the law knows no fixed line. Where one list
says of one number that it is several persons', none of them flows: its owner has to know first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from dancu.kernel.errors import Conflict
from dancu.reconcile.engine.grading import Grade
from dancu.reconcile.engine.parsing import parse_date
from dancu.reconcile.phones.domain import FIRST_DAY, Brought
from dancu.reconcile.profiles.numbers import NO_NUMBER, phone_numbers
from dancu.reconcile.reading.batches import batches
from dancu.reconcile.reading.files import open_list
from dancu.reconcile.reading.headings import Role
from dancu.reconcile.reading.text_rows import Column
from dancu.reconcile.running.comparing import texts_of
from dancu.reconcile.running.folder import PARTS, WORK, write_file
from dancu.reconcile.running.parts import read_parts
from dancu.reconcile.running.plan import Plan, mapping_of, read_plan

FLOWING = "phones.parquet"  # in the work of the round, by place of the list
_SUBSCRIBER_DIGITS = 10**8
_FIRST_DIGITS = np.array([3, 5, 7, 8, 9])  # behind the zero of a mobile number
_COLUMNS = pa.schema([("person", pa.int64()), ("phone", pa.int64()), ("day", pa.date32())])
Whole = NDArray[np.int64]
Bools = NDArray[np.bool_]
Numbers = Callable[[NDArray[np.uint32]], Whole]


@dataclass(frozen=True, slots=True)
class Flowing:
    """What of a list may flow (*thuê bao được chuyển vào CSDL dân cư*)."""

    total: int
    contradictory: int  # records left out because the list itself gives their number to several persons


def find_flowing(folder: Path, file: Path, numbers_of: Numbers, verified_on: date, today: date) -> Flowing:
    """Read a compared list once more and keep what may flow, in its order; found once, it is not read again.

    `verified_on` is the day of records that have none of their own, or one that cannot be. `numbers_of` is that of the snapshot
    the round was compared with. Raises `FileNotFoundError` where parts or list are gone, `Conflict` where the list has no
    column of telephone numbers or is not the one that was compared.
    """
    found = _kept(folder)
    if found is not None:
        return found
    plan = read_plan(folder)
    if Role.PHONE.value not in plan.mapping:
        raise Conflict(
            "phone.no_column",
            "Danh sách của đợt này không có cột số điện thoại. Bạn gửi lại danh sách có cột đó.",
            "The list of this round has no column of telephone numbers.",
        )
    if not (folder / PARTS).is_dir():
        raise FileNotFoundError(folder / PARTS)
    pieces = list(_pieces(folder, file, plan, numbers_of, verified_on, today))
    table = pa.concat_tables(pieces) if pieces else _COLUMNS.empty_table()
    is_told_apart = ~_is_of_several(table["phone"].to_numpy(), table["person"].to_numpy())
    flowing = table.filter(pa.array(is_told_apart))
    out = pa.BufferOutputStream()
    left_out = len(table) - len(flowing)
    pq.write_table(flowing.replace_schema_metadata({b"contradictory": str(left_out).encode()}), out)
    (folder / WORK).mkdir(exist_ok=True)
    write_file(folder / WORK / FLOWING, memoryview(out.getvalue()))
    return Flowing(len(flowing), left_out)


def read_flowing(folder: Path, start: int, count: int) -> list[Brought]:
    """Some of what `find_flowing` found, from a place on (*đọc một phần*)."""
    table = pq.read_table(folder / WORK / FLOWING, memory_map=True).slice(start, count)
    return [Brought(each["person"], f"0{each['phone']}", each["day"]) for each in table.to_pylist()]


def is_mobile(phones: Whole) -> Bools:
    """Nine digits behind the zero, of a mobile prefix; `phones` are those `profiles.numbers.phone_numbers` gives."""
    made: Bools = np.isin(phones // _SUBSCRIBER_DIGITS, _FIRST_DIGITS) & (phones != NO_NUMBER)
    return made


def _kept(folder: Path) -> Flowing | None:
    if not (folder / WORK / FLOWING).is_file():
        return None
    about = pq.ParquetFile(folder / WORK / FLOWING)
    return Flowing(about.metadata.num_rows, int(about.schema_arrow.metadata[b"contradictory"]))


def _pieces(folder: Path, file: Path, plan: Plan, numbers_of: Numbers, verified_on: date, today: date) -> Iterator[pa.Table]:
    opened = open_list(file)
    also = (Role.PHONE, Role.VERIFIED_ON)
    source = batches(opened, mapping_of(opened, plan), plan.rows_a_batch, also=also)
    for part in read_parts(folder, ("list_row", "row", "grade")):
        batch = next(source, None)
        if batch is None or not np.array_equal(batch.rows, part.column("list_row")):
            raise Conflict("phone.other_list", "Tệp danh sách đã thay đổi sau khi đối soát.", "The list is not the one compared.")
        phones = phone_numbers(batch.more[Role.PHONE]).values
        at = np.flatnonzero((part.column("grade") == Grade.MATCH) & is_mobile(phones))
        days = _days(batch.more.get(Role.VERIFIED_ON), at, verified_on, today)
        yield pa.table([numbers_of(part.column("row")[at]), phones[at], days], schema=_COLUMNS)


def _days(column: Column | None, at: NDArray[np.int64], verified_on: date, today: date) -> pa.Array:
    """The day of each record: few different days, so each text is read once."""
    if column is None:
        return pa.array([verified_on] * len(at), pa.date32())
    texts = texts_of(column, len(column)).take(pa.array(at)).dictionary_encode()
    read = [_day(text or "", verified_on, today) for text in texts.dictionary.to_pylist()]
    indices = texts.indices.fill_null(len(read))
    return pa.array([*read, verified_on], pa.date32()).take(indices)


def _day(text: str, otherwise: date, today: date) -> date:
    data = np.frombuffer(text.encode(), np.uint8)
    packed = int(parse_date(data, 0, len(data), today.year))
    year, month, day = packed >> 9, packed >> 5 & 15, packed & 31
    try:
        found = date(year, month, day)
    except ValueError:
        return otherwise
    return found if FIRST_DAY <= found <= today else otherwise


def _is_of_several(phones: Whole, persons: Whole) -> Bools:
    """Is a record's number given to somebody else in the same list?"""
    order = np.lexsort((persons, phones))
    sorted_phones, sorted_persons = phones[order], persons[order]
    is_same = sorted_phones[1:] == sorted_phones[:-1]
    is_torn = is_same & (sorted_persons[1:] != sorted_persons[:-1])
    torn: Bools = np.isin(phones, sorted_phones[1:][is_torn])
    return torn
