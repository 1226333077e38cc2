"""`dancu synth`: a simulated population as a file."""

from __future__ import annotations

import os
from pathlib import Path

import typer

from dancu.cli.command import run_app

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


def run(arguments: list[str]) -> None:
    run_app(app, "synth", arguments)


@app.command()
def synth(
    out: Path = typer.Argument(..., help="File to write: .parquet, .csv or .jsonl."),
    count: int = typer.Option(100_000, min=1, help="Persons."),
    seed: int = typer.Option(1, help="The same seed gives the same persons."),
) -> None:
    """Write simulated persons of one province in the load format."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dancu.project.settings")  # no database: only the units are read
    import django

    django.setup()
    from dancu.population.api import communes_of
    from dancu.synth.api import generate, write_persons

    write_persons(generate(count, seed, communes_of("46")), out)
    typer.echo(f"{count} simulated persons in {out}", err=True)
