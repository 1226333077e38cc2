"""The door of reconciliation."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from dancu.reconcile.taking.home import KEPT_DAYS, KEPT_VERSIONS, SnapshotHome, Version, home_of

if TYPE_CHECKING:
    from dancu.reconcile.taking.authority import key_id, name_key
    from dancu.reconcile.taking.nightly import settings_of, take_nightly
    from dancu.reconcile.taking.take import Progress, Settings, Taken, take_snapshot

# Compiled loops and data frames take longer to import than all the rest, and most commands need neither.
_TAKING = {
    **dict.fromkeys(("key_id", "name_key"), "dancu.reconcile.taking.authority"),
    **dict.fromkeys(("settings_of", "take_nightly"), "dancu.reconcile.taking.nightly"),
    **dict.fromkeys(("Progress", "Settings", "Taken", "take_snapshot"), "dancu.reconcile.taking.take"),
}


def __getattr__(name: str) -> Any:
    if name not in _TAKING:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_TAKING[name]), name)


__all__ = [
    "KEPT_DAYS",
    "KEPT_VERSIONS",
    "Progress",
    "Settings",
    "SnapshotHome",
    "Taken",
    "Version",
    "home_of",
    "key_id",
    "name_key",
    "settings_of",
    "take_nightly",
    "take_snapshot",
]
