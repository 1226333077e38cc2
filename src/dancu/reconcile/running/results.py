"""The graded results, a row a record: for a program as Parquet, for people as CSV and workbook.

What is said of a record follows from a few small numbers, so each different saying is put into words once.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from dancu.kernel.spreadsheets import harmless
from dancu.reconcile.engine.grading import Grade
from dancu.reconcile.engine.reasons import Differs, Found
from dancu.reconcile.reading.limits import Limits
from dancu.reconcile.reading.quarantine import HEADINGS as QUARANTINE_HEADINGS
from dancu.reconcile.running import words as w
from dancu.reconcile.running.comparing import OwnChecks
from dancu.reconcile.running.duplicates import IS_DUPLICATE, RepeatedRecords, graded, repeated_of
from dancu.reconcile.running.folder import QUARANTINE, RESULTS, finished
from dancu.reconcile.running.parts import Part, quarantined, read_parts
from dancu.reconcile.running.progress import Watcher
from dancu.reconcile.running.searching import IS_CLEAR, MANY, candidates_of

_READ = ("list_row", "found", "differs", "reason", "grade", "own", "reference")
_WORDED = ("grade", "meaning", "differs", "reasons", "to_do", "candidates", "repeated")
OWN_BITS = 24  # what a profile may say of a record; reasons have the forty above
_WORD = pa.dictionary(pa.int32(), pa.string())
RESULT = pa.schema(
    [
        ("list_row", pa.int64()),
        ("reference", pa.large_string()),
        *((name, _WORD) for name in ("grade", "differs", "reasons", "to_do", "candidates")),
        ("repeats", pa.uint8()),  # bits of `Repeated`
        ("repeated_row", pa.uint32()),
        ("differs_bits", pa.uint8()),
        ("reason_bits", pa.int64()),
        ("own_bits", pa.uint32()),
    ]
)
Saying = tuple[int, int, int, int, int, int, int]  # grade, found, differs, reason, own flags, repeats, candidates


@dataclass(frozen=True, slots=True)
class Rows:
    """The results of a part (*kết quả của một phần*): per record which of the sayings is hers, and what is her own."""

    first: int
    list_row: NDArray[np.int64]
    reference: pa.Array
    sayings: list[Saying]
    saying: NDArray[np.int32]  # per record
    repeated_row: NDArray[np.uint32]

    def of(self, at: int) -> NDArray[np.int64]:
        """One number of each record's saying."""
        return np.array([each[at] for each in self.sayings], np.int64)[self.saying]


def rows_of(folder: Path) -> Iterator[Rows]:
    """The results, a part at a time."""
    repeated, candidates = repeated_of(folder), candidates_of(folder)
    for part in read_parts(folder, _READ):
        yield _rows(part, repeated, candidates)


def _rows(part: Part, repeated: RepeatedRecords | None, candidates: NDArray[np.uint8] | None) -> Rows:
    here, count = slice(part.about.first, part.about.first + part.about.records), part.about.records
    bits = repeated.bits[here] if repeated else np.zeros(count, np.uint8)
    others = repeated.others[here] if repeated else np.zeros(count, np.uint32)
    maybe = candidates[here] if candidates is not None else np.zeros(count, np.uint8)
    grades = graded(part.column("grade"), bits)
    frame = pl.DataFrame(
        {
            "grade": grades, "found": part.column("found"), "differs": part.column("differs"), "reason": part.column("reason"),
            "own": part.column("own"), "bits": np.asarray(bits), "maybe": np.asarray(maybe),
        }
    )  # fmt: skip
    # One number for all but the reasons, one for these: two columns are sorted, not seven.
    packed = frame.select(
        small=(
            pl.col("grade").cast(pl.UInt64)
            | (pl.col("found").cast(pl.UInt64) * (1 << 8))
            | (pl.col("differs").cast(pl.UInt64) * (1 << 16))
            | (pl.col("bits").cast(pl.UInt64) * (1 << 24))
            | (pl.col("maybe").cast(pl.UInt64) * (1 << 32))
        ),
        large=pl.col("reason").cast(pl.UInt64) * (1 << OWN_BITS) + pl.col("own").cast(pl.UInt64),
    )
    different = packed.unique().sort("small", "large").with_row_index("saying")
    saying = packed.join(different, on=["small", "large"], how="left", maintain_order="left")["saying"]
    sayings = [_saying(small, large) for small, large in different.select("small", "large").iter_rows()]
    reference = part.table.column("reference").combine_chunks()
    return Rows(
        part.about.first, part.column("list_row"), reference, sayings, saying.to_numpy().astype(np.int32), np.asarray(others)
    )


def _saying(small: int, large: int) -> Saying:
    grade, found, differs, bits, maybe = ((small >> shift) & 255 for shift in (0, 8, 16, 24, 32))
    return grade, found, differs, large >> OWN_BITS, large & ((1 << OWN_BITS) - 1), bits, maybe


