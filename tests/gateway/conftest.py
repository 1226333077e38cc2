"""A real gateway: its own process, its own database, its own port; with the registry, and in front of another that has it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from dancu.cli.launcher.postgres import Urls
from tests.conftest import copy_database, drop_database, urls_of
from tests.gateway.above import HUB_SECRET, a_hub_above, connect_hub, settings_for
from tests.gateway.bad_hub import LINE_SECONDS, BadHub, a_bad_hub
from tests.gateway.process import GatewayProcess


@pytest.fixture(scope="session")
def national_template(filled_template: str) -> Iterator[str]:
    """The filled database as that of a national instance: a hub is connected, and a system behind it. Made once, copied."""
    name = f"dancu_national_{uuid4().hex[:12]}"
    copy_database(name, filled_template)
    connect_hub(urls_of(name))
    yield name
    drop_database(name)


@pytest.fixture
def hub() -> Iterator[BadHub]:
    """A service elsewhere that behaves as the test says."""
    with a_bad_hub() as hub:
        yield hub


@pytest.fixture
def province(fresh_database: Urls, hub: BadHub) -> Iterator[GatewayProcess]:
    """A provincial gateway in front of it."""
    (Path(os.environ["DANCU_HOME"]) / "keys" / "upstream.secret").write_text(HUB_SECRET)
    upstream = {"URL": hub.url, "CLIENT": "hub-h57", "NAME": "quoc-gia", "SECONDS": str(LINE_SECONDS)}
    running = GatewayProcess(
        fresh_database.gateway, DANCU_PROFILE="tinh", **{f"DANCU_UPSTREAM_{name}": value for name, value in upstream.items()}
    )
    running.start()
    yield running
    running.stop()


@pytest.fixture(params=["registry", "hub above"])
def gateway(request: pytest.FixtureRequest, fresh_database: Urls) -> Iterator[GatewayProcess]:
    """The same tests hold whether the registry is here or at a second, national instance behind the national SOAP."""
    if request.param == "registry":
        running = GatewayProcess(fresh_database.gateway)
        running.start()
        yield running
        running.stop()
        return
    with a_hub_above(fresh_database, request.getfixturevalue("national_template")) as (national, its_database):
        running = GatewayProcess(fresh_database.gateway, **settings_for(national, "hub"))
        running.above = its_database
        running.start()
        yield running
        running.stop()
