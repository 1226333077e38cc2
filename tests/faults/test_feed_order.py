"""A small run of what `dancu lab` tries at full size: changes told to subscribers, each with its planted fault."""

from __future__ import annotations

import random

import pytest

from dancu.cli.launcher.postgres import Urls
from tests.faults import feed_order

pytestmark = pytest.mark.slow


def test_every_change_reaches_every_subscriber_in_order_whatever_dies(fresh_database: Urls):
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")

    found = feed_order.changes_under_kills(fresh_database, 72, seed)

    assert found.kills > 0
    assert found.is_whole, found


@pytest.mark.parametrize(("plant", "seen"), [("cursor_before_lines", "missing"), ("no_order", "disordered")])
def test_a_planted_fault_is_seen(fresh_database: Urls, plant: str, seen: str):
    found = feed_order.changes_under_kills(fresh_database, 60, 11, plant=plant)

    assert getattr(found, seen) > 0, found
