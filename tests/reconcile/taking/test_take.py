"""A snapshot is the registry at one moment, and however it is taken it is the same.

What happens to people is drawn by chance through the registry's own acts; after each stretch of life a version that goes on
from the last one is compared, byte for byte, with one for which everybody was read.
"""

from __future__ import annotations

import os
import random
from datetime import timedelta
from pathlib import Path

import numpy as np
import psycopg
import pyarrow.parquet as pq
import pytest

from dancu.exchange import api as exchange
from dancu.kernel.names import canonical_name
from dancu.kernel.personal_id import PersonalId
from dancu.kernel.sealing import SealingKey
from dancu.ledger import api as ledger
from dancu.population import api as population
from dancu.population.domain import Flag
from dancu.reconcile.engine.build import Persons, build
from dancu.reconcile.engine.exact import compare
from dancu.reconcile.engine.name_keys import NameKey
from dancu.reconcile.engine.reasons import Found
from dancu.reconcile.engine.snapshot import MARK_CANCELLED, MARK_DEAD, MARK_REPLACED, save_arrays
from dancu.reconcile.taking.home import SnapshotHome
from dancu.reconcile.taking.take import FULL_AFTER, take_snapshot
from tests.factories.approvals import a_document, an_approval
from tests.factories.people import NOW, a_person_row
from tests.population.scene import load_rows, until_all_is_readable
from tests.reconcile.engine.columns import KEY, batch, column
from tests.reconcile.taking.registry import Life, a_row, arrays_of, opened, settings, some_rows, taken

pytestmark = pytest.mark.django_db(transaction=True)
HOA, BA, NAM = "046090000101", "046190000102", "079099000103"


@pytest.fixture
def home(tmp_path: Path) -> SnapshotHome:
    return SnapshotHome(tmp_path / "snapshots")


def three_people(folder: Path) -> None:
    rows = [
        a_person_row(HOA, "Trần Văn Hòa", old_id_no="191000001", permanent_version="L2-2025", permanent_code="46..19789",
                     id_cards='[{"kind": "cmnd9", "number": "191000009"}, {"kind": "cccd_chip", "number": "046090000101"}]'),
        a_person_row(BA, "Lê  thị Ba\x1f", "1955", sex="2", life_status="1", life_status_on="2023-03-15"),
        a_person_row(NAM, "Y Năm", "1971-07", permanent_version="L3-2021", permanent_code="46.474.19750"),
    ]  # fmt: skip
    load_rows(rows, folder)


def marks_of(made: object, row: int) -> int:
    return int(made.rows[row, 0]) & (MARK_DEAD | MARK_REPLACED | MARK_CANCELLED)  # type: ignore[attr-defined]


def test_it_holds_everybody_as_the_registry_has_them(home: SnapshotHome, tmp_path: Path) -> None:
    three_people(tmp_path)

    made = opened(taken(home))

    assert made.numbers_of(np.arange(3)).tolist() == [int(HOA), int(BA), int(NAM)]
    assert made.name_of(0) == canonical_name("Trần Văn Hòa")
    assert made.communes[0] == 19789
    assert [marks_of(made, row) for row in range(3)] == [0, MARK_DEAD, 0]
    verdicts = compare(
        batch((HOA, "TRẦN VĂN HOÀ", "17/05/1990"), ("191000009", "Trần Văn Hòa", "17/05/1990"), (NAM, "Y Năm", "07/1971")),
        made,
        KEY,
        2026,
    )
    assert verdicts.found.tolist() == [Found.BY_ID, Found.BY_OLD, Found.BY_ID]
    assert verdicts.row.tolist() == [0, 0, 2]
    assert not verdicts.differs.any()


def test_its_arrays_are_those_the_engine_itself_would_build(home: SnapshotHome, tmp_path: Path) -> None:
    chance = random.Random(4)
    rows = some_rows(chance, 300)
    load_rows([{**row, "id_cards": "[]"} for row in rows], tmp_path)
    made = taken(home)
    communes = {number: commune for number, commune in zip(*_columns(made.folder, "number", "commune"), strict=True)}

    numbers = np.array([int(row["personal_id"]) for row in rows], np.int64)
    old = np.array([int(row["old_id_no"] or 0) for row in rows], np.uint32)
    names, dates = column([row["full_name"] for row in rows]), column([row["birth_date"] for row in rows])
    marks, of = np.zeros(len(rows), np.uint32), np.flatnonzero(old)
    known = np.array([communes[int(number)] for number in numbers], np.uint32)
    save_arrays(tmp_path / "built", build([Persons(numbers, *names, *dates, marks, known, old[of], of)], KEY, ""), {})

    assert arrays_of(made.folder) == arrays_of(tmp_path / "built")
    assert len(opened(made).rows) == len(rows)


