"""A desk with its people, and a browser signed in at it. Django is set up later than this file is read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from django.test import Client

    from dancu.identity.api import Officer


@pytest.fixture
def officer(db: None, tmp_path: Path) -> Officer:
    from tests.procedures.scene import open_desk

    return open_desk(tmp_path)


@pytest.fixture
def browser(officer: Officer) -> Client:
    from tests.procedures.scene import signed_in

    return signed_in(officer.account)
