"""The only place of the Django side that calls what reads, compares and searches: lists in, verdicts out. No table is touched here.

Everything heavy is imported when it is used: pages and most commands never compare anything.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from dancu.kernel.errors import Invalid, NotFound, Unavailable
from dancu.kernel.spreadsheets import harmless
from dancu.reconcile.domain import Record
from dancu.reconcile.profiles.table import GROUPABLE, get_profile

if TYPE_CHECKING:
    from dancu.kernel.config import Config
    from dancu.reconcile.running.progress import Outcome, Progress, Wish
    from dancu.reconcile.taking.home import SnapshotHome

MATCHED = ("KHOP", "KHOP_SAU_CHUAN_HOA")
NEAR = "GAN_KHOP"
RESULT_FILES = {
    "parquet": ("results.parquet", "application/vnd.apache.parquet"),
    "csv": ("results.csv", "text/csv; charset=utf-8"),
    "xlsx": ("results.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "quarantine": ("quarantine.csv", "text/csv; charset=utf-8"),
    "tax_links": ("tax-links.csv", "text/csv; charset=utf-8"),
}
SAMPLES_SHOWN = 4
HOLDING_TRIES = 3


@dataclass(frozen=True, slots=True)
class SeenColumn:
    """A column of an uploaded list as it was understood (*cột đã nhận biết*)."""

    at: int
    heading: str
    role: str  # empty: of no use to the comparison
    confidence: float
    samples: tuple[str, ...] = field(repr=False)  # they are about people


@dataclass(frozen=True, slots=True)
class SeenList:
    """What an uploaded list looks like (*danh sách đã xem qua*)."""

    kind: str
    encoding: str
    columns: tuple[SeenColumn, ...]
    notes: tuple[str, ...]

    @property
    def mapping(self) -> dict[str, int]:
        return {column.role: column.at for column in self.columns if column.role}


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be compared with what (*yêu cầu đối soát*)."""

    file: Path
    snapshot: Path
    kind: str
    mapping: Mapping[str, int]
    day: date
    grouped_by: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a worklist: the owner's own row and what came of it (*dòng việc cần làm*)."""

    row: int
    reference: str
    grade: str
    fields: str
    reasons: str
    to_do: str


def roles() -> dict[str, str]:
    """Role → its words."""
    from dancu.reconcile.reading.headings import Role

    return {role.value: role.words for role in Role}


def look(file: Path) -> SeenList:
    """Open a list and tell its columns (*xem qua danh sách*). Raises `Invalid` with what to do."""
    from dancu.reconcile.reading.columns import detect, preview
    from dancu.reconcile.reading.files import Kind, open_list
    from dancu.reconcile.reading.text_source import TextSource

    opened = open_list(file)
    seen = preview(opened, detect(opened))
    found = {column.at: column for column in seen.mapping.columns.values()}
    columns = tuple(
        SeenColumn(
            at,
            heading,
            found[at].role.value if at in found else "",
            found[at].confidence if at in found else 0.0,
            tuple(row[at] for row in seen.rows[:SAMPLES_SHOWN]),
        )
        for at, heading in enumerate(seen.headings)
    )
    kinds = {Kind.TEXT: "CSV", Kind.WORKBOOK: "XLSX", Kind.PARQUET: "Parquet"}
    encoding = opened.source.encoding.shown if isinstance(opened.source, TextSource) else ""
    return SeenList(kinds[opened.kind], encoding, columns, seen.notes)


def checked_mapping(file: Path, own: Mapping[str, int], kind: str) -> dict[str, int]:
    """The columns an owner chose, all that her kind of list needs among them (*kiểm tra ghép cột*). Raises `Invalid`."""
    from dancu.reconcile.profiles.choosing import keys_of
    from dancu.reconcile.reading.columns import Mapping as Columns
    from dancu.reconcile.reading.columns import mapped
    from dancu.reconcile.reading.files import open_list
    from dancu.reconcile.reading.headings import Role

    opened = open_list(file)
    if len(set(own.values())) < len(own):
        raise Invalid("reconcile.mapping", "Mỗi cột chỉ ghép với một mục.", "Each column is one thing only.", field="mapping")
    wanted = {Role(name): at for name, at in own.items()}
    chosen = {role: column for role, column in mapped(opened, wanted).columns.items() if role in wanted}
    keys_of(get_profile(kind), opened, Columns(chosen))
    return {role.value: column.at for role, column in chosen.items()}


