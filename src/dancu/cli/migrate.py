"""`dancu migrate`: schema and rights, as the owner of the database."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

import typer

from dancu.cli.command import find_database, run_app
from dancu.kernel.config import Config, read_config

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


def run(arguments: list[str]) -> None:
    run_app(app, "migrate", arguments)


@app.command()
def migrate() -> None:
    """Apply what is missing; safe to repeat."""
    find_database()
    migrate_database(read_config())


def migrate_database(config: Config) -> None:
    """Bring the schema up to date as owner, then grant the roles of the two application addresses their rights."""
    before = os.environ.get("DATABASE_URL")
    os.environ["DATABASE_URL"] = config.database_owner_url
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dancu.project.settings")
    try:
        import django
        from django.core.management import call_command

        from dancu.kernel.reach import SYSTEM, acting

        django.setup()
        with acting(SYSTEM):
            call_command("migrate", verbosity=0, interactive=False)
    finally:
        if before is not None:
            os.environ["DATABASE_URL"] = before
    from dancu.project.privileges import apply_privileges

    apply_privileges(config.database_owner_url, _role(config.database_url), _role(config.database_gateway_url))


def _role(url: str) -> str:
    role = urlsplit(url).username
    if not role:
        raise typer.BadParameter("DATABASE_URL must name its user: postgresql://user@host/database")
    return role
