"""The links of a list of taxpayers, reviewed over all of it: what is kept of each batch, the file for its owner, the figures.

The file has the rows that ask for something to be done, in the list's order; those that belong together have one group. Rows
whose tax number is the personal number already are only counted: nothing is left to do, and in a list of today it is most of them.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from dancu.reconcile.engine.exact import Batch
from dancu.reconcile.engine.grading import Grade
from dancu.reconcile.engine.lookup import NO_ROW
from dancu.reconcile.engine.reasons import NUMBER_DIFFERS
from dancu.reconcile.profiles import numbers
from dancu.reconcile.profiles.numbers import NO_NUMBER
from dancu.reconcile.profiles.tax_links import LinkColumns, LinkFinding, LinkFindings, Standing, find_to_mend, standings_of
from dancu.reconcile.reading.headings import Role
from dancu.reconcile.reading.text_rows import Column
from dancu.reconcile.running.folder import TAX_LINKS, finished
from dancu.reconcile.running.parts import Part, about_parts, own_file, read_parts
from dancu.reconcile.running.progress import Watcher
from dancu.reconcile.running.results import harmless_references
from dancu.reconcile.running.whole import WholeListCheck

NAME = "tax_links"
HEADINGS = ("Dòng", "Mã của bạn", "Kết quả rà soát", "Nhóm", "Việc cần làm")
_KEPT = pa.schema([("tax", pa.int64()), ("standing", pa.uint8())])
_READ = ("row", "differs", "grade", "number")
_SURE = np.array((Grade.MATCH, Grade.MATCH_NORMALISED, Grade.NEAR, Grade.DEAD), np.uint8)
_NUMBERS_END = 10**12
_A_ROW = 1 << 40  # above every personal number: a row of the registry and a number never meet


def tax_review() -> WholeListCheck:
    """What a job of taxpayers says of its whole list (*rà soát liên kết mã số thuế của đợt*)."""
    return WholeListCheck(NAME, TAX_LINKS, kept_numbers, write_links)


def kept_numbers(records: Batch, more: Mapping[Role, Column]) -> pa.Table | None:
    """The tax number of each record, and what it is to the personal number beside it; None without the column."""
    if Role.TAX_NUMBER not in more:
        return None
    stated = numbers.paper_numbers(records.numbers, records.number_offsets)
    read = numbers.tax_numbers(more[Role.TAX_NUMBER], stated)
    return pa.table([read.values, standings_of(read, stated)], schema=_KEPT)


def write_links(folder: Path, watcher: Watcher) -> dict[str, Any]:
    """Write the rows to be mended for their owner (*ghi kết quả rà soát liên kết*); gives how many groups and rows of each kind."""
    columns = _columns(folder, watcher)
    are_personal = int(np.count_nonzero(columns.standings == Standing.HERS))
    found = find_to_mend(columns)
    del columns
    counts = {kind: found.count(kind) for kind in LinkFinding} | {LinkFinding.IS_PERSONAL_NUMBER: (are_personal, are_personal)}
    ordered = _in_order(found)
    del found
    _write(folder, ordered)
    return {kind.code: {"groups": groups, "rows": rows} for kind, (groups, rows) in counts.items()}


def _columns(folder: Path, watcher: Watcher) -> LinkColumns:
    total = sum(each.records for each in about_parts(folder))
    made = LinkColumns(np.empty(total, np.int64), np.empty(total, np.int64), np.empty(total, np.uint8))
    for part in read_parts(folder, _READ):
        here = slice(part.about.first, part.about.first + part.about.records)
        kept = pq.read_table(own_file(folder, part.about.number))
        made.tax[here], made.standings[here] = kept.column("tax").to_numpy(), kept.column("standing").to_numpy()
        made.persons[here] = _persons(part)
        watcher.tell(here.stop, total)
    return made


def _persons(part: Part) -> NDArray[np.int64]:
    """One number for each record's person: the row its number leads to, which joins her old and her new number.

    A number of nobody stands for itself, and so does one that only led to somebody as a slip of the pen: what is linked is what
    is written. An old number that leads to somebody the record does not agree with is nobody's.
    """
    row, number = part.column("row"), part.column("number")
    is_stated = (number > 0) & (number <= _NUMBERS_END)
    is_led = (row != NO_ROW) & ((part.column("differs") & np.uint8(NUMBER_DIFFERS)) == 0)
    is_led &= is_stated | np.isin(part.column("grade"), _SURE)
    stated = np.where(is_stated, number.astype(np.int64) - 1, NO_NUMBER)
    persons: NDArray[np.int64] = np.where(is_led, row.astype(np.int64) + _A_ROW, stated)
    return persons


@dataclass(frozen=True, slots=True)
class _Ordered:
    places: NDArray[np.int64]
    kinds: NDArray[np.uint8]
    groups: NDArray[np.int64]


def _in_order(found: LinkFindings) -> _Ordered:
    """By place, then by kind; groups are numbered as they come, so that nothing can be read from their order."""
    order = np.lexsort((found.kinds, found.rows))
    places, kinds, groups = found.rows[order], found.kinds[order], found.groups[order]
    keys = groups * (len(LinkFinding) + 1) + kinds
    _keys, firsts, which = np.unique(keys, return_index=True, return_inverse=True)
    rank = np.empty(len(firsts), np.int64)
    rank[np.argsort(firsts)] = np.arange(1, len(firsts) + 1)
    return _Ordered(places, kinds, rank[which])


def _write(folder: Path, ordered: _Ordered) -> None:
    with finished(folder / TAX_LINKS) as file:
        file.write(b"\xef\xbb\xbf" + ",".join(HEADINGS).encode() + b"\r\n")
        for part in read_parts(folder, ("list_row", "reference")):
            begin, end = np.searchsorted(ordered.places, [part.about.first, part.about.first + part.about.records])
            if begin < end:
                file.write(_lines(part, ordered, slice(int(begin), int(end))))


def _lines(part: Part, ordered: _Ordered, here: slice) -> bytes:
    at = ordered.places[here] - part.about.first
    kinds = pl.Series(ordered.kinds[here] - 1)
    words, advice = (pl.Series([getattr(kind, name) for kind in LinkFinding]).gather(kinds) for name in ("words", "advice"))
    reference = part.table.column("reference").combine_chunks().take(pa.array(at))
    frame = pl.DataFrame(
        {
            "row": part.column("list_row")[at],
            "reference": harmless_references(reference),
            "finding": words,
            "group": ordered.groups[here],
            "advice": advice,
        }
    )
    made = io.BytesIO()
    frame.write_csv(made, include_header=False, line_terminator="\r\n")
    return made.getvalue()
