"""Mail reaches a real server or says why not, and a network that misbehaves never holds an attempt past its time."""

from __future__ import annotations

import time
from dataclasses import replace
from email.header import decode_header, make_header
from uuid import uuid4

import pytest
from django.conf import LazySettings

from dancu.notices.domain.delivery import Delivered, Delivery, Failed, Outcome, Postponed, Rejected
from dancu.notices.mail import deliver_mail, mail
from dancu.notices.wording import message
from tests.factories.people import NOW
from tests.faults.proxy import Fault, FaultProxy, Kind
from tests.notices.mail_server import MailServer
from tests.notices.scene import OWNER

TIMEOUT = 1.0


@pytest.fixture
def configured(settings: LazySettings):
    def to(port: int) -> None:
        settings.CONFIG = replace(settings.CONFIG, smtp_url=f"smtp://127.0.0.1:{port}", mail_from="dancu@mo-phong.example")

    return to


def a_delivery(address: str = "nguoi-dan@mo-phong.example", language: str = "vi") -> Delivery:
    said = message("dossier.result", {"number": "H57-1", "place": "Bộ phận Một cửa"}, now=NOW)
    step = mail(said, address, key="k", owner=OWNER, room="test", language=language)
    return Delivery(uuid4(), step.kind, step.key, "thu-dien-tu", OWNER, step.payload, 1, TIMEOUT, NOW)


def test_a_message_arrives_with_the_id_of_its_step(configured):
    with MailServer() as server:
        configured(server.port)
        delivery = a_delivery()

        assert deliver_mail(delivery) == Delivered()

    (got,) = server.got
    assert str(make_header(decode_header(got["Subject"]))) == "Hồ sơ H57-1 đã có kết quả"
    assert got["Message-ID"] == f"<{delivery.step_id}@mo-phong.example>"
    assert "Bộ phận Một cửa" in got.get_payload(decode=True).decode()


def test_without_a_server_mail_waits_and_says_why():
    assert deliver_mail(a_delivery()) == Postponed("mail.no_settings", "DANCU_SMTP_URL")


@pytest.mark.parametrize(
    ("refuse", "outcome"),
    [
        ({"RCPT": "550 no such user"}, Rejected("mail.recipient", "550")),
        ({"RCPT": "451 later"}, Failed("mail.recipient", "451", destination=False)),
        ({"MAIL": "554 not from you"}, Rejected("mail.refused", "554")),
        ({"DATA": "421 busy"}, Failed("mail.refused", "421", destination=False)),
    ],
)
def test_what_the_server_answers_decides_whether_it_is_tried_again(configured, refuse: dict[str, str], outcome: Outcome):
    with MailServer(**refuse) as server:
        configured(server.port)

        assert deliver_mail(a_delivery()) == outcome


@pytest.mark.parametrize("address", ["khong phai dia chi", "a@b.example\nBcc: c@d.example", ""])
def test_an_address_that_is_none_is_never_tried(configured, address: str):
    with MailServer() as server:
        configured(server.port)

        assert deliver_mail(a_delivery(address)) == Rejected("step.malformed")
    assert server.got == []


@pytest.mark.parametrize("kind", ["latency", "drip", "half_open", "silent", "reset", "truncated", "garbage"])
@pytest.mark.parametrize("after", [0, 10, 40])
def test_a_broken_line_fails_within_the_time_of_the_attempt(configured, kind: Kind, after: int):
    seconds = 3.0 if kind == "latency" else 0.2
    with MailServer() as server, FaultProxy(("127.0.0.1", server.port), Fault(kind, after, seconds), seed=after) as proxy:
        configured(proxy.port)
        began = time.monotonic()

        outcome = deliver_mail(a_delivery())

        assert time.monotonic() - began < TIMEOUT + 1.0
    assert isinstance(outcome, Failed), outcome
    assert outcome.code in ("destination.timeout", "destination.broken", "mail.refused", "mail.recipient")


def test_a_line_that_drips_is_cut_at_the_deadline_and_not_by_its_own_silence(configured):
    """One byte in 0.2 s is never silent for a second: only a deadline over the whole attempt ends it."""
    with MailServer() as server, FaultProxy(("127.0.0.1", server.port), Fault("drip", 0, 0.2)) as proxy:
        configured(proxy.port)

        assert deliver_mail(a_delivery()) == Failed("destination.timeout")


def test_a_dead_port_is_said_to_be_dead(configured):
    with MailServer() as server:
        port = server.port
    configured(port)

    assert deliver_mail(a_delivery()) == Failed("destination.refused")
