"""When a session has run out."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dancu.identity.domain import SESSION_AGE_MAX, SESSION_IDLE_MAX, is_expired
from tests.factories.people import NOW

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("age", "idle", "over"),
    [
        (timedelta(0), timedelta(0), False),
        (SESSION_IDLE_MAX, SESSION_IDLE_MAX, False),
        (SESSION_IDLE_MAX + SECOND, SESSION_IDLE_MAX + SECOND, True),
        (SESSION_AGE_MAX, timedelta(0), False),
        (SESSION_AGE_MAX + SECOND, timedelta(0), True),
    ],
)
def test_a_session_ends_by_idleness_or_by_age(age: timedelta, idle: timedelta, over: bool):
    assert is_expired(NOW - age, NOW - idle, NOW) is over


def test_a_session_lasts_a_working_day_and_half_an_hour_of_silence():
    assert (timedelta(hours=8), timedelta(minutes=30)) == (SESSION_AGE_MAX, SESSION_IDLE_MAX)