class Wording:
    """Puts sayings into words, each once (*diễn giải kết quả*)."""

    def __init__(self, checks: OwnChecks | None) -> None:
        self._own = checks.words if checks else {}
        self._known: dict[Saying, tuple[str, ...]] = {}

    def of(self, saying: Saying) -> tuple[str, ...]:
        """Grade, its meaning, fields, reasons, what to do, candidates, how it repeats others (with `{row}` for which)."""
        if saying not in self._known:
            self._known[saying] = self._worded(saying)
        return self._known[saying]

    def _worded(self, saying: Saying) -> tuple[str, ...]:
        grade, found, differs, reason, own, bits, maybe = saying
        said = [w.REASONS[each] for each in w.flags_in(reason, w.REASONS)]
        if Found(found) in w.FOUND:
            said = [w.FOUND[Found(found)], *said]
        owned = [words for flag, words in self._own.items() if own & flag]
        fields = [names[0] for field, names in w.FIELDS.items() if Differs(differs) & field]
        repeats = [words.words for kind, words in w.REPEATED.items() if bits & kind]
        to_do = [each.to_do for each in said] + [advice for _words, advice in owned]
        if grade in (Grade.MATCH, Grade.MATCH_NORMALISED) or any(to_do):
            first = [w.GRADES[Grade(grade)].to_do] if grade in (Grade.DUPLICATE, Grade.DEAD) else []
        else:
            first = [w.GRADES[Grade(grade)].to_do]
        return (
            Grade(grade).code,
            w.GRADES[Grade(grade)].words,
            "; ".join(fields),
            "; ".join([each.words for each in said] + [words for words, _advice in owned]),
            " ".join(dict.fromkeys(each for each in first + to_do if each)),
            w.CANDIDATES.format(count=maybe & ~IS_CLEAR if (maybe & ~IS_CLEAR) < MANY else f"{MANY} hoặc hơn") if maybe else "",
            repeats[0] if repeats else "",
        )


def write_parquet(folder: Path, checks: OwnChecks | None, watcher: Watcher, total: int) -> None:
    """Results for a program (*kết quả dạng Parquet*)."""
    wording = Wording(checks)
    with finished(folder / RESULTS["parquet"]) as file, pq.ParquetWriter(
        pa.PythonFile(file, "w"), RESULT, compression="zstd", compression_level=1, store_schema=False
    ) as writer:  # fmt: skip
        for rows in rows_of(folder):
            writer.write_table(_program_table(rows, wording), row_group_size=max(len(rows.list_row), 1))
            watcher.tell(rows.first + len(rows.list_row), total)


def _program_table(rows: Rows, wording: Wording) -> pa.Table:
    worded = [wording.of(saying) for saying in rows.sayings]
    indices = pa.array(rows.saying)
    texts = {
        name: pa.DictionaryArray.from_arrays(indices, pa.array([each[_WORDED.index(name)] for each in worded], pa.string()))
        for name in ("grade", "differs", "reasons", "to_do", "candidates")
    }
    bits = rows.of(5) & ~IS_DUPLICATE
    columns = [
        rows.list_row, rows.reference, *texts.values(), bits.astype(np.uint8), rows.repeated_row,
        rows.of(2).astype(np.uint8), rows.of(3).astype(np.uint32), rows.of(4).astype(np.uint32),
    ]  # fmt: skip
    return pa.table([_unified(column, kind) for column, kind in zip(columns, RESULT.types, strict=True)], schema=RESULT)


def _unified(column: object, kind: pa.DataType) -> pa.Array:
    """A dictionary with each word once; different sayings share words."""
    if pa.types.is_dictionary(kind) and isinstance(column, pa.DictionaryArray):
        return column.dictionary.take(column.indices).dictionary_encode()
    return pa.array(column, kind) if isinstance(column, np.ndarray) else column


def people_table(rows: Rows, wording: Wording) -> pl.DataFrame:
    """Results as people read them: the columns of `HEADINGS`, every text harmless to a spreadsheet."""
    worded = [wording.of(saying) for saying in rows.sayings]
    indices = pl.Series(rows.saying)
    said = {name: pl.Series([harmless(each[at]) or None for each in worded], dtype=pl.String) for at, name in enumerate(_WORDED)}
    texts = {name: words.gather(indices) for name, words in said.items()}
    frame = pl.DataFrame(
        {
            "list_row": rows.list_row,
            "reference": _harmless(pl.Series(pl.from_arrow(rows.reference))),
            **texts,
            "row": rows.repeated_row,
        }
    )
    repeated = pl.col("repeated").str.replace("{row}", pl.col("row").cast(pl.String), literal=True)
    return frame.with_columns(repeated).select(*w.HEADINGS)


def _harmless(texts: pl.Series) -> pl.Series:
    """`harmless` of a column: only texts with such a beginning are looked at one by one."""
    at = texts.str.contains(r"^[^\p{L}\p{N} ]").arg_true()
    return texts.scatter(at, [harmless(text) for text in texts.gather(at)]) if len(at) else texts


def write_csv(folder: Path, checks: OwnChecks | None, watcher: Watcher, total: int) -> None:
    """Results for a spreadsheet (*kết quả dạng CSV*): UTF-8 with its mark."""
    wording = Wording(checks)
    with finished(folder / RESULTS["csv"]) as file:
        file.write(b"\xef\xbb\xbf" + (",".join(w.HEADINGS.values()) + "\r\n").encode())
        for rows in rows_of(folder):
            lines = io.BytesIO()
            people_table(rows, wording).write_csv(lines, include_header=False, line_terminator="\r\n")
            file.write(lines.getbuffer())
            watcher.tell(rows.first + len(rows.list_row), total)


def write_quarantine(folder: Path, limits: Limits) -> None:
    """The bad rows for their owner (*danh sách dòng bị loại*)."""
    with finished(folder / QUARANTINE) as file:
        text = io.TextIOWrapper(file, "utf-8-sig", newline="")
        writer = csv.writer(text)
        writer.writerow(QUARANTINE_HEADINGS)
        writer.writerows(islice(quarantined(folder), limits.quarantined_rows_max))
        text.detach()  # flushed, and the file left to who opened it
