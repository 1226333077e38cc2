"""The line from a provincial desk to the national instance is cut, and comes back: an officer works on, and what she received is
compared by itself. A real national gateway is killed and started; nothing stands in for it."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from django.test import Client
from tests.procedures.conftest import asking
from tests.procedures.national import INSTALLATION, National, hang_up
from tests.procedures.pages import KEYS, hidden, open_form, received, text_of, word_of
from tests.procedures.scene import open_desk, signed_in

from dancu.procedures.models import Dossier, DossierAction
from dancu.procedures.tasks import compare_received_dossiers

# As in service: every question is committed before it leaves.
pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desk(national: National, tmp_path: Path) -> Iterator[Client]:
    with asking(national):
        yield signed_in(open_desk(tmp_path).account)
    national.stop()
    national.start()
    hang_up(national)


def of_dossier(url: str, number: str) -> dict[str, dict[str, str]]:
    """A dossier's entries of a ledger by reference, with who asked, as somebody reads them over a connection of her own."""
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "select e.id::text, e.body, d.officer from ledger_entry e"
            " join ledger_entrydetail d on d.entry_id = e.id and d.at = e.at where d.dossier_no = %s",
            [number],
        ).fetchall()
    return {reference: {**json.loads(bytes(body)), "officer": officer} for reference, body, officer in rows}


def run_the_job_until(settled: Callable[[], bool], seconds: float = 20) -> None:
    """As the worker does, only sooner."""
    deadline = time.monotonic() + seconds
    while not settled():
        assert time.monotonic() < deadline, "it was not compared"
        compare_received_dossiers.func(0)
        time.sleep(0.2)


def receive_later(desk: Client) -> str:
    answer = desk.post("/mot-cua", KEYS)
    form = desk.post("/mot-cua/to-khai", {**hidden(answer), "later": "Mất đường truyền", "shown": "card"})["Location"]
    assert "Chờ đối chiếu" in text_of(received(desk, form))
    return str(Dossier.objects.get(comparison="pending").number)


def test_a_dossier_received_while_the_line_is_cut_is_compared_when_it_is_back_and_both_ledgers_pair(
    desk: Client, national: National
):
    national.kill()
    answer = desk.post("/mot-cua", KEYS)
    assert (answer.status_code, word_of(answer)) == (503, "Chưa đối chiếu được")
    assert "Chưa nối được tới hệ thống cấp trên" in text_of(answer)
    number = receive_later(desk)
    compare_received_dossiers.func(0)
    assert f"Đã thử {Dossier.objects.get().compare_attempts} lần" in text_of(desk.get(f"/mot-cua/ho-so/{number}"))
    before = set(of_dossier(national.urls.owner, number))  # of other tests, whose dossiers had the same number

    national.start()
    run_the_job_until(lambda: Dossier.objects.get().comparison == "compared")

    reference = DossierAction.objects.get(kind="compare_later").data["reference"]
    here, there = of_dossier(os.environ["DATABASE_URL"], number), of_dossier(national.urls.owner, number)
    outcome = here[reference]
    ((above, counterpart),) = ((each, body) for each, body in there.items() if each not in before)  # one, however often asked
    assert (outcome["kind"], outcome["via"], outcome["peer"]) == ("verify", INSTALLATION, above)
    assert counterpart["peer"] == outcome["asked"]
    assert (here[outcome["asked"]]["kind"], here[outcome["asked"]]["outcome"]) == ("forward", "asked:verify")
    asked_by = {name: counterpart[name] for name in ("organisation", "system", "officer")}
    assert asked_by == {"organisation": "H57", "system": "hub-h57.mot-cua", "officer": "canbo01"}  # as registered above
    # Each attempt that failed says so beside the question that left.
    failed = [body["asked"] for body in here.values() if body["outcome"] == "failed:unreachable"]
    asked = [each for each, body in here.items() if body["outcome"] == "asked:verify"]
    assert sorted([*failed, outcome["asked"]]) == sorted(asked)


def test_a_line_that_rests_after_failures_is_said_so_and_comes_back_by_itself(desk: Client, national: National):
    national.kill()
    told = [text_of(desk.post("/mot-cua", KEYS)) for _ in range(6)]
    assert "tạm nghỉ vài giây" in told[-1]
    receive_later(desk)

    national.start()
    run_the_job_until(lambda: Dossier.objects.get().comparison == "compared")

    assert word_of(desk.post("/mot-cua", KEYS)) == "Khớp"


def test_a_form_whose_line_is_cut_after_the_verdict_goes_on_without_the_registry(desk: Client, national: National):
    fields = hidden(desk.post("/mot-cua", KEYS))
    national.kill()

    answer = desk.post("/mot-cua/to-khai", fields)

    assert answer.status_code == 503
    assert "Nhận hồ sơ, đối chiếu sau" in text_of(answer)
    national.start()
    assert open_form(desk).startswith("/mot-cua/to-khai/")


def test_no_person_comes_to_stay_in_this_installation(desk: Client):
    received(desk, open_form(desk))

    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        assert connection.execute("select count(*) from population_person").fetchone() == (0,)
