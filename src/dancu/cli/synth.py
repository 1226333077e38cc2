"""`dancu synth`: a simulated population as a file or a folder; its check, its report, dirty lists made from it."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import typer

from dancu.cli.command import run_app

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)
_WRITE = "write"


def run(arguments: list[str]) -> None:
    """`dancu synth OUT …` is short for `dancu synth write OUT …`."""
    known = {command.name or getattr(command.callback, "__name__", "") for command in app.registered_commands}
    if arguments and arguments[0] not in known | {"--help", "-h"}:
        arguments = [_WRITE, *arguments]
    run_app(app, "synth", arguments)


@app.callback()
def _group() -> None:
    """Simulated people: `dancu synth OUT` writes them; the commands below look at what was written."""


@app.command()
def write(
    out: Path = typer.Argument(..., help="A file of persons (.parquet, .csv, .jsonl), or a folder for all five tables."),
    count: int = typer.Option(100_000, min=1, help="Persons."),
    seed: int = typer.Option(1, min=0, help="The same seed gives the same persons."),
    province: str = typer.Option("46", help="Code of one of the 63 provinces."),
    nation: bool = typer.Option(False, "--nation", help="All provinces, as many in each as there are."),
    workers: int = typer.Option(os.cpu_count() or 1, min=1, help="Processes; the output does not depend on it."),
    statistics: Path | None = typer.Option(None, help="Folder with tables of your own."),
) -> None:
    """Write simulated persons of a province or of the nation."""
    from dancu.synth.api import Order, Source, write_nation, write_persons_file

    order = Order(Source(seed, _units(), statistics), count, None if nation else province)
    if out.suffix:
        write_persons_file(order, out)
        typer.echo(f"{count} simulated persons in {out}", err=True)
        return
    began = time.monotonic()
    made = write_nation(order, out, workers, _Progress(began))
    typer.echo(f"{count} simulated persons in {out}, {made} parts made in {time.monotonic() - began:.1f} s", err=True)


def _units() -> Path:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dancu.project.settings")  # no database: only the units are read
    import django

    django.setup()
    from dancu.population.api import UNITS_FILE

    return UNITS_FILE


class _Progress:
    """Rate and time left, on stderr, one line a part."""

    def __init__(self, began: float) -> None:
        self._began, self._first = began, -1

    def __call__(self, done: int, of: int) -> None:
        seconds = time.monotonic() - self._began
        rate = done / max(seconds, 0.001)
        left = (of - done) / max(rate, 1)
        typer.echo(f"{done:>11,} / {of:,} persons  {rate:,.0f}/s  about {left:.0f} s left", err=True)


@app.command()
def check(folder: Path = typer.Argument(..., help="A folder written by `dancu synth`.")) -> None:
    """Say whether numbers, families, households and residences hold together; exit code 1 when they do not."""
    from dancu.synth.api import check_nation

    found = check_nation(folder, lambda done, of: typer.echo(f"{done} / {of} parts", err=True))
    for rule, count in sorted(found.counts.items(), key=lambda each: -each[1]):
        typer.echo(f"{count:>10,}  {rule}: {', '.join(found.examples[rule])}")
    rows = ", ".join(f"{count:,} {table}" for table, count in found.rows.items())
    typer.echo(f"{rows}: {sum(found.counts.values()):,} violations")
    if found.counts:
        raise typer.Exit(1)


@app.command()
def report(
    folder: Path = typer.Argument(..., help="A folder written by `dancu synth`."),
    out: Path | None = typer.Option(None, help="HTML page to write."),
    statistics: Path | None = typer.Option(None, help="Folder with tables of your own."),
    as_json: bool = typer.Option(False, "--json", help="For a program."),
) -> None:
    """Compare with the published tables; exit code 1 when a bound is broken."""
    from dancu.synth import api

    comparisons = api.compare_nation(folder, api.read_statistics(statistics))
    if out is not None:
        about = json.loads((folder / "nation.json").read_text(encoding="utf-8"))
        out.write_text(api.report_page(comparisons, about), encoding="utf-8")
    typer.echo(api.as_json(comparisons) if as_json else api.as_table(comparisons))
    if not all(each.is_kept for each in comparisons):
        raise typer.Exit(1)


@app.command()
def dirty(
    folder: Path = typer.Argument(..., help="A folder written by `dancu synth`."),
    out: Path = typer.Argument(..., help="List to write: .parquet, .csv or .jsonl."),
    rows: int = typer.Option(10_000, min=1, help="Lines of the list."),
    profile: str = typer.Option("subscribers", help="Whose list: subscribers, insurance, associations, or one of your own tables."),
    seed: int = typer.Option(1, min=0, help="The same seed gives the same list."),
    statistics: Path | None = typer.Option(None, help="Folder with tables of your own."),
) -> None:
    """Write a list as others keep it, with its errors and the truth beside."""
    from dancu.synth.api import Source, rates_of, write_dirty

    tables, places = Source(seed, _units(), statistics).read()
    wrong = write_dirty(folder, out, rows, seed, rates_of(tables, profile), tables, places)
    typer.echo(f"{rows} lines in {out}, {wrong} of them wrong somewhere", err=True)
