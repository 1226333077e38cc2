"""A browser signed in at a desk. Django is set up later than this file is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from django.test import Client


@pytest.fixture
def browser(db: None) -> Client:
    from tests.identity.scene import ACCOUNT, appoint_officers, browser_of

    appoint_officers()
    return browser_of(ACCOUNT)
