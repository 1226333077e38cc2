"""What a finished round found for certain, as links: read from its folder while its parts are there. Pure.

A round writes a part for each batch (the row of the snapshot each record led to) and the graded results of the whole list, in
one order; only the results know which records repeat others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from dancu.reconcile.engine.grading import Grade
from dancu.reconcile.kept.domain import Link, reference_of

PARTS, RESULTS = "parts/verdicts-*.parquet", "results.parquet"
MATCHED = (Grade.MATCH, Grade.MATCH_NORMALISED)
_CODES = [grade.code for grade in MATCHED]
Numbers = Callable[[NDArray[np.uint32]], NDArray[np.int64]]


def matched_links(folder: Path, numbers_of: Numbers) -> Iterator[Link]:
    """The records that matched, each once, with their persons (*các bản ghi đã khớp của một đợt*).

    `numbers_of` is that of the snapshot the round was compared with. A record is named by its owner's key, or by its row
    where that would name a person. Raises `FileNotFoundError` where the parts or the results are gone.
    """
    is_matched = _matched(folder / RESULTS)
    files = sorted(folder.glob(PARTS))
    if not files and len(is_matched):
        raise FileNotFoundError(folder / PARTS)
    first = 0
    for file in files:
        part = pq.read_table(file, columns=["list_row", "row", "reference"])
        at = np.flatnonzero(is_matched[first : first + len(part)])
        first += len(part)
        persons = numbers_of(part["row"].to_numpy()[at])
        rows, references = part["list_row"].to_numpy()[at], part["reference"].take(at).to_pylist()
        for number, row, reference in zip(persons.tolist(), rows.tolist(), references, strict=True):
            yield Link(reference_of(reference or "", row), number)
    assert first == len(is_matched), "parts and results are of one list"


def _matched(results: Path) -> NDArray[np.bool_]:
    pieces = [
        np.isin(batch.column(0).cast("string").to_numpy(zero_copy_only=False), _CODES)
        for batch in pq.ParquetFile(results).iter_batches(columns=["grade"], batch_size=1_000_000)
    ]
    return np.concatenate(pieces) if pieces else np.zeros(0, np.bool_)
