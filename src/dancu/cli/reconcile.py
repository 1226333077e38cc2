"""`dancu reconcile`: compare a list with a snapshot of the registry on this machine. No Django, no database."""

from __future__ import annotations

import json
import threading
from datetime import date
from pathlib import Path
from typing import Any, Self

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn

from dancu.cli.told_to_stop import set_when_told
from dancu.kernel.config import read_config
from dancu.kernel.errors import Invalid
from dancu.reconcile.alone import Service, get_profile, group_of, needed_of, others_of, require_engine, send_and_fetch
from dancu.reconcile.running.folder import REPORT, remove_work
from dancu.reconcile.running.job import run as run_job
from dancu.reconcile.running.job import timing_of
from dancu.reconcile.running.keys import name_key
from dancu.reconcile.running.plan import LOCAL, SPARK, Plan, columns_said, mapping_for, open_listed, prepare, read_plan
from dancu.reconcile.running.progress import Outcome, Stage, Wish
from dancu.reconcile.running.progress import Progress as Told
from dancu.reconcile.running.words import grade_words

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)
STOPPED = 130
_FORMATS = ["parquet", "csv"]
_MASTER = "local[2]"


def run(arguments: list[str]) -> None:
    app(args=arguments, prog_name="dancu reconcile")


@app.command()
def reconcile(
    file: Path = typer.Argument(..., exists=False, help="The list: CSV, XLSX or Parquet."),
    snapshot: Path | None = typer.Option(None, help="Folder of the registry's snapshot."),
    profile: str = typer.Option("subscribers", help="Whose list it is."),
    columns: list[str] = typer.Option([], "--map", help="ROLE=COLUMN, e.g. number=CCCD or number=#2; may be repeated."),
    by: str = typer.Option("", help="ROLE the report counts by: source, province or sex; the source by default."),
    out: Path | None = typer.Option(None, help="Folder for the job and its results; beside the list by default."),
    candidates: bool = typer.Option(True, help="Look for the person of records whose number leads to nobody."),
    formats: list[str] = typer.Option(_FORMATS, "--format", help="parquet, csv, xlsx; may be repeated."),
    one_to_one: bool = typer.Option(False, "--one-to-one", help="A person stands in this list once."),
    keys: Path | None = typer.Option(None, help="Folder with the secrets.key the snapshot was made with."),
    resume: bool = typer.Option(False, "--resume", help="Go on with what was stopped."),
    keep_parts: bool = typer.Option(False, "--keep-parts", help="Keep the files only a job that goes on needs."),
    service: str = typer.Option("", help="Address of a service of results, instead of a snapshot; only what is compared leaves."),
    key_file: Path | None = typer.Option(None, help="File with the key of the list, for --service."),
    engine: str = typer.Option(LOCAL, help="local: this machine; spark: a cluster does the exact part, with the same results."),
    master: str | None = typer.Option(
        None, help=f"Address of the cluster of --engine spark, {_MASTER} by default.", show_default=False
    ),
    as_json: bool = typer.Option(False, "--json", help="The report as one JSON object on stdout."),
) -> None:
    """Compare a list and write graded results. Ctrl-C stops, --resume goes on. Exit codes: 0 done, 1 failed, 130 stopped."""
    folder = out or file.with_name(f"{file.stem}-results")
    if service:
        report = send_and_fetch(
            file, folder, columns, Service(service, _secret_in(key_file)), lambda line: typer.echo(line, err=True)
        )
        _say(folder, report, {}, as_json)
        return
    key = name_key(keys or read_config().key_dir)
    if resume:
        read_plan(folder)
    elif snapshot is None:
        raise typer.BadParameter("is needed to begin a comparison", param_hint="--snapshot")
    else:
        kind = get_profile(profile)
        mapping = mapping_for(open_listed(file), columns_said(columns), ())
        require_engine(engine)
        plan = Plan(
            list_file=str(file), snapshot=str(snapshot), day=date.today(), mapping=mapping, profile=profile,
            one_to_one=one_to_one or kind.one_to_one, formats=tuple(formats), required=needed_of(kind, mapping),
            candidates=candidates, grouped_by=group_of(mapping, by), engine=engine, master=_master_of(engine, master),
        )  # fmt: skip
        prepare(folder, plan, key)
    with _Shown() as shown:
        outcome = run_job(folder, key, shown, others_of(read_plan(folder), key))
    if outcome is not Outcome.DONE:
        typer.echo(f"Đã tạm dừng, phần đã làm được giữ lại. Chạy tiếp: {_how_to_go_on(file, out, keys)}", err=True)
        raise typer.Exit(STOPPED)
    if not keep_parts:
        remove_work(folder)
    _say(folder, json.loads((folder / REPORT).read_text(encoding="utf-8")), timing_of(folder), as_json)


def _master_of(engine: str, given: str | None) -> str:
    if engine == SPARK:
        return given or _MASTER
    if given is not None:
        raise typer.BadParameter("is the address of a cluster: add --engine spark", param_hint="--master")
    return ""


def _secret_in(file: Path | None) -> str:
    """The key of the list. Raises `Invalid` without one."""
    try:
        secret = file.read_text(encoding="utf-8").strip() if file else ""
    except OSError:
        secret = ""
    if not secret:
        raise Invalid(
            "service.key_file",
            "Cần tệp chứa khoá của danh sách (--key-file). Lập khoá ở trang của danh sách.",
            "A file with the key of the list is needed (--key-file). Make one on the page of the list.",
            field="key_file",
        )
    return secret


def _how_to_go_on(file: Path, out: Path | None, keys: Path | None) -> str:
    given = [f"--{name} {value}" for name, value in (("out", out), ("keys", keys)) if value]
    return " ".join(["dancu reconcile", str(file), *given, "--resume"])


class _Shown:
    """The progress of a job on stderr: a bar where somebody looks, a line a stage where nobody does. Hears Ctrl-C."""

    def __init__(self) -> None:
        console = Console(stderr=True)
        self._bars = Progress(
            TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[told]}"), console=console,
            disable=not console.is_terminal,
        )  # fmt: skip
        self._is_terminal, self._tasks, self._stop = console.is_terminal, dict[Stage, TaskID](), threading.Event()

    def __enter__(self) -> Self:
        set_when_told(self._stop)
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def __call__(self, told: Told) -> Wish:
        if told.stage not in self._tasks:
            self._tasks[told.stage] = self._bars.add_task(told.stage.words, total=None, told="")
            if not self._is_terminal:
                typer.echo(told.stage.words, err=True)
        self._bars.update(self._tasks[told.stage], completed=told.done, total=told.of or None, told=_line(told))
        return Wish.PAUSE if self._stop.is_set() else Wish.GO_ON


def _line(told: Told) -> str:
    said = f"{told.done:,} / {told.of:,}" if told.of else f"{told.done:,}"
    if told.rate:
        said += f"  {told.rate:,.0f}/giây"
    if told.seconds_left is not None:
        said += f"  còn khoảng {told.seconds_left:.0f} giây"
    return said


def _say(folder: Path, report: dict[str, Any], seconds: dict[str, float], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({**report, "folder": str(folder), "seconds": seconds}, ensure_ascii=False))
        return
    for code, count in report["grades"].items():
        typer.echo(f"{count:>13,}  {code:<20}{grade_words(code)}")
    typer.echo(f"{report['readable']:>13,}  bản ghi; {report['quarantined']:,} dòng không đọc được. Kết quả ở {folder}")
