"""Starting a gateway as the platform does, and filling its database through the command line as an operator does."""

from __future__ import annotations

import base64
import contextlib
import csv
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from dancu.cli.launcher.postgres import Urls, die_with_parent
from dancu.cli.launcher.servers import gateway_command

CLIENT, SECRET = "he-thong", "bi-mat-thu"
# For what only an instance with a registry does, or what a test fills in there: not repeated with a hub above.
with_registry = pytest.mark.parametrize("gateway", ["registry"], indirect=True)
PURPOSE, BASIS = "Đăng ký khai sinh", "Luật Hộ tịch"
RATE = 100_000  # calls a second: tests ask as fast as they can
PEOPLE: list[dict[str, str]] = [
    {"personal_id": "046090000101", "full_name": "Trần Văn Hòa", "birth_date": "1990-05-17", "sex": "1", "old_id_no": "191000101"},
    {"personal_id": "046155000102", "full_name": "Lê Thị Năm Sinh", "birth_date": "1955", "sex": "2"},
    {"personal_id": "046048000103", "full_name": "Phạm Khuất", "birth_date": "1948-07-19", "sex": "1", "life_status": "1"},
    {"personal_id": "046190000104", "full_name": "Võ Thị Số Mới", "birth_date": "1990-05-17", "sex": "2"},
    {
        "personal_id": "046190000105",
        "full_name": "Võ Thị Số Mới",
        "birth_date": "1990-05-17",
        "sex": "2",
        "number_state": "1",
        "successor": "046190000104",
    },
    {
        "personal_id": "046070000106",
        "full_name": "Đặng Văn Trùng",
        "birth_date": "1970-01-02",
        "sex": "1",
        "old_id_no": "191000106",
    },
    {"personal_id": "046171000107", "full_name": "Bùi Thị Trùng", "birth_date": "1971-03-04", "sex": "2", "old_id_no": "191000106"},
]


class GatewayProcess:
    """One gateway as the platform serves it, killed and started again at will."""

    def __init__(self, database_url: str, app: str = "dancu.gateway.server:app", **settings: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._app = app
        self._environment = {**os.environ, "DATABASE_URL": database_url, "DATABASE_GATEWAY_URL": database_url, **settings}
        self._process: subprocess.Popen[bytes] | None = None
        self.above: Urls | None = None  # databases of the instance it asks, where the registry is not its own

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                gateway_command("127.0.0.1", self.port, self._app),
                env=self._environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent(os.getpid()),
            )
        self.wait_ready()

    @property
    def log(self) -> Path:
        return Path(os.environ["DANCU_HOME"]) / f"gateway-{self.port}.log"

    def wait_ready(self) -> None:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"{self.root}/health", timeout=2):
                    return
            except OSError:
                time.sleep(0.05)
        raise AssertionError(f"the gateway does not answer: {self.log.read_text()[-1000:]}")

    def kill(self) -> None:
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        assert self._process is not None
        try:
            os.killpg(self._process.pid, signal.SIGTERM)
            self._process.wait(10)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            pass
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def post(self, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes, dict[str, str]]:
        return self.call("POST", path, body, headers)

    def call(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> tuple[int, bytes, dict[str, str]]:
        request = urllib.request.Request(self.root + path, body, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                return response.status, response.read(), {k.lower(): v for k, v in response.headers.items()}
        except urllib.error.HTTPError as failure:
            return failure.code, failure.read(), {k.lower(): v for k, v in failure.headers.items()}

    def ask(
        self, path: str = "/v1/verifications", *, client: str = CLIENT, secret: str = SECRET, key: str = "", **changes: Any
    ) -> tuple[int, dict[str, Any]]:
        body = {
            "personal_id": "046090000101",
            "full_name": "Trần Văn Hòa",
            "birth_date": "1990-05-17",
            "purpose": PURPOSE,
            "legal_basis": BASIS,
            "procedure": "1.001193",
            "officer": "canbo01",
            **changes,
        }
        headers = {
            "Content-Type": "application/json",
            "Authorization": "Basic " + base64.b64encode(f"{client}:{secret}".encode()).decode(),
        }
        if key:
            headers["Idempotency-Key"] = key
        status, sent, _ = self.post(path, json.dumps({k: v for k, v in body.items() if v is not None}).encode(), headers)
        return status, json.loads(sent)


def command(urls: Urls, *arguments: str) -> str:
    """Run `dancu …` against a database, as an operator does."""
    environment = {**os.environ, "DATABASE_URL": urls.web, "DATABASE_OWNER_URL": urls.owner, "DATABASE_GATEWAY_URL": urls.gateway}
    done = subprocess.run([sys.executable, "-m", "dancu.cli.main", *arguments], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def fill(urls: Urls) -> None:
    """Persons, one system with grants for REST and the national codes, one listed account."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "persons.csv"
        names = list(dict.fromkeys(name for person in PEOPLE for name in person))
        with file.open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, names, restval="")
            writer.writeheader()
            writer.writerows(PEOPLE)
        command(urls, "population", "load", str(file))
    command(urls, "exchange", "client", "add", CLIENT, "--organisation", "H57", "--official", "--secret", SECRET)
    command(urls, "exchange", "client", "quota", CLIENT, "--per-second", str(RATE))
    for code in ("REST", "037", "003", "033"):
        command(
            urls,
            "exchange",
            "client",
            "grant",
            CLIENT,
            "--integration-code",
            code,
            "--procedure",
            "1.001193",
            "--purpose",
            PURPOSE,
            "--legal-basis",
            BASIS,
        )
    command(urls, "exchange", "client", "accounts", "H57", "canbo01", "VDXP_H57")
