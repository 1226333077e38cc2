"""Rows of numbers no longer in force: replaced after a correction, or cancelled as the second number of a person."""

from __future__ import annotations

import numpy as np
import polars as pl

from dancu.synth.drawn import Drawn
from dancu.synth.frames import PERSON_COLUMNS
from dancu.synth.numbers import Issuer
from dancu.synth.papers import digits


def no_longer_in_force(
    chance: np.random.Generator, issuer: Issuer, drawn: Drawn, persons: pl.DataFrame, extra: tuple[int, int]
) -> list[pl.DataFrame]:
    """Rows of numbers no longer in force: replaced after a correction of sex or year, or cancelled as the second of a person."""
    people, (replaced, cancelled) = drawn.people, extra
    who = chance.permutation(len(people))[: replaced + cancelled]
    sex, year = people.sex[who].copy(), people.birth_year[who].astype(np.int64)
    wrong_sex = chance.random(len(who)) < 0.4
    sex[wrong_sex] = 3 - sex[wrong_sex]
    year = np.where(~wrong_sex & (year > 1901), year - 1, year)
    home = people.province[who].astype(np.int64)
    numbers, _ = issuer.issue(sex, year, home, home)
    rows = persons[who]
    return [_replaced(rows[:replaced], numbers[:replaced]), _cancelled(rows[replaced:], numbers[replaced:])]


def _replaced(rows: pl.DataFrame, numbers: np.ndarray) -> pl.DataFrame:
    """Rows of numbers that lead to the number in force."""
    return (
        _without_home(rows)
        .with_columns(
            pl.col("personal_id").alias("successor"), digits(numbers, 12).alias("personal_id"), pl.lit("1").alias("number_state")
        )
        .select(PERSON_COLUMNS)
    )


def _cancelled(rows: pl.DataFrame, numbers: np.ndarray) -> pl.DataFrame:
    """Rows of numbers given by mistake to somebody who had one."""
    return _without_home(rows).with_columns(digits(numbers, 12).alias("personal_id"), pl.lit("2").alias("number_state"))


def _without_home(rows: pl.DataFrame) -> pl.DataFrame:
    blank = ["household_relation", "household_book_no", "residence_file_no", "phone", "temporary_absence", "old_id_no"]
    return rows.with_columns(
        *(pl.lit("").alias(c) for c in blank),
        pl.lit("[]").alias("id_cards"),
        pl.lit("{}").alias("relatives"),
        pl.lit("{}").alias("household_head"),
    )
