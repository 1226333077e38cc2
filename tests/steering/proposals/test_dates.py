"""Deadlines as notices write them, in the form they are kept in; a date that nothing leads to is none."""

from __future__ import annotations

from datetime import date

import pytest

from dancu.steering.proposals.dates import deadlines_in, main_deadline
from dancu.steering.proposals.pasted import blocks_of
from tests.steering.proposals.measuring import rules

RULES = rules()


def deadline_of(text: str, day: date | None = None) -> str:
    found = main_deadline(deadlines_in(blocks_of(text)[0].body, RULES, day))
    return found.text if found else ""


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("hoàn thành trong tháng 5/2024", "2024-05"),
        ("hoàn thành trong tháng 6 năm 2023", "2023-06"),
        ("hoàn thành ngay trong tháng 3/2023", "2023-03"),
        ("trước ngày 30/5/2024", "2024-05-30"),
        ("trước 15/6/2024", "2024-06-15"),
        ("trước 10-06-2024", "2024-06-10"),
        ("trước 30 tháng 6 năm 2024", "2024-06-30"),
        ("chậm nhất ngày 30.9.2025", "2025-09-30"),
        ("xong trước ngày 01/7/2024", "2024-07-01"),
        ("Hoàn thành trong Quý I/2023", "2023-Q1"),
        ("hoàn thành trong quý III/2024", "2024-Q3"),
        ("hoàn thành trong quý IV năm 2023", "2023-Q4"),
        ("trong quý 2/2023", "2023-Q2"),
        ("trong nửa đầu năm 2024", "2024-H1"),
        ("trong 6 tháng cuối năm 2025", "2025-H2"),
        ("hoàn thành trong năm 2023", "2023"),
        ("ban hành tháng 6/2024", "2024-06"),
        ("Thời gian hoàn thành: ngày 16/5/2021", "2021-05-16"),
        ("theo lộ trình tháng 02/2023", "2023-02"),
        ("phấn đấu đến tháng 6 năm 2023", "2023-06"),
        ("Thực hiện thường xuyên", "thuong-xuyen"),
        ("thường xuyên đôn đốc các đơn vị", "thuong-xuyen"),
        ("TRƯỚC NGÀY 30/5/2024", "2024-05-30"),
    ],
)
def test_a_deadline_is_kept_in_one_form(words: str, kept: str) -> None:
    assert deadline_of(words) == kept


@pytest.mark.parametrize(
    "words",
    [
        "văn bản số 1812/BTNMT ngày 25/3/2024",
        "để triển khai từ 01/7/2024",
        "phiên họp thường kỳ tháng 10/2023",
        "kinh phí thường xuyên ngân sách nhà nước",
        "tính đến ngày 17/02/2023",
        "tầm nhìn đến năm 2030",
        "trước ngày 31/6/2024",
        "trong tháng 13/2024",
        "trước ngày 30/5",
    ],
)
def test_a_date_that_is_no_deadline_or_no_day_gives_none(words: str) -> None:
    assert deadline_of(words) == ""


def test_the_day_of_the_notice_completes_a_deadline_without_a_year() -> None:
    assert deadline_of("trước ngày 20/8", date(2025, 8, 1)) == "2025-08-20"
    assert deadline_of("trong tháng 9", date(2025, 8, 1)) == "2025-09"


def test_finishing_weighs_more_than_a_date_said_before_it() -> None:
    assert deadline_of("họp trong tháng 4/2024 để hoàn thành trong tháng 5/2024") == "2024-05"
