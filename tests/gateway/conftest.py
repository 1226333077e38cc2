"""A real gateway: its own process, its own database, its own port."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dancu.cli.launcher.postgres import Urls
from tests.gateway.process import GatewayProcess


@pytest.fixture
def gateway(fresh_database: Urls) -> Iterator[GatewayProcess]:
    running = GatewayProcess(fresh_database.gateway)
    running.start()
    yield running
    running.stop()
