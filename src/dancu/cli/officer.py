"""`dancu officer`: organisations and officers."""

from __future__ import annotations

import typer

from dancu.cli.command import run_app, start_django

ROLES = "desk, registrar, registrar-approver, operator, integrator, data-protection"
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


def run(arguments: list[str]) -> None:
    run_app(app, "officer", arguments)


@app.command()
def add(
    account: str = typer.Argument(..., help="Account name; it stands in the ledger."),
    name: str = typer.Option(...),
    organisation: str = typer.Option(..., help="Official code, for example H57.12.3."),
    organisation_name: str = typer.Option(...),
    unit: str = typer.Option("MC"),
    unit_name: str = typer.Option("Bộ phận Một cửa"),
    role: list[str] = typer.Option(["desk"], help=f"{ROLES}; repeatable."),
    holder: str = typer.Option("", help="The human behind the account, when she has several: one name for all of them."),
    password: str = typer.Option(..., prompt=True, hide_input=True, confirmation_prompt=True),
) -> None:
    """Add an officer, with organisation and unit, and put her on the approved account list."""
    start_django()
    from dancu.identity.api import Organisation, add_officer, add_organisation
    from dancu.kernel import clock
    from dancu.onboarding.api import list_accounts_for

    add_organisation(Organisation(organisation, organisation_name), {unit: unit_name})
    add_officer(account, name, organisation, unit, role, password, holder=holder)
    list_accounts_for(organisation, [account], by="operator", now=clock.now())
    typer.echo(f"{account} may sign in")
