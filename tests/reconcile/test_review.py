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
from dancu.reconcile import folders, store
from dancu.reconcile.domain import Conclusion, Record
from dancu.reconcile.engine.build import build
from dancu.reconcile.engine.snapshot import save_arrays
from dancu.reconcile.models import ReviewCase
from dancu.reconcile.running.keys import name_key
from dancu.reconcile.usecases import review
from tests.factories.people import NOW, a_person_row
from tests.factories.registry import connect_registry
from tests.population.scene import load_rows
from tests.reconcile.engine.columns import persons
from tests.reconcile.scene import (
    BINH,
    CLEAN,
    PEOPLE,
    REVIEWER,
    VERSION,
    a_home,
    a_list,
    an_officer,
    appoint,
    entries,
    finished,
    sealing,
)

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


OLD_NUMBER = "191000001"
BY_OLD_NUMBER = (CLEAN[0], ("KH2", OLD_NUMBER, "Nguyen Van Binh", "20/05/1993", "Huế"))


@pytest.fixture
def by_old_number(config: Config):
    """A round with one near match, found by the old number of Bình."""
    known = build([persons(*PEOPLE, old={BINH: OLD_NUMBER})], name_key(config.key_dir), VERSION)
    assert config.snapshot_home is not None
    save_arrays(config.snapshot_home / VERSION, known, {"taken_at": NOW.isoformat(), "files": [], "parts": []})
    return finished(an_officer(), a_list(an_officer()), config, BY_OLD_NUMBER)


def test_a_near_match_by_an_old_number_is_opened_through_the_person_it_led_to_and_its_owner_learns_no_more(
    by_old_number, config: Config
):
    connect_registry()

    assert review.ask_review(an_officer(), by_old_number.id, sealing(config), config.home, now=LATER) == 1
    (case,) = store.open_cases()
    closed = review.see_case(case.id, sealing(config))
    seen = review.open_case(an_officer(REVIEWER), case.id, sealing(config), now=LATER)

    assert closed.record == seen.record == Record(OLD_NUMBER, "Nguyen Van Binh", "20/05/1993")
    assert isinstance(seen.person, OpenedPerson)
    assert seen.person.facts.personal_id is not None
    assert seen.person.facts.personal_id.digits == BINH
    row = ReviewCase.objects.get(pk=case.id)
    assert BINH.encode() not in bytes(row.sealed)
    assert BINH not in f"{row.reference} {row.reasons} {store.actions_of(by_old_number.id)} {store.cases_of(by_old_number.id)}"
    assert review.not_sent_of(by_old_number.id) == 0


def test_where_nobody_can_tell_any_more_whom_an_old_number_led_to_the_owner_is_told(by_old_number, config: Config):
    folders.remove_work(folders.round_folder(config.home, by_old_number.id))

    with pytest.raises(Conflict) as refused:
        review.ask_review(an_officer(), by_old_number.id, sealing(config), config.home, now=LATER)

    assert refused.value.message.startswith("1 bản ghi")
    assert store.open_cases() == []


def test_how_many_near_matches_were_not_sent_stands_in_the_rounds_history(config: Config):
    known = build([persons(*PEOPLE, old={BINH: OLD_NUMBER})], name_key(config.key_dir), VERSION)
    assert config.snapshot_home is not None
    save_arrays(config.snapshot_home / VERSION, known, {"taken_at": NOW.isoformat(), "files": [], "parts": []})
    both = (
        (*CLEAN[0][:2], "tran thi an", *CLEAN[0][3:]),
        *BY_OLD_NUMBER[1:],
        ("KH3", BINH, "Nguyen Van Binh", "20/05/1993", "Huế"),
    )
    done = finished(an_officer(), a_list(an_officer()), config, both)
    (config.snapshot_home / VERSION / "snapshot.json").unlink()

    sent = review.ask_review(an_officer(), done.id, sealing(config), config.home, now=LATER)

    assert OLD_NUMBER not in {review.see_case(each.id, sealing(config)).record.number for each in store.open_cases()}
    assert sent == len(store.open_cases()) > 0
    assert review.not_sent_of(done.id) == 1
