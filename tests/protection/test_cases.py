"""Cases through their doors: opened once, only about oneself, kept sealed, every step in the ledger, one effect each."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection

from dancu.kernel.clock import VIET_NAM, local
from dancu.kernel.errors import Conflict, Invalid, NotFound
from dancu.kernel.work_days import RETURN_TIME, work_calendar, working_days_left
from dancu.ledger import api as ledger
from dancu.notices.models import Step as OutboxStep
from dancu.protection import reference
from dancu.protection.api import CaseActionKind, cases_of, open_case, take_own_step
from dancu.protection.domain.cases import CaseState
from dancu.protection.domain.clocks import TimeUnit
from dancu.protection.store import cases as store
from tests.factories.people import NOW, NUMBER
from tests.protection.scene import (
    DESK,
    OFFICER,
    OTHER_NUMBER,
    STRANGER,
    WORDS,
    looked_at,
    opened,
    set_up_desk,
    step,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _desk() -> None:
    set_up_desk()


def test_a_person_opens_a_case_and_finds_it_among_hers():
    case = open_case("objection", NUMBER, looked_at(), WORDS, ["not_mine"], "key", NOW)

    assert [each.id for each in cases_of(NUMBER)] == [case.id]
    assert case.due_at == NOW + timedelta(hours=72)
    assert case.state is CaseState.RECEIVED
    assert cases_of(OTHER_NUMBER) == []
    newest = next(e for e in ledger.latest(5) if e.body["outcome"] == "protection.case.open")
    assert (newest.subject, newest.dossier_no) == (NUMBER, case.code)


def test_the_same_request_sent_twice_is_opened_once():
    first, again = opened(key="one"), opened(key="one")

    assert first == again
    assert len(cases_of(NUMBER)) == 1
    assert ledger.count() == 2  # the desk, the case


def test_the_same_key_with_other_words_is_refused():
    opened(key="one")

    with pytest.raises(Conflict, match=r"case.sent_before"):
        open_case("objection", NUMBER, "", "Một nội dung khác hẳn", ["not_mine"], "one", NOW)


def test_the_same_key_of_two_people_are_two_cases():
    assert opened(key="one").id != opened(key="one", subject=OTHER_NUMBER).id


def test_somebody_elses_entry_cannot_be_objected_to():
    with pytest.raises(NotFound, match=r"case.no_entry"):
        opened(about=looked_at(OTHER_NUMBER))


@pytest.mark.parametrize(("field", "more"), [("kind", {"kind": "gift"}), ("text", {"text": " x "}), ("key", {"key": ""})])
def test_what_is_missing_is_named(field: str, more: dict[str, str]):
    given = {"kind": "know", "subject_no": NUMBER, "about": "", "text": WORDS, "choices": [], "key": "k", "now": NOW, **more}

    with pytest.raises(Invalid) as refused:
        open_case(**given)

    assert refused.value.field == field


def test_number_and_words_stand_sealed_in_the_tables():
    case = opened()

    with connection.cursor() as cursor:
        cursor.execute("select c::text || a::text from protection_case c join protection_caseaction a on a.case_id = c.id")
        row = cursor.fetchone()[0]
    for plain in (NUMBER, WORDS):
        assert plain not in row
        assert plain.encode().hex() not in row
    assert store.subject_of(case.id) == NUMBER


def test_a_case_lies_at_its_desk_and_is_unknown_elsewhere():
    case = opened()

    with pytest.raises(NotFound, match=r"case.none"):
        step(case, "assign", by=STRANGER)
    assert step(case, "assign").organisation == DESK


def test_a_step_sent_twice_has_one_effect_and_a_stale_one_is_told():
    case = step(opened(), "assign")
    noted = step(case, "note", "Đã gọi điện")

    assert step(case, "note", "Đã gọi điện") == noted
    with pytest.raises(Conflict, match=r"case.elsewhere"):
        step(case, "note", "Một ghi chú khác")


def test_every_step_is_recorded_under_the_person():
    case = step(opened("know"), "assign")
    step(case, "answer", "Kính gửi ông, dữ liệu được dùng như sau.")

    outcomes = [entry.body["outcome"] for entry in ledger.latest(3)]
    assert sorted(outcomes) == ["protection.case.answer", "protection.case.assign", "protection.case.open"]
    assert {entry.subject for entry in ledger.latest(3)} == {NUMBER}


def test_the_line_beside_a_case_says_what_its_actions_say():
    case = step(opened(), "assign")
    case = step(case, "ask_organisation", "Đề nghị giải trình", organisation="H48")
    case = step(case, "extend", "Chờ cơ quan giải trình")

    assert store.stored_line(case.id) == store.line_of(store.get_case(case.id))
    assert case.due_at == NOW + timedelta(hours=144)


def test_an_extension_in_working_days_gives_no_day_more_than_the_law():
    at = datetime(2026, 11, 2, 9, 0, tzinfo=VIET_NAM)
    case = step(opened("complaint", at=at), "assign", at=at)
    rule = reference.clock_for("complaint", at)
    assert rule.unit is TimeUnit.WORKING_DAYS

    longer = step(case, "extend", "Chờ cơ quan giải trình", at=at)

    assert working_days_left(case.due_at, longer.due_at, work_calendar()) == rule.extension
    assert local(longer.due_at).time() == RETURN_TIME


def test_the_person_reads_what_is_written_to_her_and_nothing_else():
    case = step(opened("know"), "assign")
    case = step(case, "note", "Ghi chú nội bộ")
    case = step(case, "ask_organisation", "Hỏi nội bộ", organisation="H48")
    step(case, "answer", "Kính gửi ông")

    seen = cases_of(NUMBER)[0]
    assert seen.answer == "Kính gửi ông"
    assert "nội bộ" not in " ".join(event.text for event in seen.events)


def test_the_person_adds_to_her_case_or_takes_it_back_and_nobody_elses():
    case = step(opened(), "assign")
    step(case, "ask_subject", "Xin gửi thêm giấy tờ")

    with pytest.raises(NotFound):
        take_own_step(OTHER_NUMBER, case.id, CaseActionKind.SUPPLEMENT, "Tôi bổ sung", now=NOW)
    assert take_own_step(NUMBER, case.id, CaseActionKind.SUPPLEMENT, "Tôi bổ sung", now=NOW).state is CaseState.IN_HAND
    assert take_own_step(NUMBER, case.id, CaseActionKind.WITHDRAW, "", now=NOW).is_closed


def test_a_case_without_a_desk_waits_for_whoever_takes_it():
    from dancu.protection.models import Desk

    Desk.objects.all().delete()
    case = opened()

    assert store.get_case(case.id).organisation == ""
    assert [line.id for line in store.open_lines("H48", "", None)] == [UUID(str(case.id))]
    assert step(case, "assign", by=STRANGER).organisation == "H48"
    assert store.open_lines(OFFICER.organisation, "", None) == []


@pytest.mark.parametrize("typed", ["", "phường", "H5"])
def test_what_is_no_organisation_is_not_asked(typed: str):
    case = step(opened("know"), "assign")

    with pytest.raises(Invalid) as refused:
        step(case, "ask_organisation", "Đề nghị giải trình", organisation=typed)

    assert refused.value.field == "organisation"


def test_who_waits_for_a_step_is_told_in_the_same_transaction():
    case = step(opened(about=looked_at()), "assign")
    case = step(case, "ask_organisation", "Đề nghị giải trình", organisation="H48")
    step(case, "find_lawful", "Đúng quy định", legal_basis="Điều 3")

    told = list(OutboxStep.objects.order_by("position").values_list("kind", "to", "about"))
    assert told == [
        ("notice.officer", f"data-protection, {DESK}", case.code),
        ("notice.officer", "data-protection, H48", case.code),
        ("notice.citizen", "người dân", case.code),
    ]
