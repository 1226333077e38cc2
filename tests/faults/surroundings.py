"""A place for fault tests outside the test runner: keys, a scratch folder, nothing left behind."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from dancu.cli.launcher.postgres import PostgresServer
from tests.gateway.process import command, fill

_SMALL = {"shared_buffers": "128MB"}


@contextlib.contextmanager
def laboratory() -> Iterator[Path]:
    """A home with keys of its own; inside the test runner, the runner's."""
    if home := os.environ.get("DANCU_TEST_OWNER") and os.environ.get("DANCU_HOME"):
        yield Path(home)
        return
    made = Path(tempfile.mkdtemp(prefix="dancu-lab-", dir="/var/tmp"))
    made.chmod(0o755)
    (made / "keys").mkdir(mode=0o700)
    for name, value in (("secrets.key", os.urandom(32)), ("ledger.key", os.urandom(32)), ("django.key", b"laboratory" * 6)):
        file = made / "keys" / name
        file.write_bytes(value)
        file.chmod(0o600)
    before = os.environ.get("DANCU_HOME")
    os.environ["DANCU_HOME"] = str(made)
    try:
        yield made
    finally:
        os.environ.pop("DANCU_HOME")
        if before is not None:
            os.environ["DANCU_HOME"] = before
        shutil.rmtree(made, ignore_errors=True)


@contextlib.contextmanager
def filled_server(name: str, settings: dict[str, str] | None = None) -> Iterator[PostgresServer]:
    """A durable server of its own with a few persons and one connected system, in a running laboratory."""
    server = PostgresServer(Path(os.environ["DANCU_HOME"]) / name, settings={**_SMALL, **(settings or {})})
    server.start()
    try:
        command(server.urls(), "migrate")
        fill(server.urls())
        yield server
    finally:
        server.stop()
        shutil.rmtree(server.home, ignore_errors=True)
