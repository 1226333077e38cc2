"""A sequencer over the database of a test, with a key and a memory of its own."""

from __future__ import annotations

import os
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

    def sequence(self, *, batch_max: int = 4096, rounds: int = 1000) -> int:
        """Take everything that waits; how many entries went in."""
        with psycopg.connect(self.url, autocommit=True) as connection:
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
