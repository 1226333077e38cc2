"""What changed calls found once, each as the smallest call that shows it."""

from __future__ import annotations

import json
import re
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dancu.cli.launcher.postgres import Urls
from dancu.exchange.messages import HEADER, sign_request
from dancu.gateway.routes import route_of
from dancu.kernel.signing import MessageKey
from tests.field_clients import clients
from tests.gateway.process import BASIS, CLIENT, PURPOSE, SECRET, GatewayProcess, command
from tests.gateway.signing import INSTALLATION, basic, register_key
from tests.gateway.subscriber import allow
from tests.gateway.test_protocol import connect, everything, impatient  # noqa: F401 - a fixture

pytestmark = pytest.mark.slow

USE = {"purpose": PURPOSE, "legal_basis": BASIS, "procedure": "1.001193", "officer": "canbo01"}
NUMBER, NAME = "046090000101", "Trần Văn Hòa"
JSON = {"Content-Type": "application/json", "Authorization": basic()}


@pytest.fixture
def gateway(fresh_database: Urls):
    """With the registry here: subscriptions and lists are asked for where it is."""
    running = GatewayProcess(fresh_database.gateway)
    running.start()
    yield running
    running.stop()


def send(
    gateway: GatewayProcess, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
) -> tuple[int, Any]:
    sent = json.dumps(body).encode() if body is not None else None
    status, told, _ = gateway.call(method, path, sent, JSON if headers is None else headers)
    return status, json.loads(told) if told else None


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/changes", {"officer": "canbo01\0"}),
        ("/v1/list-requests", {**USE, "criteria": {"ethnicity": "\0"}}),
        ("/v1/list-requests/8d6c1b4e-3d0a-4d9e-8f57-0a2c7b9f4e21/pages", {"officer": "\0"}),
        ("/v1/subscriptions", {**USE, "personal_id": NUMBER, "full_name": NAME, "birth_date": "1990-05-17", "subject_ref": "a\0"}),
        ("/v1/verifications", {**USE, "personal_id": NUMBER, "full_name": NAME, "birth_date": "1990-05-17", "dossier_no": "\0"}),
    ],
)
def test_a_null_character_is_an_error_of_whoever_sent_it(gateway: GatewayProcess, path: str, body: dict[str, Any]):
    status, told = send(gateway, "POST", path, body)

    assert status == 422, told
    assert "gateway.request.failed" not in gateway.log.read_text()


@pytest.mark.parametrize("more", [{NUMBER: "1"}, {NAME: "1"}, {"fields": [NUMBER]}, {"fields": [NAME]}, {"stated": {NUMBER: "1"}}])
def test_a_number_or_name_in_the_wrong_place_is_not_said_again(gateway: GatewayProcess, more: dict[str, Any]):
    asked = {**USE, "personal_id": NUMBER, "full_name": NAME, "birth_date": "1990-05-17"}

    status, told = send(gateway, "POST", "/v1/verifications", {**asked, **more})

    assert status == 422
    assert NUMBER not in str(told)
    assert NAME not in str(told)


def test_a_misspelt_member_is_named(gateway: GatewayProcess):
    asked = {**USE, "personal_id": NUMBER, "full_name": NAME, "birth_date": "1990-05-17"}

    assert "`fullname`" in send(gateway, "POST", "/v1/verifications", {**asked, "fullname": NAME})[1]["title_en"]
    assert "full_nam" in send(gateway, "POST", "/v1/disclosures", {**asked, "fields": ["full_nam"]})[1]["title_en"]


