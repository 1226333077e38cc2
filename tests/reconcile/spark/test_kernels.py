"""Reading and judging by themselves say what the whole comparison says. The join between them is done here by hand, with
dictionaries, the slow and plain way: it is also what the relational definition is held against.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dancu.reconcile.engine.parsing import DATE_MASK, NUMBER_ID, NUMBER_NONE, NUMBER_OLD
from dancu.reconcile.engine.reasons import Found, Reason
from dancu.reconcile.engine.snapshot import Snapshot
from dancu.reconcile.spark.columns import JOINED, PERSON
from dancu.reconcile.spark.engines import read_verdicts
from dancu.reconcile.spark.exporting import export_parquet
from dancu.reconcile.spark.kernels import Terms, judge_joined, read_records
from tests.reconcile.spark.lists import DRAWN_TERMS, ODD_RECORDS, TERMS, drawn_list, odd_snapshot, said_here, write_list

Row = dict[str, Any]
NOBODY: Row = dict.fromkeys(PERSON.names)


def joined_by_hand(read: list[Row], exported: Path) -> pa.Table:
    by_number = {row["number"]: row for row in pq.read_table(exported / "persons").to_pylist()}
    by_old = defaultdict(list)
    for row in pq.read_table(exported / "old").to_pylist():
        by_old[row["old"]].append(row)
    joined = []
    for record in read:
        found, person = _person_of(record, by_number, by_old)
        joined.append({**record, "found": int(found), **{name: person[name] for name in PERSON.names}})
    return pa.Table.from_pylist(joined, schema=JOINED)


def _person_of(record: Row, by_number: dict[int, Row], by_old: dict[int, list[Row]]) -> tuple[Found, Row]:
    if record["kind"] == NUMBER_ID:
        person = by_number.get(record["value"])
        return (Found.BY_ID, person) if person else (Found.NOBODY, NOBODY)
    if record["kind"] != NUMBER_OLD:
        return (Found.NO_NUMBER if record["kind"] == NUMBER_NONE else Found.UNUSABLE), NOBODY
    several = by_old.get(record["value"], [])
    agreeing = [each for each in several if each["key"] == record["name_key"] or each["birth"] & DATE_MASK == record["date"]]
    if len(several) == 1 or len(agreeing) == 1:
        return Found.BY_OLD, several[0] if len(several) == 1 else agreeing[0]
    return (Found.SEVERAL if several else Found.NOBODY), NOBODY


def said_in_pieces(list_parquet: Path, snapshot: Snapshot, folder: Path, terms: Terms) -> pa.Table:
    export_parquet(snapshot, folder / "exported")
    batches = pq.ParquetFile(list_parquet).iter_batches(11_000)
    read = pa.Table.from_batches(read_records(batches, terms))
    joined = joined_by_hand(read.to_pylist(), folder / "exported")
    made = pa.Table.from_batches(judge_joined(reversed(joined.to_batches(3000)), terms))
    (folder / "verdicts").mkdir()
    pq.write_table(made, folder / "verdicts" / "part.parquet")
    return read_verdicts(folder / "verdicts")


def test_whatever_a_record_may_say_is_judged_in_pieces_as_in_one_pass(tmp_path: Path) -> None:
    snapshot, sent = odd_snapshot(), write_list(tmp_path / "list.parquet", ODD_RECORDS)

    said = said_in_pieces(sent, snapshot, tmp_path, TERMS)

    assert said.equals(said_here(sent, snapshot))
    assert set(said["found"].to_pylist()) == {int(each) for each in Found}, "every way to be found is among them"
    reasons = 0
    for each in said["reason"].to_pylist():
        reasons |= each
    assert Reason(reasons) >= Reason.LOOK_ALIKE | Reason.OTHER_MARKS | Reason.OLD_NUMBER | Reason.DEAD | Reason.ANOTHER_PERSON


@pytest.mark.parametrize("count", [20_000])
def test_a_drawn_list_is_judged_in_pieces_as_in_one_pass(tmp_path: Path, count: int) -> None:
    sent, snapshot = drawn_list(tmp_path, count)

    assert said_in_pieces(sent, snapshot, tmp_path, DRAWN_TERMS).equals(said_here(sent, snapshot, DRAWN_TERMS))
