"""How `dancu population load` looks: progress on stderr, results on stdout, rejected rows in a file beside each loaded one."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import psycopg
import typer
from django.db import InterfaceError, OperationalError
from rich.console import Console
from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from dancu.kernel import clock
from dancu.kernel.config import read_config
from dancu.population.api import LoadResult, Progress, index_loaded, load_file

PLAIN_LINE_SECONDS = 10.0
# Kinds are told apart in the room; here they are only handed on.
Files = Sequence[tuple[Path, Any]]


def load_paths(files: Files, *, reject: Path | None, again: bool, as_json: bool) -> int:
    """Load one file after the other; gives the exit code. A file that cannot be loaded ends it: the next ones may lean on it."""
    for at, (file, kind) in enumerate(files, start=1):
        name = f"{file.name} ({at}/{len(files)})" if len(files) > 1 else file.name
        kept = reject or file.with_suffix(file.suffix + ".rejects.tsv")
        try:
            result = _load(file, kind, kept, name, again)
        except KeyboardInterrupt:
            typer.echo(f"{name}: đã dừng; chạy lại đúng lệnh này để nạp tiếp (stopped; the same command goes on).", err=True)
            return 130
        except (OperationalError, InterfaceError, psycopg.OperationalError):
            typer.echo(
                f"{name}: mất kết nối với cơ sở dữ liệu; chạy lại đúng lệnh này để nạp tiếp "
                "(lost the database; the same command goes on).",
                err=True,
            )
            return 1
        _tell(result, file, kept, as_json, several=len(files) > 1)
    return 0


def file_names() -> None:
    """The index of names takes in what was loaded; a load that is stopped before leaves it to the worker."""
    began = time.monotonic()
    with _progress("names") as progress:
        done = index_loaded(
            now=clock.now(),
            owner_url=read_config().database_owner_url,
            progress=lambda persons: progress.show(Progress(persons, persons, 0)),
        )
    if done:
        typer.echo(f"{done} persons filed for the search in {time.monotonic() - began:.1f} s", err=True)


def _load(file: Path, kind: Any, kept: Path, name: str, again: bool) -> LoadResult:
    result = None
    try:
        with kept.open("w+", encoding="utf-8") as rejects, _progress(name) as progress:
            result = load_file(file, kind, now=clock.now(), rejects=rejects, progress=progress.show, again=again)
    finally:
        if kept.is_file() and kept.stat().st_size == 0:
            kept.unlink()
    return result


def _tell(result: LoadResult, file: Path, kept: Path, as_json: bool, *, several: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"file": str(file), **_numbers(result)}, ensure_ascii=False))
        return
    counts = f"{result.read} rows read, {result.changed} new or changed, {result.rejected} rejected"
    typer.echo(f"{file.name}: {counts}" if several else counts)
    if result.already:
        typer.echo(
            f"đã nạp tệp này lúc {result.already:%H:%M %d/%m/%Y}; --again để nạp lại (loaded before; --again reads it again)",
            err=True,
        )
    else:
        rate = (result.read - result.resumed_rows) / max(result.load_seconds, 0.001)
        typer.echo(f"{result.load_seconds:.1f} s, {rate:.0f} rows/s; then {result.after_seconds:.1f} s", err=True)
    for sentence in result.first_rejects:
        typer.echo(f"  {sentence}", err=True)
    if result.rejected:
        typer.echo(f"rejected rows: {kept}", err=True)


def _numbers(result: LoadResult) -> dict[str, object]:
    return {
        "kind": result.kind,
        "read": result.read,
        "changed": result.changed,
        "rejected": result.rejected,
        "already": result.already is not None,
        "resumed_rows": result.resumed_rows,
        "load_seconds": round(result.load_seconds, 3),
        "after_seconds": round(result.after_seconds, 3),
    }


@contextmanager
def _progress(name: str) -> Iterator[_OnTerminal | _InLines]:
    if not sys.stderr.isatty():
        yield _InLines(name, sys.stderr)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[rows]} rows, {task.fields[rate]:.0f}/s"),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=Console(stderr=True)) as bar:
        yield _OnTerminal(bar, name)


class _Pace:
    """Rows a second and seconds left, from what this run has done itself."""

    def __init__(self) -> None:
        self._began, self._first = time.monotonic(), Progress(-1, 0, 0)

    def of(self, at: Progress) -> tuple[float, float]:
        if self._first.rows < 0:
            self._first = at
        seconds = max(time.monotonic() - self._began, 0.001)
        done = at.done - self._first.done
        return (at.rows - self._first.rows) / seconds, seconds * (at.size - at.done) / done if done else 0.0


class _OnTerminal:
    def __init__(self, bar: Bar, name: str) -> None:
        self._bar, self._pace = bar, _Pace()
        self._task = bar.add_task(name, total=None, rows=0, rate=0.0)

    def show(self, at: Progress) -> None:
        rate, _ = self._pace.of(at)
        self._bar.update(self._task, completed=at.done, total=at.size, rows=at.rows, rate=rate)


class _InLines:
    def __init__(self, name: str, out: TextIO) -> None:
        self._name, self._out, self._pace, self._said = name, out, _Pace(), time.monotonic()

    def show(self, at: Progress) -> None:
        rate, left = self._pace.of(at)
        if time.monotonic() - self._said >= PLAIN_LINE_SECONDS:
            self._said = time.monotonic()
            share, rest = (f"{100 * at.done / at.size:.0f} %, ", f", {left:.0f} s left") if at.size else ("", "")
            print(f"{self._name}: {at.rows} rows, {share}{rate:.0f} rows/s{rest}", file=self._out, flush=True)
