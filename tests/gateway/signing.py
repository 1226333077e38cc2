"""Asking a gateway with signed messages, as an integrator's program does."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dancu.cli.launcher.postgres import Urls
from dancu.exchange.messages import HEADER, sign_request
from dancu.kernel.signing import MessageKey
from tests.gateway.process import BASIS, CLIENT, PURPOSE, SECRET, GatewayProcess, command

INSTALLATION = "127.0.0.1"  # the name of an installation that was given none
BODY: dict[str, Any] = {
    "personal_id": "046090000101",
    "full_name": "Trần Văn Hòa",
    "birth_date": "1990-05-17",
    "purpose": PURPOSE,
    "legal_basis": BASIS,
    "procedure": "1.001193",
    "officer": "canbo01",
}
PATH = "/v1/verifications"


def register_key(urls: Urls, folder: Path, key: MessageKey | None = None, client: str = CLIENT) -> MessageKey:
    """A key pair whose public half the operator has registered."""
    made = key or MessageKey.generate()
    file = folder / f"{made.kid}.json"
    file.write_text(json.dumps(made.public.as_jwk()))
    command(urls, "keys", "import", client, str(file))
    return made


def basic(client: str = CLIENT, secret: str = SECRET) -> str:
    return "Basic " + base64.b64encode(f"{client}:{secret}".encode()).decode()


def signed(key: MessageKey, body: bytes, *, path: str = PATH, client: str = CLIENT, **more: Any) -> str:
    """The header of one call."""
    given = {"issuer": client, "audience": INSTALLATION, "method": "POST", "target": path, "now": datetime.now(UTC)}
    return sign_request(key, body=body, **{**given, **more})


def ask_signed(
    gateway: GatewayProcess, key: MessageKey, *, header: str = "", path: str = PATH, client: str = CLIENT, **changes: Any
) -> tuple[int, dict[str, Any], dict[str, str]]:
    """One signed question; a header given is sent as it is."""
    body = json.dumps({**BODY, **changes}).encode()
    headers = {"Content-Type": "application/json", HEADER: header or signed(key, body, path=path, client=client)}
    status, sent, told = gateway.post(path, body, headers)
    return status, json.loads(sent), told


def until(gateway: GatewayProcess, is_so: Any, key: MessageKey) -> tuple[int, dict[str, Any], float]:
    """Ask until an answer is as wished: what it was, and how many seconds it took."""
    began = datetime.now(UTC)
    while True:
        status, told, _ = ask_signed(gateway, key)
        seconds = (datetime.now(UTC) - began).total_seconds()
        if is_so(status, told) or seconds > 60:
            return status, told, seconds
