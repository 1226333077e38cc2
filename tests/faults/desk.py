"""A web process of its own with one desk, and an officer who works through its pages, repeating what was not answered."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import threading
import time
import urllib.request
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

from dancu.cli.launcher.postgres import Urls, die_with_parent
from dancu.cli.launcher.servers import web_command
from tests.gateway.process import BASIS, PEOPLE, PURPOSE, command

ORGANISATION, OFFICER, PASSWORD = "H57.12.3", "canbo.ban1", "mat-khau-thu"
RESIDENCE = "1.004222"
_TYPED = {"new_address": "1 Lê Lợi", "household_head": "Trần Văn Ba", "household_relation": "Con"}


def open_desk(urls: Urls) -> None:
    """A desk system with a grant for permanent residence, and one officer."""
    command(urls, "exchange", "client", "add", "mot-cua", "--organisation", ORGANISATION, "--official")
    granted = ["--integration-code", "MOT-CUA", "--procedure", RESIDENCE, "--purpose", PURPOSE, "--legal-basis", BASIS]
    command(urls, "exchange", "client", "grant", "mot-cua", *granted)
    named = ["--name", "Cán bộ Thử", "--organisation", ORGANISATION, "--organisation-name", "UBND phường Thử"]
    command(urls, "officer", OFFICER, *named, "--password", PASSWORD)


class WebProcess:
    """The pages as the platform serves them, killed and started again at will."""

    def __init__(self, urls: Urls, app: str = "dancu.project.wsgi:application") -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._app = app
        self._environment = {
            **os.environ,
            "DATABASE_URL": urls.web,
            "DANCU_WEB_PORT": str(self.port),
            "DJANGO_SETTINGS_MODULE": "dancu.project.settings",
        }
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        return Path(os.environ["DANCU_HOME"]) / f"web-{self.port}.log"

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                web_command("127.0.0.1", self.port, self._app),
                env=self._environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent(os.getpid()),
            )
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/suc-khoe", timeout=2):
                    return
            except OSError:
                time.sleep(0.05)
        raise AssertionError(f"the pages do not answer: {self.log.read_text()[-1000:]}")

    def kill(self) -> None:
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self.kill()


class DeskOfficer(threading.Thread):
    """Receives dossiers one after another; every step is sent until it is answered."""

    def __init__(self, port: int, dossiers: int, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self.port, self.dossiers = port, dossiers
        self.received: dict[str, str] = {}  # draft → the number the page told
        self.repeated = 0
        self.wrong: list[str] = []
        self._stop_now = stop
        self._cookies: dict[str, str] = {}

    def run(self) -> None:
        if not self._sign_in():
            return
        person = PEOPLE[0]
        claim = {"number": person["personal_id"], "name": person["full_name"], "birth_date": "17/05/1990"}
        for _ in range(self.dossiers):
            draft = str(uuid4())
            if self._until("/mot-cua/to-khai", {**claim, "key": draft, "procedure": RESIDENCE}, "/mot-cua/to-khai/") is None:
                return
            told = self._until(f"/mot-cua/to-khai/{draft}", {**_TYPED, "receive": "1"}, "/mot-cua/ho-so/")
            if told is None:
                return
            number = told.rpartition("/")[2].partition("?")[0]
            self.received[draft] = number
            self._until(f"/mot-cua/ho-so/{number}", {"action": "process"}, "/mot-cua/ho-so/", also=409)

    def _sign_in(self) -> bool:
        while not self._stop_now.is_set():
            if self._send("GET", "/dang-nhap", {}) is not None:
                told = self._send("POST", "/dang-nhap", {"tai_khoan": OFFICER, "mat_khau": PASSWORD, "tiep": "/mot-cua"})
                if told is not None and told[0] == 302:
                    return True
        return False

    def _until(self, path: str, form: dict[str, str], leads_to: str, also: int = 0) -> str | None:
        """The address the page leads to. A step done before its answer was lost may be refused the second time: `also`."""
        while not self._stop_now.is_set():
            told = self._send("POST", path, form)
            if told is not None and told[0] == 302 and told[1].startswith(leads_to):
                return told[1]
            if told is not None and told[0] == also:
                return path
            if told is not None and told[0] != 503:
                self.wrong.append(f"{re.sub(r'[0-9a-f-]{36}', '…', path)}: {told[0]} {told[1]}")
                return None
            self.repeated += 1
            time.sleep(0.05)
        return None

    def _send(self, method: str, path: str, form: dict[str, str]) -> tuple[int, str] | None:
        token = next((value for name, value in self._cookies.items() if name.startswith("csrf")), "")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=8)
        try:
            headers = {
                "Content-Type": "application/x-www-form-urlencoded",
                "Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items()),
            }
            connection.request(method, path, urlencode({**form, "csrfmiddlewaretoken": token}), headers)
            response = connection.getresponse()
            response.read()
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()
        for line in response.headers.get_all("Set-Cookie", []):
            for name, morsel in SimpleCookie(line).items():
                self._cookies[name] = morsel.value
        return response.status, response.headers.get("Location", "")
