"""`dancu ledger`: read what stands in the ledger, prove, audit and export it; what to do when signing stopped."""

from __future__ import annotations

import getpass
import json
from pathlib import Path
from typing import Any

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


@app.command()
def status() -> None:
    """Logs, their sizes, how far the tree lags; exit 1 while signing is halted or the tree lags."""
    start_django()
    from dancu.kernel import clock
    from dancu.ledger import api

    for log in api.logs():
        newest = api.latest_checkpoint(log)
        signed = f"{newest[1]:>12} entries, signed {newest[2]:%Y-%m-%d %H:%M:%S} UTC" if newest else "nothing signed"
        typer.echo(f"{log.origin:<40} {'open' if log.is_open else 'closed':<7} {signed}")
    lag, halted = api.staleness(now=clock.now()), api.halted()
    typer.echo(f"tree: {lag.state}, oldest waiting entry {lag.age_seconds} s")
    if halted:
        typer.echo(f"halted: {halted}")
    if halted or lag.state is not api.Freshness.FRESH:
        raise typer.Exit(1)


@app.command()
def prove(reference: str, open: list[str] = typer.Option([], help="subject, officer or dossier: reveal it; repeatable.")) -> None:
    """The proof of an entry as JSON, to be checked by anyone with the public keys."""
    start_django()
    import msgspec

    from dancu.ledger import api

    typer.echo(msgspec.json.format(msgspec.json.encode(api.prove(reference, open)), indent=2).decode())


@app.command("new-epoch")
def new_epoch(
    reason: str = typer.Option(..., help="What happened, in one line; it is published."),
    organisation: str = typer.Option("", help="Whose operator does it; the installation when not given."),
) -> None:
    """Close all logs and begin new ones, after a restore or a change by hand. What was signed and is lost stays named."""
    from dancu.ledger import api

    epoch = api.begin_epoch(*_operator(reason, organisation))
    typer.echo(f"epoch {epoch} begins; the sequencer goes on by itself")


@app.command()
def resume(reason: str = typer.Option(..., help="Why, in one line."), organisation: str = typer.Option("")) -> None:
    """Let a halted sequencer go on, if every tree is what was signed."""
    from dancu.ledger import api

    api.go_on(*_operator(reason, organisation))
    typer.echo("the sequencer goes on")


def _operator(reason: str, organisation: str) -> tuple[Any, Any]:
    start_django()
    from dancu.kernel import clock
    from dancu.kernel.config import read_config
    from dancu.ledger import api

    config = read_config()
    by = api.Operator(organisation or config.installation, getpass.getuser(), reason, clock.now())
    return api.Keeper(config.database_owner_url, config.key_dir, config.installation), by


@app.command()
def export(
    folder: Path, entries: bool = typer.Option(False, "--entries", help="The bodies too: for auditors, not for publication.")
) -> None:
    """Write all logs as files in the published layout; goes on where an earlier run stopped."""
    start_django()
    from dancu.kernel.config import read_config
    from dancu.ledger import api

    for origin, size in api.export_logs(read_config().database_url, folder, with_entries=entries):
        typer.echo(f"{origin}  {size}")


@app.command()
def audit(
    key: list[str] = typer.Option(..., help="Verifier key name+hash+key, or a file with some; repeatable."),
    checkpoint: list[Path] = typer.Option([], exists=True, dir_okay=False, help="A signed head kept from before; repeatable."),
    state: Path | None = typer.Option(None, help="File in which the audit keeps what it saw; makes the next one fast."),
    full: bool = typer.Option(False, "--full", help="Hash every body here, also those seen before."),
    as_json: bool = typer.Option(False, "--json"),
) -> None:
    """Hash everything again and compare with keys and heads from outside the database. Needs read access only (DATABASE_URL)."""
    start_django()
    from dancu.kernel import clock
    from dancu.kernel.config import read_config
    from dancu.ledger import api

    keys = [line for each in key for line in (Path(each).read_text().split() if Path(each).is_file() else [each])]
    heads = [each.read_text(encoding="utf-8") for each in checkpoint]
    is_first = state is None or not state.is_file()
    found, notes, seen = api.audit_database(read_config().database_url, keys, heads, state, full=full or is_first, now=clock.now())
    if as_json:
        told, noted = (
            [{"finding": each.finding, "log": each.log, "where": each.where} for each in some] for some in (found, notes)
        )
        heads_seen = {head.origin: head.size for head in seen}
        typer.echo(json.dumps({"ok": not found, "found": told, "notes": noted, "heads": heads_seen}, ensure_ascii=False))
    else:
        for each in notes:
            typer.echo(f"! {each.finding:<12} {each.log} {each.where}")
        for each in found:
            typer.echo(f"✕ {each.finding:<12} {each.log} {each.where}")
        if not found:
            for head in seen:
                typer.echo(f"✓ {head.origin}  {head.size} entries")
    if found:
        raise typer.Exit(1)
