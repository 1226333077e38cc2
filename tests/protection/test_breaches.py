"""Breaches through their doors: the clock, four eyes in code and in the database, the affected from the ledger, letters."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from dancu.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from dancu.ledger import api as ledger
from dancu.notices.models import Step as OutboxStep
from dancu.protection.domain.breaches import Breach, BreachState, Scope
from dancu.protection.store import affected as affected_store
from dancu.protection.store import breaches as store
from dancu.protection.usecases import affected
from dancu.protection.usecases.affected import derive_affected, export_affected, hand_letters_on, read_on
from dancu.protection.usecases.breaches import BreachReport, report_breach
from tests.factories.people import NOW, NUMBER
from tests.protection.scene import (
    COLLEAGUE,
    OFFICER,
    OTHER_NUMBER,
    STRANGER,
    an_officer,
    approved,
    breach_step,
    derived,
    looked_at,
    proposed,
    reported,
    set_up_desk,
)

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


@pytest.fixture(autouse=True)
def _desk() -> None:
    set_up_desk()


def test_the_clock_runs_from_when_it_was_noticed():
    breach = reported()

    assert breach.due_at == NOW + timedelta(hours=72)
    assert store.breach_lines(OFFICER.organisation)[0].is_late(NOW + timedelta(hours=73))
    after = NOW + timedelta(hours=5)
    told = breach_step(breach, "tell_authority", at=after, paper_no="12/TB", told_at=after.isoformat())
    assert not store.breach_lines(OFFICER.organisation)[0].is_late(NOW + timedelta(hours=73))
    assert told.state is BreachState.AUTHORITY_TOLD


@pytest.mark.parametrize("hours", [-1, 6])
def test_the_authority_was_told_after_it_was_noticed_and_before_now(hours: int):
    breach, told_at = reported(), NOW + timedelta(hours=hours)

    with pytest.raises(Invalid, match=r"breach\.told") as refused:
        breach_step(breach, "tell_authority", at=NOW + timedelta(hours=5), paper_no="12/TB", told_at=told_at.isoformat())

    assert refused.value.field == "told_day"
    assert store.get_breach(breach.id).told_at is None


def test_a_record_of_telling_the_authority_is_corrected_by_a_later_one_and_stays_in_the_history():
    first, later = NOW + timedelta(hours=5), NOW + timedelta(hours=80)
    breach = breach_step(reported(), "tell_authority", "Gửi nhầm ngày", at=later, paper_no="12/TB", told_at=first.isoformat())
    breach = breach_step(breach, "tell_authority", "Gửi lại", at=later, paper_no="12/TB", told_at=later.isoformat())

    assert breach.told_at == later
    assert store.breach_lines(OFFICER.organisation)[0].is_late(later)
    assert [(a.text, a.data["told_at"]) for a in breach.actions[1:]] == [
        ("Gửi nhầm ngày", first.isoformat()),
        ("Gửi lại", later.isoformat()),
    ]


def test_the_same_report_sent_twice_is_one_breach():
    identity = uuid4()

    assert reported(identity=identity) == reported(identity=identity)
    assert len(store.breach_lines(OFFICER.organisation)) == 1


@pytest.mark.parametrize(("field", "more"), [("until_day", {"until": NOW - timedelta(days=9)}), ("organisation", {"system": ""})])
def test_a_report_says_what_is_missing(field: str, more: dict[str, Any]):
    with pytest.raises(Invalid) as refused:
        reported(**more)

    assert refused.value.field == field


def test_nothing_is_noticed_in_the_future():
    report = BreachReport("Tên", "Nội dung", NOW + timedelta(days=1), Scope(NOW - timedelta(days=1), NOW, "H48"))

    with pytest.raises(Invalid, match=r"breach\.noticed"):
        report_breach(OFFICER, uuid4(), report, now=NOW)


def test_a_breach_noticed_before_the_law_names_the_day():
    report = BreachReport("Tên", "Nội dung", NOW.replace(year=2025), Scope(NOW - timedelta(days=1), NOW, "H48"))

    with pytest.raises(Invalid, match=r"breach\.no_rule") as refused:
        report_breach(OFFICER, uuid4(), report, now=NOW)

    assert refused.value.field == "noticed_day"
    assert "01/01/2026" in refused.value.message


def test_a_breach_is_unknown_to_another_desk():
    breach = reported()

    with pytest.raises(NotFound, match=r"breach\.none"):
        breach_step(breach, "note", by=STRANGER)


def test_the_affected_are_those_the_system_looked_at_in_that_time():
    for subject, at in (
        (NUMBER, NOW - timedelta(days=1)),
        (NUMBER, NOW - timedelta(days=2)),
        (OTHER_NUMBER, NOW - timedelta(days=3)),
    ):
        looked_at(subject, at=at)
    looked_at("046090000999", at=NOW - timedelta(days=30))
    looked_at("046090000998", at=NOW - timedelta(days=1), system="he-thong-khac")
    looked_at("046090000997", at=NOW - timedelta(days=1), kind=ledger.ActKind.REFUSE)
    breach = reported()

    run = affected_store.get_run(derived(breach))

    assert run.state == "done"
    assert run.summary["persons"] == 2
    assert run.summary["by_organisation"] == [["H48", 2, 3]]
    assert dict(run.summary["by_field"]) == {"full_name": 2, "birth_date": 2}
    persons = affected_store.persons_after(run.id, b"", 10)
    assert {(p.subject, p.entries) for p in persons} == {(NUMBER, 2), (OTHER_NUMBER, 1)}


def test_numbers_of_the_affected_stand_sealed():
    looked_at(at=NOW - timedelta(days=1))
    derived(reported())

    with connection.cursor() as cursor:
        cursor.execute("select a::text from protection_affected a")
        row = cursor.fetchone()[0]
    assert NUMBER not in row
    assert NUMBER.encode().hex() not in row


def test_a_reading_that_was_stopped_goes_on_and_counts_nothing_twice(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(affected, "READ_AT_ONCE", 3)
    for at in range(10):
        looked_at(f"0460900{at % 4:05d}", at=NOW - timedelta(hours=at + 1))
    breach, run = reported(), uuid4()
    derive_affected(OFFICER, breach.id, run, now=LATER)
    assert read_on(run, now=LATER)

    with transaction.atomic():  # read and written, but the worker died before it could commit
        assert read_on(run, now=LATER)
        transaction.set_rollback(True)
    while read_on(run, now=LATER):
        pass

    found = affected_store.get_run(run)
    assert (found.matched, found.summary["entries"], found.persons, found.share) == (10, 10, 4, 1.0)


def test_who_proposed_cannot_decide_nor_her_unit_nor_her_other_account():
    looked_at(at=NOW - timedelta(days=1))
    breach = reported()
    breach = proposed(breach, "tell_persons", derived(breach))

    for same in (OFFICER, an_officer("canbo.khac", "H57/BVDL"), an_officer("tai.khoan.2", "H57/LD", OFFICER.hand.holder)):
        with pytest.raises(NotAllowed, match=r"breach\.four_eyes"):
            approved(breach, by=same)
    assert [e.body["outcome"] for e in ledger.latest(10)].count("breach.four_eyes") == 3
    assert approved(breach).persons_decided


def test_the_database_refuses_a_decision_by_the_hand_that_proposed():
    breach = proposed(reported(), "tell_nobody")
    row = {
        "breach_id": breach.id,
        "sequence": 3,
        "organisation": "H57",
        "kind": "approve",
        "at": NOW,
        "account": OFFICER.hand.account,
        "unit": "H57/LD",
        "holder": "ai-khac",
        "text_sealed": b"",
        "data": {"proposal": 2},
    }

    with pytest.raises(IntegrityError, match="hand that proposed"), transaction.atomic():
        store.BreachActionRow.objects.create(**row)
    store.BreachActionRow.objects.create(**{**row, "account": "lanhdao"})


def test_letters_reach_each_affected_person_once_however_often_it_is_stopped(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(affected, "LETTERS_AT_ONCE", 2)
    for at in range(5):
        looked_at(f"0460900{at:05d}", at=NOW - timedelta(hours=at + 1))
    breach = reported()
    breach = approved(proposed(breach, "tell_persons", derived(breach)))
    letters = affected_store.letters_of(breach.id)[0].id

    assert hand_letters_on(letters, now=LATER)
    with transaction.atomic():  # handed over, but the worker died before it could commit
        assert hand_letters_on(letters, now=LATER)
        transaction.set_rollback(True)
    while hand_letters_on(letters, now=LATER):
        pass

    steps = list(OutboxStep.objects.filter(kind="notice.citizen").values_list("key", "about"))
    assert len(steps) == len(set(steps)) == 5
    assert {about for _key, about in steps} == {breach.code}
    assert affected_store.letters_of(breach.id)[0].told == 5
    assert affected_store.letters_of(breach.id)[0].state == "done"
    told = [e.subject for e in ledger.latest(50) if e.body["outcome"] == "protection.affected.told"]
    assert len(told) == len(set(told)) == 5


def test_an_export_needs_two_and_marks_every_line():
    looked_at(at=NOW - timedelta(days=1))
    breach = reported()
    run = derived(breach)

    with pytest.raises(NotAllowed, match=r"affected\.export"):
        export_affected(OFFICER, breach.id, run, lambda: LATER)
    breach = approved(proposed(breach, "export", run))
    with pytest.raises(NotAllowed, match=r"affected\.export"):
        export_affected(COLLEAGUE, breach.id, run, lambda: LATER)
    name, lines = export_affected(OFFICER, breach.id, run, lambda: LATER)
    second, again = export_affected(OFFICER, breach.id, run, lambda: LATER + timedelta(seconds=1))

    first_lines, second_lines = list(lines), list(again)
    assert name != second
    assert name.startswith(breach.code)
    assert NUMBER in first_lines[1]
    assert first_lines[1].rsplit(",", 1)[0] == second_lines[1].rsplit(",", 1)[0]
    assert first_lines[1] != second_lines[1]
    assert [e.subject for e in ledger.latest(9) if e.body["outcome"] == "protection.affected.export"] == [NUMBER, NUMBER]


def test_nothing_is_proposed_about_a_list_that_is_not_ready():
    breach, run = reported(), uuid4()
    derive_affected(OFFICER, breach.id, run, now=LATER)

    with pytest.raises(Conflict, match=r"breach\.no_list"):
        proposed(breach, "tell_persons", run)


def test_a_breach_ends_after_authority_and_persons_are_settled():
    breach = breach_step(reported(), "tell_authority", paper_no="12/TB", told_at=NOW.isoformat())

    with pytest.raises(Conflict, match=r"breach\.persons_open"):
        breach_step(breach, "close")
    breach = approved(proposed(breach, "tell_nobody"))
    breach = breach_step(breach, "close", "Đã khắc phục xong, rút kinh nghiệm.")
    assert breach.state is BreachState.CLOSED
    assert store.stored_breach_line(breach.id) == store.breach_line_of(store.get_breach(breach.id))


def test_a_step_sent_twice_is_done_once():
    breach = reported()
    once = breach_step(breach, "do_task", "", task="contain")

    assert breach_step(breach, "do_task", "", task="contain") == once
    with pytest.raises(Invalid, match=r"breach\.task"):
        breach_step(once, "do_task", "", task="dance")


def test_an_amended_scope_is_what_the_next_list_is_about():
    looked_at(at=NOW - timedelta(days=20))
    breach = reported()
    scope = {"since": (NOW - timedelta(days=30)).isoformat(), "until": NOW.isoformat(), "system": "he-thong"}

    assert affected_store.get_run(derived(breach)).persons == 0
    breach = breach_step(breach, "amend", "Bị lộ sớm hơn", scope=scope)
    assert affected_store.get_run(derived(breach)).persons == 1
    with pytest.raises(Invalid, match=r"breach\.scope"):
        breach_step(breach, "amend", "Sai", scope={**scope, "until": scope["since"]})


def letters_about(breach: Breach) -> affected_store.Letters:
    return affected_store.letters_of(breach.id)[0]


def told_of(breach: Breach) -> list[str]:
    """Whom the ledger says the letters of a breach reached."""
    return [e.subject for e in ledger.latest(50) if e.body["outcome"] == "protection.affected.told"]


def test_nobody_is_told_of_a_breach_before_she_may_see_one_of_its_looks():
    yesterday = NOW - timedelta(days=1)
    sealed, delayed, both, plain = (f"0460901{at:05d}" for at in range(4))
    looked_at(sealed, at=yesterday, sealed_until=date(2026, 12, 24))
    looked_at(delayed, at=yesterday, purpose="Điều tra vụ án (thử)")
    looked_at(both, at=yesterday, sealed_until=date(2026, 12, 24))
    looked_at(both, at=yesterday)
    looked_at(plain, at=yesterday)
    breach = reported()
    breach = approved(proposed(breach, "tell_persons", derived(breach)))

    def hand_on(at: datetime) -> affected_store.Letters:
        while hand_letters_on(letters_about(breach).id, now=at):
            pass
        return letters_about(breach)

    first = hand_on(LATER)
    assert sorted(told_of(breach)) == [both, plain]
    assert (first.state, first.told, first.held, first.next_day) == ("waiting", 2, 2, date(2026, 12, 24))

    assert hand_on(LATER + timedelta(days=1)).told == 2, "before its day nothing happens"
    second = hand_on(datetime(2026, 12, 24, 1, tzinfo=UTC))
    assert sorted(told_of(breach)) == sorted([both, plain, sealed])
    assert (second.state, second.told, second.held) == ("waiting", 3, 1)

    last = hand_on(NOW + timedelta(days=200))
    assert sorted(told_of(breach)) == sorted([both, plain, sealed, delayed])
    assert (last.state, last.told, last.held) == ("done", 4, 0)
    assert OutboxStep.objects.filter(kind="notice.citizen").count() == 4


def test_the_entry_of_an_export_betrays_no_look_she_may_not_see():
    yesterday, day = NOW - timedelta(days=1), date(2026, 12, 24)
    looked_at(at=yesterday, sealed_until=day)
    breach = reported()
    run = derived(breach)
    breach = approved(proposed(breach, "export", run))
    list(export_affected(OFFICER, breach.id, run, lambda: LATER)[1])

    def seen(at: datetime) -> list[str]:
        return [each.body["outcome"] for each in ledger.entries_about([NUMBER], now=at)]

    assert seen(LATER) == []
    assert seen(datetime(2026, 12, 24, 1, tzinfo=UTC))[0] == "protection.affected.export"


def test_who_is_known_by_an_old_number_only_is_not_said_to_be_told():
    looked_at("cmnd:191000999", at=NOW - timedelta(days=1))
    looked_at(at=NOW - timedelta(days=1))
    breach = reported()
    breach = approved(proposed(breach, "tell_persons", derived(breach)))
    while hand_letters_on(letters_about(breach).id, now=LATER):
        pass

    assert told_of(breach) == [NUMBER]
    assert (letters_about(breach).told, letters_about(breach).unreachable) == (1, 1)


def test_work_that_fails_stops_no_other(monkeypatch: pytest.MonkeyPatch):
    looked_at(at=NOW - timedelta(days=1))
    broken, sound = (reported(identity=uuid4()) for _ in range(2))
    runs = [uuid4(), uuid4()]
    for breach, run in zip((broken, sound), runs, strict=True):
        affected.derive_affected(OFFICER, breach.id, run, now=LATER)
    read_on = affected.read_on

    def fail_on_the_first(run: UUID, *, now: datetime) -> bool:
        if run == runs[0]:
            raise RuntimeError
        return read_on(run, now=now)

    monkeypatch.setattr(affected, "read_on", fail_on_the_first)
    affected.read_all(lambda: LATER)

    assert [affected_store.get_run(run).state for run in runs] == ["running", "done"]
    assert affected_store.get_run(runs[0]).failure == "RuntimeError"
    monkeypatch.setattr(affected, "read_on", read_on)
    affected.read_all(lambda: LATER)
    assert (affected_store.get_run(runs[0]).state, affected_store.get_run(runs[0]).failure) == ("done", "")
