"""Links out of the folder of a round: who matched, once, under the owner's key; parts written as a round writes them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dancu.reconcile.engine.grading import Grade
from dancu.reconcile.kept.domain import Link
from dancu.reconcile.kept.from_round import matched_links

NUMBERS = np.array([1090000017, 1190000025, 24080000033], np.int64)


def a_round(folder: Path, *parts: list[tuple[int, int, str, Grade]]) -> Path:
    """Records of each part: row in the list, row in the snapshot, the owner's key, the grade in the end."""
    (folder / "parts").mkdir()
    for at, records in enumerate(parts):
        rows, persons, keys, _grades = zip(*records, strict=True)
        table = pa.table(
            {"list_row": pa.array(rows, pa.int64()), "row": pa.array(persons, pa.uint32()), "reference": pa.array(keys)}
        )
        pq.write_table(table, folder / f"parts/verdicts-{at:05d}.parquet")
    codes = [grade.code for records in parts for *_rest, grade in records]
    pq.write_table(pa.table({"grade": pa.array(codes).dictionary_encode()}), folder / "results.parquet")
    return folder


def links_of(folder: Path) -> list[Link]:
    return list(matched_links(folder, lambda rows: NUMBERS[rows]))


def test_only_records_that_matched_are_linked_in_the_order_of_the_list(tmp_path: Path) -> None:
    folder = a_round(
        tmp_path,
        [(2, 0, "HV-1", Grade.MATCH), (3, 1, "HV-2", Grade.NEAR), (4, 2, "HV-3", Grade.DUPLICATE)],
        [(5, 1, "HV-4", Grade.MATCH_NORMALISED), (6, 2, "HV-5", Grade.DEAD), (7, 0, "HV-6", Grade.DIFFERS)],
    )

    assert links_of(folder) == [Link("HV-1", 1090000017), Link("HV-4", 1190000025)]


def test_a_key_that_names_a_person_is_replaced_by_the_row(tmp_path: Path) -> None:
    folder = a_round(tmp_path, [(2, 0, "001090000017", Grade.MATCH), (3, 1, "", Grade.MATCH)])

    assert [each.reference for each in links_of(folder)] == ["dòng 2", "dòng 3"]


def test_a_round_whose_parts_were_tidied_away_is_told_of(tmp_path: Path) -> None:
    folder = a_round(tmp_path, [(2, 0, "HV-1", Grade.MATCH)])
    (folder / "parts/verdicts-00000.parquet").unlink()

    with pytest.raises(FileNotFoundError):
        links_of(folder)
