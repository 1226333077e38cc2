"""Every record gets one grade: what is said of it follows from what was found, what differs and why."""

from __future__ import annotations

import numpy as np
import pytest

from dancu.reconcile.engine.exact import Verdicts, compare
from dancu.reconcile.engine.grading import Grade, grades_of
from dancu.reconcile.engine.reasons import Differs, Found, Reason
from dancu.reconcile.engine.snapshot import MARK_DEAD
from tests.reconcile.engine.columns import KEY, batch, snapshot

HE, SHE, LATE = "046093000001", "046193000002", "046050000003"


def graded(*records: tuple[str, str, str]) -> list[Grade]:
    known = snapshot(
        (HE, "Trần Văn Thử", "1993-02-03"), (SHE, "Lý Thị Hoà", "1993-05-01"), (LATE, "Đỗ Văn Cố", "1950-01-02"),
        old={HE: "191000001"}, marks={LATE: MARK_DEAD},
    )  # fmt: skip
    return [Grade(each) for each in grades_of(compare(batch(*records), known, KEY, 2026))]


@pytest.mark.parametrize(
    ("record", "grade"),
    [
        ((HE, "TRẦN VĂN  THỬ", "03/02/1993"), Grade.MATCH),
        ((HE, "Trần Văn Thử", "1993"), Grade.MATCH_NORMALISED),
        (("46 093 000 001", "Trần Văn Thử", "03/02/1993"), Grade.MATCH_NORMALISED),
        (("191000001", "Trần Văn Thử", "03/02/1993"), Grade.MATCH_NORMALISED),
        ((HE, "TRAN VAN THU", "03/02/1993"), Grade.NEAR),
        ((SHE, "Lí Thị Hòa", "01/05/1993"), Grade.NEAR),
        ((HE, "Trần Văn Thử", "02/03/1993"), Grade.NEAR),
        ((HE, "TRAN VAN THU", "02/03/1993"), Grade.DIFFERS),
        ((HE, "Trần Văn Thừ", "03/02/1993"), Grade.DIFFERS),
        ((HE, "Trần Văn Thử", "03/02/1983"), Grade.DIFFERS),
        ((LATE, "Đỗ Văn Cố", "02/01/1950"), Grade.DEAD),
        ((LATE, "Trần Văn Thử", "03/02/1993"), Grade.DIFFERS),
        (("046093000009", "Trần Văn Thử", "03/02/1993"), Grade.NOT_FOUND),
        (("", "Trần Văn Thử", "03/02/1993"), Grade.NOT_FOUND),
        (("hộ chiếu", "Trần Văn Thử", "03/02/1993"), Grade.NOT_FOUND),
    ],
)
def test_a_record_is_graded_by_what_was_found(record: tuple[str, str, str], grade: Grade) -> None:
    assert graded(record) == [grade]


def test_whatever_was_found_there_is_one_grade_and_none_is_a_match_that_differs() -> None:
    chance = np.random.default_rng(1)
    made = Verdicts(
        np.zeros(20_000, np.uint32),
        chance.integers(0, len(Found), 20_000, np.uint8),
        chance.integers(0, 4, 20_000, np.uint8),
        chance.integers(0, 1 << 20, 20_000, np.uint32),
    )

    grades = grades_of(made)

    assert set(grades) <= set(Grade)
    matches = np.isin(grades, [Grade.MATCH, Grade.MATCH_NORMALISED])
    assert not made.differs[matches].any()
    assert not (made.differs[grades == Grade.NEAR] == (Differs.NAME | Differs.BIRTH_DATE)).any()
    assert not (made.reason[matches] & np.uint32(Reason.DEAD)).any()
