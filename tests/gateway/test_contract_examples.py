"""The examples of the public contract, sent to a real gateway: each is answered as the contract says, its answer has that shape."""

from __future__ import annotations

from typing import Any

import pytest

from tests.exchange.worker import worker
from tests.gateway.process import BASIS, PURPOSE, GatewayProcess, with_registry
from tests.gateway.subscriber import Subscriber, allow, until
from tests.house.test_documents import contract, resolved

pytestmark = [pytest.mark.slow, with_registry]
# The example's person is nobody; of the example only whom it names and on what ground is exchanged.
HERE = {
    "personal_id": "046090000101",
    "full_name": "Trần Văn Hòa",
    "birth_date": "1990-05-17",
    "purpose": PURPOSE,
    "legal_basis": BASIS,
}


def example(path: str) -> dict[str, Any]:
    asked = resolved(contract()["paths"][path]["post"]["requestBody"])
    found: dict[str, Any] = asked["content"]["application/json"]["example"]
    return {name: HERE.get(name, value) for name, value in found.items()}


def fits(path: str, method: str, status: int, body: Any) -> None:
    told = resolved(contract()["paths"][path][method]["responses"][str(status)])
    schema = resolved(next(iter(told["content"].values()))["schema"])
    required, known = set(schema.get("required", ())), set(schema.get("properties", ()))
    for part in map(resolved, schema.get("allOf", ())):
        required, known = required | set(part.get("required", ())), known | set(part.get("properties", ()))
    assert required <= set(body) <= known, (path, body)


def test_every_example_is_answered_as_the_contract_says(gateway: GatewayProcess, fresh_database):
    allow(fresh_database, "--subscribe", "--list-max", "10")
    caller = Subscriber(gateway)
    until(lambda: caller.subscribe(personal_id="046090999999")[0] != 403)
    asked = {}
    for path, status in (
        ("/v1/verifications", 201),
        ("/v1/disclosures", 201),
        ("/v1/subscriptions", 201),
        ("/v1/list-requests", 202),
        ("/v1/changes", 200),
    ):
        asked[path] = caller.call("POST", path, example(path))
        assert asked[path][0] == status, asked[path]
        fits(path, "post", *asked[path])
    worker(fresh_database, "correct", number=46090000101, items={"full_name": "Trần Văn Hoà"})
    worker(fresh_database, "write")
    worker(fresh_database, "lists")
    made = asked["/v1/list-requests"][1]["id"]

    changes = caller.call("POST", "/v1/changes", example("/v1/changes"))
    page = caller.call("POST", f"/v1/list-requests/{made}/pages", example("/v1/list-requests/{id}/pages"))
    lists = {
        "/v1/list-requests/{id}": caller.call("GET", f"/v1/list-requests/{made}"),
        "/v1/list-requests/{id}/history": caller.call("GET", f"/v1/list-requests/{made}/history"),
        "/v1/list-requests": caller.call("GET", "/v1/list-requests"),
        "/v1/subscriptions": caller.call("GET", "/v1/subscriptions?limit=1"),
    }

    fits("/v1/changes", "post", *changes)
    fits("/v1/list-requests/{id}/pages", "post", *page)
    known = contract()["components"]["schemas"]["Change"]
    assert set(changes[1]["changes"][0]) == set(known["properties"]) == set(known["required"])
    assert changes[1]["changes"][0]["kind"] in known["properties"]["kind"]["enum"]
    for path, answer in lists.items():
        fits(path, "get", *answer)
    malformed = caller.call("POST", "/v1/changes", {"officer": 3})
    fits("/v1/changes", "post", *malformed)
    assert malformed[1]["field"] == "officer"
