"""Deadlines as documents write them: read, written back, and what is late."""

from __future__ import annotations

from datetime import date

import pytest

from dancu.kernel.errors import Invalid
from dancu.steering.deadlines import Deadline, DeadlineKind, parse_deadline, typed_deadline

READ = {
    "2023-02-28": (DeadlineKind.DAY, date(2023, 2, 28), "28/02/2023"),
    "2024-02": (DeadlineKind.MONTH, date(2024, 2, 29), "Tháng 02/2024"),
    "2023-Q1": (DeadlineKind.QUARTER, date(2023, 3, 31), "Quý I/2023"),
    "2023-Q4": (DeadlineKind.QUARTER, date(2023, 12, 31), "Quý IV/2023"),
    "2024-H1": (DeadlineKind.HALF, date(2024, 6, 30), "6 tháng đầu năm 2024"),
    "2023": (DeadlineKind.YEAR, date(2023, 12, 31), "Năm 2023"),
    "thuong-xuyen": (DeadlineKind.STANDING, None, "Thường xuyên"),
    "": (DeadlineKind.NONE, None, "Không nêu thời hạn"),
}


@pytest.mark.parametrize(("text", "is_to_be"), READ.items())
def test_a_deadline_is_read_written_back_and_said(text: str, is_to_be: tuple[DeadlineKind, date | None, str]) -> None:
    found = parse_deadline(text)

    assert (found.kind, found.due, found.words[0]) == is_to_be
    assert found.text == text
    assert found.words[1] != found.words[0] or found.kind is DeadlineKind.DAY


@pytest.mark.parametrize("text", ["2023-02-30", "2023-13", "2023-Q5", "tháng 5", "0000", "23-05", "٢٠٢٣"])
def test_what_is_no_deadline_is_refused_with_what_may_be_written(text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        parse_deadline(text)

    assert refusal.value.field == "deadline"
    assert "2023-Q1" in refusal.value.message


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("28/2/2023", "2023-02-28"),
        ("02/2023", "2023-02"),
        ("tháng 5/2024", "2024-05"),
        ("Quý III/2024", "2024-Q3"),
        ("quý 1/2023", "2023-Q1"),
        ("Thường  xuyên", "thuong-xuyen"),
        ("2024-H1", "2024-H1"),
    ],
)
def test_people_may_type_it_as_they_write_it(typed: str, text: str) -> None:
    assert typed_deadline(typed).text == text


def test_late_is_the_day_after_the_last_one_and_what_was_done_late_stays_late() -> None:
    due = parse_deadline("2022-05")

    assert not due.is_late(date(2022, 5, 31))
    assert (due.is_late(date(2022, 6, 1)), due.days_late(date(2022, 6, 1))) == (True, 1)
    assert (due.is_late(date(2023, 1, 1), date(2022, 5, 30)), due.days_late(date(2023, 1, 1), date(2022, 5, 30))) == (False, 0)
    assert due.days_late(date(2023, 1, 1), date(2022, 6, 10)) == 10
    assert due.is_late(date(2022, 6, 5), date(2022, 6, 10)), "on that day it was not done yet"
    assert not Deadline(DeadlineKind.STANDING).is_late(date(2099, 1, 1))
