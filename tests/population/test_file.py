"""The file of a person shows what the warrant names and nothing beside it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from dancu.kernel.errors import NotFound
from dancu.kernel.warrants import SENSITIVE_FIELDS, Field, Warrant
from dancu.population import api as population
from dancu.population.api import Place
from tests.factories.approvals import a_document, an_approval
from tests.factories.people import NOW, a_person_row, an_actor
from tests.population.scene import load_rows

pytestmark = pytest.mark.django_db
FATHER, CHILD, TODAY = 46070000701, 46001000702, date(2026, 11, 24)
HOME = Place("L2-2025", "46..19789", "12 Lê Lợi")


@pytest.fixture(autouse=True)
def _registry(tmp_path: Any) -> None:
    load_rows(
        [a_person_row(f"{FATHER:012d}", "Trần Văn Cha", "1970"), a_person_row(f"{CHILD:012d}", "Trần Thị Con", "2001-02-03")],
        tmp_path,
    )
    population.form_household(HOME, {FATHER: "01", CHILD: "03"}, an_approval(), a_document(), valid_from=date(2010, 1, 1), now=NOW)
    population.relate_persons(CHILD, "father", FATHER, an_approval(), a_document(), valid_from=date(2001, 2, 3), now=NOW)
    population.correct_person(CHILD, {"ethnicity": 5, "full_name": "Trần Thị Đúng"}, an_approval(), a_document(), now=NOW)


def a_warrant(fields: frozenset[Field] = frozenset(Field), **more: Any) -> Warrant:
    return Warrant(an_actor(), "Quản lý dân cư", "Luật Căn cước", "DC", "DC", "1", fields, NOW + timedelta(minutes=1), **more)


def opened(number: int = CHILD, warrant: Warrant | None = None) -> population.PersonFile:
    return population.person_file(number, warrant or a_warrant(), now=NOW, today=TODAY)


def test_the_file_has_history_family_household_and_residence():
    file = opened()

    assert [change.kind for change in file.changes] == ["first", "household", "relation", "correction"]
    assert [(r.kind, r.other_no) for r in file.relations] == [("father", FATHER)]
    assert {m.personal_no: m.relation for m in file.members} == {FATHER: "01", CHILD: "03"}
    assert [(r.kind, r.code) for r in file.residences] == [("permanent", HOME.code)]
    assert file.neighbours[FATHER].full_name == "Trần Văn Cha"


def test_the_parent_sees_the_child_although_the_row_is_the_childs():
    assert [(r.personal_no, r.kind) for r in opened(FATHER).relations] == [(CHILD, "father")]


def test_what_is_not_granted_is_in_no_part_of_the_file():
    everyday = frozenset(Field) - SENSITIVE_FIELDS - {Field.RELATIVES, Field.HOUSEHOLD, Field.PERMANENT_RESIDENCE}

    file = opened(warrant=a_warrant(everyday))

    assert (file.relations, file.memberships, file.members, file.residences, file.neighbours) == ([], [], [], [], {})
    columns = {name for change in file.changes for name in (*change.items, *change.effect)}
    assert not columns & {"ethnicity", "religion", "blood_type", "relatives", "household_head", "permanent_code"}
    assert file.changes[-1].effect == {"full_name": ["Trần Thị Con", "Trần Thị Đúng"]}


def test_the_file_answers_as_of():
    file = opened()
    before = file.changes[-1].recorded_at - timedelta(microseconds=1)

    state = file.state_as_of(TODAY, before)

    assert state is None or state["full_name"] == "Trần Thị Con"
    now = file.state_as_of(TODAY, NOW)
    assert now is not None
    assert now["full_name"] == "Trần Thị Đúng"


def test_a_person_without_a_change_has_a_first_version_too(tmp_path: Any):
    load_rows([a_person_row("046090000703")], tmp_path)

    file = opened(46090000703)

    assert [(change.seq, change.kind) for change in file.changes] == [(0, "first")]
    assert file.changes[0].load_batch > 0


def test_an_unknown_number_or_an_expired_warrant_opens_nothing():
    with pytest.raises(NotFound):
        opened(46090009999)
    with pytest.raises(AssertionError):
        population.person_file(CHILD, a_warrant(), now=NOW + timedelta(hours=1), today=TODAY)
