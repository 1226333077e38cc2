"""The door of the room of lists (*đối soát*)."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from dancu.reconcile.domain import Conclusion, OrganisationLimits, Round, RoundState, Scope, SourceList
from dancu.reconcile.phones.domain import Ending as PhoneEnding
from dancu.reconcile.phones.domain import Source as PhoneSource
from dancu.reconcile.phones.domain import Standing as PhoneStanding
from dancu.reconcile.phones.domain import mobile_of
from dancu.reconcile.phones.store import Line as PhoneLine
from dancu.reconcile.phones.usecases import declare as declare_phone
from dancu.reconcile.phones.usecases import lines_of as phone_lines
from dancu.reconcile.phones.usecases import withdraw as withdraw_phone
from dancu.reconcile.store import set_limits
from dancu.reconcile.taking.home import KEPT_DAYS, KEPT_VERSIONS, SnapshotHome, Version, home_of
from dancu.reconcile.usecases.lists import ListWanted, add_list, lists_of
from dancu.reconcile.usecases.persons import ComparedIn, was_compared
from dancu.reconcile.usecases.rounds import Arrived, Columns, choose_columns, receive_file, start

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
    "Arrived",
    "Columns",
    "ComparedIn",
    "Conclusion",
    "ListWanted",
    "OrganisationLimits",
    "PhoneEnding",
    "PhoneLine",
    "PhoneSource",
    "PhoneStanding",
    "Progress",
    "Round",
    "RoundState",
    "Scope",
    "Settings",
    "SnapshotHome",
    "SourceList",
    "Taken",
    "Version",
    "add_list",
    "choose_columns",
    "declare_phone",
    "home_of",
    "key_id",
    "lists_of",
    "mobile_of",
    "name_key",
    "phone_lines",
    "receive_file",
    "set_limits",
    "settings_of",
    "start",
    "take_nightly",
    "take_snapshot",
    "was_compared",
    "withdraw_phone",
]