def group_of(mapping: Mapping[str, int], chosen: str) -> str:
    """The role the report counts by; a choice the list has no column for is none (*mục để tách báo cáo*)."""
    from dancu.reconcile.profiles.choosing import group_of

    return group_of(mapping, chosen if chosen in mapping and chosen in GROUPABLE else "")


def hold_snapshot(config: Config, holder: str) -> Path:
    """The present snapshot, held until it is let go (*giữ bản chụp dân cư*). Raises `Unavailable` where there is none."""
    home = _home_of(config)
    for _once_more in range(HOLDING_TRIES):
        found = home.current() if home else None
        if home is None or found is None:
            break
        try:
            home.hold(found.name, holder)
        except NotFound:  # a newer one took its place and it was removed meanwhile
            continue
        return found.folder
    raise Unavailable(
        "reconcile.no_snapshot",
        "Chưa có bản chụp dân cư để đối soát. Tệp và các cột đã chọn vẫn được giữ; bạn báo người vận hành lập bản chụp.",
        "There is no snapshot of the registry to compare with. Ask the operator to take one; nothing is lost.",
    )


def let_snapshot_go(config: Config, version: str, holder: str) -> None:
    """Safe to repeat."""
    home = _home_of(config)
    if home is not None and version:
        home.release(version, holder)


def _home_of(config: Config) -> SnapshotHome | None:
    from dancu.reconcile.taking.home import SnapshotHome

    return SnapshotHome(config.snapshot_home) if config.snapshot_home else None


def is_prepared(folder: Path) -> bool:
    return (folder / "plan.json").exists()


def prepare(folder: Path, order: Order, key_dir: Path) -> str:
    """Make the folder of a round (*lập đợt đối soát*); gives the version of the snapshot. Raises as the runner does."""
    from dancu.reconcile.profiles.choosing import needed_of
    from dancu.reconcile.running.keys import name_key
    from dancu.reconcile.running.plan import Plan, prepare

    profile = get_profile(order.kind)
    plan = Plan(
        list_file=str(order.file),
        snapshot=str(order.snapshot),
        day=order.day,
        mapping=dict(order.mapping),
        profile=profile.code,
        one_to_one=profile.one_to_one,
        required=needed_of(profile, order.mapping),
        grouped_by=order.grouped_by,
        candidates=True,
    )
    return prepare(folder, plan, name_key(key_dir)).snapshot_version


def run(folder: Path, key_dir: Path, watch: Callable[[Progress], Wish]) -> Outcome:
    """Compare, or go on comparing (*chạy đối soát*). Raises as the runner does."""
    from dancu.reconcile.alone import others_of
    from dancu.reconcile.running.job import run
    from dancu.reconcile.running.keys import name_key
    from dancu.reconcile.running.plan import read_plan

    key = name_key(key_dir)
    return run(folder, key, watch, others_of(read_plan(folder), key))


def cancel(folder: Path) -> None:
    """Take away what a round that does not run has made. Raises `Conflict` while a process runs it."""
    from dancu.reconcile.running.job import cancel

    if is_prepared(folder):
        cancel(folder)


def report_of(folder: Path) -> dict[str, Any]:
    """The figures of a finished round."""
    return cast(dict[str, Any], json.loads((folder / "report.json").read_text(encoding="utf-8")))


def root_of(folder: Path) -> str:
    """The Merkle root over who was compared, hex."""
    return str(json.loads((folder / "commitment.json").read_text(encoding="utf-8"))["root"])


def was_compared(folder: Path, number: str) -> bool:
    """Did a record of this round lead to the person of this number?"""
    from dancu.reconcile.running.commitment import was_compared

    return (folder / "compared.npy").exists() and was_compared(folder, number)


def cause_words() -> dict[str, str]:
    """Number of a cause in the catalogue → its words."""
    from dancu.reconcile.running.words import CAUSES

    return {str(number): words for number, words in CAUSES.items()}


def reason_words() -> dict[str, str]:
    """Name of a reason → its words, for what a comparison can say of one record."""
    from dancu.reconcile.running.words import REASONS

    return {str(reason.name): said.words for reason, said in REASONS.items()}


