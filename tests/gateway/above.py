"""A second instance that holds the registry, behind the one under test: its own process, its own database."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg

from dancu.cli.launcher.postgres import Urls
from dancu.kernel.signing import MessageKey
from tests.gateway.process import BASIS, CLIENT, PURPOSE, GatewayProcess, command

HUB, HUB_SECRET = "hub-h57", "bi-mat-cua-hub"
INSTALLATION = "quoc-gia.vi-du.vn"


@contextmanager
def a_hub_above(fresh_database: Urls, template: str) -> Iterator[tuple[GatewayProcess, Urls]]:
    """Start a national instance on a copy of `template`, and empty the registry of the instance under test."""
    from tests.conftest import copy_database, drop_database, urls_of

    name = f"dancu_above_{uuid4().hex[:12]}"
    copy_database(name, template)
    with psycopg.connect(fresh_database.owner) as connection:
        connection.execute("delete from population_person")
    running = GatewayProcess(urls_of(name).gateway, DANCU_INSTALLATION=INSTALLATION)
    running.start()
    try:
        yield running, urls_of(name)
    finally:
        running.stop()
        drop_database(name)


def connect_hub(national: Urls) -> None:
    """The hub as a client of the plain contract, and the system behind it with what it is granted at both levels."""
    command(national, "exchange", "client", "add", HUB, "--organisation", "H57", "--official", "--secret", HUB_SECRET)
    for code in ("037", "033"):
        _grant(national, HUB, code)
    command(national, "keys", "import", HUB, str(keys_between_hubs()))
    behind = f"{HUB}.{CLIENT}"
    command(national, "exchange", "client", "add", behind, "--organisation", "H57", "--official", "--via", HUB)
    for code in ("REST", "037", "003", "033"):
        _grant(national, behind, code)


def keys_between_hubs() -> Path:
    """What lies in the key folder of both; gives the file with the public key. One folder serves both: each is the other's peer.

    Made once for all workers of a run, whichever comes first.
    """
    folder = Path(os.environ["DANCU_HOME"]) / "keys"
    with (folder / "between-hubs.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "upstream.pub").exists():
            (folder / "upstream.secret").write_text(HUB_SECRET)
            if not (folder / "messages.key").exists():
                MessageKey.generate().write(folder / "messages.key")
            public = MessageKey.parse((folder / "messages.key").read_bytes()).public.as_jwk()
            (folder / "upstream.pub").write_text(json.dumps(public))
    return folder / "upstream.pub"


def _grant(national: Urls, client: str, code: str) -> None:
    given = ["--integration-code", code, "--procedure", "1.001193", "--purpose", PURPOSE, "--legal-basis", BASIS]
    command(national, "exchange", "client", "grant", client, *given)


def settings_for(national: GatewayProcess, style: str = "national", **more: str) -> dict[str, str]:
    """The environment of an instance whose source is the national one."""
    return {
        "DANCU_PROFILE": "tinh",
        "DANCU_UPSTREAM_URL": f"{national.root}/soap/dan-cu",
        "DANCU_UPSTREAM_STYLE": style,
        "DANCU_UPSTREAM_CLIENT": HUB,
        "DANCU_UPSTREAM_NAME": INSTALLATION,
        **more,
    }


def entries_of(urls: Urls) -> list[dict[str, str]]:
    """The bodies of a ledger, oldest first."""
    with psycopg.connect(urls.owner) as connection:
        rows = connection.execute("select body from ledger_entry order by at, id").fetchall()
    return [json.loads(bytes(row[0])) for row in rows]
