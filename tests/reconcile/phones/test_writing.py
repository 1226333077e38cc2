"""What stands is written into the registry by two hands of two units, in batches that go on after a kill."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from dancu.kernel.errors import Conflict, Invalid, NotAllowed
from dancu.kernel.reach import SYSTEM, acting
from dancu.ledger import api as ledger
from dancu.population.models import Change, Person
from dancu.reconcile.phones import flow_store, store, usecases, writing
from dancu.reconcile.phones.domain import Brought
from tests.factories.approvals import a_hand
from tests.factories.database import load
from tests.factories.people import NOW, NUMBER, a_person_row
from tests.factories.web_role import web_role

pytestmark = pytest.mark.django_db(transaction=True)
HER, HIM = int(NUMBER), 46090000502
MONDAY = date(2026, 11, 16)
PHONE, ANOTHER = "0912345678", "0387654321"
AUTHOR, APPROVER, COLLEAGUE = a_hand(), a_hand("lanhdao.b", "H57/C06"), a_hand("canbo.c")
LATER = NOW + timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _scene(tmp_path: Path) -> Iterator[None]:
    with acting(SYSTEM):
        load([a_person_row(), a_person_row(f"{HIM:012d}", "Lê Văn Khác")], tmp_path)
    with web_role(), acting(SYSTEM):
        yield


def brought(person: int, phone: str = PHONE, operator: str = "VT-A", at: timedelta = timedelta()) -> None:
    usecases.bring(operator, [Brought(person, phone, MONDAY)], round_code="DS-1", by="nhamang", now=NOW + at)


def phones_of(person: int) -> str:
    return Person.objects.values_list("phone", flat=True).get(pk=person)


def test_what_waits_is_written_once_two_hands_agreed() -> None:
    brought(HER)
    asked = writing.ask_writing(AUTHOR, now=NOW)
    assert (writing.write_due(now=LATER, seconds=60), phones_of(HER)) == (0, ""), "nobody decided yet"

    writing.decide_writing(APPROVER, asked.id, None, now=LATER)
    assert writing.write_due(now=LATER, seconds=60) == 1

    assert phones_of(HER) == PHONE
    change = Change.objects.filter(personal_no=HER).latest("seq")
    assert (change.request_id, change.author, change.approver) == (asked.id, AUTHOR.account, APPROVER.account)
    [done] = flow_store.writings()
    assert (done.written, done.done_at) == (1, LATER)
    assert writing.waiting().total == 0


def test_what_came_after_the_asking_waits_for_the_next_batch() -> None:
    brought(HER)
    asked = writing.ask_writing(AUTHOR, now=NOW)
    brought(HIM, ANOTHER, at=timedelta(seconds=1))

    writing.decide_writing(APPROVER, asked.id, None, now=LATER)
    writing.write_due(now=LATER, seconds=60)

    assert (phones_of(HER), phones_of(HIM)) == (PHONE, "")
    assert writing.waiting().total == 1


@pytest.mark.parametrize("hand", [AUTHOR, COLLEAGUE])
def test_neither_the_author_nor_a_colleague_of_her_unit_decides(hand: object) -> None:
    brought(HER)
    asked = writing.ask_writing(AUTHOR, now=NOW)

    with pytest.raises(NotAllowed):
        writing.decide_writing(hand, asked.id, None, now=LATER)  # type: ignore[arg-type]

    assert writing.write_due(now=LATER, seconds=60) == 0


def test_a_refusal_has_a_reason_ends_the_batch_and_everything_goes_on_waiting() -> None:
    brought(HER)
    asked = writing.ask_writing(AUTHOR, now=NOW)
    with pytest.raises(Invalid):
        writing.decide_writing(APPROVER, asked.id, "  ", now=LATER)

    writing.decide_writing(APPROVER, asked.id, "Chờ đối chiếu lại với nhà mạng", now=LATER)

    assert writing.write_due(now=LATER, seconds=60) == 0
    assert (phones_of(HER), writing.waiting().total) == ("", 1)
    with pytest.raises(Conflict):
        writing.decide_writing(APPROVER, asked.id, None, now=LATER)
    assert writing.ask_writing(AUTHOR, now=LATER).id != asked.id, "it may be asked for again"


def test_one_batch_is_open_at_a_time() -> None:
    brought(HER)
    first = writing.ask_writing(AUTHOR, now=NOW)

    assert writing.ask_writing(COLLEAGUE, now=LATER).id == first.id
    assert len(flow_store.writings()) == 1


def test_where_nothing_waits_nothing_is_asked() -> None:
    with pytest.raises(Conflict):
        writing.ask_writing(AUTHOR, now=NOW)


def test_a_worker_that_ends_in_between_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "WRITTEN_AT_ONCE", 1)
    brought(HER)
    brought(HIM, ANOTHER)
    asked = writing.ask_writing(AUTHOR, now=NOW)
    writing.decide_writing(APPROVER, asked.id, None, now=LATER)

    times = [writing.write_due(now=LATER, seconds=1e-9) for _ in range(4)]

    assert sum(times) == 2
    assert max(times) == 1
    assert (phones_of(HER), phones_of(HIM)) == (PHONE, ANOTHER)
    assert flow_store.writings()[0].done_at == LATER


def test_both_hands_stand_in_the_ledger_and_disputes_are_counted_apart() -> None:
    brought(HER)
    brought(HIM, PHONE, "VT-B")
    brought(HER, ANOTHER)
    waits = writing.waiting()
    assert (waits.total, waits.disputed) == (1, 2)
    [line] = waits.by_source
    assert (line.organisation, line.round, line.count, line.first_day) == ("VT-A", "DS-1", 1, MONDAY)

    asked = writing.ask_writing(AUTHOR, now=NOW)
    writing.decide_writing(APPROVER, asked.id, None, now=LATER)

    outcomes = [each.body["outcome"] for each in ledger.latest(2)]
    assert outcomes == [f"phones.approved:{asked.id}", f"phones.asked:{asked.id}"]


def test_a_number_taken_back_while_it_was_in_dispute_leaves_the_registry() -> None:
    brought(HER)
    asked = writing.ask_writing(AUTHOR, now=NOW)
    writing.decide_writing(APPROVER, asked.id, None, now=LATER)
    writing.write_due(now=LATER, seconds=60)
    brought(HIM, PHONE, "VT-B")
    [line] = usecases.disputed("VT-A")
    usecases.give_up("VT-A", line.id, by="nhamang", now=LATER)
    assert writing.waiting().total == 2, "hers goes, his comes"

    again = writing.ask_writing(AUTHOR, now=LATER)
    writing.decide_writing(APPROVER, again.id, None, now=LATER)
    writing.write_due(now=LATER, seconds=60)

    assert (phones_of(HER), phones_of(HIM)) == ("", PHONE)


def test_one_the_registry_refuses_keeps_no_other_waiting() -> None:
    nobody = 46090000909
    brought(nobody, ANOTHER)
    brought(HER)
    asked = writing.ask_writing(AUTHOR, now=NOW)
    writing.decide_writing(APPROVER, asked.id, None, now=LATER)

    assert writing.write_due(now=LATER, seconds=60) == 1

    assert phones_of(HER) == PHONE
    assert writing.waiting().total == 0
    [claim] = usecases.lines_of(nobody)
    assert [what for _at, what, _by in store.steps_of(claim.id)][-1] == writing.REFUSED
    assert claim.written_at is None
