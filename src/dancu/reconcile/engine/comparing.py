"""A batch compared as far as it can be: the exact part, then the second look at what that could not explain."""

from __future__ import annotations

from dancu.reconcile.engine.exact import Batch, Verdicts, compare
from dancu.reconcile.engine.name_keys import NameKey
from dancu.reconcile.engine.second_look.beside import Beside
from dancu.reconcile.engine.second_look.looking import second_look
from dancu.reconcile.engine.snapshot import Snapshot


def compare_fully(batch: Batch, snapshot: Snapshot, key: NameKey, year_now: int, beside: Beside | None = None) -> Verdicts:
    """Compare a batch with the registry, every reason told (*đối soát một lô, đủ nguyên nhân*). Reasons are `int64`."""
    return second_look(batch, snapshot, key, year_now, compare(batch, snapshot, key, year_now), beside)
