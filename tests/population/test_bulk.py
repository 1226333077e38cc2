"""The registry from end to end as columns: one moment, nobody twice, nothing without a warrant and its entry."""

from __future__ import annotations

import json
import os
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl
import psycopg
import pytest

from dancu.kernel.warrants import Actor, Field, Warrant
from dancu.ledger import api as ledger
from dancu.population import api as population
from dancu.population import bulk
from dancu.population.api import BulkReading
from tests.factories.people import NOW, a_person_row
from tests.population.scene import NEW_NUMBER, OLD_NUMBER, PEOPLE, load_rows

pytestmark = pytest.mark.django_db(transaction=True)


def a_warrant(fields: frozenset[Field] = population.BULK_FIELDS, minutes: int = 60) -> Warrant:
    return Warrant(Actor("H57", "thu", "canbo01"), "thử", "luật", "", "", "", fields, NOW + timedelta(minutes=minutes))


def reading(**more: object) -> AbstractContextManager[BulkReading]:
    return population.bulk_reading(os.environ["DATABASE_URL"], more.pop("warrant", a_warrant()), now=NOW, outcome="thử.đọc", **more)  # type: ignore[arg-type]


def everybody(open_: BulkReading) -> pl.DataFrame:
    return pl.concat([block.people for blocks in open_.everybody() for block in blocks]).sort("number")


def test_everybody_comes_once_over_all_connections(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "PAGES_A_BLOCK", 1)
    numbers = [46090000000 + at for at in range(300)]
    load_rows([a_person_row(f"{number:012d}") for number in numbers], tmp_path)

    with reading(connections=3) as open_:
        iterators = open_.everybody()
        taken = [next(each) for each in iterators]
        rest = [block for each in iterators for block in each]
        blocks = open_.blocks

    assert blocks > 3
    assert sorted(pl.concat([each.people for each in [*taken, *rest]])["number"].to_list()) == numbers


def test_what_it_says_of_a_person_is_what_the_registry_holds(tmp_path: Path) -> None:
    load_rows(PEOPLE, tmp_path)

    with reading() as open_:
        people = everybody(open_)
        block = next(open_.of(np.array([int(OLD_NUMBER)])))

    first = people.row(by_predicate=pl.col("number") == 46090000101, named=True)
    assert first["date"] == 1990 << 9 | 5 << 5 | 17
    assert (first["old_number"], first["place"], first["life"], first["state"]) == (191000101, "L2-2025 46..19789", 0, 0)
    dead = people.row(by_predicate=pl.col("number") == 46048000103, named=True)
    assert (dead["life"], dead["name"]) == (1, "Phạm Khuất")
    assert people.row(by_predicate=pl.col("number") == 46155000102, named=True)["date"] == 1955 << 9
    assert block.people["state"].to_list() == [1]
    assert block.successors.rows() == [(int(OLD_NUMBER), int(NEW_NUMBER))]


def test_all_connections_see_the_moment_of_the_first(tmp_path: Path) -> None:
    load_rows([a_person_row()], tmp_path)
    with reading() as open_, psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as other:
        other.execute("update population_person set full_name = 'Tên Sau'")
        names = [block.people["name"].to_list() for blocks in open_.everybody()[::-1] for block in blocks]

    assert names == [["Trần Văn Hòa"]]


def test_a_name_may_hold_the_sign_between_names(tmp_path: Path) -> None:
    load_rows([a_person_row(), a_person_row("046090000102", "Lê Ba")], tmp_path)
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as other:
        other.execute("update population_person set full_name = e'Trần\\x1fHòa' where personal_no = 46090000101")

    with reading() as open_:
        people = everybody(open_)

    assert people["name"].to_list() == ["Trần Hòa", "Lê Ba"]


def test_cards_give_nine_digit_numbers_only(tmp_path: Path) -> None:
    old = [{"kind": "cmnd9", "number": number} for number in ("191000009", "191000010")]
    cards = json.dumps([*old, {"kind": "cccd", "number": "046090000101"}])
    load_rows([a_person_row(id_cards=cards)], tmp_path)

    with reading() as open_:
        found = [block.card_numbers for blocks in open_.everybody() for block in blocks]

    assert pl.concat(found)["value"].to_list() == [191000009, 191000010]


def test_the_reading_stands_in_the_ledger_before_its_first_row(tmp_path: Path) -> None:
    load_rows([a_person_row()], tmp_path)

    with reading():
        entry = ledger.latest(1)[0]

    assert (entry.body["kind"], entry.body["outcome"], entry.officer) == ("search", "thử.đọc", "canbo01")
    assert set(entry.body["fields"]) == set(population.BULK_FIELDS)


@pytest.mark.parametrize("warrant", [a_warrant(minutes=0), a_warrant(population.BULK_FIELDS - {Field.FULL_NAME})])
def test_without_a_warrant_that_names_all_of_it_nothing_is_read(warrant: Warrant) -> None:
    before = ledger.count()

    with pytest.raises(AssertionError, match="warrant"), reading(warrant=warrant):
        pass

    assert ledger.count() == before
