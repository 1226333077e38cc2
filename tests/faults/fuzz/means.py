"""What callers get before they begin: a token each, a list that is ready, some subscriptions and what changed of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from dancu.cli.launcher.postgres import Urls
from dancu.kernel.signing import MessageKey
from tests.exchange import worker
from tests.faults.fuzz.own_calls import USE
from tests.faults.fuzz.surface import Means
from tests.faults.fuzz.systems import CALLERS, SECRET
from tests.faults.place import ROOT, person_at
from tests.gateway.process import GatewayProcess
from tests.gateway.signing import basic

SUBSCRIBED = 3


def means_of(gateway: GatewayProcess, urls: Urls, keys: dict[str, MessageKey]) -> Means:
    """Asks as every system. The gateway hears of a new system within seconds."""
    tokens = {caller.client: _patiently(lambda client=caller.client: _token(gateway, client)) for caller in CALLERS}  # type: ignore[misc]
    lists = {caller.client: _patiently(lambda client=caller.client: _list(gateway, client)) for caller in CALLERS}  # type: ignore[misc]
    for caller in CALLERS:
        for place in range(1, SUBSCRIBED + 1):
            _subscribe(gateway, caller.client, place)
    _work_off(urls)
    return Means(tokens, keys, lists)


def _work_off(urls: Urls) -> None:
    """What the registry and the worker do meanwhile, in one process of their own."""
    environment = {**os.environ, "DATABASE_URL": urls.web, "DATABASE_OWNER_URL": urls.owner, "DATABASE_GATEWAY_URL": urls.gateway}
    environment["PYTHONPATH"] = f"{ROOT / 'src'}{os.pathsep}{ROOT}"
    done = subprocess.run([sys.executable, "-m", "tests.faults.fuzz.means"], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2_000:]


def _patiently(ask: Callable[[], str]) -> str:
    for _ in range(150):
        if told := ask():
            return told
        time.sleep(0.1)
    raise AssertionError("the gateway does not know every system")


def _post(gateway: GatewayProcess, path: str, client: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    headers = {"Content-Type": "application/json", "Authorization": basic(client, SECRET)}
    status, told, _ = gateway.post(path, json.dumps(body).encode(), headers)
    return status, json.loads(told)


def _token(gateway: GatewayProcess, client: str) -> str:
    status, told = _post(gateway, "/token", client, {"grant_type": "client_credentials"})
    return str(told["access_token"]) if status == 200 else ""


def _list(gateway: GatewayProcess, client: str) -> str:
    asked = {**dict(USE), "criteria": {"age_from": 60, "age_to": 61}, "fields": ["full_name", "birth_date"]}
    status, told = _post(gateway, "/v1/list-requests", client, asked)
    return str(told["id"]) if status == 202 else ""


def _subscribe(gateway: GatewayProcess, client: str, place: int) -> None:
    number, name, born = person_at(place)
    keys = {"personal_id": number, "full_name": name, "birth_date": born}
    status, told = _post(gateway, "/v1/subscriptions", client, {**dict(USE), **keys, "subject_ref": f"HS-{place}"})
    assert status in (200, 201), told


if __name__ == "__main__":
    worker._main("correct", {"number": int(person_at(1)[0]), "items": {"full_name": "Nguyễn Văn Thử Mới"}})
    worker._main("write", {})
    worker._main("lists", {"rows": 1_000})
