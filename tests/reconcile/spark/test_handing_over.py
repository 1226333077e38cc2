"""What was read of a list is handed to a query engine as it was read, every record with its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from dancu.reconcile.engine.exact import Batch
from dancu.reconcile.spark.handing_over import write_records
from tests.reconcile.engine.columns import batch

RECORDS = [("046093000001", "Trần Thị Thúy Hòa", "03/02/1993"), ("", "", ""), ("191000001", "𝐋ê Ba", "1991")]


def test_batches_become_one_list_with_a_number_a_record(tmp_path: Path) -> None:
    count = write_records([batch(*RECORDS), batch(*RECORDS[1:])], tmp_path / "list.parquet")

    written = pq.read_table(tmp_path / "list.parquet").to_pylist()
    assert count == 5
    assert [each["record"] for each in written] == list(range(5))
    assert [(each["number"], each["name"], each["birth_date"]) for each in written] == [*RECORDS, *RECORDS[1:]]


def test_a_batch_that_begins_within_its_bytes_is_written_from_there(tmp_path: Path) -> None:
    whole = batch(*RECORDS)
    later = replace(
        whole, number_offsets=whole.number_offsets[1:], name_offsets=whole.name_offsets[1:], date_offsets=whole.date_offsets[1:]
    )

    write_records([later], tmp_path / "list.parquet")

    assert [each["number"] for each in pq.read_table(tmp_path / "list.parquet").to_pylist()] == ["", "191000001"]


def test_half_a_list_is_none_and_nobody_else_reads_a_whole_one(tmp_path: Path) -> None:
    def failing() -> Iterator[Batch]:
        yield batch(*RECORDS)
        raise OSError("hỏng")

    with pytest.raises(OSError, match="hỏng"):
        write_records(failing(), tmp_path / "list.parquet")
    assert not (tmp_path / "list.parquet").exists()

    write_records([batch(*RECORDS)], tmp_path / "list.parquet")
    assert (tmp_path / "list.parquet").stat().st_mode & 0o077 == 0
