"""While entries wait for the tree less and less is told; the limits are data."""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path

import pytest

from dancu.ledger import api
from dancu.ledger.staleness import Freshness, limits_on, staleness_of
from tests.ledger.sequenced import NOW, Desk, an_act, written


@pytest.mark.parametrize(
    ("seconds", "state"),
    [
        (0, Freshness.FRESH),
        (59, Freshness.FRESH),
        (60, Freshness.WARN),
        (899, Freshness.WARN),
        (900, Freshness.NARROW),
        (14399, Freshness.NARROW),
        (14400, Freshness.STOP),
        (10**7, Freshness.STOP),
    ],
)
def test_each_age_has_its_state(seconds: int, state: Freshness) -> None:
    found = staleness_of(NOW - timedelta(seconds=seconds), NOW)

    assert (found.state, found.age_seconds) == (state, seconds)


def test_nothing_waiting_and_a_clock_behind_are_fresh() -> None:
    assert staleness_of(None, NOW).state is Freshness.FRESH
    assert staleness_of(NOW + timedelta(minutes=5), NOW).age_seconds == 0


def test_limits_are_those_of_the_day() -> None:
    assert limits_on(date(2020, 1, 1)) == limits_on(date(2026, 1, 1))
    assert limits_on(date(2030, 1, 1)).warn_seconds == 60


@pytest.mark.django_db(transaction=True)
def test_the_age_is_that_of_the_oldest_entry_outside_the_tree(tmp_path: Path) -> None:
    desk = Desk(os.environ["DATABASE_URL"], tmp_path)
    written(desk.url, [an_act()], NOW - timedelta(hours=5))
    desk.sequence()
    assert api.staleness(now=NOW).state is Freshness.FRESH

    written(desk.url, [an_act()], NOW - timedelta(minutes=20))
    written(desk.url, [an_act()], NOW - timedelta(minutes=1))

    found = api.staleness(now=NOW)
    assert (found.state, found.age_seconds) == (Freshness.NARROW, 1200)
