"""The door of the room of lists."""

from dancu.reconcile.domain import Conclusion, OrganisationLimits, Round, RoundState, Scope, SourceList
from dancu.reconcile.folders import snapshots
from dancu.reconcile.store import set_limits
from dancu.reconcile.usecases.lists import ListWanted, add_list, lists_of
from dancu.reconcile.usecases.persons import ComparedIn, was_compared
from dancu.reconcile.usecases.rounds import Arrived, Columns, choose_columns, receive_file, start

__all__ = [
    "Arrived",
    "Columns",
    "ComparedIn",
    "Conclusion",
    "ListWanted",
    "OrganisationLimits",
    "Round",
    "RoundState",
    "Scope",
    "SourceList",
    "add_list",
    "choose_columns",
    "lists_of",
    "receive_file",
    "set_limits",
    "snapshots",
    "start",
    "was_compared",
]
