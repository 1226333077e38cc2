"""`dancu gate`: the tables of the two axes, deadlines and reminders, an account list checked without a server."""

from __future__ import annotations

import json
from pathlib import Path

import typer

from dancu.cli.command import run_app, start_django

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, help="The gate: transitions, deadlines, account lists.")


def run(arguments: list[str]) -> None:
    run_app(app, "gate", arguments)


@app.command()
def transitions(as_json: bool = typer.Option(False, "--json", help="One JSON object a row.")) -> None:
    """Print what leads where on both axes."""
    start_django()
    from dataclasses import asdict

    from dancu.onboarding import api as onboarding

    if as_json:
        for row in onboarding.transitions():
            typer.echo(json.dumps(asdict(row), ensure_ascii=False))
    else:
        typer.echo(onboarding.printed(onboarding.transitions()))


@app.command()
def deadlines(
    days: int = typer.Option(30, min=1, max=400, help="How far to look ahead."), as_json: bool = typer.Option(False, "--json")
) -> None:
    """What comes or is over: dossiers, findings, conclusions, scopes, keys."""
    start_django()
    from dancu.kernel import clock
    from dancu.onboarding import api as onboarding

    for deadline, left, stage in onboarding.coming(now=clock.now(), days=days):
        if as_json:
            said = {
                "due_on": deadline.due_on.isoformat(),
                "left": left,
                "stage": stage,
                "cause": deadline.cause,
                "organisation": deadline.organisation,
                "says": deadline.says,
                "says_en": deadline.says_en,
            }
            typer.echo(json.dumps(said, ensure_ascii=False))
        else:
            typer.echo(f"{deadline.due_on:%d/%m/%Y}  {left:>4}  {stage or '-':10}  {deadline.organisation:12}  {deadline.says}")


@app.command()
def remind() -> None:
    """Send the reminders that are due today, as the worker does every working morning; prints how many."""
    start_django()
    from dancu.kernel import clock
    from dancu.onboarding import api as onboarding

    typer.echo(onboarding.remind(now=clock.now()))


@app.command()
def order(file: Path = typer.Argument(..., exists=True, dir_okay=False, help="A signed order (JWS).")) -> None:
    """Check the signature of an order of this installation and print what it says."""
    start_django()
    from dancu.kernel.config import read_config
    from dancu.onboarding import api as onboarding

    key = onboarding.order_key(read_config().key_dir).public
    said = onboarding.read_order(key, file.read_text(encoding="utf-8", errors="replace"))  # whatever file was named
    typer.echo(json.dumps(said, ensure_ascii=False, indent=2))
