"""A system that subscribes and asks for lists, as its programmer would write it."""

from __future__ import annotations

import base64
import json
import time
import urllib.error
import urllib.request
from typing import Any

import psycopg

from dancu.cli.launcher.postgres import Urls
from tests.gateway.process import BASIS, CLIENT, PURPOSE, SECRET, GatewayProcess, command

USE = {"purpose": PURPOSE, "legal_basis": BASIS, "procedure": "1.001193", "officer": "canbo01"}


class Subscriber:
    """Calls with the credentials of one system."""

    def __init__(self, gateway: GatewayProcess, client: str = CLIENT, secret: str = SECRET) -> None:
        self._root = gateway.root
        self._credentials = "Basic " + base64.b64encode(f"{client}:{secret}".encode()).decode()

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        sent = json.dumps(body).encode() if body is not None else None
        head = {"Authorization": self._credentials, "Content-Type": "application/json", **headers}
        request = urllib.request.Request(self._root + path, sent, head, method=method)
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                told = response.read()
                return response.status, json.loads(told) if told else None
        except urllib.error.HTTPError as failure:
            return failure.code, json.loads(failure.read())

    def subscribe(self, **changes: Any) -> tuple[int, Any]:
        keys = {"personal_id": "046090000101", "full_name": "Trần Văn Hòa", "birth_date": "1990-05-17"}
        body = {**USE, **keys, "subject_ref": "HS-1", **changes}
        return self.call("POST", "/v1/subscriptions", {k: v for k, v in body.items() if v is not None})

    def changes(self, after: str = "", **more: Any) -> tuple[int, Any]:
        return self.call("POST", "/v1/changes", {"officer": "canbo01", "after": after, **more})

    def told(self, after: str = "", **more: Any) -> list[dict[str, Any]]:
        status, answer = self.changes(after, **more)
        assert status == 200, answer
        found: list[dict[str, Any]] = answer["changes"]
        return found

    def ask_list(self, key: str = "", fields: list[str] | None = None, **criteria: Any) -> tuple[int, Any]:
        headers = {"Idempotency-Key": key} if key else {}
        return self.call("POST", "/v1/list-requests", {**USE, "criteria": criteria, "fields": fields or []}, **headers)

    def page(self, request_id: str, page: int = 1) -> tuple[int, Any]:
        return self.call("POST", f"/v1/list-requests/{request_id}/pages", {"officer": "canbo01", "page": page})


def allow(urls: Urls, *more: str, client: str = CLIENT, code: str = "REST") -> None:
    grant = ["--integration-code", code, "--procedure", "1.001193", "--purpose", PURPOSE, "--legal-basis", BASIS]
    command(urls, "exchange", "client", "grant", client, *grant, *more)


def until(condition: Any, seconds: float = 15) -> None:
    """Wait for what comes by itself, such as the gateway hearing of a grant."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.05)


def entries(urls: Urls) -> list[dict[str, Any]]:
    with psycopg.connect(urls.owner) as connection:
        return [json.loads(bytes(row[0])) for row in connection.execute("select body from ledger_entry order by at, id").fetchall()]


def subjects(urls: Urls, references: list[str]) -> list[str]:
    """Whom entries are about."""
    with psycopg.connect(urls.owner) as connection:
        found = connection.execute("select entry_id::text, subject from ledger_entrydetail").fetchall()
    known = dict(found)
    return [known[reference] for reference in references]
