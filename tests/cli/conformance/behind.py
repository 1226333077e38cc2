"""At a national instance: the province's hub, and the kit's two systems behind it; in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

from dancu.cli.launcher.postgres import Urls
from tests.cli.conformance.hub import AGREED, BY_NETWORK, KIT, ORGANISATION
from tests.gateway.above import HUB, HUB_SECRET, keys_between_hubs


def connect_province(national: Urls) -> None:
    settings = {"DATABASE_URL": national.web, "DATABASE_OWNER_URL": national.owner, "DATABASE_GATEWAY_URL": national.gateway}
    done = subprocess.run(
        [sys.executable, "-m", "tests.cli.conformance.behind", str(keys_between_hubs())],
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def _register(public_key: Path) -> None:
    from dancu.cli.command import start_django

    start_django()
    from dancu.kernel import clock
    from dancu.kernel.config import read_config
    from dancu.kernel.sealing import SealingKey
    from dancu.kernel.signing import PublicKey
    from dancu.kernel.warrants import SENSITIVE_FIELDS, Field
    from dancu.onboarding import api as onboarding

    now, key = clock.now(), SealingKey.from_folder(read_config().key_dir)
    codes = {HUB: (), f"{HUB}.{KIT}": ("037", "033", "REST"), f"{HUB}.{BY_NETWORK}": ("037",)}
    for client, granted in codes.items():
        via, secret = ("", HUB_SECRET) if client == HUB else (HUB, None)
        owner = "H57" if client == HUB else ORGANISATION
        system = onboarding.InformationSystem(client, owner, client, onboarding.ConnectionState.REGISTERED, via=via)
        onboarding.register_system(system, key=key, by="test", now=now, secret=secret)
        onboarding.set_state(client, onboarding.ConnectionState.OFFICIAL, reason="thử", by="test", now=now)
        for code in granted:
            fields = frozenset(Field) - SENSITIVE_FIELDS
            given = onboarding.Grant(client, code, AGREED.procedure, fields, AGREED.purpose, AGREED.legal_basis, date(2020, 1, 1))
            onboarding.grant(given, by="test", now=now)
    onboarding.add_message_key(HUB, PublicKey.parse(public_key.read_bytes()), by="test", now=now)


if __name__ == "__main__":
    _register(Path(sys.argv[1]))
