"""A message has one effect however often it arrives; another content under its name is refused; old receipts are forgotten."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256

import pytest
from django.db import connection, transaction

from dancu.notices.domain.receipts import First, OtherContent, Receipt, Repeat
from dancu.notices.models import Inbox
from dancu.notices.models import Step as StepRow
from dancu.notices.usecases.receive import forget_old, keep_result, once
from tests.factories.people import NOW, NUMBER
from tests.notices.scene import Clock, Receiver, a_step, delivered, sent

pytestmark = pytest.mark.django_db(transaction=True)


def received(message_id: str, body: bytes = b"a", source: str = "hub", answer: bytes | None = b"ket qua") -> Receipt:
    with transaction.atomic():
        receipt = once(source, message_id, sha256(body).digest(), now=NOW)
        if isinstance(receipt, First) and answer is not None:
            keep_result(source, message_id, answer)
    return receipt


def test_the_first_is_done_and_its_repeats_get_the_same_answer():
    assert isinstance(received("m1"), First)

    assert received("m1") == Repeat(b"ket qua")
    assert received("m1") == Repeat(b"ket qua")


def test_the_same_name_from_another_source_is_another_message():
    received("m1")

    assert isinstance(received("m1", source="khac"), First)


def test_other_content_under_the_name_is_refused():
    received("m1")

    assert isinstance(received("m1", b"b"), OtherContent)


def test_a_receipt_of_an_effect_that_was_rolled_back_is_gone():
    with transaction.atomic():
        once("hub", "m1", b"d", now=NOW)
        transaction.set_rollback(True)

    assert isinstance(received("m1"), First)


def test_a_receipt_without_a_transaction_is_a_fault_of_ours():
    with pytest.raises(AssertionError):
        once("hub", "m1", b"d", now=NOW)


def test_neither_answer_nor_digest_can_be_read_in_the_database():
    body = sha256(NUMBER.encode())
    with transaction.atomic():
        once("hub", "m1", body.digest(), now=NOW)
        keep_result("hub", "m1", NUMBER.encode())
    row = Inbox.objects.get()

    assert NUMBER.encode() not in bytes(row.result)
    assert bytes(row.digest) != body.digest(), "twelve digits are guessed from a plain hash in minutes"


def test_a_copy_that_comes_while_the_first_is_being_done_waits_for_it():
    from concurrent.futures import ThreadPoolExecutor

    def copy() -> Receipt:
        try:
            return received("m1")
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            first = once("hub", "m1", sha256(b"a").digest(), now=NOW)
            running = pool.submit(copy)
            with pytest.raises(TimeoutError):
                running.result(0.2)
            keep_result("hub", "m1", b"mot lan")
        second = running.result(10)

    assert isinstance(first, First)
    assert second == Repeat(b"mot lan")


def test_receipts_and_contents_that_have_served_are_forgotten_each_after_its_time():
    received("m1")
    received("m2", source="page:thu")
    (step,) = sent(a_step())
    delivered(Clock(), thu=Receiver())

    forget_old(now=NOW + timedelta(days=3))
    assert [row.source for row in Inbox.objects.all()] == ["hub"]
    assert bytes(StepRow.objects.get(pk=step).payload) != b""

    forget_old(now=NOW + timedelta(days=181))
    assert Inbox.objects.count() == 0
    row = StepRow.objects.get(pk=step)
    assert (bytes(row.payload), row.state) == (b"", "done"), "what was sent is told for ever, its content is not"
    assert sent(a_step()) == [step], "its key is still taken"
