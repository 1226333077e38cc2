"""Near matches before the registry's reviewers: opened with a warrant and an entry, concluded with a reason, told to the owner."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from dancu.exchange.api import OpenedPerson, Refused
from dancu.kernel.config import Config
from dancu.kernel.errors import Conflict, Invalid
from dancu.kernel.reach import SYSTEM, acting
from dancu.kernel.warrants import Field
from dancu.ledger import api as ledger
from dancu.population import api as population
from dancu.reconcile import store
from dancu.reconcile.domain import Conclusion
from dancu.reconcile.models import ReviewCase
from dancu.reconcile.usecases import review
from tests.factories.people import NOW, a_person_row
from tests.factories.registry import connect_registry
from tests.population.scene import load_rows
from tests.reconcile.scene import BINH, CLEAN, REVIEWER, a_home, a_list, an_officer, appoint, entries, finished, sealing

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=5)


@pytest.fixture(autouse=True)
def _office(tmp_path: Path):
    with acting(SYSTEM):
        appoint()
        load_rows([a_person_row(BINH, "Nguyễn Văn Bình", "1993-05-20")], tmp_path)
        yield


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return a_home(tmp_path)


@pytest.fixture
def case(config: Config):
    done = finished(an_officer(), a_list(an_officer()), config)
    assert review.ask_review(an_officer(), done.id, sealing(config), config.home, now=LATER) == 1
    return store.open_cases()[0]


def test_a_case_holds_the_owners_record_sealed_and_says_why_it_is_near(case, config: Config):
    seen = review.see_case(case.id, sealing(config))

    assert (seen.record.number, seen.record.name, seen.person) == (BINH, "Nguyen Van Binh", None)
    assert case.reasons == "Họ tên thiếu dấu"
    assert b"Binh" not in bytes(ReviewCase.objects.get(pk=case.id).sealed)


def test_opening_a_case_reads_only_what_is_compared_and_stands_in_the_ledger(case, config: Config):
    connect_registry()

    seen = review.open_case(an_officer(REVIEWER), case.id, sealing(config), now=LATER)

    assert isinstance(seen.person, OpenedPerson)
    assert seen.person.facts.full_name == "Nguyễn Văn Bình"
    assert seen.person.facts.home_town is None
    entry = ledger.entry_by_reference(seen.person.reference)
    assert entry.body["kind"] == "disclose"
    assert set(entry.body["fields"]) <= {field.value for field in review.COMPARED_FIELDS}
    assert Field.PERMANENT_RESIDENCE not in entry.body["fields"]


def test_without_a_grant_of_the_registry_nobody_is_opened(case, config: Config):
    connect_registry(registry=False)

    assert isinstance(review.open_case(an_officer(REVIEWER), case.id, sealing(config), now=LATER).person, Refused)


def test_a_conclusion_reaches_its_owner_changes_no_registry_and_ends_the_record(case, config: Config):
    seq = population.lock_versions([int(BINH)])

    said = review.conclude(an_officer(REVIEWER), case.id, "same", "Tên trong danh sách không dấu", now=LATER)

    assert said.conclusion is Conclusion.SAME
    assert store.cases_of(case.round_id) == {3: ("same", "Tên trong danh sách không dấu")}
    assert bytes(ReviewCase.objects.get(pk=case.id).sealed) == b""
    assert population.lock_versions([int(BINH)]) == seq
    assert entries("reconcile.concluded") == ["reconcile.concluded:same"]


def test_a_case_is_concluded_once(case):
    review.conclude(an_officer(REVIEWER), case.id, "unclear", "Chưa đủ giấy tờ", now=LATER)

    with pytest.raises(Conflict):
        review.conclude(an_officer(REVIEWER), case.id, "same", "Cùng một người", now=LATER)

    assert store.cases_of(case.round_id)[3][0] == "unclear"


@pytest.mark.parametrize(
    ("conclusion", "reason", "field"),
    [("", "Đủ lý do ở đây", "conclusion"), ("same", " ", "reason"), ("other", "Người này sinh 20/05/1993", "reason")],
)
def test_a_conclusion_needs_its_reason_and_the_reason_tells_nothing_of_the_registry(case, conclusion: str, reason: str, field: str):
    with pytest.raises(Invalid) as refused:
        review.conclude(an_officer(REVIEWER), case.id, conclusion, reason, now=LATER)

    assert refused.value.field == field
    assert store.open_cases() == [case]


def test_asking_again_adds_no_case_twice_and_a_clean_round_has_none(case, config: Config):
    again = review.ask_review(an_officer(), case.round_id, sealing(config), config.home, now=LATER)
    clean = finished(an_officer(), a_list(an_officer()), config, CLEAN, now=LATER)

    assert again == 1
    with pytest.raises(Conflict):
        review.ask_review(an_officer(), clean.id, sealing(config), config.home, now=LATER)
