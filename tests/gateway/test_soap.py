"""The national SOAP contract as clients in the field use it, against a real gateway process."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import time
import urllib.request
from datetime import date

import psycopg
import pytest

from tests.field_clients import clients
from tests.field_clients.clients import BUILDERS, Person
from tests.gateway.process import CLIENT, SECRET, GatewayProcess, command

pytestmark = pytest.mark.slow
HOA = Person("046090000101", "Trần Văn Hòa", "19900517", "191000101")
YEAR_ONLY = Person("046155000102", "Lê Thị Năm Sinh", "1955")


def send(gateway: GatewayProcess, body: bytes, **habits) -> tuple[int, bytes]:
    status, answer, _ = gateway.post(clients.SERVICE_PATH, body, clients.headers(CLIENT, SECRET, **habits))
    return status, answer


def outcomes(urls) -> list[str]:
    with psycopg.connect(urls.owner) as connection:
        found = [json.loads(bytes(row[0])) for row in connection.execute("select body from ledger_entry order by at, id")]
    return [each["outcome"] for each in found if each["kind"] != "forward"]  # that it left for a hub above: test_two_levels


def test_every_client_of_the_field_gets_its_citizen(gateway: GatewayProcess):
    for name in ("court", "php", "opencps", "gtel", "tan_dan"):
        status, answer = send(gateway, BUILDERS[name](HOA), lower=name == "php", milliseconds=name != "opencps")

        assert status == 200, name
        assert clients.read_by_stripping_prefixes(answer)["name"] == "TRẦN VĂN HÒA", name
        assert clients.read_by_literal_tags(answer)["number"] == HOA.number, name
        assert clients.read_by_namespaces(answer)["born"] == date(1990, 5, 17), name
        assert clients.read_by_slicing(answer)["day"] == "17/05/1990", name


def test_verification_answers_by_yes_or_no_in_both_styles(gateway: GatewayProcess):
    wrong = Person(HOA.number, "Lê Khác", HOA.born, HOA.old_number)

    assert b"<ns1:TonTai>true</ns1:TonTai>" in send(gateway, BUILDERS["hue"](HOA))[1]
    assert b"<ns1:TonTai>false</ns1:TonTai>" in send(gateway, BUILDERS["hue"](wrong))[1]
    answer = send(gateway, BUILDERS["letter_761"](HOA))[1]
    assert b"<ns1:KetQuaXacThucResponse" in answer
    assert b"<ns1:TonTai>true" in answer


def test_a_year_only_birth_has_no_exact_date_to_trip_over(gateway: GatewayProcess):
    answer = send(gateway, BUILDERS["court"](YEAR_ONLY))[1]

    assert b"NgayThangNam>" not in answer
    assert clients.read_by_namespaces(answer)["year"] == "1955"


def test_unknown_wrong_name_and_wrong_date_get_the_same_bytes(gateway: GatewayProcess):
    unknown = Person("046090999999", HOA.name, HOA.born)
    wrong_name = Person(HOA.number, "Lê Khác", HOA.born)
    wrong_date = Person(HOA.number, HOA.name, "19900518")

    answers = {send(gateway, BUILDERS["court"](person)) for person in (unknown, wrong_name, wrong_date)}

    assert len(answers) == 1
    status, body = answers.pop()
    assert status == 200
    assert clients.read_by_namespaces(body) == {}


def test_dead_and_replaced_are_told_in_the_note_that_readers_ignore(gateway: GatewayProcess):
    dead = send(gateway, BUILDERS["court"](Person("046048000103", "Phạm Khuất", "19480719")))[1]
    replaced = send(gateway, BUILDERS["court"](Person("046190000105", "Võ Thị Số Mới", "19900517")))[1]

    assert b'GhiChu="DA-CHET"' in dead
    assert clients.read_by_stripping_prefixes(dead)["name"] == "PHẠM KHUẤT"
    assert b'GhiChu="SO-DINH-DANH-DA-THAY-THE"' in replaced
    assert clients.read_by_namespaces(replaced) == {}


def test_bad_hash_stale_stamp_and_unknown_client_get_one_answer(gateway: GatewayProcess, fresh_database):
    before = len(outcomes(fresh_database))
    body = BUILDERS["court"](HOA)
    stale = str(int(time.time()) - 3600)

    refused = {
        gateway.post(clients.SERVICE_PATH, body, clients.headers(CLIENT, "sai"))[:2],
        gateway.post(clients.SERVICE_PATH, body, clients.headers("khong-co", SECRET))[:2],
        gateway.post(clients.SERVICE_PATH, body, clients.headers(CLIENT, SECRET, timestamp=stale))[:2],
        gateway.post(clients.SERVICE_PATH, body, clients.headers(CLIENT, SECRET, timestamp="hôm nay".encode().hex()))[:2],
        gateway.post(clients.SERVICE_PATH, body, {"Content-Type": "application/xml"})[:2],
    }

    assert len(refused) == 1
    assert refused.pop()[0] == 401
    assert len(outcomes(fresh_database)) == before


def test_a_repeat_is_answered_again_and_recorded_again(gateway: GatewayProcess, fresh_database):
    before = len(outcomes(fresh_database))
    body, habits = BUILDERS["court"](HOA), clients.headers(CLIENT, SECRET)

    first, again = gateway.post(clients.SERVICE_PATH, body, habits)[:2], gateway.post(clients.SERVICE_PATH, body, habits)[:2]

    assert first == again
    assert len(outcomes(fresh_database)) == before + 2


def test_refusals_tell_no_reason_and_stand_in_the_ledger(gateway: GatewayProcess, fresh_database):
    no_purpose = BUILDERS["court"](HOA).replace(b"1.001193", b"")
    unlisted = BUILDERS["court"](HOA).replace(b"canbo01", b"nguoi-la")
    eleven_digits = BUILDERS["court"](HOA).replace(b"046090000101", b"04609000010")
    impossible_date = BUILDERS["court"](HOA).replace(b"19900517", b"19900230")

    answers = [send(gateway, body) for body in (no_purpose, unlisted)]
    malformed = [send(gateway, body) for body in (eleven_digits, impossible_date, b"<x/>", b"", b"<!DOCTYPE a><a/>")]

    assert answers[0] == answers[1]
    assert b'GhiChu="DANCU-403"' in answers[0][1]
    assert all(b'GhiChu="DANCU-422"' in answer for _, answer in malformed)
    assert outcomes(fresh_database)[-7:] == ["no_grant", "officer_not_listed", *["malformed"] * 5]


def test_a_suspended_client_is_refused_and_a_strict_one_by_fault(gateway: GatewayProcess, fresh_database):
    command(
        fresh_database, "exchange", "client", "add", "strict", "--organisation", "H57", "--official", "--secret", SECRET, "--strict"
    )
    command(fresh_database, "exchange", "client", "suspend", CLIENT, "--reason", "thử")
    deadline = time.monotonic() + 10
    while b"<ns1:CongDan>" in (answer := send(gateway, BUILDERS["court"](HOA)))[1] and time.monotonic() < deadline:
        pass

    status, fault, _ = gateway.post(clients.SERVICE_PATH, BUILDERS["court"](HOA), clients.headers("strict", SECRET))

    assert answer[0] == 200
    assert re.search('GhiChu="DANCU-403: Tạm dừng từ [^"]*: thử"', answer[1].decode())
    assert status == 500
    assert b"<soapenv:Fault>" in fault


def test_a_modern_library_loads_the_wsdl_and_calls(gateway: GatewayProcess):
    zeep = pytest.importorskip("zeep")
    from requests import Session

    session = Session()
    client = zeep.Client(f"{gateway.root}{clients.SERVICE_PATH}?wsdl", transport=zeep.transports.Transport(session=session))
    session.headers.update(clients.headers(CLIENT, SECRET))

    found = client.service.TraCuuThongTinCongDan(
        MaYeuCau="1",
        MaDVC="1.001193",
        MaTichHop="037",
        MaCanBo="canbo01",
        SoDinhDanh=HOA.number,
        HoVaTen=HOA.name,
        NgayThangNamSinh={"NgayThangNam": HOA.born},
    )

    assert found.CongDan[0].HoVaTen.Ten == "TRẦN VĂN HÒA"


def test_any_path_below_the_base_serves_the_contract(gateway: GatewayProcess):
    path = "/soap/a/b/TraCuuThongTinCongDan"
    status, answer, _ = gateway.post(
        path, BUILDERS["court"](HOA), clients.headers(CLIENT, SECRET, service_url=f"{gateway.root}{path}")
    )

    assert status == 200
    assert clients.read_by_literal_tags(answer)["number"] == HOA.number


def test_a_client_behind_a_proxy_or_with_an_encoded_path_signs_what_it_calls(gateway: GatewayProcess):
    stamp = str(int(time.time() * 1000))
    for path, signed in (
        ("/soap/dan-cu", f"https://127.0.0.1:{gateway.port}/soap/dan-cu"),
        ("/soap/d%C3%A2n", f"{gateway.root}/soap/d%C3%A2n"),
        ("/soap/d%C3%A2n", "/soap/dân"),
        ("/soap/x?a=1", f"{gateway.root}/soap/x?a=1"),
    ):
        digest = hashlib.sha256(f"{signed}{CLIENT}{stamp}{SECRET}".encode()).hexdigest()
        basic = base64.b64encode(f"{CLIENT}:{digest}".encode()).decode()
        headers = {"Content-Type": "text/xml", "Timestamp": stamp, "Authorization": f"Basic {basic}"}

        assert gateway.post(path, BUILDERS["court"](HOA), headers)[0] == 200, signed


def test_a_strange_host_is_no_fault_of_ours_and_no_address_becomes_markup(gateway: GatewayProcess):
    basic = base64.b64encode(b"x:y").decode()

    assert gateway.post("/soap", b"", {"Host": "[", "Authorization": f"Basic {basic}"})[0] == 401
    with urllib.request.urlopen(f"{gateway.root}/soap/%22/%3E%3Cx:script%3Ealert(1)%3C/x:script%3E") as response:
        wsdl = response.read()
        assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert b"<x:script" not in wsdl
    assert b"<soap:address" in wsdl


def test_a_gateway_without_room_says_so_in_each_ones_own_form(fresh_database):
    full = GatewayProcess(fresh_database.gateway, "tests.gateway.no_room:app")
    full.start()
    try:
        status, answer, headers = full.post(clients.SERVICE_PATH, BUILDERS["court"](HOA), clients.headers(CLIENT, SECRET))
        rest, told = full.ask()
    finally:
        full.stop()

    assert (status, headers["retry-after"].isdigit(), headers["content-type"]) == (429, True, "text/xml; charset=utf-8")
    assert b"<soapenv:Fault>" in answer
    assert (rest, told["type"]) == (429, "/problems/exchange.busy")
