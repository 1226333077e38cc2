"""`dancu notices`: what goes out, what did not and why; send it again."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID, uuid4

import typer

from dancu.cli.command import run_app, start_django

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, help="The outbox: what waits, what failed and why.")
_STATES = "waiting, under_way, done, quarantined, cancelled"


def run(arguments: list[str]) -> None:
    run_app(app, "notices", arguments)


@app.command(name="list")
def list_(
    state: str = typer.Option("", help=f"One of {_STATES}; without it what is not finished."),
    destination: str = typer.Option(""),
    kind: str = typer.Option(""),
    count: int = typer.Option(50, "-n", min=1, max=1000),
    as_json: bool = typer.Option(False, "--json", help="One JSON object a line."),
) -> None:
    """Steps, newest first."""
    start_django()
    from dancu.notices import api as notices

    if state and state not in set(notices.StepState):
        raise typer.BadParameter(f"one of {_STATES}")
    for line in notices.steps(notices.StepState(state) if state else None, destination, kind, None, count):
        said = _said(line)
        typer.echo(
            json.dumps(said, ensure_ascii=False)
            if as_json
            else f"{said['created_at'][:19]}  {said['state']:<12}{said['kind']:<16}{said['destination']:<16}"
            f"{said['attempts']}  {said['code'] or '-':<22}{said['about']}  {said['id']}"
        )


@app.command()
def show(step: UUID, as_json: bool = typer.Option(False, "--json")) -> None:
    """One step with its attempts."""
    start_django()
    from dancu.notices import api as notices

    said = _said(notices.get_step(step))
    said["tried"] = [
        {
            "number": each.number,
            "began_at": each.began_at.isoformat(),
            "milliseconds": each.milliseconds,
            "outcome": each.outcome,
            "code": each.code,
            "words": each.words,
        }
        for each in notices.attempts(step)
    ]
    if as_json:
        typer.echo(json.dumps(said, ensure_ascii=False))
        return
    for name, value in said.items():
        if name != "tried":
            typer.echo(f"{name:<14}{value}")
    for each in said["tried"]:
        came_of_it = f"{each['outcome']} {each['code']} {each['words']}".strip()
        typer.echo(f"  {each['number']}. {each['began_at'][:19]}  {came_of_it} ({each['milliseconds']} ms)")


@app.command()
def resend(
    steps: list[UUID],
    by: str = typer.Option(..., help="Account of the operator; stands with the step."),
    as_json: bool = typer.Option(False, "--json"),
) -> None:
    """Start a new round for steps that wait or were set aside."""
    start_django()
    from dancu.kernel import clock
    from dancu.notices import api as notices

    deed = notices.Deed(notices.StepAction.RESEND, tuple(dict.fromkeys(steps)), by, f"cli:{uuid4()}")
    count = notices.operate(deed, now=clock.now())
    typer.echo(
        json.dumps({"resent": count, "asked": len(deed.steps)}) if as_json else f"{count} of {len(deed.steps)} will be sent again"
    )


def _said(line: Any) -> dict[str, Any]:  # a step of the room, imported only when Django has started
    return {
        "id": str(line.id),
        "state": str(line.state),
        "kind": line.kind,
        "destination": line.destination,
        "to": line.to,
        "about": line.about,
        "owner": line.owner,
        "room": line.room,
        "created_at": line.created_at.isoformat(),
        "due_at": line.due_at.isoformat(),
        "attempts": line.attempts,
        "code": line.code,
        "words": line.words,
    }
