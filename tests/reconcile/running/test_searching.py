"""Records nobody was surely found for are searched some at a time: what is said of them does not depend on how many."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from dancu.reconcile.alone import others_of
from dancu.reconcile.running import searching
from dancu.reconcile.running.folder import WORK
from dancu.reconcile.running.job import Others
from dancu.reconcile.running.plan import read_plan
from dancu.reconcile.running.searching import CANDIDATES, IS_CLEAR
from dancu.reconcile.running.words import Repeated
from tests.reconcile.engine.columns import KEY
from tests.reconcile.running.jobs import AN, BINH, CHI, done, job, report, results

WRONG = "079099999999"
LINES = (
    ("a", AN, "Trần Thị An", "03/02/1993"),
    ("b", WRONG, "Nguyễn Văn Bình", "20/05/1993"),
    ("c", WRONG, "Lò Văn Páo", "02/09/1950"),
    ("d", WRONG, "Trần Thị An", "03/02/1993"),
    ("e", CHI, "Lê Thị Chi", "30/11/1993"),
    ("f", WRONG, "Nguyễn Văn Bình", "1993"),
    ("g", WRONG, "Nguyễn Văn Bình", "20/05/1993"),
)


def others(folder: Path) -> Others:
    return others_of(read_plan(folder), KEY)


def searched(folder: Path, **more: object) -> NDArray[np.uint8]:
    made = job(folder, LINES, rows_a_batch=2, candidates=True, **more)
    found: NDArray[np.uint8] = np.load(done(made, others(made)) / WORK / CANDIDATES)
    return found


def test_what_is_found_does_not_depend_on_how_many_are_searched_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, seen = searched(tmp_path / "whole"), list[int]()
    monkeypatch.setattr(searching, "RECORDS_AT_ONCE", 2)
    real = searching.read_unresolved

    def counting(*given: object) -> object:
        for table in real(*given):  # type: ignore[arg-type]
            seen.append(len(table))
            yield table

    monkeypatch.setattr(searching, "read_unresolved", counting)

    assert searched(tmp_path / "pieces").tolist() == whole.tolist()
    assert len(seen) > 1
    assert max(seen) <= 3
    assert whole[[0, 2, 4]].tolist() == [0, 0, 0]
    assert all(whole[[1, 3, 6]] & IS_CLEAR)


def test_where_a_person_stands_once_records_searched_apart_do_not_both_have_her(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "RECORDS_AT_ONCE", 1)

    found = searched(tmp_path, one_to_one=True)

    assert [bool(found[at] & IS_CLEAR) for at in (1, 5, 6)] == [True, False, False]


def test_a_list_with_nobody_unresolved_needs_no_search(tmp_path: Path) -> None:
    made = job(tmp_path, [("a", BINH, "Nguyễn Văn Bình", "20/05/1993")], candidates=True)

    assert np.load(done(made, others(made)) / WORK / CANDIDATES).tolist() == [0]


AGAIN = (LINES[0], ("b", "079099999991", *LINES[1][2:]), ("c", WRONG, *LINES[3][2:]))


def test_where_a_person_stands_once_whoever_another_row_has_is_no_candidate_and_that_row_is_named(tmp_path: Path) -> None:
    made = job(tmp_path, AGAIN, rows_a_batch=2, candidates=True, one_to_one=True, formats=("parquet", "csv"))

    rows = results(done(made, others(made)))
    told = list(csv.reader((made / "results.csv").read_text(encoding="utf-8-sig").splitlines()))

    assert np.load(made / WORK / CANDIDATES)[2] == 0  # An, whom the first record has
    assert (rows[2]["grade"], rows[2]["candidates"]) == ("KHONG_TIM_THAY", "")
    assert (rows[2]["repeats"], rows[2]["repeated_row"]) == (Repeated.MAYBE_SAME_PERSON, 2)
    assert told[3][-1] == "Có thể là cùng một người với dòng 2 đã khớp"
    assert (rows[1]["candidates"], rows[1]["repeats"]) == ("Có 1 người có thể khớp", 0)  # nobody has Bình for certain
    assert report(made)["candidates"]["records_of_matched"] == 1


def test_what_is_sure_is_said_before_what_only_may_be(tmp_path: Path) -> None:
    made = job(tmp_path, (*AGAIN, ("d", WRONG, "Lò Văn Páo", "02/09/1950")), candidates=True, one_to_one=True)

    row = results(done(made, others(made)))[2]

    assert row["repeats"] == Repeated.MAYBE_SAME_PERSON | Repeated.OTHER_PERSON
    assert row["repeated_row"] == 5


def test_where_a_person_may_stand_more_than_once_she_stays_a_candidate(tmp_path: Path) -> None:
    made = job(tmp_path, AGAIN, candidates=True)

    rows = results(done(made, others(made)))

    assert (rows[2]["candidates"], rows[2]["repeats"]) == ("Có 1 người có thể khớp", 0)
    assert report(made)["candidates"]["records_of_matched"] == 0
