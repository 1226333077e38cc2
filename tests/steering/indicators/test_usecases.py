"""Figures are entered, counted, corrected; what was kept for a period never changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import psycopg
import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from dancu.kernel.errors import Conflict, Invalid, NotFound
from dancu.kernel.reach import SYSTEM, acting
from dancu.ledger import api as ledger
from dancu.steering.indicators import store, usecases
from dancu.steering.indicators.domain import Formula, Indicator, Level, Value, parse_period
from tests.factories.people import NOW
from tests.factories.web_role import web_role

pytestmark = pytest.mark.django_db(transaction=True)
D = Decimal
OCTOBER, SEPTEMBER = parse_period("2026-10"), parse_period("2026-09")
CARDS = Indicator("cards", ("Thẻ đã cấp", "Cards"), ("thẻ", "cards"), Level.NATION)
LOOKED_UP = Indicator("looked_up", ("Lượt tra cứu", "Look-ups"), ("lượt", ""), Level.PROVINCE, live="exchange.looked_up")
PARTS = Indicator("share", ("Tỷ lệ", "Share"), ("", ""), Level.NATION, formula=Formula.RATIO, operands=("cards", "people"))
PEOPLE = Indicator("people", ("Dân số", "People"), ("người", "people"), Level.NATION)


@pytest.fixture(autouse=True)
def _role() -> Iterator[None]:
    with web_role(), acting(SYSTEM):
        yield


def enter(value: str, indicator: Indicator = CARDS, period: str = "2026-10") -> Value:
    return usecases.enter(indicator, "", parse_period(period), D(value), "Báo cáo tháng, mục II.4", "thuky", now=NOW)


def in_force(*codes: str, since: date = date(2026, 1, 1)) -> dict[tuple[str, str], Decimal]:
    return {(each.indicator, each.body): each.value for each in store.newest(codes, since, date(2026, 12, 31))}


def test_a_figure_is_entered_once_with_its_source() -> None:
    enter("78553494")

    with pytest.raises(Conflict) as refusal:
        enter("1")
    assert refusal.value.field == "value"
    [kept] = store.newest(["cards"], date(2026, 1, 1), date(2026, 12, 31))
    assert (kept.value, kept.source, kept.version) == (78553494, "Báo cáo tháng, mục II.4", 1)
    assert "steering.figure:cards::2026-10:1" in {each.body["outcome"] for each in ledger.latest(3)}


@pytest.mark.parametrize(
    ("indicator", "period", "source", "field"),
    [
        (LOOKED_UP, OCTOBER, "Báo cáo", "indicator"),
        (PARTS, OCTOBER, "Báo cáo", "indicator"),
        (CARDS, parse_period("2026-12"), "Báo cáo", "period"),
        (CARDS, OCTOBER, "  ", "source"),
    ],
)
def test_what_cannot_be_entered_names_its_field(indicator: Indicator, period: object, source: str, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        usecases.enter(indicator, "", period, D(1), source, "thuky", now=NOW)  # type: ignore[arg-type]

    assert refusal.value.field == field
    assert in_force(indicator.code) == {}


def test_a_correction_holds_and_the_old_figure_can_be_seen() -> None:
    enter("100")

    usecases.correct("cards", "", OCTOBER, D(101), "Cộng thiếu một tỉnh", "thuky", now=NOW + timedelta(hours=1))

    assert in_force("cards") == {("cards", ""): D(101)}
    assert [(each.value, each.reason) for each in store.versions("cards", "", "2026-10")] == [
        (100, ""),
        (101, "Cộng thiếu một tỉnh"),
    ]
    with pytest.raises(NotFound):
        usecases.correct("cards", "", SEPTEMBER, D(1), "Cộng thiếu một tỉnh", "thuky", now=NOW)


def test_the_database_refuses_to_change_or_remove_a_figure() -> None:
    enter("100")

    for statement in ("update steering_figure set value = 1", "delete from steering_figure"):
        with pytest.raises(ProgrammingError) as refusal, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
        assert isinstance(refusal.value.__cause__, psycopg.errors.InsufficientPrivilege)


def test_what_rooms_count_is_kept_for_the_period_and_never_counted_again() -> None:
    counted = {"H57": D(10), "H01": D(20)}
    counters = {"exchange.looked_up": lambda: counted}
    assert usecases.take_snapshot([LOOKED_UP, CARDS], counters, OCTOBER, "máy", now=NOW) == 2

    counted["H57"] = D(99)
    assert usecases.take_snapshot([LOOKED_UP], counters, OCTOBER, "máy", now=NOW) == 0
    counted["H02"] = D(1)
    assert usecases.take_snapshot([LOOKED_UP], counters, OCTOBER, "máy", now=NOW) == 1, "a body that was missing comes in"

    assert in_force("looked_up") == {("looked_up", "H57"): 10, ("looked_up", "H01"): 20, ("looked_up", "H02"): 1}
    with pytest.raises(Invalid):
        usecases.take_snapshot([LOOKED_UP], counters, parse_period("2026-12"), "máy", now=NOW)


def test_formulas_follow_from_what_is_in_force() -> None:
    enter("50")
    enter("200", PEOPLE)
    enter("9", CARDS, "2026-09")
    values = store.newest(["cards", "people"], date(2026, 1, 1), date(2026, 12, 31))

    found = {(each.indicator, each.period.code): each.value for each in usecases.with_formulas([PARTS], values)}

    assert found["share", "2026-10"] == D("0.25")
    assert ("share", "2026-09") not in found, "nobody was counted in that month"
