"""`dancu sequencer`: the process that puts ledger entries into the tree and signs. It alone needs the ledger's key. No Django."""

from __future__ import annotations

import threading

import typer

from dancu.cli.told_to_stop import set_when_told
from dancu.kernel import clock
from dancu.kernel.config import read_config
from dancu.ledger import sequencer

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


def run(arguments: list[str]) -> None:
    app(args=arguments, prog_name="dancu sequencer")


@app.command()
def sequence() -> None:
    """Lead, or wait for the leader to go; until stopped. Several may run: one leads."""
    stop = threading.Event()
    set_when_told(stop)
    config = read_config()
    if not config.database_url:
        typer.echo("DATABASE_URL is not set; `dancu up` runs a sequencer by itself.", err=True)
        raise typer.Exit(1)
    signer = sequencer.signer_from_folder(config.key_dir, config.installation)
    for work, what in ((sequencer.count_days, signer), (sequencer.show_heads, config.key_dir)):
        threading.Thread(target=work, args=(config.database_url, what, clock.now, stop), daemon=True).start()
    sequencer.lead(config.database_url, signer, sequencer.Memory(config.key_dir), clock.now, stop)
