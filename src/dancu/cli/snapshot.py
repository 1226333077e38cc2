"""`dancu snapshot`: the registry as files that lists are compared with. Progress on stderr, results on stdout."""

from __future__ import annotations

import getpass
import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from dancu.cli.command import run_app, start_django
from dancu.kernel import clock
from dancu.kernel.clock import local
from dancu.kernel.config import read_config

if TYPE_CHECKING:
    from dancu.reconcile.api import Progress, SnapshotHome, Taken, Version

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, help="The registry as files that lists are compared with.")
PLAIN_LINE_SECONDS = 10.0
_HOME = typer.Option(None, help="Folder of the snapshots; DANCU_SNAPSHOTS, or `snapshots` in the home folder, when not given.")
_JSON = typer.Option(False, "--json", help="One JSON object a version on stdout.")


def run(arguments: list[str]) -> None:
    run_app(app, "snapshot", arguments)


@app.command()
def take(
    full: bool = typer.Option(False, help="Read everybody, also where the changes since the last version would do."),
    home: Path | None = _HOME,
    officer: str = typer.Option("", help="Who takes it, for the ledger; your login when not given."),
    as_json: bool = _JSON,
) -> None:
    """Take a version and make it the current one. Stopped at any moment, nothing of it remains but its entry in the ledger."""
    start_django()
    from dancu.reconcile.api import settings_of, take_snapshot

    settings = settings_of(read_config(), officer or getpass.getuser())
    with _progress() as show:
        taken = take_snapshot(_home(home), settings, now=clock.now(), full=full, progress=show)
    if as_json:
        typer.echo(json.dumps(_taken(taken)))
        return
    how = "everybody read" if taken.is_full else f"{taken.changed} read again"
    typer.echo(f"{taken.version}: {taken.persons} persons, {how}{f' ({taken.why_full})' if taken.why_full else ''}")
    typer.echo(f"{taken.folder}\nledger {taken.reference}")


@app.command("list")
def list_versions(home: Path | None = _HOME, as_json: bool = _JSON) -> None:
    """Show the versions there are, newest first; who holds each."""
    for version in _home(home).versions():
        if as_json:
            typer.echo(json.dumps(_version(version)))
            continue
        mark = "*" if version.is_current else " "
        held = f"  held by {', '.join(version.holders)}" if version.holders else ""
        size = f"{version.bytes / 1e9:.1f} GB"
        typer.echo(
            f"{mark} {version.name}  {local(version.taken_at):%H:%M %d/%m/%Y}  {version.described['persons']} persons  {size}{held}"
        )


@app.command()
def prune(
    keep: int = typer.Option(3, min=1, help="How many of the newest to keep."),
    days: int = typer.Option(30, min=0, help="Also of those none older than so many days."),
    dry_run: bool = typer.Option(False, help="Only say what would be removed."),
    home: Path | None = _HOME,
    as_json: bool = _JSON,
) -> None:
    """Remove old versions; never the current one nor one that a job holds."""
    for version in _home(home).prune(now=clock.now(), keep=keep, days=days, dry=dry_run):
        typer.echo(json.dumps(_version(version)) if as_json else f"{'would remove' if dry_run else 'removed'} {version.name}")


@app.command()
def release(
    version: str = typer.Argument(..., help="As `dancu snapshot list` shows it."),
    holder: str = typer.Argument(..., help="Who holds it: a job that will not come back."),
    home: Path | None = _HOME,
) -> None:
    """Take a hold off a version, for a job that was removed without releasing it."""
    found = _home(home)
    found.version(version)
    found.release(version, holder)


def _home(folder: Path | None) -> SnapshotHome:
    from dancu.reconcile.api import SnapshotHome, home_of

    return SnapshotHome(folder) if folder is not None else home_of(read_config())


def _taken(taken: Taken) -> dict[str, Any]:
    return {
        "version": taken.version, "folder": str(taken.folder), "persons": taken.persons, "full": taken.is_full,
        "why_full": taken.why_full, "changed": taken.changed, "sha256": taken.sha256, "ledger": taken.reference,
        "seconds": {stage: round(seconds, 3) for stage, seconds in taken.seconds.items()},
    }  # fmt: skip


def _version(version: Version) -> dict[str, Any]:
    described = version.described
    return {
        "version": version.name, "folder": str(version.folder), "current": version.is_current, "held_by": list(version.holders),
        "taken_at": version.taken_at.isoformat(), "persons": described["persons"], "full": not described["base"],
        "bytes": version.bytes, "sha256": described["sha256"], "ledger": described["ledger"],
    }  # fmt: skip


@contextmanager
def _progress() -> Iterator[Any]:
    if not sys.stderr.isatty():
        yield _InLines().show
        return
    columns = (TextColumn("{task.description:8}"), BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[persons]} persons"))
    with Bar(*columns, TimeElapsedColumn(), console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=None, persons=0)

        def show(at: Progress) -> None:
            bar.update(task, description=at.stage, completed=at.done, total=at.of, persons=at.persons)

        yield show


class _InLines:
    def __init__(self) -> None:
        self._said, self._began = time.monotonic(), clock.now()

    def show(self, at: Progress) -> None:
        if time.monotonic() - self._said >= PLAIN_LINE_SECONDS:
            self._said = time.monotonic()
            seconds = (clock.now() - self._began).total_seconds()
            share = 100 * at.done / max(at.of, 1)
            print(f"{at.stage}: {share:.0f} %, {at.persons} persons, {seconds:.0f} s", file=sys.stderr, flush=True)
