"""`dancu protection`: whose officers handle what people ask about their data."""

from __future__ import annotations

import getpass

import typer

from dancu.cli.command import run_app, start_django

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


def run(arguments: list[str]) -> None:
    run_app(app, "protection", arguments)


@app.callback()
def desk() -> None:
    """The data-protection desk."""


@app.command()
def appoint(
    organisation: str = typer.Argument(..., help="Official code; added before by `dancu officer add`."),
    by: str = typer.Option("", help="Who decided; stands in the ledger. The name of this login when not given."),
) -> None:
    """Hand new cases to the officers of one organisation, from now on."""
    start_django()
    from dancu.identity.api import accounts_with, organisation_names
    from dancu.kernel import clock
    from dancu.kernel.errors import Conflict
    from dancu.protection.api import appoint_desk

    if not accounts_with("data-protection", organisation):
        raise Conflict(
            "protection.desk_without_officers",
            f"Chưa có tài khoản nào của {organisation} có vai data-protection. Thêm bằng lệnh dancu officer add, rồi giao lại.",
            f"No account of {organisation} has the role data-protection. Add one with dancu officer add, then appoint again.",
        )
    appoint_desk(organisation, by=by or getpass.getuser(), now=clock.now())
    typer.echo(f"requests go to {organisation_names([organisation])[organisation]} ({organisation})")
