"""A national hub with a registry and a provincial hub in front of it: two databases, two gateways, as the platform serves them."""

from __future__ import annotations

import base64
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from bench.verify import BASIS, FIRST, PERSONS, PURPOSE, VOLUME
from dancu.cli.launcher.postgres import PostgresServer, Urls, die_with_parent
from dancu.cli.launcher.servers import gateway_command
from dancu.kernel.signing import MessageKey

ROOT = Path(__file__).resolve().parent.parent
HUB, CLIENT, SECRET, NATIONAL = "hub-h57", "bench", "bench-secret", "quoc-gia.vi-du.vn"
PROCEDURE, OFFICER = "1.001193", "canbo01"
PERSONS_AT_ONCE = 20_000


@dataclass
class Instance:
    """One hub: its folder, its database, its gateway, which may be killed and started again."""

    home: Path
    database: PostgresServer
    installation: str
    settings: dict[str, str] = field(default_factory=dict)
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    @property
    def urls(self) -> Urls:
        return self.database.urls()

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        urls = self.urls
        return {
            **os.environ,
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
            "DANCU_HOME": str(self.home),
            "DANCU_INSTALLATION": self.installation,
            "DATABASE_URL": urls.web,
            "DATABASE_OWNER_URL": urls.owner,
            "DATABASE_GATEWAY_URL": urls.gateway,
            **self.settings,
        }

    def dancu(self, *arguments: str) -> str:
        """Run a command as this hub's operator does."""
        command = [sys.executable, "-m", "dancu.cli.main", *arguments]
        return subprocess.run(command, env=self.environment, check=True, capture_output=True, text=True).stdout.strip()

    def start(self) -> None:
        """Start the gateway, at its port of before."""
        if not self.port:
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                self.port = probe.getsockname()[1]
        with (self.home / "gateway.log").open("ab") as log:
            self.process = subprocess.Popen(
                gateway_command("127.0.0.1", self.port),
                env=self.environment,
                cwd=ROOT,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent(os.getpid()),
            )
        self.wait()

    def wait(self) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"{self.root}/health", timeout=2):
                    return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError((self.home / "gateway.log").read_text()[-2000:])

    def kill(self) -> None:
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None


@dataclass(frozen=True)
class Levels:
    """Both hubs, and the same questions for either: address, headers, bodies."""

    national: Instance
    province: Instance
    bodies: list[bytes]

    @property
    def direct(self) -> tuple[str, dict[str, str], list[bytes]]:
        return f"{self.national.root}/v1/verifications", HEADERS, self.bodies

    @property
    def through(self) -> tuple[str, dict[str, str], list[bytes]]:
        return f"{self.province.root}/v1/verifications", HEADERS, self.bodies


HEADERS = {
    "Content-Type": "application/json",
    "Authorization": "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode(),
}


@contextmanager
def two_levels(scratch: Path, persons: int = PERSONS_AT_ONCE) -> Iterator[Levels]:
    """Start both, fill the national registry, connect the province; stop everything at the end."""
    with ExitStack() as stack:
        national = _instance(stack, scratch / "national", NATIONAL)
        province = _instance(stack, scratch / "province", "h57.vi-du.vn")
        with psycopg.connect(national.urls.owner, autocommit=True) as connection:
            connection.execute(PERSONS.format(first=FIRST, count=persons))  # type: ignore[arg-type]  # our own numbers
            connection.execute("vacuum analyze population_person")
        _admit(national, CLIENT, "--secret", SECRET)
        _admit(province, CLIENT, "--secret", SECRET)
        _connect(national, province)
        national.start()
        stack.callback(national.kill)
        province.settings |= {
            "DANCU_PROFILE": "tinh",
            "DANCU_UPSTREAM_URL": f"{national.root}/soap/dan-cu",
            "DANCU_UPSTREAM_STYLE": "hub",
            "DANCU_UPSTREAM_CLIENT": HUB,
            "DANCU_UPSTREAM_NAME": NATIONAL,
        }
        province.start()
        stack.callback(province.kill)
        yield Levels(national, province, [_body(at) for at in range(1, min(persons, 5000) + 1)])


def _instance(stack: ExitStack, home: Path, installation: str) -> Instance:
    database = PostgresServer(home)
    database.start()
    stack.callback(database.stop)
    keys = home / "keys"
    keys.mkdir(exist_ok=True)
    (keys / "secrets.key").write_bytes(os.urandom(32))
    (keys / "django.key").write_text("bench" * 10)
    MessageKey.generate().write(keys / "messages.key")
    made = Instance(home, database, installation)
    made.dancu("migrate")
    return made


def _admit(at: Instance, client: str, *more: str) -> None:
    at.dancu("exchange", "client", "add", client, "--organisation", "H57", "--official", *more)
    given = ["--integration-code", "REST", "--procedure", PROCEDURE, "--purpose", PURPOSE, "--legal-basis", BASIS]
    at.dancu("exchange", "client", "grant", client, *given, "--volume-per-day", str(VOLUME), "--officer-per-day", str(VOLUME))
    at.dancu("exchange", "client", "accounts", "H57", OFFICER)


def _connect(national: Instance, province: Instance) -> None:
    """What two operators do once: keys are exchanged, the hub and its system are admitted."""
    secret = national.dancu("exchange", "client", "add", HUB, "--organisation", "H57", "--official")
    (province.home / "keys" / "upstream.secret").write_text(secret)
    for here, there, name in ((province, national, "hub.pub"), (national, province, "upstream.pub")):
        public = MessageKey.parse((here.home / "keys" / "messages.key").read_bytes()).public.as_jwk()
        (there.home / "keys" / name).write_text(json.dumps(public))
    national.dancu("keys", "import", HUB, str(national.home / "keys" / "hub.pub"))
    national.dancu("keys", "require", HUB, "--signed")
    _admit(national, f"{HUB}.{CLIENT}", "--via", HUB)


def _body(at: int) -> bytes:
    asked = {
        "personal_id": f"{FIRST + at * 7:012d}",
        "full_name": f"NGUYỄN VĂN THỬ {at}",
        "birth_date": f"{1950 + at % 60:04d}-{1 + at % 12:02d}-{1 + at % 28:02d}",
        "purpose": PURPOSE,
        "legal_basis": BASIS,
        "procedure": PROCEDURE,
        "officer": OFFICER,
        "dossier_no": "H57.1-261124-0007",
    }
    return json.dumps(asked).encode()
