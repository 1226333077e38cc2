"""Small runs of what the command for faults tries at full size; each with its planted fault."""

from __future__ import annotations

import random

import pytest

from dancu.cli.launcher.postgres import Urls
from tests.faults import one_effect

pytestmark = pytest.mark.slow


@pytest.fixture
def seed() -> int:
    drawn = random.SystemRandom().randrange(10**6)
    print(f"seed {drawn}")
    return drawn


def test_messages_that_come_several_times_have_one_effect(fresh_database: Urls, seed: int):
    found = one_effect.run_duplicates(fresh_database, 500, seed)

    assert found.is_exact, found
    assert found.steps == 500
    assert found.told["first"] == 500
    assert found.told["changed_refused"] == found.told["changed"]
    assert found.told["repeats_answered"] == found.told["delivered"] - 500


def test_without_the_unique_index_double_effects_are_found(fresh_database: Urls):
    assert one_effect.run_duplicates(fresh_database, 500, 7, plant="no_unique_index").double > 0


def test_a_sender_killed_between_the_effect_and_its_mark_makes_no_second_effect(fresh_database: Urls, seed: int):
    found = one_effect.run_killed(fresh_database, 60, seed)

    assert found.kills > 0
    assert found.is_exact, found


def test_without_the_receivers_inbox_the_second_effect_is_found(fresh_database: Urls):
    assert one_effect.run_killed(fresh_database, 100, 3, plant="no_inbox").double > 0


def test_poison_is_set_aside_with_its_evidence_and_the_others_go_through(fresh_database: Urls, seed: int):
    found, aside, most = one_effect.run_poison(fresh_database, 200, seed)

    assert found.is_exact, found
    assert (aside.quarantined, aside.with_evidence) == (aside.poisoned, aside.poisoned)
    assert most <= 9


def test_poison_that_is_tried_for_ever_is_found(fresh_database: Urls):
    _, aside, most = one_effect.run_poison(fresh_database, 30, 5, plant="never_set_aside", ways=("raises",), rounds=1)

    assert aside.quarantined == 0
    assert most > 9
