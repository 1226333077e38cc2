"""`dancu steering`: the tasks of the documents on file."""

from __future__ import annotations

import getpass
import json

import typer

from dancu.cli.command import run_app, start_django

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)


@app.callback()
def steering() -> None:
    """Tasks, deadlines and what became of them."""


@app.command()
def load(
    organisation: str = typer.Option("G01", help="The body that keeps them, by its code."),
    as_json: bool = typer.Option(False, "--json", help="The result as JSON."),
) -> None:
    """Set the tasks of the documents on file; those that are there stay as they are."""
    start_django()
    from dancu.kernel import clock
    from dancu.steering import api as steering

    new = steering.load_documents(organisation=organisation, account=getpass.getuser(), now=clock.now())
    typer.echo(json.dumps({"new": new}) if as_json else f"{new} nhiệm vụ mới")


def run(arguments: list[str]) -> None:
    run_app(app, "steering", arguments)
