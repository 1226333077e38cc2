"""`dancu bench NAME`: measure a promise against its limit, in the same run. Needs a checkout: the benches lie in `bench/`."""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path

import typer

from dancu.cli.command import run_app

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
ROOT = Path(__file__).resolve().parents[3]
NAMES = (
    "addresses",
    "affected",
    "candidates",
    "causes",
    "growth",
    "hop",
    "ledger",
    "load",
    "own",
    "reconcile",
    "search",
    "snapshot",
    "synth",
    "verify",
    "verify-signed",
)


def run(arguments: list[str]) -> None:
    run_app(app, "bench", arguments)


@app.command()
def bench(
    name: str = typer.Argument(..., help=f"One of: {', '.join(NAMES)}."),
    quick: bool = typer.Option(False, help="A small size, at most 45 seconds."),
) -> None:
    """Start and fill what is needed in a scratch folder, measure, print one JSON object as the last line."""
    module = name.replace("-", "_")
    if name not in NAMES or not (ROOT / "bench" / f"{module}.py").is_file():
        typer.echo(f"There is no bench {name!r} here; known: {', '.join(NAMES)}.", err=True)
        raise typer.Exit(2)
    sys.path.insert(0, str(ROOT))
    typer.echo(json.dumps(import_module(f"bench.{module}").run(quick=quick)))
