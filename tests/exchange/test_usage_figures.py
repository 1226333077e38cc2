"""What pages and files say of usage is what was counted, however it was merged, whatever period is asked."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.factories.people import NOW

from dancu.exchange import store
from dancu.exchange.usage import MATCHED, UsageKey
from dancu.exchange.usage_figures import Side, UsageFilter, exported, figures
from dancu.exchange.usage_period import Period, first_day_kept
from dancu.exchange.usage_rollup import forget_days, merge_usage
from dancu.kernel.clock import local

TODAY = local(NOW).date()


def covered(period: Period) -> list[date]:
    """The days its months and stretches hold, up to today."""
    found = []
    for since, until in period.days:
        found += [since + timedelta(days=at) for at in range((until - since).days + 1)]
    for month in period.months:
        found += [day for at in range(31) if (day := month + timedelta(days=at)).month == month.month and day <= period.today]
    return sorted(found)


@given(st.integers(0, 395), st.integers(0, 395))
def test_a_period_holds_each_of_its_days_once_whatever_is_read_by_month(back: int, length: int) -> None:
    until = TODAY - timedelta(days=min(back, 300))
    period = Period(max(until - timedelta(days=length), first_day_kept(TODAY)), until, TODAY, first_day_kept(TODAY))

    days = [period.since + timedelta(days=at) for at in range((period.until - period.since).days + 1)]

    assert covered(period) == days
    assert {day.replace(day=1) if period.is_by_month else day for day in days} == set(period.slots)


@given(st.integers(0, 300), st.integers(0, 300))
def test_the_period_before_ends_the_day_before(back: int, length: int) -> None:
    until = TODAY - timedelta(days=back)
    period = Period(until - timedelta(days=length), until, TODAY)

    before = period.before

    is_by_months = period.since.day == 1 and period.is_by_month
    assert before.until < period.since
    assert is_by_months or (
        before.until == period.since - timedelta(days=1) and before.until - before.since == until - period.since
    )


def test_a_year_until_today_is_held_against_the_year_before_until_the_same_day():
    year = Period(date(2025, 12, 1), TODAY, TODAY)

    assert (year.before.since, year.before.until) == (date(2024, 12, 1), date(2025, 11, 24))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("merged", [False, True])
def test_figures_are_the_sum_of_what_was_counted(merged: bool):
    chance, told = random.Random(7), dict[tuple[date, UsageKey], int]()
    for _ in range(400):
        day = TODAY - timedelta(days=chance.randrange(380))
        key = UsageKey(*(chance.choice(values) for values in (["H57", "H30"], ["a", "b"], ["037", ""], ["verify"], ["1", "2"])))
        times = chance.randrange(1, 9)
        store.add_usage(key, chance.randrange(4), times, f"gateway-{chance.randrange(2)}", day)
        told[day, key] = told.get((day, key), 0) + times
    if merged:
        merge_usage(now=NOW)
        forget_days(now=NOW)

    for since in (TODAY, TODAY - timedelta(days=30), TODAY - timedelta(days=61), TODAY - timedelta(days=200), date(2025, 12, 1)):
        for chosen in ({}, {"organisation": "H57"}, {"integration": ""}, {"system": "a", "procedure": "2"}):
            asked = UsageFilter(Period(since, TODAY, TODAY, first_day_kept(TODAY)), **chosen)
            wanted = sum(
                times
                for (day, key), times in told.items()
                if since <= day <= TODAY and all(getattr(key, name) == value for name, value in chosen.items())
            )
            for side in Side:
                found = figures(asked, side)
                assert found.total.total == wanted
                assert sum(line.counted.total for line in found.lines) == wanted
                assert sum(counted.total for _, counted in found.over_time) == wanted
            assert sum(sum(row[-4:]) for read in exported(asked) for row in read()) == wanted


@pytest.mark.django_db(transaction=True)
def test_a_line_that_was_busy_before_and_is_silent_now_is_still_shown():
    key = UsageKey("H57", "cu", "037", "verify", "1")
    store.add_usage(key, MATCHED, 9, "gateway-1", TODAY - timedelta(days=10))

    found = figures(UsageFilter(Period(TODAY - timedelta(days=6), TODAY, TODAY)), Side.SYSTEM)

    assert [(line.name, line.more, line.counted.total, line.before.total) for line in found.lines] == [("cu", "H57", 0, 9)]
    assert found.before.matched == 9
