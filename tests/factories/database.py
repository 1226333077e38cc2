"""Setting the scene in the database through the rooms' own doors."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from dancu.kernel.config import read_config
from dancu.kernel.sealing import SealingKey
from dancu.onboarding import api as onboarding
from dancu.population.api import load_persons
from tests.factories.people import NOW, a_grant, a_system

SECRET = "bi-mat-thu"


def load(rows: list[dict[str, Any]], folder: Path) -> None:
    """Load rows through the bulk load."""
    file = folder / "persons.csv"
    names = list(dict.fromkeys(name for row in rows for name in row))
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, names, restval="")
        writer.writeheader()
        writer.writerows(rows)
    assert load_persons(file, now=NOW).rejected == 0


def connect_system(client_id: str = "he-thong", *, grants: list[Any] | None = None, secret: str = SECRET, **more: Any) -> None:
    """An official system with its grants and one listed account."""
    key = SealingKey.from_folder(read_config().key_dir)
    system = a_system(client_id, onboarding.ConnectionState.REGISTERED, **more)
    onboarding.register_system(system, key=key, by="test", now=NOW, secret=secret)
    onboarding.set_state(client_id, onboarding.ConnectionState.OFFICIAL, reason="test", by="test", now=NOW)
    for grant in grants if grants is not None else [a_grant(client_id)]:
        onboarding.grant(grant, by="test", now=NOW)
    onboarding.list_accounts_for(system.organisation, ["canbo01"], by="test", now=NOW)
