"""The index of names follows: what is changed, what is newly numbered, what is loaded, also when a load was stopped."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from dancu.kernel.personal_id import PersonalId
from dancu.population import api as population
from dancu.population.models import LoadBatch, SearchEntry
from tests.factories.approvals import a_document, an_approval
from tests.factories.people import NOW, NUMBER, a_person_row
from tests.population.scene import load_rows, until_all_is_readable

pytestmark = pytest.mark.django_db(transaction=True)
NO, NEW = int(NUMBER), 46090000898


@pytest.fixture(autouse=True)
def _registry(tmp_path: Path) -> None:
    load_rows([a_person_row()], tmp_path)


def filed(number: int = NO) -> set[int]:
    entry = SearchEntry.objects.filter(pk=number).first()
    return set(entry.keys) if entry else set()


def follow() -> int:
    until_all_is_readable()
    return population.follow_changes()


def test_loaded_persons_are_filed_once():
    assert population.index_loaded(now=NOW) == 1
    assert filed()
    assert LoadBatch.objects.get().indexed_at == NOW
    assert population.index_loaded(now=NOW) == 0


def test_a_load_that_was_stopped_before_filing_is_filed_by_the_worker_in_time():
    finished = LoadBatch.objects.get().finished_at
    assert finished is not None

    assert population.index_loaded(now=finished + timedelta(minutes=1), left_behind=True) == 0
    assert population.index_loaded(now=finished + timedelta(minutes=11), left_behind=True) == 1


def test_a_new_name_is_found_after_the_change_is_followed_and_the_old_one_no_longer():
    population.index_loaded(now=NOW)
    before = filed()
    population.correct_person(NO, {"full_name": "Hoàng Khác Hẳn"}, an_approval(), a_document(), now=NOW)

    follow()

    assert filed() - before
    assert before - filed()


def test_a_replaced_number_leaves_the_index_and_the_new_one_enters():
    population.index_loaded(now=NOW)
    population.replace_number(NO, PersonalId(NEW), an_approval(), a_document(), now=NOW)

    assert follow() == 3
    assert population.follow_changes() == 0

    assert filed() == set()
    assert filed(NEW)


def test_a_change_of_what_nobody_is_found_by_files_nothing():
    population.correct_person(NO, {"phone": "0000000001"}, an_approval(), a_document(), now=NOW)
    follow()
    SearchEntry.objects.filter(pk=NO).delete()

    population.correct_person(NO, {"phone": "0000000002"}, an_approval(), a_document(), now=NOW)
    follow()

    assert filed() == set()
