"""How a sub-command is made: typer, Django started only where it is needed, the database of `--home` found by itself."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import typer


def run_app(app: typer.Typer, name: str, arguments: list[str]) -> None:
    """Run a typer application as one of our sub-commands; it ends the process with its exit code."""
    app(args=arguments, prog_name=f"dancu {name}")


def start_django() -> None:
    """Make the rooms usable, as the operator. Without DATABASE_URL the running instance of the home folder is used."""
    find_database()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dancu.project.settings")
    import django

    django.setup()
    from dancu.kernel.reach import act_as_system

    act_as_system()


def find_database() -> None:
    """Take the addresses of the instance that runs in the home folder. Exits with a sentence when none runs."""
    if os.environ.get("DATABASE_URL"):
        return
    from dancu.kernel.config import read_config

    running = read_config().home / "running.json"
    if not running.is_file():
        raise typer.Exit(_say_not_running(running.parent))
    known: dict[str, Any] = json.loads(running.read_text())
    os.environ.update(known["environment"])


def _say_not_running(home: Path) -> int:
    typer.echo(f"Nothing runs in {home}: start `dancu up` first, or give DATABASE_URL.", err=True)
    return 1
