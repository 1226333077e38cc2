"""The first stage: batches are read one after the other and compared two at a time; each becomes a part, in the list's order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dancu.reconcile.engine.comparing import compare_fully
from dancu.reconcile.engine.exact import Batch, Verdicts
from dancu.reconcile.engine.grading import Grade, grades_of
from dancu.reconcile.engine.name_keys import NameKey
from dancu.reconcile.engine.reasons import Reason
from dancu.reconcile.engine.second_look.beside import Beside, communes_of, sexes_of
from dancu.reconcile.engine.second_look.looking import second_look
from dancu.reconcile.engine.snapshot import Snapshot
from dancu.reconcile.reading.batches import ListBatch, Position, batches
from dancu.reconcile.reading.columns import sex_codes
from dancu.reconcile.reading.files import OpenedList
from dancu.reconcile.reading.headings import Role
from dancu.reconcile.reading.limits import Limits
from dancu.reconcile.reading.parquet_source import ParquetSource
from dancu.reconcile.reading.quarantine import Quarantine, line_of
from dancu.reconcile.reading.sexes import MEN, USUAL, WOMEN
from dancu.reconcile.reading.text_rows import Column
from dancu.reconcile.reading.text_source import TextSource
from dancu.reconcile.running.communes import former_units
from dancu.reconcile.running.describing import describe
from dancu.reconcile.running.elsewhere import Said, verdicts_of
from dancu.reconcile.running.folder import PARTS
from dancu.reconcile.running.parts import RECORDS, AboutPart, QuarantinedLine, about_parts, write_part
from dancu.reconcile.running.plan import Plan, mapping_of
from dancu.reconcile.running.progress import Watcher
from dancu.reconcile.running.whole import WholeListCheck

THREADS = 2
# Of somebody else nothing is said, not even that her number was replaced.
OF_THE_PERSON = Reason.DEAD | Reason.REPLACED | Reason.CANCELLED
UNRESOLVED = (Grade.DIFFERS, Grade.NOT_FOUND)
MORE_OF_UNRESOLVED = (Role.SEX, Role.PROVINCE, Role.ADDRESS)
Flags = NDArray[np.uint32]
Sexes = NDArray[np.uint8]
_SEX_WORDS = pa.array([None, MEN, WOMEN], pa.large_string())  # by unknown, men, women


@dataclass(frozen=True, slots=True)
class OwnChecks:
    """What a profile looks at besides the person (*kiểm tra riêng theo loại danh sách*): a word of flags a record.

    `words` says for a flag what it means and what its owner does about it; `whole` looks at all records together.
    """

    also: tuple[Role, ...]
    look: Callable[[Batch, Mapping[Role, Column]], Flags]
    words: Mapping[int, tuple[str, str]]
    whole: WholeListCheck | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What all batches of a job are compared with and how."""

    plan: Plan
    snapshot: Snapshot
    key: NameKey
    checks: OwnChecks | None = None
    said: Said | None = None  # where the exact part was done elsewhere
    sex_codes: Mapping[str, str] = field(default_factory=lambda: USUAL)  # what digits in the list's column of sexes mean

    @property
    def also(self) -> list[Role]:
        wanted = [Role(name) for name in (self.plan.reference, self.plan.grouped_by) if name]
        wanted += (Role.SEX, Role.COMMUNE, *(MORE_OF_UNRESOLVED if self.plan.candidates else ()))
        wanted += self.checks.also if self.checks else ()
        return list(dict.fromkeys(role for role in wanted if role.value in self.plan.mapping))


class PartQuarantine(Quarantine):
    """Keeps the bad rows of the batch that is being read, for its part (*dòng bị loại của một lô*)."""

    def __init__(self, limits: Limits) -> None:
        super().__init__(limits=limits)
        self._part_limits = limits
        self._lines: list[QuarantinedLine] = []

    def put(self, row: int, raw: bytes, reason: int) -> None:
        if len(self._lines) < self._part_limits.quarantined_rows_max:
            self._lines.append(line_of(row, raw, reason, self._part_limits))

    def taken(self) -> list[QuarantinedLine]:
        lines, self._lines = self._lines, []
        return lines


