"""What operators and auditors do from the command line, over addresses, folders and files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psycopg

from dancu.ledger import epochs
from dancu.ledger.audit import Auditor, Found
from dancu.ledger.epochs import Operator
from dancu.ledger.export import export
from dancu.ledger.keys import signer_from_folder
from dancu.ledger.logs import Head
from dancu.ledger.memory import Memory
from dancu.ledger.notes import opened_checkpoint, parse_key


@dataclass(frozen=True, slots=True)
class Keeper:
    """Where the ledger lies and where its key does (*nơi giữ sổ*)."""

    owner_url: str
    key_dir: Path
    installation: str


def begin_epoch(keeper: Keeper, by: Operator) -> int:
    """Close the logs and begin a new epoch; gives its number (*mở kỳ sổ mới*)."""
    with psycopg.connect(keeper.owner_url, autocommit=True) as connection:
        return epochs.new_epoch(connection, signer_from_folder(keeper.key_dir, keeper.installation), Memory(keeper.key_dir), by)


def go_on(keeper: Keeper, by: Operator) -> None:
    """Let a halted sequencer sign again, if everything is what was signed (*cho ký tiếp*)."""
    with psycopg.connect(keeper.owner_url, autocommit=True) as connection:
        epochs.resume(connection, signer_from_folder(keeper.key_dir, keeper.installation), Memory(keeper.key_dir), by)


def export_logs(url: str, folder: Path, *, with_entries: bool = False) -> list[tuple[str, int]]:
    """Write the published logs as files (*xuất sổ*)."""
    with psycopg.connect(url, autocommit=True) as connection:
        return export(connection, folder, with_entries=with_entries)


def audit_database(
    url: str, keys: Sequence[str], checkpoints: Sequence[str], state: Path | None, *, full: bool, now: datetime
) -> tuple[list[Found], list[Found], list[Head]]:
    """Audit with keys and old heads, and with what an earlier audit kept in a file (*kiểm toán sổ*).

    Gives findings, notes of what signed statements own up to, and the newest heads. Raises `Invalid` for a checkpoint that none of
    the keys signed.
    """
    known = [parse_key(key) for key in keys]
    auditor = Auditor(known, [_head(text, keys) for text in checkpoints])
    if state is not None and state.is_file():
        auditor.restore(state.read_bytes())
    with psycopg.connect(url, autocommit=True) as connection, connection.transaction():
        connection.execute("set transaction isolation level repeatable read, read only")
        found = auditor.audit(connection, now, full=full)
    if state is not None:  # has only the logs in which nothing was found as they are now
        state.write_bytes(auditor.dump())
    return found, auditor.notes, auditor.heads


def _head(text: str, keys: Sequence[str]) -> Head:
    lines = text.splitlines()
    # Another book's key says nothing of this one.
    of = [key for key in map(parse_key, keys) if lines and lines[0].startswith(f"{key.name}/")]
    head = opened_checkpoint(text, of)
    return Head(head.origin, head.size, head.root)
