"""`dancu bench NAME`: measure a promise against its limit, in the same run. Needs a checkout: the benches lie in `bench/`."""

from __future__ import annotations

import json
import sys
from importlib import import_module
from inspect import signature
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
    "reconcile-whole",
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
    persons: str = typer.Option("", help="How many persons, for benches of any size: 300000, 10M."),
    records: str = typer.Option("", help="How many records of a list, likewise."),
    data: Path | None = typer.Option(None, help="Folder that keeps what was drawn, for the next run."),
) -> None:
    """Start and fill what is needed in a scratch folder, measure, print one JSON object as the last line."""
    module = name.replace("-", "_")
    if name not in NAMES or not (ROOT / "bench" / f"{module}.py").is_file():
        typer.echo(f"There is no bench {name!r} here; known: {', '.join(NAMES)}.", err=True)
        raise typer.Exit(2)
    sys.path.insert(0, str(ROOT))
    measure = import_module(f"bench.{module}").run
    sizes = {"persons": _count("persons", persons), "records": _count("records", records), "data": data}
    asked = {option: value for option, value in sizes.items() if value}
    if unknown := asked.keys() - signature(measure).parameters.keys():
        raise typer.BadParameter("this bench has one size only", param_hint=f"--{min(unknown)}")
    typer.echo(json.dumps(measure(quick=quick, **asked)))


def _count(option: str, text: str) -> int:
    """300000, 300k, 88.1M."""
    units = {"k": 1_000, "M": 1_000_000}
    try:
        return round(float(text[:-1]) * units[text[-1]]) if text[-1:] in units else int(text or 0)
    except ValueError:
        raise typer.BadParameter("is a number such as 300000 or 10M", param_hint=f"--{option}") from None
