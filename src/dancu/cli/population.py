"""`dancu population`: load the tables of the registry, build the index of names, show one person under a warrant."""

from __future__ import annotations

import getpass
import json
import sys
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import Progress, TextColumn, TimeElapsedColumn

from dancu.cli.command import run_app, start_django

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, help="The registry of persons.")


def run(arguments: list[str]) -> None:
    run_app(app, "population", arguments)


@app.command()
def load(
    paths: list[Path] = typer.Argument(
        ...,
        metavar="PATH…",
        help="CSV, JSONL or Parquet, or a folder of `dancu synth`; columns in docs/reference/population-load.md.",
    ),
    kind: str = typer.Option(
        "", help="persons, households, memberships, relations or residences; found by the columns if not said."
    ),
    reject: Path | None = typer.Option(None, help="Where rejected rows of a single file go: line, field, reason."),
    again: bool = typer.Option(False, help="Read a file again that was loaded before."),
    index: bool = typer.Option(True, help="File the names for the search afterwards; the worker does it later otherwise."),
    as_json: bool = typer.Option(False, "--json", help="One JSON object a file on stdout."),
) -> None:
    """Load files; wrong rows are rejected and said. Stopped at any moment, the same command goes on where it was."""
    start_django()
    from dancu.cli.loading import file_names, load_paths
    from dancu.population.api import files_of, kind_named

    chosen = kind_named(kind) if kind else None
    files = [each for path in paths for each in files_of(path, chosen)]
    if reject is not None and len(files) > 1:
        raise typer.BadParameter("--reject is for a single file; several files keep their rejected rows beside each.")
    code = load_paths(files, reject=reject, again=again, as_json=as_json)
    if code == 0 and index:
        file_names()
    raise typer.Exit(code)


@app.command()
def index(
    batch: int | None = typer.Option(None, help="Only the persons of this load batch, in place."),
    in_place: bool = typer.Option(False, help="Update the index that serves, without the owner's address; slower."),
) -> None:
    """Build the index of names the registry's search uses; what serves goes on serving. Safe to repeat."""
    start_django()
    from dancu.kernel.config import read_config
    from dancu.population.api import refresh_search

    with Progress(
        TextColumn("{task.description}"),
        TextColumn("{task.completed} persons"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        disable=not sys.stderr.isatty(),
    ) as bar:
        task = bar.add_task("indexing", total=None)
        owner_url = "" if in_place else read_config().database_owner_url
        done = refresh_search(batch, owner_url=owner_url, progress=lambda persons: bar.update(task, completed=persons))
    typer.echo(f"{done} persons filed")


@app.command()
def show(
    number: str = typer.Argument(..., help="12 digits."),
    name: str = typer.Option(..., help="Full name: the second key."),
    birth_date: str = typer.Option(..., help="The third key: 24/11/1990, 1990-11-24 or 1955."),
    procedure: str = typer.Option("1.001193", help="Procedure whose grant the desk system has."),
    officer: str = typer.Option("", help="Account on the approved list; your login when not given."),
    as_json: bool = typer.Option(False, "--json", help="One JSON object on stdout."),
) -> None:
    """Show a person: the same three keys, grant and ledger entry as at the desk."""
    start_django()
    from dancu.exchange import api as exchange
    from dancu.gateway.facts_json import facts_as_json
    from dancu.kernel import clock
    from dancu.kernel.claims import PersonClaim
    from dancu.kernel.dates import PartialDate
    from dancu.kernel.personal_id import PersonalId
    from dancu.kernel.warrants import Actor
    from dancu.onboarding.api import get_system

    claim = PersonClaim(name, PartialDate.parse(birth_date), PersonalId.parse(number))
    actor = Actor(get_system("mot-cua").organisation, "mot-cua", officer or getpass.getuser())
    request = exchange.AccessRequest(actor, exchange.Kind.DISCLOSE, "MOT-CUA", procedure)
    told = exchange.disclose_person(claim, request, now=clock.now())
    if isinstance(told, exchange.Refused):
        typer.echo(f"{told.message} ({told.reference})", err=True)
        raise typer.Exit(1)
    if told.facts is None:
        typer.echo(f"Không tìm thấy người khớp cả số, họ tên và ngày sinh. ({told.verification.reference})", err=True)
        raise typer.Exit(1)
    facts = {"ledger_reference": told.verification.reference, **facts_as_json(told.facts)}
    if as_json:
        typer.echo(json.dumps(facts, ensure_ascii=False, default=str))
    else:
        for key, value in facts.items():
            typer.echo(f"{key:22} {value}")
