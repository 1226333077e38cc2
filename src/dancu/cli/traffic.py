"""`dancu exchange usage` and `dancu exchange events`: how much was asked, and what a monitoring centre is told."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, datetime, timedelta

import typer

from dancu.cli.command import start_django

SIDES = ("day", "organisation", "system", "service", "kind", "procedure")


def usage(
    since: datetime | None = typer.Option(None, "--from", formats=["%Y-%m-%d"], help="First day; thirty days ago if not given."),
    until: datetime | None = typer.Option(None, "--to", formats=["%Y-%m-%d"], help="Last day; today if not given."),
    by: str = typer.Option("organisation,service", help=f"Sides to tell apart, with commas between: {', '.join(SIDES)}."),
    as_json: bool = typer.Option(False, "--json", help="One JSON object a line."),
    as_csv: bool = typer.Option(False, "--csv"),
) -> None:
    """How often systems asked, and how it ended."""
    sides = [side.strip() for side in by.split(",") if side.strip()]
    if unknown := [side for side in sides if side not in SIDES]:
        typer.echo(f"There is no side {', '.join(unknown)}; known are {', '.join(SIDES)}.", err=True)
        raise typer.Exit(2)
    if as_json and as_csv:
        typer.echo("Choose --json or --csv, not both.", err=True)
        raise typer.Exit(2)
    start_django()
    from dancu.exchange import api as exchange
    from dancu.kernel import clock
    from dancu.kernel.clock import local

    today = local(clock.now()).date()
    last = min(until.date() if until else today, today)
    first = since.date() if since else last - timedelta(days=29)
    if first > last:
        typer.echo(f"{first} is after {last}.", err=True)
        raise typer.Exit(2)
    rows = exchange.usage_between(first, last, sides, today=today)
    heads: tuple[object, ...] = (*sides, *exchange.ENDINGS)
    if as_json:
        for row in rows:
            typer.echo(json.dumps(dict(zip(map(str, heads), map(_plain, row), strict=True)), ensure_ascii=False))
    elif as_csv:
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([heads, *(map(_plain, row) for row in rows)])
        typer.echo(text.getvalue(), nl=False)
    else:
        for row in [heads, *rows]:
            typer.echo(" ".join(f"{_plain(cell)!s:<20}" for cell in row).rstrip())


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def events(
    as_json: bool = typer.Option(False, "--json", help="One JSON object a line."),
    limit: int = typer.Option(50, min=1, max=10_000),
    test: bool = typer.Option(False, "--test", help="Send one event to the monitoring centre, to see that it arrives."),
) -> None:
    """The newest security events, and whether the monitoring centre was told."""
    start_django()
    from dancu.exchange import api as exchange
    from dancu.kernel import clock
    from dancu.kernel.config import read_config

    if test:
        config = read_config()
        if not config.syslog_url:
            typer.echo("No monitoring centre: set DANCU_SYSLOG_URL.", err=True)
            raise typer.Exit(1)
        try:
            sent = exchange.send_test(exchange.Centre(config.syslog_url, config.syslog_ca), now=clock.now())
        except OSError as failure:
            typer.echo(f"{config.syslog_url} did not take it: {failure}", err=True)
            raise typer.Exit(1) from failure
        typer.echo(exchange.said_of(sent), err=True)
        return
    for event, is_told in exchange.latest_events(limit):
        if as_json:
            said = {"at": event.at.isoformat(), "kind": event.kind, "count": event.count, "told": is_told, **event.fields}
            typer.echo(json.dumps(said, ensure_ascii=False))
        else:
            typer.echo(f"{'✓' if is_told else '…'} {exchange.said_of(event)}")
