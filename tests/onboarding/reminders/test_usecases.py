"""Reminders in the database: each stage once, to somebody there is, and one that cannot be said keeps no other back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from dancu.kernel.reach import SYSTEM, acting
from dancu.notices.models import Step
from dancu.onboarding import api as onboarding
from dancu.onboarding.models import Reminder, System
from dancu.onboarding.reminders import store
from dancu.onboarding.reminders.domain import Deadline
from dancu.onboarding.reminders.usecases import remind, waiting_for_decision
from tests.factories.database import connect_system
from tests.factories.people import NOW as YESTERDAY
from tests.onboarding.gate_scene import INSPECTOR, OPERATOR, appoint

pytestmark = pytest.mark.django_db
NOW = YESTERDAY + timedelta(days=1)  # that one is a day off
TODAY = date(2026, 11, 25)


def said() -> list[str]:
    return sorted(Step.objects.filter(key__startswith="remind:").values_list("to", flat=True))


def test_a_stage_is_said_once_however_often_the_job_runs() -> None:
    with acting(SYSTEM):
        connect_system()
        System.objects.update(security_until=TODAY + timedelta(days=3))

        assert [remind(now=NOW), remind(now=NOW), remind(now=NOW + timedelta(hours=1))] == [1, 0, 0]

    assert said() == ["integrator, H57"]
    assert Reminder.objects.count() == 1


def test_nothing_is_said_on_a_sunday() -> None:
    with acting(SYSTEM):
        connect_system()
        System.objects.update(security_until=TODAY)

        assert remind(now=NOW + timedelta(days=4)) == 0


def test_one_that_cannot_be_said_keeps_no_other_back_and_is_tried_again() -> None:
    with acting(SYSTEM):
        connect_system("a-dau")
        connect_system("b-sau")
        System.objects.update(security_until=TODAY)
        System.objects.filter(client_id="a-dau").update(name="Tên dài " * 60)

        assert remind(now=NOW) == 1
        System.objects.filter(client_id="a-dau").update(name="Tên ngắn")
        assert remind(now=NOW) == 1


@pytest.mark.parametrize(("cause", "who"), [("finding", INSPECTOR), ("key", OPERATOR)])
def test_what_waits_for_a_decision_is_put_before_somebody_there_is(cause: str, who: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Inspectors and operators sit at other bodies than the department."""
    over = Deadline(cause, "viec-1", "H57", "he-thong", TODAY - timedelta(days=60), "việc quá hạn", "work that is overdue")
    monkeypatch.setattr(store, "deadlines", lambda until: [over])
    with acting(SYSTEM):
        appoint()
        assert remind(now=NOW) == 1

    assert said() == sorted(["integrator, H57", who])


def test_without_anybody_of_the_role_the_department_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    over = Deadline("key", "viec-1", "H57", "he-thong", TODAY - timedelta(days=60), "việc quá hạn", "work that is overdue")
    monkeypatch.setattr(store, "deadlines", lambda until: [over])
    with acting(SYSTEM):
        assert remind(now=NOW) == 1

    assert "gate-officer, G01.206" in said()


def test_whose_time_to_mend_is_over_waits_for_a_decision_and_nothing_closes_by_itself() -> None:
    with acting(SYSTEM):
        connect_system()
        System.objects.update(security_until=TODAY - timedelta(days=90))

        [(waiting, _days)] = waiting_for_decision(now=NOW)

    assert (waiting.cause, waiting.client_id) == ("conclusion", "he-thong")
    assert onboarding.get_system("he-thong").state is onboarding.ConnectionState.OFFICIAL


def test_who_sits_above_is_told_where_the_body_itself_has_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    below = Deadline("conclusion", "viec-2", "H57.12.3", "he-thong", TODAY + timedelta(days=3), "kết luận kiểm tra", "a conclusion")
    monkeypatch.setattr(store, "deadlines", lambda until: [below])
    with acting(SYSTEM):
        appoint()
        assert remind(now=NOW) == 1

    assert said() == ["integrator, H57"]
