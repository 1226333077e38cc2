"""Officers who can sign in. Django is set up later than this file is read."""

from __future__ import annotations

import pytest


@pytest.fixture
def _officers(db: None) -> None:
    from tests.identity.scene import appoint_officers

    appoint_officers()
