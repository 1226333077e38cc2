"""Figures in their periods: versions, differences, ranks; and how reports write them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from dancu.kernel.errors import Conflict, Invalid
from dancu.steering.indicators.domain import (
    Change,
    Direction,
    Formula,
    Indicator,
    Level,
    Value,
    a_year_before,
    before,
    check_correction,
    computed,
    newest,
    parse_period,
    ranked,
)
from dancu.steering.indicators.wording import Printed, change_words, figure, how_printed, number, share, short_number

D = Decimal
MOMENT = datetime(2023, 2, 19, tzinfo=UTC)
CARDS = Indicator("cards_issued", ("Thẻ đã cấp", "Cards issued"), ("thẻ", "cards"), Level.NATION)
RATE = Indicator(
    "activated_share", ("Tỷ lệ kích hoạt", "Share activated"), ("", ""), Level.NATION, formula=Formula.RATIO, operands=("a", "b")
)


def a_value(period: str, value: str, body: str = "", version: int = 1, indicator: str = "cards_issued") -> Value:
    at = MOMENT + timedelta(days=version)
    return Value(indicator, body, parse_period(period), D(value), "Báo cáo", at, version)


@pytest.mark.parametrize(
    ("code", "end", "kind"),
    [
        ("2023-02-18", date(2023, 2, 18), "day"),
        ("2023-W07", date(2023, 2, 19), "week"),
        ("2024-02", date(2024, 2, 29), "month"),
        ("2023-Q1", date(2023, 3, 31), "quarter"),
        ("2023", date(2023, 12, 31), "year"),
    ],
)
def test_a_period_ends_on_a_day(code: str, end: date, kind: str) -> None:
    found = parse_period(code)

    assert (found.end, found.kind) == (end, kind)


@pytest.mark.parametrize("code", ["", "2023-13", "2023-W60", "2023-Q0", "tháng 2", "2023-02-30"])
def test_what_is_no_period_is_refused(code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        parse_period(code)

    assert refusal.value.field == "period"


def test_formulas_are_exact_and_nothing_is_divided_by_nothing() -> None:
    assert computed(RATE, [D(4519597), D(20081536)]) == D(4519597) / D(20081536)
    assert computed(RATE, [D(1), D(0)]) is None
    total = Indicator("all", ("", ""), ("", ""), Level.NATION, formula=Formula.SUM, operands=("a", "b", "c"))
    assert computed(total, [D(1), D(2), D(3)]) == 6
    rest = Indicator("rest", ("", ""), ("", ""), Level.NATION, formula=Formula.DIFFERENCE, operands=("a", "b", "c"))
    assert computed(rest, [D(10), D(2), D(3)]) == 5


def test_a_corrected_figure_holds_and_the_old_one_can_still_be_seen() -> None:
    first, second = a_value("2023-02", "100"), a_value("2023-02", "101", version=2)
    key = ("cards_issued", "", "2023-02")

    assert newest([second, first])[key] is second
    assert newest([second, first], known_by=first.recorded_at)[key] is first


def test_a_correction_has_another_figure_and_a_reason() -> None:
    old = a_value("2023-02", "100")
    with pytest.raises(Conflict):
        check_correction(old, D(100), "Cộng thiếu một tỉnh")
    with pytest.raises(Invalid):
        check_correction(old, D(101), " ")
    check_correction(old, D(101), "Cộng thiếu một tỉnh")


def test_the_period_before_and_the_same_of_the_year_before_are_of_one_kind() -> None:
    values = [a_value(period, "1") for period in ("2022-02", "2022-12", "2023-01", "2022", "2023-Q1")]
    now = a_value("2023-02", "2")

    assert before([*values, now], now) is values[2]
    assert a_year_before(values, now) is values[0]
    assert before([], now) is None
    assert a_year_before(values, a_value("2022-02", "1")) is None


def test_differences_of_shares_are_points_and_say_whether_they_are_good() -> None:
    change = Change(a_value("2023-02", "0.9851"), a_value("2022-12", "0.9830"), is_share=True)

    assert change.amount == D("0.21")
    assert (change.is_good(Direction.UP), change.is_good(Direction.DOWN), change.is_good(Direction.NONE)) == (True, False, None)
    assert Change(a_value("2023-02", "5"), a_value("2022-12", "0"), is_share=False).rate is None
    assert Change(a_value("2023-02", "5"), a_value("2022-12", "5"), is_share=False).is_good(Direction.UP) is None


def test_the_best_stand_first_and_equals_always_in_one_order() -> None:
    values = [a_value("2023-02", value, body) for value, body in (("3", "H02"), ("9", "H03"), ("3", "H01"))]

    assert [each.body for each in ranked(values)] == ["H03", "H01", "H02"]
    assert [each.body for each in ranked(values, Direction.DOWN)] == ["H01", "H02", "H03"]


def test_numbers_are_written_as_vietnamese_reports_write_them() -> None:
    assert number(D(15962382)) == "15.962.382"
    assert number(D("94.036"), 2) == "94,04"
    assert number(D("0.005"), 2) == "0,01", "a half goes up"
    assert short_number(D(88100000)) == "88,1 triệu"
    assert short_number(D(530000000)) == "530 triệu"
    assert short_number(D(24700000000)) == "24,7 tỷ"
    assert short_number(D(648396)) == "648.396"
    assert (share(D("0.9404")), share(D("0.92")), share(D("1"))) == ("94,04%", "92%", "100%")
    assert figure(CARDS, D(78553494)) == "78.553.494 thẻ"
    assert figure(RATE, D(4519597) / D(20081536)) == "22,51%"


@pytest.mark.parametrize(
    ("now", "then", "words"),
    [
        ("78553494", "76570798", "tăng 1.982.696 thẻ so với cuối tháng 12/2022"),
        ("10", "12", "giảm 2 thẻ so với cuối tháng 12/2022"),
        ("10", "10", "không đổi so với cuối tháng 12/2022"),
    ],
)
def test_a_difference_is_said_with_its_reference(now: str, then: str, words: str) -> None:
    change = Change(a_value("2023-02", now), a_value("2022-12", then), is_share=False)

    assert change_words(CARDS, change, "cuối tháng 12/2022") == words


def test_a_difference_of_shares_is_said_in_points() -> None:
    change = Change(a_value("2023-02", "0.9851"), a_value("2022-12", "0.9830"), is_share=True)

    assert change_words(RATE, change, "tháng 12/2022") == "tăng 0,21% so với tháng 12/2022"


@pytest.mark.parametrize(
    ("printed", "part", "whole", "how"),
    [
        ("92", 20081536, 21830518, Printed.ROUNDED),
        ("22.5", 4519597, 20081536, Printed.ROUNDED),
        ("94.03", 12269, 13047, Printed.TRUNCATED),
        ("18.1", 15962382, 88100000, Printed.ROUNDED),
        ("94.05", 12269, 13047, Printed.WRONG),
        ("94.045", 12269, 13047, Printed.NEAR),
    ],
)
def test_a_printed_share_is_held_against_its_numbers(printed: str, part: int, whole: int, how: Printed) -> None:
    assert how_printed(D(printed), D(part), D(whole)) is how