@pytest.mark.parametrize("seed", range(3))
def test_going_on_from_the_last_version_gives_what_reading_everybody_gives(home: SnapshotHome, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    load_rows(rows := some_rows(chance, 400), tmp_path)
    taken(home)
    life = Life(chance, [int(row["personal_id"]) for row in rows])

    for stretch in range(3):
        life.go_on(40)
        if stretch == 1:
            again = [a_row(chance, row["personal_id"]) for row in chance.sample(rows, 20)]
            load_rows([*again, *some_rows(chance, 20)], tmp_path)
        until_all_is_readable()
        gone_on, everybody = taken(home), taken(SnapshotHome(tmp_path / f"full-{stretch}"))

        assert not gone_on.is_full, gone_on.why_full
        assert gone_on.changed < everybody.changed
        assert arrays_of(gone_on.folder) == arrays_of(everybody.folder)
        assert gone_on.sha256 == everybody.sha256
        home.prune(now=NOW, keep=1)


def test_a_part_nothing_changed_in_is_not_written_again(home: SnapshotHome, tmp_path: Path) -> None:
    load_rows(some_rows(random.Random(1), 300), tmp_path)
    first = taken(home)
    touched = int(next(iter(_columns(first.folder, "number")[0])))
    population.correct_person(touched, {"full_name": "Tên Mới"}, an_approval(), a_document(), now=NOW)

    second = taken(home)

    parts = [sorted(each.folder.glob("parts/*.parquet")) for each in (first, second)]
    same = [before.samefile(after) for before, after in zip(*parts, strict=True)]
    assert same.count(False) == 1
    assert len(same) > 1


def test_a_change_that_was_open_while_a_version_was_taken_is_in_the_next_one(home: SnapshotHome, tmp_path: Path) -> None:
    """The row and its line in the history commit together, but under a transaction older than those already seen."""
    three_people(tmp_path)
    with psycopg.connect(os.environ["DATABASE_URL"]) as early:
        early.execute("select pg_current_xact_id()")
        population.correct_person(int(BA), {"full_name": "Lê Thị Bốn"}, an_approval(), a_document(), now=NOW)
        first = taken(home)
        early.execute("update population_person set full_name = 'Tên Muộn', last_seq = 1 where personal_no = %s", [int(NAM)])
        early.execute(
            "insert into population_change (personal_no, seq, kind, valid_from, recorded_at, load_batch)"
            " values (%s, 1, 'load', '2020-01-01', now(), 1)",
            [int(NAM)],
        )

    second = taken(home)

    assert opened(first).name_of(2) == canonical_name("Y Năm")
    assert opened(second).name_of(2) == canonical_name("Tên Muộn")
    assert not second.is_full


def test_persons_of_a_load_that_was_running_are_in_the_next_one(home: SnapshotHome, tmp_path: Path) -> None:
    three_people(tmp_path)
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as loading:
        loading.execute("update population_loadbatch set finished_at = null")
        taken(home)
        loading.execute(
            "insert into population_person select (jsonb_populate_record(p, jsonb_build_object('personal_no', personal_no + 1))).*"
            " from population_person p where personal_no = %s",
            [int(HOA)],
        )
        loading.execute("update population_loadbatch set finished_at = now()")

    second = taken(home)

    assert (second.persons, second.is_full) == (4, False)


def test_nobody_is_in_it_of_whom_nothing_is_told(home: SnapshotHome, tmp_path: Path) -> None:
    three_people(tmp_path)
    taken(home)
    new = "046090000777"
    population.replace_number(int(HOA), PersonalId.parse(new), an_approval(), a_document(), now=NOW)
    population.set_flags(int(new), Flag.PROTECTED, an_approval(), a_document(), now=NOW)

    hidden = opened(taken(home))
    population.set_flags(int(new), Flag(0), an_approval(), a_document(), now=NOW)
    shown = opened(taken(home))

    assert hidden.numbers_of(np.arange(hidden.persons)).tolist() == [int(BA), int(NAM)]  # nor the number that leads to her
    assert hidden.old.tolist() == []
    assert shown.numbers_of(np.arange(shown.persons)).tolist() == [int(HOA), int(new), int(BA), int(NAM)]
    assert [marks_of(shown, row) for row in range(4)] == [MARK_REPLACED, 0, MARK_DEAD, 0]
    assert shown.old_rows.tolist() == [1, 1]  # both old numbers lead to the number in force


def test_planted_persons_are_left_out(home: SnapshotHome, tmp_path: Path) -> None:
    load_rows(some_rows(random.Random(2), 60), tmp_path)
    key = SealingKey(bytes(32))
    before = taken(home)
    exchange.plant_watermarks(3, "hạt giống", key=key, by="thử", now=NOW)

    after = taken(home, full=True, left_out=exchange.planted_numbers(key=key))

    assert after.sha256 == before.sha256
    assert taken(home, full=True).persons == before.persons + 3


def test_every_reading_and_every_version_stands_in_the_ledger(home: SnapshotHome, tmp_path: Path) -> None:
    three_people(tmp_path)

    made = taken(home, by="quantri01")

    entry = ledger.entry_by_reference(made.reference)
    assert entry.body["outcome"] == f"snapshot.taken:{made.version}:3:{made.sha256}"
    assert entry.officer == "quantri01"
    assert f"snapshot.read:{made.version}" in [each.body["outcome"] for each in ledger.latest(5)]
    assert home.version(made.version).described["ledger"] == made.reference


def test_without_its_entry_there_is_no_version(home: SnapshotHome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    three_people(tmp_path)
    before = taken(home)

    def refuse(*_: object, **__: object) -> str:
        raise OSError("the ledger cannot be written")

    monkeypatch.setattr("dancu.reconcile.taking.take.ledger.record", refuse)
    with pytest.raises(OSError, match="ledger"):
        taken(home, full=True)

    assert [each.name for each in home.versions()] == [before.version]
    assert not list(home.folder.glob(".unfinished*"))


def test_another_key_reads_everybody(home: SnapshotHome, tmp_path: Path) -> None:
    three_people(tmp_path)
    before = taken(home)

    made = taken(home, key=NameKey(1, 2), key_id="mới")

    assert (made.is_full, made.why_full) == (True, "another key")
    assert made.sha256 != before.sha256


def test_everybody_is_read_again_after_some_days(home: SnapshotHome, tmp_path: Path) -> None:
    """What was changed past the history, by hand or by a restore, comes in then."""
    three_people(tmp_path)
    taken(home)
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as by_hand:
        by_hand.execute("delete from population_person where personal_no = %s", [int(NAM)])

    soon = take_snapshot(home, settings(), now=NOW + FULL_AFTER)
    later = take_snapshot(home, settings(), now=NOW + FULL_AFTER + timedelta(seconds=1))

    assert (soon.persons, soon.is_full) == (3, False)
    assert (later.persons, later.is_full) == (2, True)


def test_when_many_were_changed_everybody_is_read(home: SnapshotHome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    three_people(tmp_path)
    taken(home)
    population.correct_person(int(NAM), {"full_name": "Y Sáu"}, an_approval(), a_document(), now=NOW)
    monkeypatch.setattr("dancu.reconcile.taking.take.CHANGED_SHARE_MAX", -1000)

    made = taken(home)

    assert (made.is_full, made.why_full) == (True, "too many changes, or another database")


def test_a_version_of_another_database_is_not_gone_on_from(home: SnapshotHome, tmp_path: Path) -> None:
    three_people(tmp_path)
    made = taken(home)
    file = made.folder / "snapshot.json"
    file.write_text(file.read_text().replace('"database": "', '"database": "9'))

    assert taken(home).is_full


def test_an_empty_registry_is_a_snapshot_of_nobody(home: SnapshotHome) -> None:
    made = opened(taken(home))

    assert made.persons == 0
    assert compare(batch((HOA, "Trần Văn Hòa", "")), made, KEY, 2026).found.tolist() == [Found.NOBODY]


def _columns(folder: Path, *names: str) -> list[list[int]]:
    table = pq.read_table(folder / "parts", columns=list(names))
    return [table.column(name).to_pylist() for name in names]
