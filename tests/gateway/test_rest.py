"""The public API against a real gateway process and a real database."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from tests.gateway.process import BASIS, PURPOSE, GatewayProcess, command

pytestmark = pytest.mark.slow


def entries(urls) -> list[dict]:
    with psycopg.connect(urls.owner) as connection:
        rows = connection.execute("select body from ledger_entry order by at, id").fetchall()
    found = [json.loads(bytes(row[0])) for row in rows]
    return [each for each in found if each["kind"] != "forward"]  # that it left for a hub above is told in test_two_levels


def looks(gateway: GatewayProcess, urls) -> int:
    """How often the registry was looked into, here or at the hub above."""
    return len(entries(gateway.above or urls))


def test_the_main_questions(gateway: GatewayProcess, fresh_database):
    matched = gateway.ask()
    folded = gateway.ask(full_name="TRANVANHOA")
    unknown, wrong_name, wrong_date = (
        gateway.ask(personal_id="046090999999"),
        gateway.ask(full_name="Lê Khác"),
        gateway.ask(birth_date="1990-05-18"),
    )
    dead, replaced = (
        gateway.ask(personal_id="046048000103", full_name="Phạm Khuất", birth_date="1948-07-19"),
        gateway.ask(personal_id="046190000105", full_name="Võ Thị Số Mới"),
    )
    by_old_number = gateway.ask(personal_id=None, old_id_no="191000106", full_name="Bùi Thị Trùng", birth_date="1971-03-04")
    stated = gateway.ask(stated={"sex": "2", "old_id_no": "191000101"})

    assert matched[0] == 201
    assert matched[1]["outcome"] == "match"
    assert matched[1]["life_status"] == "alive"
    assert folded[1]["outcome"] == "folded"
    negatives = [{k: v for k, v in answer[1].items() if k not in ("id", "at")} for answer in (unknown, wrong_name, wrong_date)]
    assert negatives[0] == negatives[1] == negatives[2]
    assert negatives[0]["outcome"] == "no_match"
    assert dead[1]["life_status"] == "dead"
    assert replaced[1]["successor"] == "046190000104"
    assert by_old_number[1]["outcome"] == "match"
    assert stated[1]["fields"] == {"sex": "differs", "old_id_no": "exact"}
    recorded = {entry["id"]: entry for entry in entries(fresh_database)}
    for _, answer in (matched, folded, unknown, wrong_name, wrong_date, dead, replaced, by_old_number, stated):
        assert recorded[answer["id"]]["kind"] == "verify"


def test_disclosure_and_its_refusals(gateway: GatewayProcess, fresh_database):
    told = gateway.ask("/v1/disclosures")
    nobody = gateway.ask("/v1/disclosures", full_name="Lê Khác")
    other_purpose = gateway.ask("/v1/disclosures", purpose="Tò mò")
    unlisted = gateway.ask("/v1/disclosures", officer="nguoi-la")
    no_purpose = gateway.ask("/v1/disclosures", purpose=None)
    bad_number = gateway.ask("/v1/disclosures", personal_id="04609000010")

    assert told[1]["facts"]["full_name"] == "Trần Văn Hòa"
    assert "religion" not in told[1]["facts"]
    assert nobody[1]["facts"] is None
    assert (other_purpose[0], other_purpose[1]["type"]) == (403, "/problems/refused/purpose_not_granted")
    assert (unlisted[0], unlisted[1]["type"]) == (403, "/problems/refused/officer_not_listed")
    assert no_purpose[0] == 422
    assert "12 chữ số" in bad_number[1]["title"]
    assert bad_number[1]["field"] == "personal_id"
    outcomes = {entry["id"]: entry["outcome"] for entry in entries(fresh_database)}
    assert outcomes[other_purpose[1]["reference"]] == "purpose_not_granted"
    assert outcomes[bad_number[1]["reference"]] == "malformed"


def test_unknown_callers_reach_only_the_security_log(gateway: GatewayProcess, fresh_database):
    before = len(entries(fresh_database))

    unknown = gateway.ask(client="khong-co")
    wrong_secret = gateway.ask(secret="sai")
    none = gateway.post("/v1/verifications", b"{}", {"Content-Type": "application/json"})

    assert unknown[0] == wrong_secret[0] == none[0] == 401
    assert {**unknown[1]} == {**wrong_secret[1]}
    assert len(entries(fresh_database)) == before


def test_the_same_key_has_one_effect(gateway: GatewayProcess, fresh_database):
    before, looks_before = len(entries(fresh_database)), looks(gateway, fresh_database)

    first, again = gateway.ask(key="k-1"), gateway.ask(key="k-1")
    other = gateway.ask(key="k-1", full_name="Lê Khác")

    assert first == again
    assert other[0] == 409
    assert len(entries(fresh_database)) == before + 1
    assert looks(gateway, fresh_database) == looks_before + 1


def test_a_suspension_closes_within_seconds(gateway: GatewayProcess, fresh_database):
    import time

    assert gateway.ask()[0] == 201
    command(fresh_database, "exchange", "client", "suspend", "he-thong", "--reason", "thử")

    deadline = time.monotonic() + 10
    while (answer := gateway.ask())[0] == 201 and time.monotonic() < deadline:
        pass
    assert answer[1]["type"] == "/problems/refused/client_suspended"


def test_no_answer_of_before_is_repeated_to_who_is_suspended_now(gateway: GatewayProcess, fresh_database):
    assert gateway.ask("/v1/disclosures", key="k-2")[0] == 201
    command(fresh_database, "exchange", "client", "suspend", "he-thong", "--reason", "thử")
    until_refused(gateway)

    status, told = gateway.ask("/v1/disclosures", key="k-2")

    assert (status, told["type"]) == (403, "/problems/refused/client_suspended")
    assert "facts" not in told
    assert [entry["outcome"] for entry in entries(fresh_database)][-1] == "client_suspended"


def test_an_answer_is_repeated_for_a_day(gateway: GatewayProcess, fresh_database):
    first = gateway.ask(key="k-3")
    with psycopg.connect(fresh_database.owner) as connection:
        connection.execute("update exchange_idempotency set at = at - interval '25 hours'")

    later, again = gateway.ask(key="k-3"), gateway.ask(key="k-3")

    assert first[1]["id"] != later[1]["id"]
    assert later == again


def test_many_with_one_key_at_the_same_moment_get_one_answer(gateway: GatewayProcess, fresh_database):
    before, looks_before = len(entries(fresh_database)), looks(gateway, fresh_database)
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: gateway.ask(key="k-4"), range(64)))

    assert {status for status, _ in answers} == {201}
    assert len({told["id"] for _, told in answers}) == 1
    assert len(entries(fresh_database)) == before + 1
    assert looks(gateway, fresh_database) == looks_before + 1


def test_yes_or_no_needs_the_grant_too_and_is_recorded_by_field(gateway: GatewayProcess, fresh_database):
    allowed = gateway.ask(stated={"sex": "1"})
    command(
        fresh_database, "exchange", "client", "grant", "he-thong", "--integration-code", "REST", "--procedure", "1.001193",
        "--purpose", PURPOSE, "--legal-basis", BASIS, "--field", "full_name",
    )  # fmt: skip

    deadline = time.monotonic() + 10
    while (refused := gateway.ask(stated={"sex": "1"}))[0] == 201 and time.monotonic() < deadline:
        time.sleep(0.05)

    assert (refused[0], refused[1]["type"]) == (403, "/problems/refused/field_not_granted")
    assert "fields" not in refused[1]
    assert {e["id"]: e["fields"] for e in entries(fresh_database)}[allowed[1]["id"]] == ["sex"]
    by_old_number = gateway.ask("/v1/disclosures", personal_id=None, old_id_no="191000101")
    assert by_old_number[1]["facts"] == {"personal_id": None, "full_name": "Trần Văn Hòa"}


def test_a_wrong_key_of_a_known_caller_is_recorded_like_any_malformed_request(gateway: GatewayProcess, fresh_database):
    before = len(entries(fresh_database))

    status, told = gateway.ask(key="k" * 200)

    assert (status, told["field"]) == (422, "Idempotency-Key")
    assert len(entries(fresh_database)) == before + 1


def until_refused(gateway: GatewayProcess) -> None:
    deadline = time.monotonic() + 10
    while gateway.ask()[0] == 201 and time.monotonic() < deadline:
        time.sleep(0.05)


def test_malformed_bodies_are_answered_with_what_to_do(gateway: GatewayProcess):
    import base64

    headers = {"Authorization": "Basic " + base64.b64encode(b"he-thong:bi-mat-thu").decode()}
    for body in (b"", b"{", b"[]", b"\xff\xfe", b'{"personal_id": 1}', b"null", b'{"full_name":"\\ud800"}'):
        status, sent, _ = gateway.post("/v1/verifications", body, headers)
        assert status == 422, body
        assert json.loads(sent)["title"]
    assert gateway.post("/v1/verifications", b" " * 300_000, headers)[0] == 413
    assert gateway.post("/v1/nothing", b"", headers)[0] == 404
    assert gateway.ask(full_name="A" * 300)[0] == 422
    assert gateway.ask(full_name="Trần\u0000Hòa")[0] == 422
    assert gateway.ask(officer="a\u0000b")[0] == 422
