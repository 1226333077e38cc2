"""The clock of the pages stands on the morning of the test. Django is set up later than this file is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from django.test import Client


@pytest.fixture
def citizen(db: None) -> Client:
    """A citizen signed in at her own pages."""
    from tests.portal.scene import admit

    return admit()