def grade_words() -> dict[str, str]:
    """Code of a grade → its words, the best first."""
    from dancu.reconcile.running.words import GRADES

    return {grade.code: said.words for grade, said in GRADES.items()}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines of the results (*bộ lọc việc cần làm*); empty: everything that is not clean."""

    grade: str = ""
    cause: str = ""
    is_by_text: bool = False  # name or birth date differ: there is something to look at side by side


def worklist(folder: Path, wanted: Wanted, after: int = 0, limit: int = 0) -> list[Line]:
    """Lines to work on, in the order of the list, after a row of it (*danh sách việc cần làm*)."""
    import polars as pl

    frame = _wanted(pl.scan_parquet(folder / "results.parquet"), wanted).filter(pl.col("list_row") > after)
    frame = frame.select("list_row", "reference", "grade", "differs", "reasons", "to_do")
    rows = (frame.head(limit) if limit else frame).collect(engine="streaming").iter_rows()
    return [Line(row, reference or "", *(str(each or "") for each in more)) for row, reference, *more in rows]


def write_worklist(folder: Path, wanted: Wanted, said: Mapping[int, str]) -> Iterator[str]:
    """The same as lines of a file for spreadsheets, a piece at a time; `said`: row → what a reviewer concluded."""
    import polars as pl
    import pyarrow.parquet as pq

    yield "\ufeffDòng,Mã của bạn,Kết quả,Trường sai lệch,Nguyên nhân,Việc cần làm,Kết luận xem lại\r\n"
    names = ["list_row", "reference", "grade", "differs", "reasons", "to_do", "reason_bits", "repeats"]
    words = grade_words()
    for piece in pq.ParquetFile(folder / "results.parquet").iter_batches(batch_size=100_000, columns=names):
        text = io.StringIO()
        lines = csv.writer(text)
        frame = _wanted(cast(pl.DataFrame, pl.from_arrow(piece)).lazy(), wanted).select(names[:6]).collect()
        for row, reference, grade, *more in frame.iter_rows():
            texts = (reference, words.get(grade, grade), *more, said.get(row, ""))
            lines.writerow([row, *(harmless(str(each or "")) for each in texts)])
        yield text.getvalue()


def with_conclusions(folder: Path, said: Mapping[int, str]) -> Iterator[str]:
    """`results.csv` with one column more: what reviewers concluded of a row (*kết quả kèm kết luận*)."""
    with (folder / "results.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file)
        yield "\ufeff" + _csv_line([*next(rows), "Kết luận xem lại"])
        for row in rows:
            yield _csv_line([*row, harmless(said.get(int(row[0]), ""))])


def write_conclusions(said: Mapping[int, str]) -> Iterator[str]:
    """Rows that reviewers concluded on, and nothing else (*kết luận xem lại*)."""
    yield "\ufeffDòng,Kết luận xem lại\r\n"
    for row, text in sorted(said.items()):
        yield _csv_line([row, harmless(text)])


def _csv_line(values: Sequence[object]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(values)
    return text.getvalue()


def _wanted(frame: Any, wanted: Wanted) -> Any:
    import polars as pl

    from dancu.reconcile.engine.reasons import Differs
    from dancu.reconcile.running.words import REASONS, Repeated

    grade = pl.col("grade").cast(pl.String)
    if wanted.grade:
        frame = frame.filter(grade == wanted.grade)
    elif not wanted.cause:
        frame = frame.filter(~grade.is_in(list(MATCHED)))
    if wanted.is_by_text:  # a slipped number leads to somebody else's record, or to none
        differs, texts = pl.col("differs_bits"), int(Differs.NAME | Differs.BIRTH_DATE)
        frame = frame.filter(((differs & texts) != 0) & ((differs & int(Differs.NUMBER)) == 0))
    if wanted.cause in Repeated.__members__ or wanted.cause == "repeated":
        return frame.filter(pl.col("repeats") != 0)
    if wanted.cause:
        bits = next((int(reason) for reason in REASONS if reason.name == wanted.cause), 0)
        frame = frame.filter((pl.col("reason_bits") & bits) != 0)
    return frame


def causes_to_work_on(report: Mapping[str, Any]) -> list[tuple[str, str, int]]:
    """Reasons there are records of: name, words, how many; the most frequent first."""
    words = reason_words()
    found = [(name, words.get(name, name), int(count)) for name, count in report.get("reasons", {}).items() if count]
    return sorted(found, key=lambda each: -each[2])


def links_to_work_on(report: Mapping[str, Any]) -> list[tuple[str, str, int, int]]:
    """What was found of the links of tax numbers: words, advice, how many groups and rows; nothing for other kinds of lists."""
    from dancu.reconcile.profiles.tax_links import LinkFinding

    counts = report.get("tax_links") or {}
    return [(each.words, each.advice, *counts[each.code].values()) for each in LinkFinding if counts.get(each.code)]


def since(before: Path, now: Path, *, whole: bool) -> dict[str, int] | None:
    """What became of the records that were not clean in the round before (*so với đợt trước*); None where nobody can tell.

    Records are told by their owner's reference; without one, by their row, where the whole list was sent again.
    """
    import polars as pl

    files = [folder / "results.parquet" for folder in (before, now)]
    if not all(file.exists() for file in files):
        return None
    old, new = (pl.scan_parquet(file).select("list_row", "reference", pl.col("grade").cast(pl.String)) for file in files)
    named = [not frame.select((pl.col("reference").fill_null("") == "").any()).collect().item() for frame in (old, new)]
    if all(named):
        key = "reference"
    elif whole:
        key = "list_row"
    else:
        return None
    clean = list(MATCHED)
    were = old.filter(~pl.col("grade").is_in(clean)).select(key).unique()
    here = new.select(key, clean=pl.col("grade").is_in(clean)).group_by(key).agg(pl.col("clean").all())
    met = were.join(here, on=key, how="left").select(
        cleaned=(pl.col("clean") == True).sum(),  # noqa: E712 - three-valued
        still=(pl.col("clean") == False).sum(),  # noqa: E712
        gone=pl.col("clean").is_null().sum(),
    )
    counts = {name: int(value) for name, value in met.collect(engine="streaming").row(0, named=True).items()}
    fresh = here.filter(~pl.col("clean")).join(were, on=key, how="anti").select(pl.len())
    return {**counts, "new": int(fresh.collect(engine="streaming").item())}


def near_rows(folder: Path, limit: int) -> list[Line]:
    """Near matches whose number leads to the person and whose texts differ, in the order of the list."""
    return worklist(folder, Wanted(grade=NEAR, is_by_text=True), limit=limit)


def records_at(file: Path, mapping: Mapping[str, int], rows: Sequence[int]) -> dict[int, Record]:
    """The records of some rows as their owner wrote them, letters in Unicode (*đọc lại bản ghi*)."""
    from dancu.reconcile.reading.batches import batches
    from dancu.reconcile.reading.columns import Mapping as Columns
    from dancu.reconcile.reading.columns import mapped
    from dancu.reconcile.reading.files import open_list
    from dancu.reconcile.reading.headings import Role

    opened = open_list(file)
    wanted = {Role(name): at for name, at in mapping.items()}
    chosen = {role: column for role, column in mapped(opened, wanted).columns.items() if role in wanted}
    left, found = set(rows), {}
    for batch in batches(opened, Columns(chosen), 100_000):
        places = {int(row): at for at, row in enumerate(batch.rows)}
        for row in left & set(places):
            found[row] = _record(batch.records, places[row])
        left -= set(places)
        if not left:
            break
    return found


def people_led_to(folder: Path, rows: Sequence[int]) -> dict[int, int]:
    """The personal numbers some rows of a finished round led to (*người mà dòng dẫn tới*): for the registry's officers alone.

    Nothing once the round's parts were tidied away, or the snapshot it was compared with.
    """
    import numpy as np

    from dancu.reconcile.engine.lookup import NO_ROW
    from dancu.reconcile.running.parts import read_parts
    from dancu.reconcile.running.plan import open_known, read_plan

    found: dict[int, int] = {}
    try:
        plan = read_plan(folder)
        snapshot = open_known(Path(plan.snapshot))
    except NotFound:
        return found
    if snapshot.version != plan.snapshot_version:
        return found
    for part in read_parts(folder, ("list_row", "row")) if rows else ():
        listed, led_to = part.column("list_row"), part.column("row")
        at = np.flatnonzero(np.isin(listed, rows) & (led_to != NO_ROW))
        found |= dict(zip(listed[at].tolist(), snapshot.numbers_of(led_to[at]).tolist(), strict=True))
    return found


def _record(records: Any, at: int) -> Record:
    texts = []
    for data, offsets in (
        (records.numbers, records.number_offsets),
        (records.names, records.name_offsets),
        (records.dates, records.date_offsets),
    ):
        texts.append(bytes(data[offsets[at] : offsets[at + 1]]).decode("utf-8", "replace"))
    return Record(*texts)


def person_number(text: str) -> int | None:
    """The personal number a record states, as the comparison reads it; None for an old number or none at all."""
    import numpy as np

    from dancu.reconcile.engine.parsing import NUMBER_ID, parse_number

    data = np.frombuffer(text.encode() + b"\0", np.uint8)
    kind, value, _mends = parse_number(data, 0, len(data) - 1)
    return int(value) if kind == NUMBER_ID else None
