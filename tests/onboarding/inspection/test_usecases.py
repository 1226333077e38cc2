"""Inspections in the database: who sees one, who may act, what is recorded at once, what it means for the system."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from dancu.kernel.clock import local
from dancu.kernel.errors import Conflict, DancuError, NotAllowed, NotFound
from dancu.kernel.reach import SYSTEM, acting
from dancu.onboarding import api as onboarding
from dancu.onboarding.axes import store as standings
from dancu.onboarding.axes.domain import SecurityState
from dancu.onboarding.inspection import store
from dancu.onboarding.inspection import usecases as inspections
from dancu.onboarding.inspection.actions import Mode, Outcome, Record, Result, Supplement
from dancu.onboarding.inspection.batches import Batch
from dancu.onboarding.inspection.checklists import HostingCase
from dancu.onboarding.inspection.domain import Inspection
from dancu.onboarding.models import InspectionBatch
from tests.factories.people import NOW as YESTERDAY
from tests.factories.web_role import web_role
from tests.onboarding.gate_scene import EXAMINER, INSPECTOR, OTHER_OWNER, OTHER_POLICE, OWNER, appoint, at_work, opened

pytestmark = pytest.mark.django_db(transaction=True)
NOW = YESTERDAY + timedelta(days=1)  # that one is a day off
TODAY = local(NOW).date()


@pytest.fixture(autouse=True)
def parties() -> Iterator[None]:
    with acting(SYSTEM):
        appoint()
    with web_role():
        yield


@pytest.fixture
def scheduled(parties: None) -> Inspection:
    opened()
    with at_work(EXAMINER) as officer:
        order = inspections.Order(TODAY, Mode.ON_SITE, ("G01.105/KT",), client_id="tthc.hue")
        return inspections.schedule(officer, order, now=NOW)


@pytest.mark.parametrize("account", [OTHER_OWNER, OTHER_POLICE])
def test_another_province_sees_no_inspection(scheduled: Inspection, account: str) -> None:
    with at_work(account) as officer:
        assert store.lines() == []
        for attempt in (
            lambda: inspections.inspection_of(scheduled.id),
            lambda: inspections.act(officer, scheduled.id, Supplement(at=NOW, by=officer.hand, finding="TT-01", text="x"), now=NOW),
        ):
            with pytest.raises(NotFound):
                attempt()


def test_the_owner_records_nothing(scheduled: Inspection) -> None:
    with at_work(OWNER) as officer:
        _found, checklist = inspections.inspection_of(scheduled.id)
        said = Record(at=NOW, by=officer.hand, result=Result(checklist.items[0].code, Outcome.MET))
        with pytest.raises(NotAllowed):
            inspections.act(officer, scheduled.id, said, now=NOW)


def test_what_is_recorded_at_once_is_recorded_whole_or_not_at_all(scheduled: Inspection) -> None:
    with at_work(INSPECTOR) as officer:
        _found, checklist = inspections.inspection_of(scheduled.id)
        first, second = checklist.items[:2]
        results = Result(first.code, Outcome.MET), Result(second.code, Outcome.NOT_APPLICABLE)  # without the reason it needs
        records = [Record(at=NOW, by=officer.hand, result=each) for each in results]

        with pytest.raises(DancuError):
            inspections.act_all(officer, scheduled.id, records, now=NOW)

        assert inspections.inspection_of(scheduled.id)[0].results == {}


def test_one_inspection_at_a_time_and_the_second_axis_says_so(scheduled: Inspection) -> None:
    assert standings.security_of("tthc.hue")[0] is SecurityState.SCHEDULED

    order = inspections.Order(TODAY, Mode.ON_SITE, ("G01.105/KT",), client_id="tthc.hue")
    with at_work(EXAMINER) as officer, pytest.raises(Conflict):
        inspections.schedule(officer, order, now=NOW)

    assert onboarding.get_system("tthc.hue").state is onboarding.ConnectionState.TRIAL


def test_a_body_that_was_not_invited_chooses_no_day_and_a_choice_does_not_change_who_offered(tmp_path: Path) -> None:
    day = TODAY + timedelta(days=5)
    with at_work(EXAMINER) as officer:
        batch = Batch("DOT-1", "Đợt 1", "8402/TCTTKĐA", HostingCase.PROVIDER, (day,), 1, ("H57",))
        identity: UUID = inspections.add_batch(batch, by=officer.account, now=NOW)

    with at_work(OTHER_OWNER) as officer, pytest.raises(DancuError):
        inspections.choose(officer, identity, day, now=NOW)
    with at_work(OWNER) as officer:
        inspections.choose(officer, identity, day, now=NOW + timedelta(hours=1))

    kept = InspectionBatch.objects.get()
    assert (kept.by, kept.at) == (EXAMINER, NOW)
