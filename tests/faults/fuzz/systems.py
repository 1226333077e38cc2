"""Who asks: systems of every profile, with every grant, and volumes so large that limits on extraction do not end the run.

`python -m tests.faults.fuzz.systems <public key as JWK> …` registers them; thousands of wrong keys are asked on purpose.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from typing import Any

import psycopg
from msgspec.structs import replace

from dancu.cli.launcher.postgres import Urls
from dancu.kernel.signing import MessageKey, PublicKey
from tests.faults.fuzz.values import PERSONS
from tests.faults.place import FIRST, ROOT
from tests.gateway.process import BASIS, PURPOSE, RATE

PLAIN, STRICT, UNITS, HUB = "fuzz-thuong", "fuzz-chat", "fuzz-don-vi", "fuzz-hub"
BEHIND = f"{HUB}.phia-sau"
SECRET = "bi-mat-thu"
OFFICERS = ("canbo01", "VDXP_H57")
VOLUME = 1_000_000_000
LIST_MAX = 2_000
CODES = ("REST", "037", "003")


@dataclass(frozen=True)
class Caller:
    """One registered system as a client knows itself."""

    client: str
    organisation: str


CALLERS = (Caller(PLAIN, "H90"), Caller(STRICT, "H91"), Caller(UNITS, "H92"), Caller(HUB, "H93"))
SIGNING = (PLAIN, HUB)


def register(urls: Urls, keys: dict[str, MessageKey]) -> None:
    """Systems, grants, accounts, keys and persons, in a database that has its tables."""
    from bench.verify import PERSONS as INSERT

    with psycopg.connect(urls.owner, autocommit=True) as connection:
        connection.execute(INSERT.format(first=FIRST, count=PERSONS))  # type: ignore[arg-type]  # our own numbers
        connection.execute("analyze population_person")
    public = json.dumps({client: key.public.as_jwk() for client, key in keys.items()})
    environment = {**os.environ, "DATABASE_URL": urls.web, "DATABASE_OWNER_URL": urls.owner, "DATABASE_GATEWAY_URL": urls.gateway}
    environment["PYTHONPATH"] = f"{ROOT / 'src'}{os.pathsep}{ROOT}"
    command = [sys.executable, "-m", "tests.faults.fuzz.systems", public]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2_000:]


def _register_here(public: str) -> None:
    from dancu.cli.command import start_django

    start_django()
    from dancu.kernel import clock
    from dancu.onboarding import api as onboarding

    now = clock.now()
    for caller in CALLERS:
        _add(caller.client, caller.organisation)
        onboarding.list_accounts_for(caller.organisation, OFFICERS, by="fuzz", now=now)
    _add(BEHIND, "H93", via=HUB)
    for client, key in json.loads(public).items():
        onboarding.add_message_key(client, PublicKey.parse(json.dumps(key).encode()), by="fuzz", now=now)


def _add(client: str, organisation: str, via: str = "") -> None:
    from dancu.kernel import clock
    from dancu.kernel.config import read_config
    from dancu.kernel.sealing import SealingKey
    from dancu.onboarding import api as onboarding

    now = clock.now()
    style = onboarding.ErrorProfile.STRICT if client == STRICT else onboarding.ErrorProfile.COMPATIBLE
    system = onboarding.InformationSystem(
        client, organisation, client, onboarding.ConnectionState.REGISTERED, (), 600, style, via=via
    )
    onboarding.register_system(system, key=SealingKey.from_folder(read_config().key_dir), by="fuzz", now=now, secret=SECRET)
    onboarding.set_state(client, onboarding.ConnectionState.OFFICIAL, reason="fuzz", by="fuzz", now=now)
    stand_ins = {"officer": "VDXP_H57", "procedure": "1.001193", "integration_code": "037", "networks": ("127.0.0.0/8",)}
    more = {"units": "L3-2021", "error_code": "number"} if client == UNITS else {}
    profile = replace(onboarding.changed_profile(client, {**stand_ins, **more}), rate_per_second=RATE)
    onboarding.set_profile(client, profile, by="fuzz", now=now)
    for code in CODES:
        onboarding.grant(_grant(client, code), by="fuzz", now=now)


def _grant(client: str, code: str) -> Any:
    from dancu.kernel.warrants import SENSITIVE_FIELDS, Field
    from dancu.onboarding import api as onboarding

    return onboarding.Grant(
        client,
        code,
        "1.001193",
        frozenset(Field),
        PURPOSE,
        BASIS,
        date(2000, 1, 1),
        sensitive_fields=SENSITIVE_FIELDS,
        explain=code == "REST",
        volume_per_day=VOLUME,
        officer_per_day=VOLUME,
        may_subscribe=True,
        list_max=LIST_MAX,
    )


if __name__ == "__main__":
    _register_here(sys.argv[1])
