"""A place for fault tests outside the test runner: keys, a scratch folder, nothing left behind."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from dancu.cli.launcher.postgres import PostgresServer
from tests.faults.desk import open_desk
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
    """A durable server of its own with a few persons, one connected system and a desk, in a running laboratory."""
    home = Path(os.environ["DANCU_HOME"]) / name
    shutil.copytree(_filled_data(), home / "db", copy_function=_copy_with_owner)
    _own_like(_filled_data(), home / "db")
    server = PostgresServer(home, settings={**_SMALL, **(settings or {})})
    server.start()
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(home, ignore_errors=True)


def _filled_data() -> Path:
    """The data folder of a server that was filled once and stopped: copying it costs a second, filling it ten."""
    home = Path(os.environ["DANCU_HOME"]) / "filled"
    if not (home / "done").exists():
        server = PostgresServer(home, settings=_SMALL)
        server.start()
        try:
            command(server.urls(), "migrate")
            fill(server.urls())
            open_desk(server.urls())
        finally:
            server.stop()
        (home / "done").touch()
    return home / "db"


def _copy_with_owner(source: str, target: str) -> None:
    shutil.copy2(source, target)
    _own_like(Path(source), Path(target))


def _own_like(source: Path, target: Path) -> None:
    """PostgreSQL opens only what its own user owns."""
    if os.geteuid() == 0:
        for folder, _, _ in os.walk(target) if target.is_dir() else [(str(target), [], [])]:
            owner = source.stat()
            os.chown(folder, owner.st_uid, owner.st_gid)
