"""A system in trial asks the same addresses as everybody and is answered from invented persons: a real gateway, a real database.

Beside it stands an official system, and in the registry there are people, among them one with the number of a persona. What is
shown: the registry is not read (once its tables are closed to the gateway altogether), nothing is counted or entered, the trial's
secret opens nothing else, and every contract of the field gets answers it can read.
"""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from dancu.cli.launcher.postgres import Urls
from dancu.exchange.trial.tried import is_trial_reference
from tests.field_clients import clients, platforms
from tests.field_clients.clients import Person
from tests.gateway.bad_hub import BadHub
from tests.gateway.process import CLIENT, SECRET, GatewayProcess, command
from tests.gateway.trying import (
    REGISTERED,
    THU,
    TRIED,
    a_trial,
    ask,
    counts,
    in_trial,
    open_trial,
    send,
    soap,
    take_away_the_registry,
    through_every_contract,
    until,
)

pytestmark = pytest.mark.slow
REAL = Person("046090000101", "Trần Văn Hòa", "19900517", "191000101")
SAME_NUMBER = Person(THU.number, "Nguyễn Thị Có Thật", "19940404", "191000777")  # a real person with the number of a persona
NETWORK = ("--network", "127.0.0.0/8", "--officer", "canbo.thu", "--procedure", "1.001193", "--integration-code", "037")


@pytest.fixture(scope="module")
def trial(filled_template: str) -> Iterator[tuple[GatewayProcess, Urls, str]]:
    with a_trial(filled_template) as (urls, secret):
        command(urls, "exchange", "client", "profile", TRIED, *NETWORK)
        plant(urls, SAME_NUMBER)
        running = GatewayProcess(urls.gateway)
        running.start()
        yield running, urls, secret
        running.stop()


def plant(urls: Urls, person: Person) -> None:
    """Put a real person into the registry: a copy of one who is there, with this number and name."""
    born = person.born
    with psycopg.connect(urls.owner) as connection:
        known = "select column_name from information_schema.columns where table_name = 'population_person'"
        names = [row[0] for row in connection.execute(f"{known} and is_generated = 'NEVER'").fetchall()]  # type: ignore[arg-type]
        stated = {
            "personal_no": str(int(person.number)),
            "full_name": f"'{person.name}'",
            "birth_year": born[:4],
            "birth_month": born[4:6],
            "birth_day": born[6:],
            "old_id_no": f"'{person.old_number}'",
        }
        chosen = ", ".join(stated.get(name, name) for name in names)
        query = f"insert into population_person ({', '.join(names)}) select {chosen} from population_person where personal_no = %s"
        connection.execute(query, [int(REAL.number)])  # type: ignore[arg-type]  # our own columns


def test_every_contract_is_answered_from_personas_and_knows_nobody_of_the_registry(trial: tuple[GatewayProcess, Urls, str]):
    gateway, urls, secret = trial
    before = counts(urls)

    for name, asked in through_every_contract(gateway, secret).items():
        status, told = asked(THU)
        assert status in (200, 201), (name, told)
        agrees = ("true</ns1:TonTai>", '"RESULT":1', '"outcome": "match"', "TRẦN VĂN THỬ", "Trần Văn Thử", "TR\\u1ea6N")
        assert any(each in told for each in agrees), (name, told)
        for person in (REAL, SAME_NUMBER):
            missed = asked(person)[1]
            assert not any(each in missed for each in agrees), (name, missed)
            for word in ("Hòa", "HÒA", "Có Thật", "CÓ THẬT", "<ns1:CongDan>"):
                assert word not in missed, (name, missed)

    assert counts(urls) == before


