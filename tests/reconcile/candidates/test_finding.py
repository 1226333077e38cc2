"""Who a record speaks of when no number says so: one registry of four hundred strangers and a few persons somebody asks for."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from dancu.reconcile.candidates.deciding import Candidates, Note, note_of
from dancu.reconcile.candidates.finding import find
from dancu.reconcile.candidates.weights import read_weights
from dancu.reconcile.engine.lookup import NO_ROW
from dancu.reconcile.engine.snapshot import MARK_REPLACED, Snapshot
from tests.reconcile.candidates.records import ELSEWHERE, Person, Record, numbers_of, registry, unresolved
from tests.reconcile.engine.columns import KEY

HERS = "046193000002"
SHE = Person(HERS, "Trần Thị Thúy Hòa", "1993-05-13")


def found(snapshot: Snapshot, *records: Record, one_to_one: bool = False, held: NDArray[np.bool_] | None = None) -> Candidates:
    return find(unresolved(*records), snapshot, KEY, 2026, read_weights(), one_to_one=one_to_one, held=held)


@pytest.mark.parametrize(
    "record",
    [
        Record("", "Trần Thị Thúy Hòa", "13/05/1993"),
        Record("046193000003", "Trần Thị Thúy Hòa", "13/05/1993"),
        Record("046193000020", "TRAN THI THUY HOA", "13/05/1993"),
        Record("046193999999", "Trần Thị Thúi Hòa", "13/05/1993"),
        Record("", "Hòa Trần Thị Thúy", "13/05/1993"),
        Record("", "Trần Thúy Hòa", "13/05/1993", 2, 330),
        Record("", "Tr. T. Thúy Hòa", "13/05/1993", 2, 330),
        Record("04619300000", "Trần Thị Thúy Hòa", "15/05/1993"),
        Record("", "Trần Thị Thúy Hòa", "05/13/1993", 2, 330),
        Record("", "Trần Thị Thúy Hòa", "1993", 2, 330),
        Record("", "Trần Thị Thúy Hòa", "01/01/1993", 2, 330),
        Record("", "Trần Thị Thúy Hòa", "13/94/1993", 2, 330),
        Record("046193000003", "Trần Thị Thúy Lan", "13/05/1993"),
    ],
)
def test_one_person_is_clear_for_one_mistake_or_two(record: Record) -> None:
    snapshot = registry(SHE)

    made = found(snapshot, record)

    assert numbers_of(snapshot, made.row.tolist()) == [HERS]
    assert note_of(made).tolist() == [Note.CLEAR]


@pytest.mark.parametrize(
    "record",
    [
        Record(),
        Record("", "Nguyễn Văn An", ""),
        Record("", "Lò Văn Páo", "02/09/1950"),
        Record("046193000003", "Lò Văn Páo", "02/09/1950"),  # the number of another, a digit off
        Record("", "", "13/05/1993"),
        Record("", "", "", 2, 330),
        Record("chưa có", "không rõ", "không rõ"),
    ],
)
def test_of_somebody_else_and_of_nothing_no_candidate_is_clear(record: Record) -> None:
    made = found(registry(SHE), record)

    assert not made.is_clear[0]


def test_namesakes_of_one_day_are_several_until_something_tells_them_apart() -> None:
    twin = Person("001193000077", SHE.name, SHE.born, ELSEWHERE)
    snapshot = registry(SHE, twin)

    made = found(snapshot, Record("", SHE.name, "13/05/1993"), Record("", SHE.name, "13/05/1993", 2, ELSEWHERE))

    assert note_of(made).tolist() == [Note.SEVERAL, Note.CLEAR]
    assert made.how_many[0] == 2
    assert made.margin[0] < 1 < made.margin[1]
    assert numbers_of(snapshot, [made.row[1]]) == [twin.number]


def test_twins_whose_names_differ_in_a_word_are_told_apart_by_it() -> None:
    twin = Person("046193000003", "Trần Thị Thúy Hằng", SHE.born)
    snapshot = registry(SHE, twin)

    made = found(snapshot, Record("", "Trần Thị Thúy Hằng", "13/05/1993", 2, 330), Record("", SHE.name, "13/05/1993", 2, 330))

    assert made.is_clear.all()
    assert numbers_of(snapshot, made.row.tolist()) == [twin.number, HERS]


def test_in_a_list_that_has_everybody_once_the_more_probable_record_has_the_person() -> None:
    sure, less = Record("046193000003", SHE.name, "13/05/1993"), Record("", SHE.name, "15/05/1993", 2, 330)
    snapshot = registry(SHE)

    both = found(snapshot, less, sure)
    once = found(snapshot, less, sure, one_to_one=True)

    assert numbers_of(snapshot, both.row.tolist()) == [HERS, HERS]
    assert numbers_of(snapshot, once.row.tolist()) == ["", HERS]
    assert once.is_clear.tolist() == [False, True]


def test_in_such_a_list_somebody_another_record_has_is_offered_to_nobody_and_yet_known() -> None:
    twin = Person("046193000003", "Trần Thị Thúy Hằng", SHE.born)
    snapshot = registry(SHE, twin)
    hers, his = Record("", SHE.name, "13/05/1993", 2, 330), Record("", twin.name, "13/05/1993", 2, 330)
    held = snapshot.numbers_of(np.arange(snapshot.persons)) == int(HERS)

    once = found(snapshot, hers, his, one_to_one=True, held=held)
    often = found(snapshot, hers, held=held)

    assert once.is_clear.tolist() == [False, True]
    assert HERS not in numbers_of(snapshot, once.row.tolist())
    assert numbers_of(snapshot, once.held_row.tolist()) == [HERS, ""]
    assert once.how_many[0] == often.how_many[0] - 1
    assert often.is_clear[0]
    assert numbers_of(snapshot, often.held_row.tolist()) == [""]


def test_a_number_no_longer_in_force_is_nobodys() -> None:
    before = Person("079193000001", SHE.name, SHE.born, marks=MARK_REPLACED)
    snapshot = registry(SHE, before)

    made = found(snapshot, Record("", SHE.name, "13/05/1993", 2, 330))

    assert made.is_clear[0]
    assert numbers_of(snapshot, made.row.tolist()) == [HERS]


def test_no_records_have_no_candidates() -> None:
    made = found(registry(SHE))

    assert [len(each) for each in (made.row, made.probability, made.margin, made.how_many, made.is_clear)] == [0] * 5


def test_a_registry_of_nobody_has_no_candidates() -> None:
    made = found(registry(strangers=0), Record("", SHE.name, "13/05/1993"))

    assert made.row.tolist() == [NO_ROW]


def test_a_placeholder_typed_a_thousand_times_costs_nothing_and_finds_nobody() -> None:
    placeholder = [Record("", "Khách Hàng", "01/01/1990", 1, 330)] * 1000

    made = found(
        registry(SHE, Person("046090000001", "Khách Hàng", "1990-01-01")), *placeholder, Record("", SHE.name, "13/05/1993")
    )

    assert not made.is_clear[:1000].any()
    assert made.is_clear[1000]


def test_evidence_from_elsewhere_decides_between_namesakes() -> None:
    twin = Person("001193000077", SHE.name, SHE.born, ELSEWHERE)
    snapshot = registry(SHE, twin)

    def mothers(records: np.ndarray, rows: np.ndarray) -> np.ndarray:
        return np.where(snapshot.numbers_of(rows) == int(twin.number), 6.0, -6.0).astype(np.float32)

    record = unresolved(Record("", SHE.name, "13/05/1993"))
    made = find(record, snapshot, KEY, 2026, read_weights(), one_to_one=False, evidence=[mothers])

    assert made.is_clear[0]
    assert numbers_of(snapshot, made.row.tolist()) == [twin.number]


def test_whoever_watches_can_stop_the_search() -> None:
    def stop(done: int, of: int) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        find(unresolved(Record("", SHE.name)), registry(SHE), KEY, 2026, read_weights(), one_to_one=False, progress=stop)
