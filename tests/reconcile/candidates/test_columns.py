"""The search as a job calls it: columns of text in, how many may be meant and whether one is clear out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray

from dancu.reconcile.candidates.columns import finder, unresolved_of
from dancu.reconcile.candidates.weights import read_weights
from tests.reconcile.candidates.records import Person, registry
from tests.reconcile.engine.columns import KEY


@dataclass(frozen=True)
class Asked:
    places: NDArray[np.int64]
    texts: pa.Table
    held: NDArray[np.bool_] | None = None


def asked(*records: tuple[str | None, str, str, str | None]) -> Asked:
    names = ("number", "name", "birth_date", "sex")
    table = pa.table({name: pa.array([record[at] for record in records], pa.large_string()) for at, name in enumerate(names)})
    return Asked(np.arange(len(records)), table)


def test_a_job_hears_how_many_may_be_meant_and_whether_one_is_clear() -> None:
    snapshot, heard = registry(Person("046193000002", "Trần Thị Thúy Hòa", "1993-05-13")), []
    records = asked((None, "Trần Thị Thuý Hoà", "13/05/1993", "Nữ"), (None, "Lò Văn Páo", "02/09/1950", None))

    made = finder(KEY, 2026, read_weights())(records, snapshot, True, lambda done, of: heard.append((done, of)))

    assert made.how_many.tolist() == [1, 0]
    assert made.is_clear.tolist() == [True, False]
    assert heard[-1] == (snapshot.persons, snapshot.persons)


@pytest.mark.parametrize(
    ("word", "sex"), [("Nam", 1), (" NỮ ", 2), ("1", 1), ("2", 2), ("F", 2), ("gái", 2), ("0", 0), ("khác", 0), (None, 0)]
)
def test_a_sex_is_read_as_lists_write_it(word: str | None, sex: int) -> None:
    records = asked(("", "Trần Văn An", "1990", word))

    assert unresolved_of(records.places, records.texts).sexes.tolist() == [sex]


def test_a_list_without_sexes_is_taken_as_it_is() -> None:
    records = asked(("", "Trần Văn An", "1990", None))

    assert unresolved_of(records.places, records.texts.drop_columns(["sex"])).sexes.tolist() == [0]
