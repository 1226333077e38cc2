"""`dancu citizen`: access of citizens to their own pages, until the electronic identity takes its place."""

from __future__ import annotations

import typer

from dancu.cli.command import run_app, start_django

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


def run(arguments: list[str]) -> None:
    run_app(app, "citizen", arguments)


@app.callback()
def citizens() -> None:
    """Access of citizens to their own pages."""


@app.command()
def add(
    level: int = typer.Option(2, min=1, max=2, help="Level of the account; who looked at her data is shown from level 2 on."),
    number: str = typer.Option(..., prompt="Personal number", help="Asked for when not given: it stays out of the shell history."),
    password: str = typer.Option(..., prompt=True, hide_input=True, confirmation_prompt=True),
) -> None:
    """Let a citizen sign in, or give her a new password, which ends her sessions."""
    start_django()
    from dancu.identity.api import add_citizen
    from dancu.kernel.personal_id import PersonalId

    add_citizen(PersonalId.parse(number), password, level=level)
    typer.echo("the citizen may sign in at /dan/dang-nhap")
