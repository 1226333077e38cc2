"""Small sizes of the fault tests that the command `dancu lab` runs at full size."""

from __future__ import annotations

import random

import pytest

from tests.faults import app_kills, down, leaks, replays, tamper
from tests.faults.surroundings import laboratory

pytestmark = pytest.mark.slow


@pytest.fixture
def seed() -> int:
    drawn = random.SystemRandom().randrange(10**6)
    print(f"seed {drawn}")
    return drawn


def test_pages_killed_at_random_leave_no_half_dossier(seed: int):
    with laboratory():
        run = app_kills.desk_under_kills(seed, dossiers=60, kills=4)

    assert run.received == 60
    assert run.is_whole, run


def test_a_hung_database_is_told_within_two_seconds_and_nothing_else_is():
    with laboratory():
        met = down.outage("hung", 4.0)

    assert met.holds, (met.p99, met.told, met.unclear, met.recovery_seconds)


def test_lawful_requests_sent_again_have_no_effect(seed: int):
    with laboratory():
        met = replays.attack(seed, 600)

    assert (met.effects, met.by_variant, met.failures) == (0, {}, 0)


def test_persons_leave_no_trace_in_logs_files_and_other_tables(seed: int):
    with laboratory():
        met = leaks.search(seed, 60)

    assert met.looked_at > 10_000
    assert met.places == []


def test_every_edit_of_a_superuser_is_found_from_outside(seed: int):
    found = tamper.found(40, seed)

    assert found.is_believed, found
