"""`dancu check`: everything that is unsafe or missing, at once. The processes refuse to start on the same list."""

from __future__ import annotations

import contextlib
import json
from urllib.parse import urlsplit

import psycopg
import typer

from dancu.cli.command import find_database, run_app, start_django
from dancu.kernel.config import Config, read_config
from dancu.kernel.errors import Invalid

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
_MUST_BE_ON = ("fsync", "full_page_writes", "synchronous_commit")
_LOCAL = ("127.0.0.1", "localhost", "::1")


def run(arguments: list[str]) -> None:
    run_app(app, "check", arguments)


@app.command()
def check(as_json: bool = typer.Option(False, "--json", help="One JSON object on stdout.")) -> None:
    """Print what is wrong; exit 1 when anything is."""
    try:
        read_config()
    except Invalid as failure:
        wrong = failure.message.split("; ")
    else:
        with contextlib.suppress(typer.Exit):
            find_database()
        wrong = unsafe_settings(read_config()) or _ledger_faults()
    if as_json:
        typer.echo(json.dumps({"ok": not wrong, "wrong": wrong}, ensure_ascii=False))
    else:
        for sentence in wrong:
            typer.echo(f"✕ {sentence}")
        if not wrong:
            typer.echo("✓ nothing is wrong")
    if wrong:
        raise typer.Exit(1)


def unsafe_settings(config: Config) -> list[str]:
    """Every reason not to start: missing keys, a public debug page, a database that may lose what it confirmed."""
    wrong = []
    for name in ("secrets.key", "django.key", "ledger.key"):
        if not (config.key_dir / name).is_file():
            wrong.append(f"key {name} is missing in {config.key_dir}")
        elif (config.key_dir / name).stat().st_mode & 0o077:
            wrong.append(f"key {name} can be read by others: chmod 600")
    if config.debug and config.host not in _LOCAL:
        wrong.append(f"DANCU_DEBUG=1 on the public address {config.host}")
    if config.demo and config.host not in _LOCAL:
        wrong.append(f"DANCU_DEMO=1 has known passwords and must not listen on {config.host}")
    mail = urlsplit(config.smtp_url)
    if mail.scheme == "smtp" and mail.password and mail.hostname not in _LOCAL:
        wrong.append("DANCU_SMTP_URL sends a password without encryption: use smtp+starttls or smtps")
    if config.public_url.startswith("https://") and not config.trusted_proxies:
        wrong.append(
            "DANCU_TRUSTED_PROXIES is not set behind https: every caller would count as the proxy, and be locked out as one"
        )
    return wrong + _database_faults(config)


def _ledger_faults() -> list[str]:
    """What an operator must know of a ledger that runs: that nothing is signed any more, or late."""
    start_django()
    from django.db import DatabaseError

    from dancu.kernel import clock
    from dancu.ledger import api as ledger

    try:
        halted, lag = ledger.halted(), ledger.staleness(now=clock.now())
    except DatabaseError:
        return ["the ledger's tables are missing or not readable: run `dancu migrate`"]
    wrong = [f"the ledger's sequencer halted: {halted}"] if halted else []
    if lag.state is not ledger.Freshness.FRESH:
        wrong.append(f"entries wait {lag.age_seconds} s for the ledger's tree ({lag.state}): does a sequencer run?")
    return wrong


def _database_faults(config: Config) -> list[str]:
    if not config.database_url:
        return ["no database: DATABASE_URL is not set and no instance runs in the home folder"]
    try:
        with psycopg.connect(config.database_url, connect_timeout=3) as connection:
            wrong = [
                f"PostgreSQL setting {name} is off: confirmed entries could be lost"
                for name in _MUST_BE_ON
                if connection.execute("select current_setting(%s)", [name]).fetchone() == ("off",)
            ]
            powers = "select rolsuper or rolbypassrls from pg_roles where rolname = current_user"
            if connection.execute(powers).fetchone() == (True,):
                wrong.append("the role of DATABASE_URL has SUPERUSER or BYPASSRLS: no row-level security would hold the pages")
            if connection.info.server_version < 150000:
                wrong.append("PostgreSQL must be version 15 or newer")
            return wrong
    except psycopg.ProgrammingError:
        return ["DATABASE_URL cannot be read; it looks like postgresql://user:password@host:5432/dancu"]
    except psycopg.OperationalError as failure:
        return [f"the database does not answer ({type(failure).__name__})"]
