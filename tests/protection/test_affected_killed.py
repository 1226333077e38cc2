"""The job that derives the affected, as a process of its own, killed in the middle: the list is the one SQL counts.

`dancu bench affected` does the same at a million entries; here it is small.
"""

from __future__ import annotations

import pytest
from bench import affected

pytestmark = pytest.mark.slow


def test_a_killed_reading_goes_on_and_agrees_with_a_count_by_sql():
    measured = affected.run(quick=True)

    assert measured["passed"], measured
    assert 0 < measured["killed_at"] < 1
