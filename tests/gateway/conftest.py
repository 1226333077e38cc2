"""A real gateway: its own process, its own database, its own port; with the registry, and in front of another that has it."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest

from dancu.cli.launcher.postgres import Urls
from tests.conftest import copy_database, drop_database, urls_of
from tests.gateway.above import a_hub_above, connect_hub, settings_for
from tests.gateway.process import GatewayProcess


@pytest.fixture(scope="session")
def national_template(filled_template: str) -> Iterator[str]:
    """The filled database as that of a national instance: a hub is connected, and a system behind it. Made once, copied."""
    name = f"dancu_national_{uuid4().hex[:12]}"
    copy_database(name, filled_template)
    connect_hub(urls_of(name))
    yield name
    drop_database(name)


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
