"""Signed messages over the wire: believed once, by whoever's key it is; refused with a reason that helps, and never twice."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psycopg
import pytest

from dancu.cli.launcher.postgres import Urls
from dancu.exchange.messages import HEADER, SignedAnswer, read_answer
from dancu.kernel.clock import now
from dancu.kernel.signing import ES256, MessageKey, PublicKey, TrustedKey
from tests.field_clients import clients
from tests.gateway.process import CLIENT, SECRET, GatewayProcess, command
from tests.gateway.signing import BODY, INSTALLATION, PATH, ask_signed, basic, register_key, signed, until
from tests.house.tree import ROOT


@pytest.fixture
def ours() -> MessageKey:
    """The installation's own key, for answers; the first test that needs one makes it."""
    folder = Path(os.environ["DANCU_HOME"]) / "keys"
    with contextlib.suppress(FileExistsError):
        MessageKey.generate().write(folder / "messages.key")
    made = MessageKey.from_folder(folder)
    assert made is not None
    return made


@pytest.fixture
def key(ours: MessageKey, fresh_database: Urls, tmp_path: Path) -> MessageKey:
    return register_key(fresh_database, tmp_path)


def last_outcomes(urls: Urls, count: int) -> list[str]:
    with psycopg.connect(urls.owner) as connection:
        rows = connection.execute("select convert_from(body, 'UTF8')::jsonb ->> 'outcome' from ledger_entry order by id").fetchall()
    return [row[0] for row in rows[-count:]]


def test_a_signed_question_needs_no_secret_and_its_answer_is_signed_for_it(ours, key, gateway: GatewayProcess) -> None:
    body = json.dumps(BODY).encode()
    header = signed(key, body, nonce="n" * 22)

    status, sent, told = gateway.post(PATH, body, {"Content-Type": "application/json", HEADER: header})

    assert status == 201, sent
    keys = {k["kid"]: TrustedKey(PublicKey.from_jwk(k), INSTALLATION) for k in _key_set(gateway)}
    believed = read_answer(told[HEADER.lower()], keys=keys, audience=CLIENT, nonce="n" * 22, status=201, body=sent, now=now())
    assert isinstance(believed, SignedAnswer)
    assert believed.key_id == ours.kid


def _key_set(gateway: GatewayProcess) -> list[dict[str, str]]:
    with urllib.request.urlopen(f"{gateway.root}/keys.json", timeout=5) as told:
        return json.loads(told.read())["keys"]


def test_a_message_is_taken_once_also_by_another_process_and_after_a_restart(key, gateway: GatewayProcess, fresh_database) -> None:
    header = signed(key, json.dumps(BODY).encode())
    first = ask_signed(gateway, key, header=header)
    other = GatewayProcess(fresh_database.gateway)
    other.start()

    again = ask_signed(gateway, key, header=header)
    elsewhere = ask_signed(other, key, header=header)
    other.stop()
    gateway.kill()
    gateway.start()
    later = ask_signed(gateway, key, header=header)

    assert first[0] == 201
    assert [each[0] for each in (again, elsewhere, later)] == [409] * 3
    assert again[1]["type"] == "/problems/refused/replayed"
    assert "ký lại" in again[1]["title"]
    assert last_outcomes(fresh_database, 4) == ["match", "replayed", "replayed", "replayed"]


def test_an_answer_kept_under_a_key_is_not_given_to_a_replay(key, gateway: GatewayProcess) -> None:
    body = json.dumps(BODY).encode()
    headers = {"Content-Type": "application/json", HEADER: signed(key, body), "Idempotency-Key": "k-1"}
    first = gateway.post(PATH, body, headers)

    replay = gateway.post(PATH, body, headers)
    anew = gateway.post(PATH, body, {**headers, HEADER: signed(key, body)})

    assert (first[0], replay[0], anew[0]) == (201, 409, 201)
    assert anew[1] == first[1]


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"audience": "bo"}, "signature.audience"),
        ({"method": "GET"}, "signature.method"),
        ({"target": "/v1/disclosures"}, "signature.target"),
        ({"body": b"{}"}, "signature.digest"),
    ],
)
def test_a_signature_that_does_not_fit_is_refused_with_the_reason_and_counted(
    key, gateway: GatewayProcess, fresh_database, more, code: str
) -> None:
    given = {"body": json.dumps(BODY).encode(), **more}

    status, told, _ = ask_signed(gateway, key, header=signed(key, **given))

    assert (status, told["type"]) == (401, f"/problems/{code}")
    assert told["title"] != told["title_en"]
    assert last_outcomes(fresh_database, 1) == [f"key.added:message:{key.kid}"], "whoever is not believed asks nothing"


def test_who_signs_cannot_ask_as_somebody_else(key, gateway: GatewayProcess, fresh_database) -> None:
    command(fresh_database, "exchange", "client", "add", "khac", "--organisation", "H58", "--official", "--secret", SECRET)
    body = json.dumps(BODY).encode()
    headers = {"Content-Type": "application/json", HEADER: signed(key, body), "Authorization": basic("khac")}

    status, sent, _ = gateway.post(PATH, body, headers)
    while status == 401:  # until the gateway has heard of the other system
        status, sent, _ = gateway.post(PATH, body, {**headers, HEADER: signed(key, body)})

    assert status == 403
    assert json.loads(sent)["type"] == "/problems/refused/signer_differs"


