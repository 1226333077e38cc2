"""What a real gateway keeps of a trial: written after the answers, read through the room's door, nothing of what was sent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from dancu.cli.launcher.postgres import Urls
from tests.field_clients import clients, platforms
from tests.field_clients.clients import Person
from tests.gateway.process import CLIENT, GatewayProcess, command
from tests.gateway.signing import BODY, PATH, ask_signed, register_key, signed
from tests.gateway.trying import OFFICER, THU, TRIED, a_trial, ask, calls_of, codes, counts, in_trial, send, soap, until

pytestmark = pytest.mark.slow
REAL = Person("046090000101", "Trần Văn Hòa", "19900517", "191000101")


@pytest.fixture
def trial(filled_template: str) -> Iterator[tuple[GatewayProcess, Urls, str]]:
    with a_trial(filled_template) as (urls, secret):
        running = GatewayProcess(urls.gateway)
        running.start()
        yield running, urls, secret
        running.stop()


def test_calls_are_kept_with_what_was_understood_and_nothing_of_real_people(trial: tuple[GatewayProcess, Urls, str]):
    gateway, urls, secret = trial

    ask(gateway, secret)
    ask(gateway, secret, REAL)
    send(gateway, soap(clients.court(THU), secret))
    send(gateway, soap(clients.court(REAL), secret))
    send(gateway, in_trial(platforms.hau_giang_token(TRIED, secret)))
    ask(gateway, "sai")
    gateway.ask(client=CLIENT, secret="sai")
    gateway.ask()
    kept = calls_of(urls, 6)

    assert [(call["dialect"], call["outcome"], call["status"]) for call in kept] == [
        ("rest", "match", 201),
        ("rest", "no_match", 201),
        ("soap", "folded", 200),
        ("soap", "no_match", 200),
        ("lgsp", "token", 200),
        ("rest", "unauthenticated", 401),
    ]
    assert kept[0]["asked"]["full_name"] == THU.name
    assert kept[3]["operation"] == "TraCuuThongTinCongDan"
    assert "number.unknown" in codes(kept[3])
    assert "auth.secret_differs" in codes(kept[5])
    with psycopg.connect(urls.owner) as connection:
        text = json.dumps(connection.execute("select to_jsonb(t) from onboarding_trialcall t").fetchall(), ensure_ascii=False)
    for word in (REAL.number, "Hòa", "HOA", secret, "sai:"):
        assert word not in text, word
    assert REAL.number not in gateway.log.read_text()
    assert calls_of(urls, 0, CLIENT) == []


def test_a_slow_answer_takes_its_time_and_others_do_not_wait(trial: tuple[GatewayProcess, Urls, str]):
    gateway, urls, secret = trial

    told = ask(gateway, secret, Person("046194000114", "Tạ Thị Chậm", "1994-08-14"))
    ask(gateway, secret)

    slow, quick = calls_of(urls, 2)
    assert told[1]["outcome"] == "match"
    assert (slow["scenario"], slow["is_handled"]) == ("slow", True)
    assert slow["duration_ms"] >= 2000 > quick["duration_ms"]


def test_told_to_come_back_and_coming_back_in_every_contract_of_ours(trial: tuple[GatewayProcess, Urls, str]):
    gateway, urls, secret = trial
    waiting = Person("046091000112", "Mai Văn Chờ", "19910412")
    body = clients.court(waiting)

    first = send(gateway, soap(body, secret))
    second = send(gateway, soap(body, secret))
    by_rest = gateway.ask(
        client=TRIED,
        secret=secret,
        key="k-9",
        officer=OFFICER,
        personal_id=waiting.number,
        full_name=waiting.name,
        birth_date="1991",
    )
    again = gateway.ask(
        client=TRIED,
        secret=secret,
        key="k-9",
        officer=OFFICER,
        personal_id=waiting.number,
        full_name=waiting.name,
        birth_date="1991",
    )
    throttled = send(gateway, soap(clients.court(Person("046092000113", "Lý Văn Gấp", "19920613")), secret))

    assert (first[0], second[0], by_rest[0], again[0]) == (503, 200, 503, 201)
    assert (int(first[2]["retry-after"]), first[2]["dancu-trial"]) == (5, "true")
    assert b"Fault" in first[1]
    assert (throttled[0], int(throttled[2]["retry-after"])) == (429, 5)
    kept = calls_of(urls, 5)
    assert [(call["scenario"], call["is_handled"]) for call in kept] == [
        ("unavailable_once", False),
        ("unavailable_once", True),
        ("unavailable_once", False),
        ("unavailable_once", True),
        ("throttled", False),
    ]


def test_a_signed_message_is_taken_once_in_a_trial_too(trial: tuple[GatewayProcess, Urls, str], tmp_path: Path):
    gateway, urls, _ = trial
    key = register_key(urls, tmp_path, client=TRIED)
    stated = {"personal_id": THU.number, "full_name": THU.name, "birth_date": "1993-02-03", "officer": OFFICER}

    until(lambda: ask_signed(gateway, key, client=TRIED, **stated)[0] == 201)
    before = counts(urls)
    header = signed(key, json.dumps({**BODY, **stated}).encode(), path=PATH, client=TRIED)

    first = ask_signed(gateway, key, header=header, client=TRIED, **stated)
    again = ask_signed(gateway, key, header=header, client=TRIED, **stated)

    assert (first[0], first[1]["outcome"]) == (201, "match")
    assert (again[0], again[1]["type"]) == (409, "/problems/refused/replayed")
    assert counts(urls) == before


def test_the_operator_shows_the_trial_s_secret_again_and_no_other(trial: tuple[GatewayProcess, Urls, str]):
    _, urls, secret = trial

    assert command(urls, "exchange", "client", "trial", TRIED).strip() == secret
    assert secret.startswith("thu-")
