"""Who may what, tried at every address, and a tenant's day in two worlds. `dancu lab --only R11,R11-TWIN,R12` tries more of it."""

from __future__ import annotations

import random

import pytest

from tests.faults import matrix, policies, twins

pytestmark = pytest.mark.slow


def seeded() -> int:
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    return seed


def test_no_row_is_shown_or_changed_out_of_reach_and_every_planted_mistake_is_seen():
    found = matrix.run(800, seeded())

    assert found.is_believed, found


def test_a_tenant_s_day_is_the_same_whoever_else_is_there_and_a_lost_policy_is_seen():
    found = twins.run(150, seeded())

    assert found.is_believed, found


def test_the_database_itself_holds_the_rows_and_a_lost_policy_is_seen():
    found = policies.real(300, seeded())

    assert found.is_believed, found
