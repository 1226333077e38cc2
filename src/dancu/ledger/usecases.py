"""What is done with the ledger: append, read back. Nothing else is possible."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from dancu.kernel.errors import NotFound
from dancu.ledger import store
from dancu.ledger.domain import Act, seal
from dancu.ledger.store import RecordedEntry


def record(act: Act, *, now: datetime) -> str:
    """Write the act in the caller's transaction and return its reference (*ghi sổ*)."""
    entry = seal(act, now)
    store.append([entry])
    return entry.reference


def record_all(acts: Sequence[Act], *, now: datetime) -> list[str]:
    """Write several acts of one moment at once in the caller's transaction; their references in order (*ghi sổ nhiều mục*)."""
    entries = [seal(act, now) for act in acts]
    if entries:
        store.append(entries)
    return [entry.reference for entry in entries]


def entry_by_reference(reference: str) -> RecordedEntry:
    """The entry under a reference (*tra bút toán*). Raises `NotFound`, also for what is no reference at all."""
    try:
        found = store.find_entry(UUID(reference))
    except (ValueError, OverflowError):
        found = None
    if found is None:
        raise NotFound("ledger.no_entry", "Không có bút toán nào mang mã này.", "No entry has this reference.")
    return found


def latest(limit: int = 20) -> list[RecordedEntry]:
    """The newest entries, newest first (*bút toán mới nhất*)."""
    return store.latest_entries(min(limit, 1000))


def count() -> int:
    """How many entries stand in the ledger (*số bút toán*)."""
    return store.count_entries()
