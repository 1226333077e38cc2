"""Nothing is told without its entry, and every answered request stands in the ledger once, under random kills."""

from __future__ import annotations

import random

import pytest

from tests.faults import kills

pytestmark = pytest.mark.slow


def test_wire_count_equals_ledger_count_under_kills_of_database_and_gateway():
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")

    run = kills.run_under_kills(seed, 20_000, 12)

    assert run.answers == 20_000
    assert run.repeated > 0, "the kills were not felt"
    assert run.is_complete, (run.lost, run.added, run.wrong)


def test_a_gateway_that_answers_before_the_commit_is_caught():
    assert kills.run_under_kills(4, 1_600, 6, app="tests.faults.answers_first:app").lost > 0
