"""Every cause of the catalogue, planted alone on a thousand records and more of a simulated nation, is told; no slip is a match.

What cannot be seen from the list and the registry is planted and expected as what can: a relative's card is somebody else's number,
a name without a shaped vowel is the same text decomposed or half composed.
"""

from __future__ import annotations

import random

import numpy as np
import polars as pl
import pytest
from bench.causes import LIMIT, RECORDS_MIN, Nation, drawn, judged, pieces_of, planted, slips, told

from dancu.population.api import UNITS_FILE
from dancu.reconcile.engine.causes import REASONS, WITHOUT_CAUSE, Cause, count_causes
from dancu.reconcile.engine.grading import Grade, grades_of
from dancu.reconcile.engine.reasons import Differs, Reason

MATCHES = [Grade.MATCH, Grade.MATCH_NORMALISED]


@pytest.fixture(scope="module")
def nation(tmp_path_factory: pytest.TempPathFactory) -> Nation:
    return drawn(tmp_path_factory.mktemp("nation"), 30_000, UNITS_FILE, workers=1)


@pytest.mark.parametrize("cause", list(Cause))
def test_a_cause_is_told_wherever_it_can_be_seen(nation: Nation, cause: Cause) -> None:
    lines = planted(nation, cause, RECORDS_MIN + 200)

    pieces = [told(nation, name, expected, piece) for name, expected, piece in pieces_of(nation, cause, lines)]

    assert sum(piece.records for piece in pieces) >= RECORDS_MIN
    assert [piece for piece in pieces if piece.share < LIMIT] == []


def test_a_name_with_one_letter_or_mark_changed_is_never_a_match(nation: Nation) -> None:
    grades = slips(nation, 20_000)

    assert len(grades) == 20_000
    assert not np.isin(grades, MATCHES).any()


def right_lines(nation: Nation, count: int) -> pl.DataFrame:
    """Lines with nothing wrong, of people whose name and date nobody else has."""
    alive = nation.persons.filter((pl.col("life_status") == "0") & (pl.col("number_state") == "0"))
    return alive.unique(["full_name", "birth_date"], keep="none").sample(count, seed=2).select(
        pl.col("personal_id").alias("paper_no"), "full_name", pl.col("birth_date").str.split("-").list.reverse().list.join("/"),
        "sex", pl.col("permanent_version").alias("area_version"), pl.col("permanent_code").alias("area_code"),
    )  # fmt: skip


def test_a_line_with_nothing_wrong_has_no_reason(nation: Nation) -> None:
    made = judged(nation, right_lines(nation, 5000))

    assert not made.differs.any()
    assert not made.reason.any()
    assert sum(count_causes(made.reason).values()) == 0


def test_one_wrong_digit_is_near_and_never_a_match(nation: Nation) -> None:
    chance, lines = random.Random(4), right_lines(nation, 3000).filter(pl.col("birth_date").str.len_chars() == 10)
    numbers = []
    for number in lines["paper_no"]:
        at = chance.randrange(12)
        numbers.append(number[:at] + str((int(number[at]) + chance.randint(1, 9)) % 10) + number[at + 1 :])

    made = judged(nation, lines.with_columns(pl.Series("paper_no", numbers)))

    is_slip = (made.reason & (Reason.DIGIT_WRONG | Reason.DIGITS_EXCHANGED)) != 0
    assert len(lines) > 2000
    assert is_slip.mean() > LIMIT
    assert set(made.differs[is_slip]) == {Differs.NUMBER}
    assert not np.isin(grades_of(made), MATCHES).any()
    assert nation.snapshot.numbers_of(made.row[is_slip]).tolist() == lines["paper_no"].cast(pl.Int64).to_numpy()[is_slip].tolist()


def test_every_reason_belongs_to_one_cause_or_is_said_to_have_none() -> None:
    every = [reason for reason in Reason if reason != Reason.NAME_SLOW]

    assert set(REASONS) == set(Cause)
    for reason in every:
        assert sum(reason in reasons for reasons in (*REASONS.values(), WITHOUT_CAUSE)) == 1, reason
