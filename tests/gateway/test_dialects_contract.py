"""The published description of the contracts beside SOAP: every address of it is served, and what is answered fits it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import jsonschema_rs
import pytest
import yaml

from dancu.cli.launcher.postgres import Urls
from dancu.gateway.documents import DIALECTS
from dancu.gateway.routes import ROUTES, route_of
from tests.field_clients import clients, platforms
from tests.field_clients.clients import Person
from tests.field_clients.platforms import Sent
from tests.gateway.process import CLIENT, RATE, SECRET, GatewayProcess, command
from tests.gateway.wired import HOA, TRUSTED, send, set_profile, until

CONTRACT: dict[str, Any] = yaml.safe_load(DIALECTS.read_text(encoding="utf-8"))
# The WSDL and the description of our own interface describe these, and this file itself.
ELSEWHERE = {"soap", "v1", "openapi-tuong-thich.yaml"}


def test_every_address_is_described_and_every_described_address_is_served() -> None:
    described = {path.split("/")[1] for path in CONTRACT["paths"]}

    assert described == set(ROUTES) - ELSEWHERE
    for path, item in CONTRACT["paths"].items():
        route = route_of(path)
        assert route is not None
        assert {method.upper() for method in item} <= set(route.methods), path


def schema_of(name: str) -> jsonschema_rs.Validator:
    return jsonschema_rs.Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": CONTRACT["components"]})


@pytest.mark.slow
def test_what_is_answered_fits_its_schema(gateway: GatewayProcess, fresh_database: Urls):
    set_profile(fresh_database, *TRUSTED)
    until(gateway, platforms.sharepoint(HOA, CLIENT), 200)
    token_answer = send(gateway, platforms.hau_giang_token(CLIENT, SECRET))[1]
    token = platforms.read_access_token(token_answer)
    dead, nobody = Person("046048000103", "Phạm Khuất", "19480719"), Person("046090999999", HOA.name, HOA.born)
    calls: dict[str, list[Callable[[Person], Sent]]] = {
        "Tree": [lambda person: platforms.dong_thap(person, token), lambda person: platforms.opencps_form(person, CLIENT)],
        "Adapted": [lambda person: platforms.thanh_hoa(person, CLIENT)],
        "Result": [
            lambda person: platforms.warehouse_check(person, CLIENT),
            lambda person: platforms.warehouse_two_keys(person, CLIENT),
        ],
    }

    schema_of("Token").validate(json.loads(token_answer))
    schema_of("TokenError").validate(json.loads(send(gateway, platforms.hau_giang_token(CLIENT, "sai"))[1]))
    schema_of("JsonToken").validate(json.loads(send(gateway, platforms.dong_thap_token(CLIENT, SECRET))[1]))
    for name, builders in calls.items():
        for build in builders:
            for person in (HOA, dead, nobody):
                schema_of(name).validate(json.loads(send(gateway, build(person))[1]))


@pytest.mark.slow
def test_addresses_come_in_the_version_of_units_the_client_works_with(gateway: GatewayProcess, fresh_database: Urls):
    import psycopg

    with psycopg.connect((gateway.above or fresh_database).owner) as connection:
        connection.execute(
            "update population_person set permanent_version = 'L2-2025', permanent_code = '46..19753', permanent_detail = 'Số 7' "
            "where personal_no = %s",
            [int(HOA.number)],
        )
    body, signed = clients.court(HOA), clients.headers(CLIENT, SECRET)
    as_recorded = clients.read_by_stripping_prefixes(gateway.post(clients.SERVICE_PATH, body, signed)[1])["permanent"]
    set_profile(fresh_database, *TRUSTED, "--units", "L3-2021")
    until(gateway, platforms.sharepoint(HOA, CLIENT), 200)

    changed = clients.read_by_stripping_prefixes(gateway.post(clients.SERVICE_PATH, body, signed)[1])["permanent"]
    ours = gateway.ask("/v1/disclosures")[1]["facts"]["permanent_residence"]

    assert as_recorded == "46..19753"
    assert str(changed).startswith("46.")
    assert changed != as_recorded
    assert ours["units_version"] == "L3-2021"
    assert ".".join((ours["province"], ours["district"], ours["commune"])) == changed


@pytest.mark.slow
def test_a_profile_is_set_piece_by_piece_and_shown(fresh_database: Urls):
    set_profile(fresh_database, "--units", "L3-2021", "--network", "10.0.0.0/8", "--network", "192.0.2.7")
    told = set_profile(fresh_database, "--error-code", "number", "--units", "")

    assert told == {"error_code": "number", "networks": ["10.0.0.0/8", "192.0.2.7"], "rate_per_second": RATE}
    shown = [json.loads(line) for line in command(fresh_database, "exchange", "client", "list", "--json").splitlines()]
    assert next(each["profile"] for each in shown if each["client_id"] == CLIENT) == told
    for wrong in (("--units", "L5-1999"), ("--network", "0.0.0.0/0"), ("--error-code", "7")):
        with pytest.raises(AssertionError):
            set_profile(fresh_database, *wrong)