def compare_list(folder: Path, opened: OpenedList, comparison: Comparison, watcher: Watcher) -> None:
    """Compare what of the list is not compared yet (*đối soát danh sách*). Goes on behind the last part."""
    (folder / PARTS).mkdir(exist_ok=True)
    plan, made, quarantine = comparison.plan, about_parts(folder), PartQuarantine(opened.limits)
    columns = mapping_of(opened, plan)
    comparison = replace(comparison, sex_codes=sex_codes(opened, columns.at(Role.SEX), columns.at(Role.NUMBER)))
    told = _Told(opened, watcher, made)
    number, first = len(made), sum(each.records for each in made)
    source = batches(
        opened,
        columns,
        plan.rows_a_batch,
        start=made[-1].position if made else None,
        quarantine=quarantine,
        also=comparison.also,
    )
    waiting: deque[Future[_Part]] = deque()
    with ThreadPoolExecutor(THREADS) as pool:
        for batch in source:
            waiting.append(pool.submit(_compared, comparison, batch, number, first, quarantine.taken()))
            number, first = number + 1, first + len(batch.rows)
            while len(waiting) > THREADS:
                told.put(folder, waiting.popleft().result())
        while waiting:
            told.put(folder, waiting.popleft().result())


def records_of(opened: OpenedList, plan: Plan) -> Iterator[Batch]:
    """The records of a list as `compare_list` meets them, for who compares them elsewhere (*các bản ghi của danh sách*)."""
    for batch in batches(opened, mapping_of(opened, plan), plan.rows_a_batch):
        yield batch.records


@dataclass(frozen=True, slots=True)
class _Part:
    about: AboutPart
    table: pa.Table
    bad: list[QuarantinedLine]
    unresolved: pa.Table | None
    own: pa.Table | None


class _Told:
    """Writes parts in their order and tells how far the job is."""

    def __init__(self, opened: OpenedList, watcher: Watcher, made: list[AboutPart]) -> None:
        self._opened, self._watcher = opened, watcher
        self._counts, self._records, self._end = dict.fromkeys((grade.code for grade in Grade), 0), 0, Position(0, 0)
        for about in made:
            self._add(about)
        watcher.tell(self._records, self._of(), self._shown())

    def put(self, folder: Path, part: _Part) -> None:
        write_part(folder, part.about, part.table, part.bad, part.unresolved, part.own)
        self._add(part.about)
        self._watcher.tell(self._records, self._of(), self._shown())

    def _add(self, about: AboutPart) -> None:
        self._records, self._end = self._records + about.records, about.position
        for code, count in about.counts.items():
            self._counts[code] += count

    def _shown(self) -> dict[str, int]:
        return {**self._counts, "quarantined": self._end.bad_rows}

    def _of(self) -> int:
        match self._opened.source:
            case ParquetSource() as parquet:
                return parquet.rows
            case TextSource() as text if self._end.offset:
                return max(round(self._records * text.path.stat().st_size / self._end.offset), self._records)
            case _:
                return 0


