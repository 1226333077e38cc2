"""The graded results as files, a row a record: for a program as Parquet, for people as CSV and workbook. All in one pass."""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from itertools import islice
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from dancu.kernel.spreadsheets import harmless
from dancu.reconcile.reading.limits import Limits
from dancu.reconcile.reading.quarantine import HEADINGS as QUARANTINE_HEADINGS
from dancu.reconcile.running import words as w
from dancu.reconcile.running.comparing import OwnChecks
from dancu.reconcile.running.duplicates import IS_DUPLICATE
from dancu.reconcile.running.folder import QUARANTINE, RESULTS, finished
from dancu.reconcile.running.parts import quarantined
from dancu.reconcile.running.progress import Watcher
from dancu.reconcile.running.results import WORDED, Rows, Wording, rows_of
from dancu.reconcile.running.workbook import workbook_file

_IN_PARQUET = ("grade", "differs", "reasons", "to_do", "candidates")
_WORD = pa.dictionary(pa.int32(), pa.string())
RESULT = pa.schema(
    [
        ("list_row", pa.int64()),
        ("reference", pa.large_string()),
        *((name, _WORD) for name in _IN_PARQUET),
        ("repeats", pa.uint8()),  # bits of `Repeated`
        ("repeated_row", pa.uint32()),
        ("differs_bits", pa.uint8()),
        ("reason_bits", pa.int64()),
        ("own_bits", pa.uint32()),
    ]
)
_UNIQUE = ("list_row", "reference")  # a dictionary of them would be as long as they are
Add = Callable[[Rows], None]


def write_results(
    folder: Path, formats: Collection[str], checks: OwnChecks | None, day: datetime.date, watcher: Watcher, total: int
) -> None:
    """Write those files of results that are not there yet (*ghi kết quả*). `day` is the date of a workbook."""
    known: dict[str, Callable[[], AbstractContextManager[Add]]] = {
        "parquet": lambda: _program_file(folder, Wording(checks)),
        "csv": lambda: _people_file(folder, Wording(checks)),
        "xlsx": lambda: workbook_file(folder, Wording(checks), day),
    }
    missing = [name for name in known if name in formats and not (folder / RESULTS[name]).exists()]
    if not missing:
        return
    with ExitStack() as files:
        adding = [files.enter_context(known[name]()) for name in missing]
        with ThreadPoolExecutor(len(adding)) as pool:
            running: list[Future[None]] = []
            for rows in rows_of(folder):  # the next part is read while this one is written
                _ended(running)
                running = [pool.submit(add, rows) for add in adding]
                watcher.tell(rows.first, total)
            _ended(running)
            watcher.tell(total, total)


def _ended(running: list[Future[None]]) -> None:
    for each in running:
        each.result()


@contextmanager
def _program_file(folder: Path, wording: Wording) -> Iterator[Add]:
    dictionaries = [name for name in RESULT.names if name not in _UNIQUE]
    with finished(folder / RESULTS["parquet"]) as file, pq.ParquetWriter(
        pa.PythonFile(file, "w"), RESULT, compression="zstd", compression_level=1, store_schema=False,
        use_dictionary=dictionaries, column_encoding={"list_row": "DELTA_BINARY_PACKED"},
    ) as writer:  # fmt: skip
        yield lambda rows: writer.write_table(_program_table(rows, wording), row_group_size=max(len(rows.list_row), 1))


def _program_table(rows: Rows, wording: Wording) -> pa.Table:
    worded = [wording.of(saying) for saying in rows.sayings]
    texts = [_words([each[WORDED.index(name)] for each in worded], rows) for name in _IN_PARQUET]
    bits = rows.of(5) & ~IS_DUPLICATE
    columns = [
        rows.list_row, rows.reference, *texts, bits.astype(np.uint8), rows.repeated_row,
        rows.of(2).astype(np.uint8), rows.of(3), rows.of(4).astype(np.uint32),
    ]  # fmt: skip
    arrays = [
        pa.array(column, kind) if isinstance(column, np.ndarray) else column
        for column, kind in zip(columns, RESULT.types, strict=True)
    ]
    return pa.table(arrays, schema=RESULT)


def _words(said: list[str], rows: Rows) -> pa.DictionaryArray:
    """A column with each word once; different sayings share words."""
    places = {word: at for at, word in enumerate(dict.fromkeys(said))}
    of_saying = np.array([places[word] for word in said], np.int32)
    return pa.DictionaryArray.from_arrays(pa.array(of_saying[rows.saying]), pa.array(list(places), pa.string()))


@contextmanager
def _people_file(folder: Path, wording: Wording) -> Iterator[Add]:
    """UTF-8 with its mark."""
    with finished(folder / RESULTS["csv"]) as file:
        file.write(b"\xef\xbb\xbf" + _csv_line(list(w.HEADINGS.values())).encode() + b"\r\n")

        def add(rows: Rows) -> None:
            made = io.BytesIO()
            pl.DataFrame(people_lines(rows, wording)).write_csv(
                made, include_header=False, line_terminator="\r\n", quote_style="never"
            )
            file.write(made.getbuffer())

        yield add


def people_lines(rows: Rows, wording: Wording) -> pl.Series:
    """Results as people read them, lines of CSV: the columns of `HEADINGS`, every text harmless to a spreadsheet."""
    endings = [_csv_line([harmless(text) for text in wording.of(saying)]) for saying in rows.sayings]
    frame = pl.DataFrame({"row": rows.list_row, "reference": _quoted(rows.references()), "ending": _with_others(endings, rows)})
    return frame.select(pl.concat_str("row", "reference", "ending", separator=",")).to_series()


def _with_others(endings: list[str], rows: Rows) -> pl.Series:
    """The ending of each record's line, with the row of the other record where it repeats one."""
    ending = pl.Series(endings, dtype=pl.String).gather(pl.Series(rows.saying))
    at = pl.Series(np.flatnonzero(rows.of(5)))
    if not len(at):
        return ending
    told = pl.DataFrame({"ending": ending.gather(at), "other": pl.Series(rows.repeated_row).gather(at)})
    named = pl.col("ending").str.replace("{row}", pl.col("other").cast(pl.String), literal=True)
    return ending.scatter(at, told.select(named).to_series())


def _quoted(texts: pl.Series) -> pl.Series:
    """As a field of CSV; nothing where there is none."""
    texts = texts.fill_null("")
    at = texts.str.contains(r'[",\r\n]').arg_true()
    return texts.scatter(at, [_csv_line([text]) for text in texts.gather(at)]) if len(at) else texts


def _csv_line(fields: list[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(fields)
    return text.getvalue()


def write_quarantine(folder: Path, limits: Limits) -> None:
    """The bad rows for their owner (*danh sách dòng bị loại*)."""
    with finished(folder / QUARANTINE) as file:
        text = io.TextIOWrapper(file, "utf-8-sig", newline="")
        writer = csv.writer(text)
        writer.writerow(QUARANTINE_HEADINGS)
        writer.writerows(islice(quarantined(folder), limits.quarantined_rows_max))
        text.detach()  # flushed, and the file left to who opened it
