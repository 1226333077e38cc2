"""`dancu lab`: try the promises about faults, each with planted faults it must catch.

Needs a checkout: the tests lie in `tests/faults/`.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from importlib import import_module
from pathlib import Path
from typing import Any

import typer

from dancu.cli.command import run_app

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
ROOT = Path(__file__).resolve().parents[3]


def run(arguments: list[str]) -> None:
    run_app(app, "lab", arguments)


@app.command()
def lab(
    quick: bool = typer.Option(False, "--quick", help="Small sizes, ten minutes in all. The default."),
    full: bool = typer.Option(False, "--full", help="The sizes the promises name; an hour or more."),
    only: str = typer.Option("", help="Some of them, for example R1,R15."),
    seed: int = typer.Option(0, help="Replay a run; without it a new seed is drawn and printed."),
    jobs: int = typer.Option(min(2, os.cpu_count() or 1), min=1, help="How many at a time; those that measure time run alone."),
    as_json: bool = typer.Option(False, "--json", help="One JSON object a promise on stdout."),
    one: str = typer.Option("", hidden=True, help="Try one promise in this process."),
) -> None:
    """Print per promise: figure, size, seed, planted faults caught. Exit 1 when one does not hold."""
    if quick and full:
        typer.echo("Choose --quick or --full, not both.", err=True)
        raise typer.Exit(2)
    promises = _promises()
    if one:
        _try_here(promises[one], full, seed)
        return
    wanted = [name.strip().upper() for name in only.split(",") if name.strip()] or list(promises)
    if unknown := [name for name in wanted if name not in promises]:
        typer.echo(f"There is no promise {', '.join(unknown)}; known: {', '.join(promises)}.", err=True)
        raise typer.Exit(2)
    seed = seed or random.SystemRandom().randrange(1, 10**6)
    began = time.monotonic()
    told = list(_try_all([promises[name] for name in wanted], full, seed, as_json, jobs))
    held = sum(each["believed"] for each in told)
    typer.echo(f"{held} of {len(told)} promises hold in {time.monotonic() - began:.0f} s, seed {seed}", err=True)
    if held < len(told):
        raise typer.Exit(1)


def _promises() -> dict[str, Any]:
    if not (ROOT / "tests" / "faults").is_dir():
        typer.echo("The fault tests are part of a checkout, not of the installed package.", err=True)
        raise typer.Exit(2)
    sys.path.insert(0, str(ROOT))
    return {promise.name: promise for promise in import_module("tests.faults.promises").PROMISES}


def _try_all(promises: Sequence[Any], full: bool, seed: int, as_json: bool, jobs: int) -> Iterator[dict[str, Any]]:
    """Those that measure time one after the other, then the rest beside each other; told as they end."""
    for promise in promises:
        if promise.is_timed:
            yield _said(_try_apart(promise, full, seed), as_json)
    with ThreadPoolExecutor(jobs) as pool:
        rest = [pool.submit(_try_apart, promise, full, seed) for promise in promises if not promise.is_timed]
        for done in as_completed(rest):
            yield _said(done.result(), as_json)


def _said(told: dict[str, Any], as_json: bool) -> dict[str, Any]:
    typer.echo(json.dumps(told, ensure_ascii=False) if as_json else _sentence(told))
    return told


def _try_apart(promise: Any, full: bool, seed: int) -> dict[str, Any]:
    """Each in a process of its own: a promise broken so badly that its test dies takes no other with it."""
    command = [sys.executable, "-m", "dancu.cli.main", "lab", "--one", promise.name, "--seed", str(seed)]
    began = time.monotonic()
    done = subprocess.run([*command, "--full" if full else "--quick"], cwd=ROOT, capture_output=True, text=True)
    lines = done.stdout.strip().splitlines()
    if done.returncode or not lines:
        told = {
            "figure": f"the test itself failed: {done.stderr.strip()[-600:]}",
            "holds": False,
            "believed": False,
            "controls": [],
        }
    else:
        told = json.loads(lines[-1])
    size = promise.full if full else promise.quick
    return {
        "name": promise.name,
        "promise": promise.words,
        "limit": promise.limit,
        "size": size,
        "unit": promise.unit,
        "seed": seed,
        "seconds": round(time.monotonic() - began, 1),
        **told,
    }


def _try_here(promise: Any, full: bool, seed: int) -> None:
    module, _, function = promise.test.partition(":")
    found = getattr(import_module(module), function)(promise.full if full else promise.quick, seed)
    controls = [{"fault": each.fault, "caught": each.caught, "seen": each.seen} for each in found.controls]
    typer.echo(json.dumps({"figure": found.figure, "holds": found.holds, "believed": found.is_believed, "controls": controls}))


def _sentence(told: dict[str, Any]) -> str:
    mark = "✓" if told["believed"] else "✕"
    lines = [
        f"{mark} {told['name']:<4} {told['promise']} ({told['limit']})",
        f"       {told['figure']}",
        f"       size {told['size']:,} {told['unit']}, seed {told['seed']}, {told['seconds']} s",
    ]
    for control in told["controls"]:
        caught = "caught" if control["caught"] else "NOT CAUGHT"
        lines.append(f"       planted: {control['fault']} — {caught}" + (f" ({control['seen']})" if control["seen"] else ""))
    return "\n".join(lines)
