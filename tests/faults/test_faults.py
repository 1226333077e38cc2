"""The fault programs at a small size, so that they go on working; at full size they are run by hand or by night."""

from __future__ import annotations

import pytest

from tests.faults import extraction, timing

pytestmark = pytest.mark.slow


def test_a_rogue_partner_learns_little_and_lawful_work_goes_on():
    told = extraction.run(12_000, seed=7)

    assert told["figure"] <= told["limit"] / 10
    assert told["fast_are_suspended_in_time"]
    assert told["lawful_goes_on"], told["lawful"]
    assert all(control["caught"] for control in told["controls"]), told["controls"]


def test_the_time_of_a_miss_does_not_tell_why():
    told = timing.run(600, seed=7)

    # Six hundred samples leave three standard errors of 0.017; the full size is held to 0.55.
    assert max(told["auc"].values()) <= told["limit"] + 0.05, told
    assert len(told["answer_sizes"]) == 1


def test_the_classifier_sees_a_difference_and_no_difference():
    same = [float(at % 97) for at in range(1_000)]

    assert timing.auc(same, same) == 0.5
    assert timing.auc(same, [each + 200 for each in same]) == 1.0
    assert timing.auc(same, [each + 10 for each in same]) == pytest.approx(0.598, abs=0.01)