def test_a_registry_that_is_closed_to_the_gateway_changes_nothing_for_a_trial(filled_template: str):
    with a_trial(filled_template) as (urls, secret):
        gateway = GatewayProcess(urls.gateway)
        gateway.start()
        try:
            take_away_the_registry(urls)

            official = gateway.ask()
            told = ask(gateway, secret, path="/v1/disclosures")
            household = send(
                gateway, soap(clients.court(THU).replace(b"TraCuuThongTinCongDan", b"CungCapThongTinHoGiaDinh"), secret)
            )
        finally:
            gateway.stop()

    assert official[0] == 503
    assert told[1]["facts"]["full_name"] == "Trần Văn Thử"
    assert household[1].count(b"<ns1:ThanhVien>") == 4


def test_answers_of_a_trial_are_marked_and_those_of_others_are_not(trial: tuple[GatewayProcess, Urls, str]):
    gateway, _, secret = trial
    status, told, headers = gateway.post(
        clients.SERVICE_PATH, soap(clients.court(THU), secret).body or b"", clients.headers(TRIED, secret)
    )
    rest = ask(gateway, secret)[1]
    real = gateway.post(clients.SERVICE_PATH, clients.court(REAL), clients.headers(CLIENT, SECRET))

    assert status == 200
    assert headers["dancu-trial"] == "true"
    assert b"<ns1:ThuNghiem>true</ns1:ThuNghiem></soapenv:Header>" in told
    assert is_trial_reference(rest["id"])
    assert "dancu-trial" not in real[2]
    assert b"ThuNghiem" not in real[1]
    assert not is_trial_reference(gateway.ask()[1]["id"])


def test_every_reader_of_the_field_reads_past_the_mark(trial: tuple[GatewayProcess, Urls, str]):
    gateway, _, secret = trial

    for name, build in clients.BUILDERS.items():
        if name == "letter_761_bare":
            continue
        found = clients.READERS[name](send(gateway, soap(build(THU), secret))[1])
        assert found.get("exists") is True or found["number"] == THU.number, name


def test_the_trial_ends_with_its_secret_and_the_official_connection_is_answered_from_the_registry(filled_template: str):
    with a_trial(filled_template) as (urls, secret):
        gateway = GatewayProcess(urls.gateway)
        gateway.start()
        try:
            token = platforms.read_access_token(send(gateway, platforms.hau_giang_token(TRIED, secret))[1])
            too_early = ask(gateway, REGISTERED)
            for code in ("REST", "037"):
                given = ("--integration-code", code, "--procedure", "1.001193", "--purpose", "Đăng ký khai sinh")
                command(urls, "exchange", "client", "grant", TRIED, *given, "--legal-basis", "Luật Hộ tịch")

            command(urls, "exchange", "client", "open", TRIED)
            until(lambda: ask(gateway, REGISTERED)[0] != 401)
            real = ask(gateway, REGISTERED, REAL, officer="canbo01")
            persona = ask(gateway, REGISTERED, THU, officer="canbo01")
            old_secret, old_token = ask(gateway, secret), send(gateway, in_trial(platforms.api_manager(THU, token)))
            command(urls, "exchange", "client", "suspend", TRIED, "--reason", "thử")
            until(lambda: ask(gateway, REGISTERED, REAL, officer="canbo01")[0] == 403)
        finally:
            gateway.stop()

    assert too_early[0] == 401
    assert (real[0], real[1]["outcome"]) == (201, "match")
    assert (persona[0], persona[1]["outcome"]) == (201, "no_match")
    assert not is_trial_reference(real[1]["id"])
    assert old_secret[0] == 401
    assert old_token[0] == 401


def test_no_question_of_a_trial_leaves_for_the_hub_above(province: GatewayProcess, hub: BadHub, fresh_database: Urls):
    secret = open_trial(fresh_database)
    until(lambda: ask(province, secret)[0] != 401)

    told = ask(province, secret, path="/v1/disclosures")
    in_soap = send(province, soap(clients.court(THU), secret))

    assert told[1]["facts"]["full_name"] == "Trần Văn Thử"
    assert clients.read_by_literal_tags(in_soap[1])["number"] == THU.number
    assert hub.seen == []


