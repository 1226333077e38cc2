"""A registry with the personas, made once; a gateway over it for each module."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest

from tests.cli.conformance.hub import a_hub, load_personas, register_kit
from tests.conftest import copy_database, drop_database, urls_of
from tests.gateway.process import GatewayProcess


@pytest.fixture(scope="session")
def kit_template(filled_template: str) -> Iterator[str]:
    """The filled database with the personas and the kit's systems."""
    name = f"dancu_kit_{uuid4().hex[:12]}"
    copy_database(name, filled_template)
    load_personas(urls_of(name))
    register_kit(urls_of(name))
    yield name
    drop_database(name)


@pytest.fixture(scope="module")
def hub(kit_template: str) -> Iterator[GatewayProcess]:
    """Our own hub, for the tests of one module."""
    with a_hub(kit_template) as running:
        yield running