def _compared(comparison: Comparison, batch: ListBatch, number: int, first: int, bad: list[QuarantinedLine]) -> _Part:
    plan, year = comparison.plan, comparison.plan.day.year
    reference = batch.more.get(Role(plan.reference)) if plan.reference else None
    sexes = _sexes(comparison, batch)
    made = _verdicts(comparison, batch, first, sexes)
    grades = grades_of(made)
    made.reason[grades == Grade.DIFFERS] &= np.int64(~int(OF_THE_PERSON))
    described = describe(batch.records, reference, made, comparison.key, year)
    own = comparison.checks.look(batch.records, batch.more) if comparison.checks else np.zeros(len(grades), np.uint32)
    grouped = batch.more.get(Role(plan.grouped_by)) if plan.grouped_by else None
    columns = [
        batch.rows, made.row, made.found, made.differs, made.reason, grades, own, described.number, described.who,
        described.record, described.province, described.born, described.written,
        texts_of(reference, len(grades)), texts_of(grouped, len(grades)),
    ]  # fmt: skip
    counts = np.bincount(grades, minlength=len(Grade) + 1)
    about = AboutPart(
        number, first, len(grades), (batch.end.row, batch.end.offset, batch.end.bad_rows), {g.code: int(counts[g]) for g in Grade}
    )
    unresolved = _unresolved(batch, made, grades, first, sexes) if plan.candidates else None
    whole = comparison.checks.whole if comparison.checks else None
    kept = whole.keep(batch.records, batch.more) if whole else None
    return _Part(about, pa.table(columns, schema=RECORDS), bad, unresolved, kept)


def _sexes(comparison: Comparison, batch: ListBatch) -> Sexes | None:
    column = batch.more.get(Role.SEX)
    return None if column is None else sexes_of(column.data, column.offsets, comparison.sex_codes)


def _verdicts(comparison: Comparison, batch: ListBatch, first: int, sexes: Sexes | None) -> Verdicts:
    snapshot, key, year = comparison.snapshot, comparison.key, comparison.plan.day.year
    if comparison.said is None:
        return compare_fully(batch.records, snapshot, key, year, _beside(batch, sexes))
    exact = verdicts_of(comparison.said, batch.records, first, key)
    return second_look(batch.records, snapshot, key, year, exact, _beside(batch, sexes))


def _beside(batch: ListBatch, sexes: Sexes | None) -> Beside | None:
    """The columns that are compared once the person is found; None where the list has none of them."""
    communes = batch.more.get(Role.COMMUNE)
    if sexes is None and communes is None:
        return None
    if communes is None:
        return Beside(sexes=sexes)
    former = former_units()
    return Beside(sexes=sexes, communes=former.listed(communes_of(communes.data, communes.offsets)), former=former)


def texts_of(column: Column | None, count: int) -> pa.Array:
    """A column as Arrow has it; bytes that are no UTF-8 are marked as such."""
    if column is None:
        return pa.nulls(count, pa.large_string())
    data = pa.py_buffer(np.ascontiguousarray(column.data))
    buffers = [None, pa.py_buffer(np.ascontiguousarray(column.offsets)), data]
    texts = pa.Array.from_buffers(pa.large_string(), count, buffers)
    try:
        texts.validate(full=True)
    except pa.ArrowInvalid:
        return pa.array([column.text(at) for at in range(count)], pa.large_string())
    return texts


def _unresolved(batch: ListBatch, made: Verdicts, grades: NDArray[np.uint8], first: int, sexes: Sexes | None) -> pa.Table:
    """What a search for candidates needs of the records nobody was surely found for: their texts, and where they stand.

    Sexes stand there in words, as they were read.
    """
    places = np.flatnonzero(np.isin(grades, np.array(UNRESOLVED, np.uint8)))
    records, count = batch.records, len(batch.rows)
    columns = {
        "number": Column(records.numbers, records.number_offsets),
        "name": Column(records.names, records.name_offsets),
        "birth_date": Column(records.dates, records.date_offsets),
        **{role.value: batch.more.get(role) for role in MORE_OF_UNRESOLVED},
        **{role.value: batch.more[role] for role in (Role.COMMUNE,) if role in batch.more},
    }
    texts = {name: texts_of(column, count).take(pa.array(places)) for name, column in columns.items()}
    if sexes is not None:
        texts[Role.SEX.value] = _SEX_WORDS.take(pa.array(sexes[places]))
    return pa.table({"place": pa.array(places + first, pa.int64()), "row": made.row[places], "grade": grades[places], **texts})
