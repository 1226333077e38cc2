"""Forks and roll-backs by whoever holds the signing key are refused by a witness and found by a kept head."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults import fork

pytestmark = pytest.mark.slow


def test_forks_and_roll_backs_are_refused_and_honest_growth_is_not():
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")

    found = fork.run(60, seed)

    assert found.holds, found.figure
    assert all(control.caught for control in found.controls), found.controls


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[fork.Stage]:
    running = fork.Stage(tmp_path)
    yield running
    running.stop()


@pytest.mark.parametrize("alter", fork.ALTERATIONS, ids=lambda alter: alter.__name__)
def test_each_kind_of_alteration(stage: fork.Stage, alter: fork.Alter):
    assert fork.try_alteration(stage, alter, random.Random(7)) == (False, False)
