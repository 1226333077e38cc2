"""Every test of the registrar begins at the same moment."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _begin_again() -> None:
    from tests.registrar import scene  # not before Django is set up

    scene.begin_again()
