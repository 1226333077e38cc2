"""`dancu exchange feed`: who is told of changes, how far behind each is, where changes are pushed to, telling them again."""

from __future__ import annotations

import getpass
import json
from dataclasses import asdict

import typer

from dancu.cli.command import start_django

app = typer.Typer(help="Changes told to systems that subscribed.")


@app.command("list")
def list_subscribers(as_json: bool = typer.Option(False, "--json")) -> None:
    """Every subscriber: subscriptions, changes written, changes it has, and since when the oldest waits."""
    start_django()
    from dancu.exchange import api as exchange

    for each in exchange.standings():
        if as_json:
            typer.echo(json.dumps({**asdict(each), "lag": each.lag}, default=str, ensure_ascii=False))
            continue
        waiting = f"{each.oldest_waiting:%Y-%m-%d %H:%M:%S}" if each.oldest_waiting else "-"
        mode = each.webhook or "pull"
        typer.echo(f"{each.client_id:<20} {each.subscriptions:>9} {each.last_number:>9} {each.lag:>9}  {waiting:<19}  {mode}")


@app.command()
def replay(
    client_id: str,
    after: str = typer.Option("", "--from", help="Cursor it had; the oldest change that is kept when not given."),
) -> None:
    """Tell a subscriber again what came after a cursor; the receiver knows each change by its id."""
    start_django()
    from dancu.exchange import api as exchange
    from dancu.kernel import clock

    count = exchange.replay(client_id, after, by=getpass.getuser(), now=clock.now())
    typer.echo(f"{count} changes are told again", err=True)


@app.command()
def webhook(client_id: str, url: str = typer.Option("", help="Where changes are posted to; nothing ends pushing.")) -> None:
    """Push changes to an https address of the subscriber, or stop it. Only the operator sets it."""
    start_django()
    from dancu.exchange import api as exchange
    from dancu.kernel import clock

    exchange.set_webhook(client_id, url, by=getpass.getuser(), now=clock.now())
