"""`dancu ledger`: read what stands in the ledger."""

from __future__ import annotations

import json

import typer

from dancu.cli.command import run_app, start_django
from dancu.cli.verify import verify

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, help="The ledger of who looked, and why.")


def run(arguments: list[str]) -> None:
    run_app(app, "ledger", arguments)


app.command()(verify)


@app.command()
def tail(count: int = typer.Option(10, "-n", min=1, max=1000), as_json: bool = typer.Option(False, "--json")) -> None:
    """The newest entries, without what identifies a person."""
    start_django()
    from dancu.ledger.api import latest

    for entry in latest(count):
        body = entry.body
        typer.echo(
            json.dumps(body, ensure_ascii=False)
            if as_json
            else f"{body['at']}  {body['kind']:<10} {body['outcome']:<24} {body['organisation']:<12} {body['system']:<14} "
            f"{body['procedure']:<10} {entry.id}"
        )


@app.command()
def show(reference: str) -> None:
    """One entry by its reference."""
    start_django()
    from dancu.ledger.api import entry_by_reference

    typer.echo(json.dumps(entry_by_reference(reference).body, ensure_ascii=False, indent=2))


@app.command()
def count() -> None:
    """How many entries there are."""
    start_django()
    from dancu.ledger import api

    typer.echo(str(api.count()))
