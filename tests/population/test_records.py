"""What happens to the record of a person: the row is what its history adds up to, and every way back works."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from dancu.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from dancu.kernel.personal_id import PersonalId
from dancu.population import api as population
from dancu.population.api import ChangeKind, Flag
from dancu.population.history import current_state, state_as_of
from dancu.population.store import histories
from tests.factories.approvals import a_document, a_hand, an_approval
from tests.factories.people import NAME, NOW, NUMBER, a_person_row
from tests.population.scene import load_rows

pytestmark = pytest.mark.django_db
NO = int(NUMBER)
OTHER, NEW = "046090000302", PersonalId(46090000399)
TODAY, LATER = date(2026, 11, 21), NOW + timedelta(days=30)


@pytest.fixture(autouse=True)
def _registry(tmp_path: Any) -> None:
    load_rows([a_person_row(), a_person_row(OTHER, "Trần Văn Hai", "1990-05-18", phone="0000000001")], tmp_path)


def row(number: int = NO) -> dict[str, Any]:
    state = histories.row_state(number)
    assert state is not None
    return {name: value for name, value in state.items() if name not in ("load_batch", "last_seq")}


def agrees(number: int = NO) -> bool:
    """Is the row what the history adds up to?"""
    return row(number) == current_state(histories.changes_of(number), LATER, LATER.date())


def test_a_correction_changes_the_row_keeps_the_first_version_and_says_why():
    change = population.correct_person(NO, {"full_name": "Trần Văn Đúng"}, an_approval(), a_document(), now=NOW)

    kept = histories.changes_of(NO)
    assert [each.kind for each in kept] == [ChangeKind.FIRST, ChangeKind.CORRECTION]
    assert (change.seq, change.effect) == (1, {"full_name": [NAME, "Trần Văn Đúng"]})
    assert kept[1].evidence == a_document()
    assert kept[1].approval
    assert kept[1].approval.approver == a_hand("lanhdao.b", "H57/C06")
    assert row()["full_name"] == "Trần Văn Đúng"
    assert agrees()
    assert not histories.changes_of(int(OTHER))


def test_what_was_believed_before_can_still_be_asked():
    population.correct_person(NO, {"full_name": "Trần Văn Đúng"}, an_approval(), a_document(), now=NOW)

    kept = histories.changes_of(NO)
    before = state_as_of(kept, TODAY, NOW - timedelta(seconds=1))
    after = state_as_of(kept, date(1995, 1, 1), NOW)

    assert before is None or before["full_name"] == NAME
    assert after is not None
    assert after["full_name"] == "Trần Văn Đúng"


def test_an_event_holds_from_its_day_only():
    married = date(2015, 6, 1)
    population.record_event(
        NO, {"marital_status": 2}, an_approval(), a_document("Giấy chứng nhận kết hôn"), now=NOW, valid_from=married
    )

    kept = histories.changes_of(NO)
    day_before = state_as_of(kept, married - timedelta(days=1), NOW)
    assert day_before is not None
    assert day_before["marital_status"] != 2
    assert row()["marital_status"] == 2
    assert agrees()


def test_a_revocation_brings_back_what_was_and_can_be_taken_back_itself():
    first = population.correct_person(NO, {"full_name": "Sai"}, an_approval(), a_document(), now=NOW)

    undone = population.revoke_change(NO, first.seq, an_approval(), a_document(), now=NOW)
    assert (row()["full_name"], agrees()) == (NAME, True)
    with pytest.raises(Conflict, match="twice"):
        population.revoke_change(NO, first.seq, an_approval(), a_document(), now=NOW)

    population.revoke_change(NO, undone[0].seq, an_approval(), a_document(), now=NOW)
    assert (row()["full_name"], agrees()) == ("Sai", True)


def test_a_replaced_number_leads_to_the_new_one_and_one_step_always_suffices():
    population.replace_number(NO, NEW, an_approval(), a_document(), now=NOW)
    newest = PersonalId(46090000398)

    population.replace_number(NEW.number, newest, an_approval(), a_document(), now=NOW)

    assert [(row(no)["number_state"], row(no)["successor_no"]) for no in (NO, NEW.number)] == [(1, newest.number)] * 2
    assert (row(newest.number)["full_name"], row(newest.number)["number_state"]) == (NAME, 0)
    assert agrees(NO)
    assert agrees(NEW.number)
    assert agrees(newest.number)
    with pytest.raises(Conflict, match="not_in_force"):
        population.replace_number(NO, PersonalId(46090000397), an_approval(), a_document(), now=NOW)


def test_a_taken_number_is_given_to_nobody_else():
    with pytest.raises(Conflict, match="taken"):
        population.replace_number(NO, PersonalId(int(OTHER)), an_approval(), a_document(), now=NOW)


def test_taking_back_a_replacement_cancels_the_new_number():
    population.replace_number(NO, NEW, an_approval(), a_document(), now=NOW)
    seq = histories.changes_of(NO)[-1].seq

    population.revoke_change(NO, seq, an_approval(), a_document(), now=NOW)

    assert (row()["number_state"], row()["successor_no"], row(NEW.number)["number_state"]) == (0, None, 2)
    assert agrees()
    assert agrees(NEW.number)


SECOND = {"full_name": "Trần Thị Khác", "birth_year": 1992, "birth_month": 2, "birth_day": 3, "sex": 2}
NEW_NUMBERS = {
    "replaced": lambda: population.replace_number(NO, NEW, an_approval(), a_document(), now=NOW),
    "split": lambda: population.split_person(NO, NEW, SECOND, an_approval(), a_document(), now=NOW),
}


@pytest.mark.parametrize("make", NEW_NUMBERS.values(), ids=NEW_NUMBERS)
def test_a_new_number_that_was_changed_since_is_not_cancelled_until_those_changes_are_taken_back(make: Callable[[], object]):
    make()
    made = histories.changes_of(NO)[-1].seq
    population.correct_person(NEW.number, {"phone": "0000000009"}, an_approval(), a_document(), now=NOW)
    before = row(), row(NEW.number)

    with pytest.raises(Conflict, match="later_changes") as refused, transaction.atomic():
        population.revoke_change(NO, made, an_approval(), a_document(), now=NOW)
    assert (row(), row(NEW.number)) == before
    assert "(#1)" in refused.value.message
    population.revoke_change(NEW.number, 1, an_approval(), a_document(), now=NOW)
    population.revoke_change(NO, made, an_approval(), a_document(), now=NOW)

    assert (row()["number_state"], row(NEW.number)["number_state"]) == (0, 2)


def test_a_new_number_that_is_somebody_s_parent_is_not_cancelled_until_the_relation_is_taken_back(tmp_path: Path):
    child = 46115000303
    load_rows([a_person_row(f"{child:012d}", "Trần Thị Con", "2015-02-03", sex="2")], tmp_path)
    NEW_NUMBERS["replaced"]()
    made = histories.changes_of(NO)[-1].seq
    population.relate_persons(child, "father", NEW.number, an_approval(), a_document(), valid_from=date(2015, 2, 3), now=NOW)

    with pytest.raises(Conflict, match="later_relations"), transaction.atomic():
        population.revoke_change(NO, made, an_approval(), a_document(), now=NOW)
    population.revoke_change(child, 1, an_approval(), a_document(), now=NOW)
    population.revoke_change(NO, made, an_approval(), a_document(), now=NOW)

    assert row(NEW.number)["number_state"] == 2


def test_a_merge_leads_the_double_to_the_kept_number_and_can_be_taken_back():
    written = population.merge_persons(NO, int(OTHER), {"phone": "0000000001"}, an_approval(), a_document(), now=NOW)

    assert [change.kind for change in written] == [ChangeKind.MERGED_INTO, ChangeKind.MERGED_FROM]
    assert (row(int(OTHER))["successor_no"], row()["phone"]) == (NO, "0000000001")

    population.revoke_change(NO, 1, an_approval(), a_document(), now=NOW)

    assert (row(int(OTHER))["number_state"], row(int(OTHER))["successor_no"], row()["phone"]) == (0, None, "")
    assert agrees()
    assert agrees(int(OTHER))


def test_a_split_gives_the_second_person_a_number_and_facts_of_her_own():
    population.split_person(NO, NEW, SECOND, an_approval(), a_document(), now=NOW)

    assert (row(NEW.number)["full_name"], row(NEW.number)["birth_year"], row(NEW.number)["relatives"]) == (
        "Trần Thị Khác",
        1992,
        {},
    )
    assert row()["full_name"] == NAME
    with pytest.raises(Invalid, match="split"):
        population.split_person(NO, PersonalId(46090000395), {"sex": 2}, an_approval(), a_document(), now=NOW)


def test_a_cancelled_number_stays_and_leads_nowhere():
    population.cancel_number(NO, an_approval(), a_document(), now=NOW)

    assert (row()["number_state"], row()["successor_no"], agrees()) == (2, None, True)


def test_flags_stand_beside_the_facts():
    population.set_flags(NO, Flag.PROTECTED | Flag.UNDER_INVESTIGATION, an_approval(), a_document(), now=NOW)

    assert (row()["flags"], agrees()) == (3, True)


@pytest.mark.parametrize(
    ("items", "code"),
    [
        ({}, "items.none"),
        ({"number_state": 2}, "items.unknown"),
        ({"flags": 0}, "items.unknown"),
        ({"full_name": " "}, "full_name.missing"),
        ({"sex": 7}, "items.code"),
        ({"sex": "1"}, "items.code"),
        ({"birth_year": 1990}, "items.birth"),
        ({"birth_year": 1990, "birth_month": 2, "birth_day": 30}, "birth_date.day"),
        ({"permanent_code": "46..19789"}, "items.address"),
        ({"permanent_version": "L2-2025", "permanent_code": "46..00000", "permanent_detail": "1"}, "items.area"),
        ({"life_status_on": "hôm qua"}, "items.date"),
        ({"old_id_no": "12"}, "old_id_no.length"),
    ],
)
def test_an_item_that_cannot_be_kept_is_refused_by_name_and_nothing_changes(items: dict[str, Any], code: str):
    with pytest.raises(Invalid) as refused:
        population.correct_person(NO, items, an_approval(), a_document(), now=NOW)

    assert refused.value.code == code
    assert histories.changes_of(NO) == []


def test_a_change_that_changes_nothing_or_lies_ahead_or_has_no_person_is_refused():
    with pytest.raises(Conflict, match="nothing"):
        population.correct_person(NO, {"full_name": NAME}, an_approval(), a_document(), now=NOW)
    with pytest.raises(Invalid, match="future"):
        population.record_event(NO, {"sex": 2}, an_approval(), a_document(), now=NOW, valid_from=TODAY + timedelta(days=400))
    with pytest.raises(NotFound):
        population.correct_person(46090009999, {"sex": 2}, an_approval(), a_document(), now=NOW)


@pytest.mark.parametrize(
    ("author", "approver"),
    [
        (a_hand("a", "U1"), a_hand("a", "U2")),
        (a_hand("a", "U1"), a_hand("b", "U1")),
        (a_hand("a", "U1", "one human"), a_hand("b", "U2", "one human")),
    ],
)
def test_one_human_or_one_unit_never_makes_an_approval(author: population.Hand, approver: population.Hand):
    with pytest.raises(NotAllowed, match="four_eyes"):
        an_approval(author, approver)


@pytest.mark.parametrize(
    "broken",
    ["approver = author", "approver_unit = author_unit", "approver_holder = author_holder", "approver = ''", "request_id = null"],
)
def test_the_table_itself_refuses_a_change_by_one_human(broken: str):
    population.correct_person(NO, {"sex": 2}, an_approval(), a_document(), now=NOW)
    column, _, value = broken.partition(" = ")

    with pytest.raises(IntegrityError, match="change_four_eyes"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"update population_change set {column} = {value} where personal_no = %s and seq = 1", [NO])


def test_the_pages_role_can_add_to_the_history_but_neither_change_nor_delete_it():
    with connection.cursor() as cursor:
        cursor.execute(
            "select privilege_type from information_schema.role_table_grants"
            " where table_name = 'population_change' and grantee not in (current_user, 'postgres') order by 1"
        )
        rights = {privilege for (privilege,) in cursor.fetchall()}

    assert rights == {"INSERT", "SELECT"}