def test_who_leaves_while_earlier_requests_wait_is_no_error(impatient: int, caplog: pytest.LogCaptureFixture):  # noqa: F811
    for _ in range(5):
        with connect(impatient) as connection:
            connection.sendall(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n" * 5)
            time.sleep(0.05)
    time.sleep(0.5)  # what is left of the connections would write into them

    assert [record.getMessage() for record in caplog.records if "ASGI" in record.getMessage()] == []


def test_an_address_that_only_tells_takes_nothing(gateway: GatewayProcess):
    for path in ("/health", "/keys.json", "/openapi.yaml"):
        status, _, headers = gateway.call("POST", path, b"{}", {})
        assert (status, headers["allow"]) == (405, "GET, HEAD")


def test_the_platform_token_answers_in_its_own_words_whatever_is_wrong(gateway: GatewayProcess):
    too_large = gateway.call("POST", "/lgsp/token", b"a" * 262_145, {})
    not_believed = gateway.call("POST", "/lgsp/token", b"grant_type=client_credentials", {HEADER: "x"})
    wrong_method = gateway.call("GET", "/lgsp/token", None, {})

    assert (too_large[0], json.loads(too_large[1])["error"]) == (413, "invalid_request")
    assert (not_believed[0], json.loads(not_believed[1])["error"]) == (401, "invalid_client")
    assert (wrong_method[0], wrong_method[2]["allow"]) == (405, "POST")
    assert route_of("/lgsp/NPD/token") is not route_of("/lgsp/token"), "below a platform's other paths a token is given, too"


def test_what_has_no_content_states_no_length(gateway: GatewayProcess, fresh_database: Urls):
    allow(fresh_database, "--subscribe")
    asked = {**USE, "personal_id": NUMBER, "full_name": NAME, "birth_date": "1990-05-17", "subject_ref": "HS-1"}
    deadline = time.monotonic() + 15
    while (made := send(gateway, "POST", "/v1/subscriptions", asked))[0] != 201:
        assert time.monotonic() < deadline, made

    status, _, headers = gateway.call("DELETE", f"/v1/subscriptions/{made[1]['subscription']}", None, {"Authorization": basic()})

    assert status == 204
    assert "content-length" not in headers


# -- what a system must show holds for subscriptions and lists as for single questions ---------------------------------------


def signed(key: MessageKey, method: str, path: str, body: bytes) -> dict[str, str]:
    header = sign_request(key, issuer=CLIENT, audience=INSTALLATION, method=method, target=path, body=body, now=datetime.now(UTC))
    return {"Content-Type": "application/json", HEADER: header}


@pytest.fixture
def key(gateway: GatewayProcess, fresh_database: Urls, tmp_path: Path) -> MessageKey:
    """Of a system that must sign; the gateway knows by now."""
    made = register_key(fresh_database, tmp_path)
    allow(fresh_database, "--subscribe", "--list-max", "10")
    command(fresh_database, "keys", "require", CLIENT, "--signed")
    deadline = time.monotonic() + 15
    while gateway.ask()[0] != 403:
        assert time.monotonic() < deadline
    return made


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/v1/changes", {"officer": "canbo01"}),
        ("POST", "/v1/list-requests", {**USE, "criteria": {"sex": 1}}),
        ("GET", "/v1/list-requests", None),
        ("GET", "/v1/subscriptions", None),
        ("DELETE", "/v1/subscriptions/8d6c1b4e-3d0a-4d9e-8f57-0a2c7b9f4e21", None),
    ],
)
def test_a_system_for_signed_messages_only_gets_no_list_by_its_secret(
    gateway: GatewayProcess, key: MessageKey, method: str, path: str, body: Any
):
    status, told = send(gateway, method, path, body)

    assert (status, told["type"]) == (403, "/problems/refused/signature_missing")


def test_nor_by_the_national_contract(gateway: GatewayProcess, key: MessageKey):
    asked = clients._envelope("GetRequests", [("MaCanBo", "canbo01")])

    status, told, _ = gateway.post(clients.SERVICE_PATH, asked, clients.headers(CLIENT, SECRET))

    assert status == 200
    assert b'GhiChu="DANCU-403"' in told
    assert b"YeuCauCollection" not in told


def test_who_signs_needs_no_secret_for_a_list_and_a_message_counts_once(gateway: GatewayProcess, key: MessageKey):
    body = json.dumps({**USE, "criteria": {"sex": 1}}).encode()
    headers = signed(key, "POST", "/v1/list-requests", body)

    first = gateway.post("/v1/list-requests", body, headers)
    again = gateway.post("/v1/list-requests", body, headers)

    assert first[0] == 202, first
    assert again[0] == 409


def test_a_signed_list_by_the_national_contract_counts_once(gateway: GatewayProcess, key: MessageKey):
    path = clients.SERVICE_PATH
    asked = clients._envelope(
        "CungCapDanhSachTheoGioiTinh", [("MaTichHop", "REST"), ("MaDVC", "1.001193"), ("MaCanBo", "canbo01"), ("GioiTinh", "1")]
    )
    headers = {**clients.headers(CLIENT, SECRET), **signed(key, "POST", path, asked)}

    first = gateway.post(path, asked, headers)
    again = gateway.post(path, asked, headers)

    assert re.search(rb"<ns1:IdYeuCau>[0-9a-f-]{36}</ns1:IdYeuCau>", first[1]), first
    assert again[0] == 409