def test_a_trial_behind_a_hub_is_refused_so_that_no_hub_takes_a_persona_for_somebody(filled_template: str):
    with a_trial(filled_template) as (urls, _):
        command(urls, "exchange", "client", "add", "hub-h57", "--organisation", "H57", "--official", "--secret", "x")
        behind = ("--organisation", "H57", "--via", "hub-h57", "--secret", REGISTERED)
        command(urls, "exchange", "client", "add", "hub-h57.a", *behind)
        command(urls, "exchange", "client", "trial", "hub-h57.a")
        gateway = GatewayProcess(urls.gateway)
        gateway.start()
        try:
            refused = gateway.ask(client="hub-h57.a", secret=REGISTERED, personal_id=THU.number, full_name=THU.name)
        finally:
            gateway.stop()

    assert (refused[0], refused[1]["type"]) == (403, "/problems/refused/not_through_hub")


def test_rates_hold_in_a_trial_and_use_up_nothing_of_its_organisation(filled_template: str):
    with a_trial(filled_template) as (urls, secret):
        command(urls, "exchange", "client", "quota", TRIED, "--per-second", "2")
        command(urls, "exchange", "client", "quota", CLIENT, "--per-second", "1")
        gateway = GatewayProcess(urls.gateway)
        gateway.start()
        try:
            before = counts(urls)
            told = [ask(gateway, secret) for _ in range(40)]
            in_soap = send(gateway, soap(clients.court(THU), secret))
            official = gateway.ask()
        finally:
            gateway.stop()
        after = counts(urls)

    refused = [answer for status, answer in told if status == 429]
    assert refused
    assert {answer["type"] for answer in refused} == {"/problems/exchange.quota"}
    assert (in_soap[0], int(in_soap[2]["retry-after"]) > 0) == (429, True)
    assert official[0] == 201
    assert after["ledger_entry"] == before["ledger_entry"] + 1, "the official one's"
    assert after["exchange_usage"] == before["exchange_usage"] + 1


def test_subscriptions_and_lists_are_refused_with_a_sentence(trial: tuple[GatewayProcess, Urls, str]):
    gateway, urls, secret = trial
    before = counts(urls)
    wish = {"purpose": "x", "legal_basis": "x", "procedure": "1.001193", "subject_ref": "HS-1"}
    a_list = clients.court(THU).replace(b"TraCuuThongTinCongDan", b"CungCapDanhSachTheoGioiTinh").replace(
        b"</dan:MaCanBo>", b"</dan:MaCanBo><dan:GioiTinh>2</dan:GioiTinh>"
    )  # fmt: skip

    subscribed = ask(gateway, secret, path="/v1/subscriptions", **wish)
    in_soap = send(gateway, soap(a_list, secret))

    assert (subscribed[0], subscribed[1]["type"]) == (404, "/problems/trial.not_offered")
    assert "thử nghiệm" in subscribed[1]["title"]
    assert b'GhiChu="DANCU-404"' in in_soap[1]
    assert counts(urls) == before


def test_running_beside_a_service_in_use_leaves_a_trial_out(filled_template: str, hub: BadHub):
    with a_trial(filled_template) as (urls, secret):
        command(urls, "exchange", "client", "profile", TRIED, "--shadow-url", hub.url, *NETWORK)
        gateway = GatewayProcess(urls.gateway)
        gateway.start()
        try:
            before = counts(urls)
            sent = soap(clients.court(REAL), secret)
            status, _, headers = gateway.post(f"/song-song/{TRIED}{sent.path}", sent.body or b"", sent.headers)
        finally:
            gateway.stop()

        with psycopg.connect(urls.owner) as connection:
            kinds = connection.execute("select kind from exchange_shadowcount").fetchall()
            kept = connection.execute("select count(*) from onboarding_trialcall").fetchone()
        after = counts(urls)

    assert status == 200
    assert "dancu-trial" not in headers
    assert kinds == [("left_out",)]
    assert kept == (0,)
    assert after == before
