"""The tree hash against independent implementations, in the small size."""

from __future__ import annotations

import random

from tests.faults import tree_oracle


def test_no_difference_from_two_independent_tree_hashes():
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")

    found = tree_oracle.run(20_000, seed)

    assert found.holds, found.figure
    assert all(control.caught for control in found.controls), found.controls
