"""Every client shape beside plain SOAP: what it sends gets its citizen, read as that client reads, from a real gateway process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dancu.cli.launcher.postgres import Urls
from tests.field_clients import clients, platforms
from tests.field_clients.clients import Person
from tests.gateway.process import CLIENT, SECRET, GatewayProcess
from tests.gateway.wired import HOA, TRUSTED, entries, send, set_profile

pytestmark = pytest.mark.slow
YEAR_ONLY = Person("046155000102", "Lê Thị Năm Sinh", "1955")


@pytest.fixture
def wired(fresh_database: Urls) -> Iterator[GatewayProcess]:
    set_profile(fresh_database, *TRUSTED)
    running = GatewayProcess(fresh_database.gateway)
    running.start()
    yield running
    running.stop()


def token_of(gateway: GatewayProcess, ask=platforms.hau_giang_token) -> str:
    status, answer = send(gateway, ask(CLIENT, SECRET))
    assert status == 200, answer
    return platforms.read_access_token(answer)


def test_every_way_to_ask_for_a_token_gets_one_that_opens_the_data_call(wired: GatewayProcess, fresh_database: Urls):
    before = len(entries(fresh_database))
    ways = (
        platforms.hau_giang_token,
        platforms.api_manager_form,
        platforms.api_manager_json,
        platforms.api_manager_static_key,
    )

    for way in ways:
        token = token_of(wired, way)
        status, answer = send(wired, platforms.api_manager(HOA, token))
        assert status == 200, way.__name__
        assert clients.read_by_slicing(answer)["day"] == "17/05/1990", way.__name__
    status, answer = send(wired, platforms.hau_giang(HOA, CLIENT, SECRET, token))

    assert clients.read_by_stripping_prefixes(answer)["name"] == "TRẦN VĂN HÒA"
    recorded = entries(fresh_database)[before:]
    assert [(each["kind"], each["outcome"], each["system"]) for each in recorded] == [("disclose", "folded", CLIENT)] * 4 + [
        ("disclose", "match", CLIENT)
    ]


def test_a_token_opens_the_national_address_too(wired: GatewayProcess):
    sent = platforms.api_manager(HOA, token_of(wired))

    status, answer, _ = wired.post("/soap/dan-cu", sent.body or b"", sent.headers)

    assert status == 200
    assert clients.read_by_literal_tags(answer)["number"] == HOA.number


def test_the_json_platform_with_its_own_token_gets_the_tree(wired: GatewayProcess):
    status, answer = send(wired, platforms.dong_thap_token(CLIENT, SECRET))
    assert status == 200
    token = platforms.read_dong_thap_token(answer)

    found = send(wired, platforms.dong_thap(HOA, token))
    nobody = send(wired, platforms.dong_thap(Person(HOA.number, "Lê Khác", HOA.born), token))

    assert found[0] == nobody[0] == 200
    assert platforms.read_tree(found[1]) | {"permanent": ""} == {
        "number": HOA.number,
        "name": "TRẦN VĂN HÒA",
        "day": "17/05/1990",
        "permanent": "",
        "relation": "",
    }
    assert platforms.read_tree(nobody[1]) == {}


def test_the_json_adapter_gives_the_envelope_as_text_and_its_code_as_text(wired: GatewayProcess):
    status, answer = send(wired, platforms.thanh_hoa(HOA, CLIENT))
    short = send(wired, platforms.thanh_hoa(YEAR_ONLY, CLIENT, short=True))[1]
    nobody = send(wired, platforms.thanh_hoa(Person(HOA.number, "Lê Khác", HOA.born), CLIENT))[1]

    assert status == 200
    assert platforms.read_thanh_hoa(answer)["name"] == "TRẦN VĂN HÒA"
    assert platforms.read_thanh_hoa(short)["born"] == "1955"
    assert platforms.read_thanh_hoa(nobody) == {}
    assert b'"error_code":"00"' in answer


@pytest.mark.parametrize(("style", "written"), [("0", b'"error_code":"0"'), ("number", b'"error_code":0')])
def test_the_code_of_success_is_written_as_the_client_was_registered(fresh_database: Urls, style: str, written: bytes):
    set_profile(fresh_database, *TRUSTED, "--error-code", style)
    running = GatewayProcess(fresh_database.gateway)
    running.start()
    try:
        assert written in send(running, platforms.thanh_hoa(HOA, CLIENT))[1]
    finally:
        running.stop()


def test_a_query_gets_its_citizen_as_xml_by_either_number(wired: GatewayProcess):
    by_new = send(wired, platforms.sharepoint(HOA, CLIENT))[1]
    by_old = send(wired, platforms.sharepoint(Person("", HOA.name, HOA.born, HOA.old_number), CLIENT))[1]

    assert platforms.read_sharepoint(by_new)["name"] == platforms.read_sharepoint(by_old)["name"] == "TRẦN VĂN HÒA"


def test_the_browser_form_behind_opencps_gets_the_tree_by_network_and_by_credentials(wired: GatewayProcess):
    by_network = send(wired, platforms.opencps_form(HOA, CLIENT))
    signed = send(wired, platforms.opencps_signed(HOA, CLIENT, SECRET))

    assert by_network == signed
    assert by_network[0] == 200
    assert platforms.read_tree(by_network[1])["day"] == "17/05/1990"


def test_the_warehouse_says_one_or_zero_and_refuses_two_keys(wired: GatewayProcess, fresh_database: Urls):
    yes = send(wired, platforms.warehouse_check(HOA, CLIENT))[1]
    other_sex = send(wired, platforms.warehouse_check(HOA, CLIENT, gender="2"))[1]
    unsaid = send(wired, platforms.warehouse_check(HOA, CLIENT, gender="3"))[1]
    no = send(wired, platforms.warehouse_check(Person(HOA.number, "Lê Khác", HOA.born), CLIENT))[1]
    status, two_keys = send(wired, platforms.warehouse_two_keys(HOA, CLIENT))

    assert [platforms.read_result(each) for each in (yes, other_sex, unsaid, no)] == [1, 0, 1, 0]
    assert status == 422
    assert platforms.read_result(two_keys) == 0
    assert "ba thông tin" in two_keys.decode()
    last = entries(fresh_database)[-5:]
    assert [each["outcome"] for each in last] == ["match", "match", "match", "no_match", "malformed"]
    assert last[0]["fields"] == ["sex"]
    assert last[2]["fields"] == []


def test_headers_of_the_field_are_taken_in_any_case(wired: GatewayProcess):
    sent = platforms.api_manager(HOA, token_of(wired))
    habits = {
        "ESB_SOURCE_TYPE": "he-thong",
        "esb_source_username": "he-thong",
        "APIKEY": "khoa",
        "X-ROAD-CLIENT": "VN/GOV/1/A",
        "DSTCODE": "",
    }
    loud = {name.upper(): value for name, value in sent.headers.items()}

    status, answer, _ = wired.post(sent.path, sent.body or b"", {**loud, **habits})

    assert status == 200
    assert clients.read_by_literal_tags(answer)["number"] == HOA.number
