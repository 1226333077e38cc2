"""A folder for instances that also the database's own user may enter."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def folder() -> Path:
    made = Path(tempfile.mkdtemp(prefix="cli-", dir=os.environ["DANCU_HOME"]))
    made.chmod(0o755)
    return made
