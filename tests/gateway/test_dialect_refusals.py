"""No contract of the field tells anything without a registered caller, three agreeing keys and a grant; and none fails itself."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from dancu.cli.launcher.postgres import Urls
from tests.field_clients import clients, platforms
from tests.field_clients.clients import Person
from tests.field_clients.platforms import Sent
from tests.gateway.process import CLIENT, SECRET, GatewayProcess, command
from tests.gateway.wired import HOA, TRUSTED, entries, send, set_profile, until

pytestmark = pytest.mark.slow
# Three persons in turn: five wrong statements about one number close it for the day.
PERSONS = (HOA, Person("046190000104", "Võ Thị Số Mới", "19900517"), Person("046171000107", "Bùi Thị Trùng", "19710304"))
ELSEWHERE = ("--network", "203.0.113.0/24", *TRUSTED[2:])


@pytest.fixture
def wired(fresh_database: Urls) -> Iterator[GatewayProcess]:
    set_profile(fresh_database, *TRUSTED)
    running = GatewayProcess(fresh_database.gateway)
    running.start()
    yield running
    running.stop()


def asking(gateway: GatewayProcess, client: str = CLIENT) -> dict[str, Callable[[Person], Sent]]:
    """Every data call beside plain SOAP, ready to be sent."""
    token = platforms.read_access_token(send(gateway, platforms.hau_giang_token(client, SECRET))[1])
    return {
        "lgsp": lambda person: platforms.api_manager(person, token),
        "json": lambda person: platforms.dong_thap(person, token),
        "adapter": lambda person: platforms.thanh_hoa(person, client),
        "sharepoint": lambda person: platforms.sharepoint(person, client),
        "opencps": lambda person: platforms.opencps_form(person, client),
        "warehouse": lambda person: platforms.warehouse_check(person, client),
    }


def test_unknown_wrong_name_and_wrong_date_get_the_same_bytes_everywhere(wired: GatewayProcess):
    for at, ((name, ask), person) in enumerate(zip(asking(wired).items(), PERSONS * 2, strict=True)):
        wrong = (
            replace(person, number=f"04609099999{at}"),
            replace(person, name="Lê Khác"),
            replace(person, born=person.born[:6] + "29"),
        )
        answers = {send(wired, ask(each)) for each in wrong}

        assert len(answers) == 1, (name, answers)
        status, body = answers.pop()
        assert status == 200, name
        assert b"DANCU" not in body, name


def test_a_dead_person_is_noted_and_a_replaced_number_tells_nothing(wired: GatewayProcess):
    dead = Person("046048000103", "Phạm Khuất", "19480719")
    replaced = Person("046190000105", "Võ Thị Số Mới", "19900517")
    ask = asking(wired)

    assert json.loads(send(wired, ask["json"](dead))[1])["Body"]["CongdanCollection"]["GhiChu"] == "DA-CHET"
    assert b"SO-DINH-DANH-DA-THAY-THE" in send(wired, ask["adapter"](replaced))[1]
    assert platforms.read_result(send(wired, ask["warehouse"](replaced))[1]) == 0


def test_a_wrong_token_is_refused_in_the_words_of_each_contract(wired: GatewayProcess, fresh_database: Urls):
    before = len(entries(fresh_database))
    good = platforms.read_access_token(send(wired, platforms.hau_giang_token(CLIENT, SECRET))[1])
    header, claims, signature = good.split(".")
    unsigned = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
    for token in ("", "x", "a.b.c", f"{header}.{claims}.{signature[:-4]}AAAA", f"{unsigned}.{claims}.", good * 9, "é"):
        soap = send(wired, platforms.api_manager(HOA, token))
        tree = send(wired, platforms.dong_thap(HOA, token))
        national = wired.post("/soap", clients.vue(HOA), {"Authorization": f"Bearer {token}"})[:2]
        assert soap[0] == tree[0] == national[0] == 401, token
        assert b"DANCU-401" in soap[1]
        assert json.loads(tree[1])["error_code"] == "401"
    mixed = platforms.hau_giang(HOA, CLIENT, "sai", good)

    assert send(wired, mixed)[0] == 401, "the access header must be the same system's"
    assert len(entries(fresh_database)) == before


def test_a_token_needs_the_secret_and_the_right_kind_of_grant(wired: GatewayProcess):
    ways = (
        platforms.hau_giang_token,
        platforms.api_manager_form,
        platforms.api_manager_json,
        platforms.api_manager_static_key,
        platforms.dong_thap_token,
    )
    for way in ways:
        assert send(wired, way(CLIENT, "sai"))[0] == 401, way.__name__
        assert send(wired, way(CLIENT, "sai"))[1] == send(wired, way("khong-co", SECRET))[1], way.__name__
    good = platforms.api_manager_form(CLIENT, SECRET)
    for body in (b"", b"grant_type=password", b"grant_type", b"\xff\xfe", b"[1]", b"{", b"{" * 9000, b"a=1&" * 9000):
        status, answer = send(wired, replace(good, body=body))
        assert status == 400, body[:20]
        assert json.loads(answer)["error"] in ("invalid_request", "unsupported_grant_type")


def test_a_foreign_network_and_an_unknown_system_are_one_answer(wired: GatewayProcess, fresh_database: Urls):
    command(fresh_database, "exchange", "client", "add", "khac", "--organisation", "H57", "--official", "--secret", SECRET)
    until(wired, platforms.api_manager_form("khac", SECRET), 200)
    before = len(entries(fresh_database))
    for ask in (platforms.thanh_hoa, platforms.sharepoint, platforms.opencps_form, platforms.warehouse_check):
        assert send(wired, ask(HOA, "khac")) == send(wired, ask(HOA, "khong-co")) == send(wired, ask(HOA, ""))
        assert send(wired, ask(HOA, "khac"))[0] == 401
    set_profile(fresh_database, *ELSEWHERE)

    until(wired, platforms.sharepoint(HOA, CLIENT), 401)
    assert send(wired, platforms.opencps_signed(HOA, CLIENT, "sai"))[0] == 401
    assert send(wired, platforms.opencps_signed(HOA, CLIENT, SECRET))[0] == 200
    assert {each["system"] for each in entries(fresh_database)[before:]} == {CLIENT}, "nothing stands for whoever is not known"


def test_a_suspended_system_gets_nothing_under_its_token_or_from_its_network(wired: GatewayProcess, fresh_database: Urls):
    ask = asking(wired)
    command(fresh_database, "exchange", "client", "suspend", CLIENT, "--reason", "thử")
    until(wired, ask["opencps"](HOA), 400)

    for name, build in ask.items():
        _, answer = send(wired, build(HOA))
        assert "TRẦN".encode() not in answer, name
        assert b"DANCU-403" in answer or b'"errorCode":"004"' in answer, name
    assert {each["outcome"] for each in entries(fresh_database)[-6:]} == {"client_suspended"}


def test_the_form_of_opencps_is_told_its_two_codes(wired: GatewayProcess, fresh_database: Urls):
    sent = platforms.opencps_form(HOA, CLIENT)
    stranger = replace(sent, body=(sent.body or b"").replace(b"canbo01", b"nguoi-la"))
    unlicensed = replace(sent, body=(sent.body or b"").replace(b"1.001193", b"9.999999"))

    assert send(wired, stranger) == (400, b'{"errorCode":"005"}')
    assert send(wired, unlicensed) == (400, b'{"errorCode":"004"}')
    assert send(wired, replace(sent, body=b"{}")) == (400, b'{"errorCode":"DANCU-422"}')
    assert [each["outcome"] for each in entries(fresh_database)[-3:]] == ["officer_not_listed", "no_grant", "malformed"]


def test_a_strict_system_is_refused_by_status(gateway: GatewayProcess, fresh_database: Urls):
    command(
        fresh_database, "exchange", "client", "add", "chat", "--organisation", "H57", "--official", "--secret", SECRET, "--strict"
    )
    set_profile(fresh_database, *TRUSTED, client="chat")
    until(gateway, platforms.warehouse_check(HOA, "chat"), 403)

    answers = {name: send(gateway, build(HOA)) for name, build in asking(gateway, "chat").items()}

    assert {name: status for name, (status, _) in answers.items()} == {
        "lgsp": 500,
        "json": 403,
        "adapter": 403,
        "sharepoint": 403,
        "opencps": 400,
        "warehouse": 403,
    }
    assert json.loads(answers["adapter"][1])["error_code"] == "403"
    assert json.loads(answers["adapter"][1])["message"].startswith("<")


def test_another_name_at_the_security_server_is_refused(wired: GatewayProcess, fresh_database: Urls):
    sent = platforms.thanh_hoa(HOA, CLIENT)
    named = replace(sent, headers={**sent.headers, "X-Road-Client": "VN/GOV/H57/MOTCUA"})
    assert send(wired, named)[0] == 200
    set_profile(fresh_database, "--x-road-client", "VN/GOV/H57/KHAC")

    until(wired, named, 401)
    assert send(wired, sent)[0] == 200, "who sends none is known by its own proof"
    body, signed = clients.court(HOA), clients.headers(CLIENT, SECRET)
    assert wired.post(clients.SERVICE_PATH, body, {**signed, "x-road-client": "VN/GOV/H57/MOTCUA"})[0] == 401
    assert wired.post(clients.SERVICE_PATH, body, {**signed, "x-road-client": "vn/gov/h57/khac"})[0] == 200


def test_whatever_is_sent_is_answered_below_five_hundred_and_recorded(wired: GatewayProcess, fresh_database: Urls):
    before = len(entries(fresh_database))
    bodies = (b"", b"null", b"[]", b"\xff", b"[" * 5000, b'{"a":' * 5000, b'{"hoVaTen":1.5}', b'{"soDinhDanh":"\\u0000"}')
    count = 0
    for build in asking(wired).values():
        sent = build(HOA)
        if sent.method == "POST":
            for body in (*bodies, (sent.body or b"")[:-7], (sent.body or b"").replace(b"1.001193", b"x" * 501)):
                status, answer = send(wired, replace(sent, body=body))
                assert status < 500, (sent.path, body[:30], answer)
                assert b"DANCU-422" in answer, (sent.path, body[:30], answer)
                count += 1
    for path in ("?cccd=%00&fullName=%ff%fe&dob=1", "?", "?cccd=046090000101", "?fullName=" + "a" * 600, "?a=%"):
        for base in ("/sharepoint/he-thong/GetInfoCitizenFromCSDLQG", "/warehouse/he-thong/kiemtra-congdan"):
            status, answer, _ = wired.call("GET", base + path, None, {})
            assert status == 200, answer
            assert b"DANCU-422" in answer
            count += 1
    assert [each["outcome"] for each in entries(fresh_database)[before:]] == ["malformed"] * count


def test_what_is_too_large_or_nowhere_is_said_in_the_words_of_each_contract(wired: GatewayProcess):
    for build in asking(wired).values():
        sent = build(HOA)
        if sent.method == "POST":
            status, answer = send(wired, replace(sent, body=b" " * 300_000))
            assert status == 413
            assert b"413" in answer
        prefix = "/".join(sent.path.split("/")[:3])
        if "lgsp" not in prefix and "json" not in prefix:
            assert send(wired, replace(sent, path=f"{prefix}/khong-co"))[0] == 404
        other = {"POST": "DELETE", "GET": "POST"}[sent.method]
        assert wired.call(other, sent.path, b"" if other == "POST" else None, {})[0] == 405