def test_a_system_for_signed_messages_only_is_refused_without_one(key, gateway: GatewayProcess, fresh_database) -> None:
    command(fresh_database, "keys", "require", CLIENT, "--signed")
    status, told = until_refused(gateway)

    assert status == 403
    assert told["type"] == "/problems/refused/signature_missing"
    assert ask_signed(gateway, key)[0] == 201
    soap_body = clients.court(clients.Person("046090000101", "Trần Văn Hòa", "19900517"))
    _, empty, _ = gateway.post(clients.SERVICE_PATH, soap_body, clients.headers(CLIENT, SECRET))
    assert b"<ns1:CongDan>" not in empty
    headers = {**clients.headers(CLIENT, SECRET), HEADER: signed(key, soap_body, path=clients.SERVICE_PATH)}
    _, full, _ = gateway.post(clients.SERVICE_PATH, soap_body, headers)
    assert b"<ns1:CongDan>" in full
    _, replayed, _ = gateway.post(clients.SERVICE_PATH, soap_body, headers)
    assert b"<ns1:CongDan>" not in replayed


def until_refused(gateway: GatewayProcess):
    deadline = time.monotonic() + 20
    while (answer := gateway.ask())[0] == 201 and time.monotonic() < deadline:
        pass
    return answer


def test_a_signature_is_of_its_own_call_also_when_calls_are_pipelined(key, gateway: GatewayProcess, fresh_database) -> None:
    command(fresh_database, "keys", "require", CLIENT, "--signed")
    until_refused(gateway)
    body, other = json.dumps(BODY).encode(), json.dumps({**BODY, "personal_id": "046155000102"}).encode()
    common = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: {basic()}\r\n"
    first = f"{common}{HEADER}: {signed(key, body)}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
    second = f"{common}Content-Length: {len(other)}\r\nConnection: close\r\n\r\n".encode() + other

    with socket.create_connection(("127.0.0.1", gateway.port), timeout=10) as connection:
        connection.sendall(first + second)
        told = b"".join(iter(lambda: connection.recv(65536), b""))

    assert re.findall(rb"HTTP/1.1 (\d{3})", told) == [b"201", b"403"]
    assert b"signature_missing" in told


def test_of_two_signatures_none_is_believed(key, gateway: GatewayProcess) -> None:
    body = json.dumps(BODY).encode()
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=10)
    connection.putrequest("POST", PATH)
    for value in (signed(key, body), signed(key, body)):
        connection.putheader(HEADER, value)
    connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body)
    answer = connection.getresponse()

    assert answer.status == 401
    assert json.loads(answer.read())["type"] == "/problems/signature.malformed"


def test_a_revoked_key_is_refused_with_when_and_why_and_a_new_one_goes_on(
    key, gateway: GatewayProcess, fresh_database, tmp_path: Path
) -> None:
    successor = register_key(fresh_database, tmp_path, MessageKey.generate(ES256))
    assert ask_signed(gateway, key)[0] == 201

    command(fresh_database, "keys", "revoke", CLIENT, key.kid, "--reason", "Máy chủ bị mất")
    status, told, seconds = until(gateway, lambda status, _: status == 401, key)

    assert status == 401
    assert told["type"] == "/problems/signature.key_revoked"
    assert "Máy chủ bị mất" in told["title"]
    assert seconds < 15
    assert until(gateway, lambda status, _: status == 201, successor)[0] == 201


def test_a_key_whose_name_begins_with_a_hyphen_is_revoked_too(fresh_database, tmp_path: Path) -> None:
    named = MessageKey.generate()
    while not named.kid.startswith("-"):
        named = MessageKey.generate()
    register_key(fresh_database, tmp_path, named)

    command(fresh_database, "keys", "revoke", CLIENT, named.kid, "--reason", "Máy chủ bị mất")

    assert "revoked" in next(line for line in command(fresh_database, "keys", "list", CLIENT).splitlines() if named.kid[:8] in line)


def test_a_suspended_system_learns_since_when_and_why(key, gateway: GatewayProcess, fresh_database) -> None:
    command(fresh_database, "exchange", "client", "suspend", CLIENT, "--reason", "Chưa nộp báo cáo an toàn")

    status, told, _ = until(gateway, lambda status, _: status != 201, key)

    assert (status, told["type"]) == (403, "/problems/refused/client_suspended")
    assert "Tạm dừng từ" in told["title"]
    assert "Chưa nộp báo cáo an toàn" in told["title"]
    assert "Chưa nộp báo cáo an toàn" in told["title_en"]


def test_a_kid_is_a_name_in_a_list_and_never_a_path(key, gateway: GatewayProcess) -> None:
    traversing = MessageKey(key._key, "../../../../dev/null")

    status, told, _ = ask_signed(gateway, traversing)

    assert (status, told["type"]) == (401, "/problems/signature.key_unknown")


def test_the_example_of_the_guide_asks_and_checks_the_answer(ours, gateway: GatewayProcess, fresh_database, tmp_path: Path) -> None:
    """As the guide says: make a pair, have the public half registered, run the script."""
    public = command(fresh_database, "keys", "generate", str(tmp_path / "khoa-ky.json"))
    (tmp_path / "khoa-cong-khai.json").write_text(public)
    command(fresh_database, "keys", "import", CLIENT, str(tmp_path / "khoa-cong-khai.json"))
    script = ROOT / "docs/howto/sign_messages.py"
    run = [sys.executable, str(script), gateway.root, str(tmp_path / "khoa-ky.json"), CLIENT, INSTALLATION]

    deadline = time.monotonic() + 20
    while (told := subprocess.run(run, input=json.dumps(BODY).encode(), capture_output=True, check=False)).returncode:
        assert time.monotonic() < deadline, told.stderr.decode()

    assert json.loads(told.stdout)["outcome"] == "match"
    assert len(script.read_text().splitlines()) <= 40
    assert (tmp_path / "khoa-ky.json").stat().st_mode & 0o777 == 0o600
