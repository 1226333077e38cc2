"""A sequencer over the database of a test, with a key and a memory of its own."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg

from dancu.ledger import journal
from dancu.ledger.domain import Act, ActKind, SealedEntry, seal
from dancu.ledger.keys import signer_from_folder
from dancu.ledger.memory import Memory
from dancu.ledger.notes import VerifierKey, key_of
from dancu.ledger.sequencer import Sequencer

NOW = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)
SUBJECT, OFFICER, DOSSIER = "046090000101", "canbo01", "H57-261124-0042"


class Desk:
    """A key, a memory, and a connection that sequences."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder = url, folder
        if not (folder / "ledger.key").exists():
            (folder / "ledger.key").write_bytes(os.urandom(32))
        self.signer = signer_from_folder(folder, "thu.vn")
        self.memory = Memory(folder)

    @property
    def key(self) -> VerifierKey:
        return key_of(self.signer)

    def sequence(self, *, batch_max: int = 4096, rounds: int = 1000, waits: bool = True) -> int:
        """Take everything that waits; how many entries went in."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            if waits:
                until_all_is_readable(connection)
            sequencer = Sequencer(connection, self.signer, self.memory, lambda: NOW, batch_max=batch_max)
            taken = 0
            for _ in range(rounds):
                if not (step := sequencer.round()):
                    break
                taken += step
            return taken

    def halted(self) -> str:
        with psycopg.connect(self.url) as connection:
            row = connection.execute("select halted from ledger_sequencer").fetchone()
        return row[0] if row else ""


def until_all_is_readable(connection: psycopg.Connection[tuple[object, ...]], seconds: float = 60) -> None:
    """Wait until every transaction that began before now has ended, also those of tests in other databases of this server."""
    deadline = time.monotonic() + seconds
    row = connection.execute("select pg_current_xact_id()::text::bigint").fetchone()
    assert row is not None
    while time.monotonic() < deadline:
        readable = connection.execute("select pg_snapshot_xmin(pg_current_snapshot())::text::bigint > %s", [row[0]]).fetchone()
        if readable and readable[0]:
            return
        time.sleep(0.01)
    raise AssertionError("an older transaction does not end")


def an_act(**changes: object) -> Act:
    values = {
        "subject": SUBJECT,
        "purpose": "Khai sinh",
        "integration_code": "REST",
        "dossier_no": DOSSIER,
        "fields": ("full_name",),
        **changes,
    }
    return Act(ActKind.VERIFY, "match", "H57", "he-thong", OFFICER, **values)  # type: ignore[arg-type]


def written(url: str, acts: Sequence[Act], at: datetime = NOW, *, apart: timedelta = timedelta(0)) -> list[SealedEntry]:
    """Write the acts in one transaction; with `apart` each has a moment of its own."""
    entries = [seal(act, at + number * apart) for number, act in enumerate(acts)]
    with psycopg.connect(url) as connection, psycopg.RawCursor(connection) as cursor:
        for batch in [entries] if not apart else [[entry] for entry in entries]:
            cursor.execute(journal.APPEND, journal.columns(batch))
            if any(entry.sealed_until for entry in batch):
                cursor.execute(journal.APPEND_SEALS, journal.seal_columns(batch))
    return entries
