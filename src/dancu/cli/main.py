"""The command `dancu`. Each sub-command lives in its own module and is imported only when it is called."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module

HELP = {
    "up": "start database, pages, gateway and worker, and keep them running",
    "check": "say all that is unsafe or missing, at once",
    "migrate": "bring the database up to date and set the rights of its roles",
    "population": "load persons, index their names, show one person",
    "snapshot": "the registry as files that lists are compared with: take, list, remove",
    "units": "administrative units through time; read an address",
    "exchange": "systems, grants and accounts; explain a request that is refused",
    "gate": "tables of the two axes, deadlines and reminders of the gate",
    "hub": "connect a province's hub to a national one: offer, admit, connect",
    "keys": "keys that systems sign messages with; list and revoke all keys",
    "ca": "certificates of systems: a demonstration's authority, real ones",
    "front": "write the nginx that asks clients for certificates",
    "officer": "add organisations and officers of the desk",
    "citizen": "let a citizen sign in to her own pages",
    "protection": "say whose officers handle what people ask about their data",
    "synth": "write a simulated population to a file",
    "reconcile": "compare a list with a snapshot of the registry; go on with what was stopped",
    "steering": "set the tasks of the documents on file",
    "demo": "prepare the simulated province and do the main job once",
    "ledger": "read the ledger; prove, check, audit, export it",
    "sequencer": "put entries into the ledger's tree and sign it; `dancu up` runs one",
    "notices": "what goes out, what failed and why; send it again",
    "witness": "sign that the logs of others only grow",
    "conformance": "check a server or a client against the contracts of the field",
    "bench": "measure a promise against its limit",
    "lab": "try the promises about faults, with planted faults they must catch",
}


def main(arguments: list[str] | None = None) -> None:
    """Entry point: `dancu COMMAND …`; exit codes 0 done, 1 failed, 2 wrong usage."""
    given = sys.argv[1:] if arguments is None else arguments
    if not given or given[0] in ("-h", "--help"):
        print(_overview())
        sys.exit(0 if given else 2)
    if given[0] == "--version":
        print(_version())
        return
    if given[0] not in HELP:
        print(f"dancu: there is no command {given[0]!r}\n\n{_overview()}", file=sys.stderr)
        sys.exit(2)
    run: Callable[[list[str]], None] = import_module(f"dancu.cli.{given[0]}").run
    sys.exit(_said(run, given[1:]))


def _said(run: Callable[[list[str]], None], arguments: list[str]) -> int:
    from dancu.kernel.errors import DancuError

    try:
        run(arguments)
    except DancuError as failure:
        print(f"{failure.message}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _overview() -> str:
    lines = "\n".join(f"  {name:<12}{text}" for name, text in HELP.items())
    return f"Usage: dancu COMMAND [OPTIONS]\n\n{lines}\n\n`dancu COMMAND --help` tells more."


def _version() -> str:
    from dancu.kernel.config import VERSION

    return VERSION


if __name__ == "__main__":
    main()
