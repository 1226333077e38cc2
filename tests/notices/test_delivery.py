"""A step written with a change goes out once, is tried again within bounds, and never disappears."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import connection, transaction

from dancu.kernel.errors import Conflict, Invalid
from dancu.notices.domain.delivery import LEASE, Delivered, Delivery, Failed, Outcome, Postponed, Rejected
from dancu.notices.models import Step as StepRow
from dancu.notices.store import steps as store
from dancu.notices.usecases.send import send
from tests.factories.people import NOW, NUMBER
from tests.notices.scene import Clock, Receiver, a_step, attempts_of, delivered, open_until, row_of, sent, states

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_step_reaches_its_receiver_with_its_id_and_content():
    receiver = Receiver()
    (step,) = sent(a_step(payload={"text": "xin chào", "so": NUMBER}))

    tally = delivered(Clock(), thu=receiver)

    assert (tally.done, states([step])) == (1, ["done"])
    assert receiver.got[0].step_id == step
    assert receiver.got[0].payload == {"text": "xin chào", "so": NUMBER}
    assert attempts_of(step) == [(1, "delivered", "")]


def test_nothing_goes_out_of_a_transaction_that_is_rolled_back():
    receiver = Receiver()
    with transaction.atomic():
        send(a_step(), now=NOW)
        transaction.set_rollback(True)

    delivered(Clock(), thu=receiver)

    assert (receiver.got, StepRow.objects.count()) == ([], 0)


def test_the_handler_runs_outside_any_transaction():
    seen = []
    sent(a_step())

    def look(delivery: Delivery) -> Outcome:
        seen.append(connection.in_atomic_block)
        return Delivered()

    delivered(Clock(), thu=look)

    assert seen == [False]


def test_the_same_key_is_one_step_and_other_content_under_it_is_refused():
    first, again = sent(a_step()), sent(a_step())

    assert first == again
    with pytest.raises(Conflict):
        sent(a_step(payload={"text": "khác"}))
    assert StepRow.objects.count() == 1


def test_the_payload_is_unreadable_in_the_database():
    (step,) = sent(a_step(payload={"so": NUMBER}))
    row = row_of(step)

    assert NUMBER.encode() not in bytes(row.payload)
    assert NUMBER not in "".join(str(getattr(row, f.name)) for f in StepRow._meta.fields)


@pytest.mark.parametrize("name", ["key", "to", "about", "order_key"])
def test_a_personal_number_in_the_open_is_refused(name: str):
    with pytest.raises(Invalid) as refused:
        sent(a_step(**{name: f"cho {NUMBER} nhé"}))

    assert refused.value.field == name
    assert NUMBER not in str(refused.value)


def test_a_failed_step_is_tried_again_with_growing_pauses_and_then_quarantined():
    clock, receiver = Clock(), Receiver(Failed("x.down", "không trả lời", destination=False))
    (step,) = sent(a_step())
    pauses = []

    while row_of(step).state == "waiting":
        before = clock()
        clock.at = max(row_of(step).due_at, clock())
        pauses.append(clock() - before)
        delivered(clock, thu=receiver)

    assert (len(receiver.got), row_of(step).state) == (8, "quarantined")
    assert (row_of(step).code, row_of(step).words) == ("x.down", "không trả lời")
    assert all(later >= earlier for earlier, later in pairwise(pauses))
    assert [number for number, _, _ in attempts_of(step)] == list(range(1, 9))


def test_nothing_is_tried_before_its_time():
    clock, receiver = Clock(), Receiver(Failed("x.down"), Delivered())
    sent(a_step())
    delivered(clock, thu=receiver)

    delivered(clock, thu=receiver)

    assert len(receiver.got) == 1


def test_a_total_deadline_ends_the_trying_before_the_attempts_do():
    clock, receiver = Clock(), Receiver(Failed("x.down", destination=False))
    (step,) = sent(a_step())
    delivered(clock, thu=receiver)
    clock.goes_on(hours=25)

    delivered(clock, thu=receiver)

    assert (len(receiver.got), row_of(step).state) == (2, "quarantined")


def test_what_is_rejected_is_quarantined_at_once_with_its_reason():
    (step,) = sent(a_step())

    delivered(Clock(), thu=Receiver(Rejected("x.wrong", "sai mẫu")))

    assert row_of(step).state == "quarantined"
    assert attempts_of(step) == [(1, "rejected", "x.wrong")]


def test_what_cannot_be_opened_is_quarantined_and_the_handler_never_sees_it():
    receiver = Receiver()
    step, other = sent(a_step(), a_step("k2"))
    StepRow.objects.filter(pk=step).update(payload=bytes(row_of(other).payload))

    delivered(Clock(), thu=receiver)

    assert (states([step, other]), row_of(step).code) == (["quarantined", "done"], "step.unreadable")


def test_what_lacks_something_of_ours_waits_in_sight_without_spending_attempts():
    clock = Clock()
    (step,) = sent(a_step())
    for _ in range(20):
        delivered(clock, thu=Receiver(Postponed("mail.no_settings", "chưa khai báo máy chủ thư")))
        clock.goes_on(minutes=6)

    assert (row_of(step).state, row_of(step).attempts, row_of(step).code) == ("waiting", 0, "mail.no_settings")
    assert delivered(clock, thu=Receiver()).done == 1


def test_a_kind_without_a_handler_waits():
    (step,) = sent(a_step())

    delivered(Clock())

    assert (row_of(step).state, row_of(step).code) == ("waiting", "handler.missing")


def test_a_handler_that_breaks_holds_up_nobody_and_no_text_of_it_is_kept():
    step, other = sent(a_step(), a_step("k2"))

    delivered(Clock(), thu=Receiver(ValueError(NUMBER), Delivered()))

    assert states([step, other]) == ["waiting", "done"]
    assert (row_of(step).code, row_of(step).words) == ("handler.failed", "ValueError")


def test_steps_of_one_order_key_go_one_after_the_other():
    clock, receiver = Clock(), Receiver(Failed("x.down", destination=False), Delivered())
    first, second = sent(a_step("a", order_key="hs1"), a_step("b", order_key="hs1"))
    delivered(clock, thu=receiver)
    assert states([first, second]) == ["waiting", "waiting"]

    clock.goes_on(minutes=1)
    delivered(clock, thu=receiver)

    assert states([first, second]) == ["done", "done"]
    assert [d.key for d in receiver.got] == ["a", "a", "b"]


def test_a_quarantined_step_holds_its_order_key_and_no_other():
    receiver = Receiver(Rejected("x.wrong"), Delivered())
    first, second, other = sent(a_step("a", order_key="hs1"), a_step("b", order_key="hs1"), a_step("c", order_key="hs2"))

    delivered(Clock(), thu=receiver)

    assert states([first, second, other]) == ["quarantined", "waiting", "done"]


def test_a_dead_destination_rests_burns_no_attempts_and_delays_nobody_else():
    clock = Clock()
    dead, alive = Receiver(Failed("x.down")), Receiver()
    there = sent(*[a_step(f"d{n}", kind="chet", destination="chet") for n in range(20)])
    sent(*[a_step(f"s{n}", kind="song", destination="song") for n in range(20)])

    delivered(clock, chet=dead, song=alive)

    assert len(alive.got) == 20
    assert len(dead.got) == 5, "the breaker opens after five failures in a row"
    assert sum(row_of(step).attempts for step in there) == 5
    clock.at = open_until("chet") or clock.at
    delivered(clock, chet=dead, song=alive)
    assert len(dead.got) == 6, "one step probes it"
    clock.at = open_until("chet") or clock.at
    delivered(clock, chet=(back := Receiver()))
    assert len(back.got) == 20, "it answers again: the rest goes out"
    assert open_until("chet") is None


def test_a_lease_that_ran_out_gives_the_step_back_and_the_lost_attempt_stands():
    clock, receiver = Clock(), Receiver()
    (step,) = sent(a_step())
    (held,) = store.claim("khac", clock(), LEASE, 1)
    assert delivered(clock, thu=receiver).done == 0, "somebody holds it"
    clock.goes_on(seconds=61)

    delivered(clock, thu=receiver)

    assert attempts_of(step) == [(1, "interrupted", "worker.died"), (2, "delivered", "")]
    assert not store.settle(held, row_of(step).state), "who comes back late changes nothing"


def test_a_step_that_takes_its_worker_with_it_is_quarantined_after_its_attempts():
    clock = Clock()
    step, other = sent(a_step(), a_step("k2"))

    class Killed(BaseException):
        pass

    rounds = 0
    while row_of(step).state != "quarantined":
        rounds += 1
        assert rounds < 20
        try:
            delivered(clock, thu=Receiver(lambda d: die_on(d, "k1", Killed())))
        except Killed:
            clock.goes_on(seconds=61)

    assert rounds == 9
    assert states([step, other]) == ["quarantined", "done"]
    assert row_of(step).code == "worker.died"
    assert len(attempts_of(step)) == 9


def die_on(delivery: Delivery, key: str, how: BaseException) -> Outcome:
    if delivery.key == key:
        raise how
    return Delivered()


def test_two_workers_never_hold_the_same_step():
    sent(*[a_step(f"k{n}") for n in range(6)])

    with transaction.atomic():
        mine = store.claim("khac", NOW, timedelta(seconds=60), 3)
        theirs = in_another_connection(lambda: store.claim("khac", NOW, timedelta(seconds=60), 6))

    assert len(mine) == len(theirs) == 3
    assert not {s.id for s in mine} & {s.id for s in theirs}


def in_another_connection(work):
    from concurrent.futures import ThreadPoolExecutor

    def run():
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result(20)
