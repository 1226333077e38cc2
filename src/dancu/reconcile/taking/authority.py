"""By what right the whole registry is read: a narrow warrant for one purpose, and the key its names are hashed with."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from dancu.kernel.keyed_hash import HashKey
from dancu.kernel.warrants import Actor, Warrant
from dancu.population import api as population
from dancu.reconcile.running.keys import name_key

__all__ = ["key_id", "name_key", "warrant_to_take"]
READING_MAX = timedelta(hours=12)
SYSTEM = "snapshot"
_KEY_ID = "identity of the key of a snapshot"


def warrant_to_take(organisation: str, by: str, *, now: datetime) -> Warrant:
    """What a snapshot may read, for comparing lists and for nothing else (*căn cứ lập bản chụp dân cư*)."""
    return Warrant(
        Actor(organisation, SYSTEM, by),
        "Lập bản chụp để đối soát",
        "Luật Căn cước 26/2023/QH15, Điều 10",
        "",
        "",
        "",
        population.BULK_FIELDS,
        now + READING_MAX,
    )


def key_id(key_dir: Path) -> str:
    """Tells one key from another and says nothing about either (*mã khoá*)."""
    return HashKey.from_folder(key_dir, _KEY_ID).of(b"")[:8].hex()
