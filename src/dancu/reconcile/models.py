"""The tables of the room, each part's own."""

from dancu.reconcile.kept.models import KeptEvent, KeptLink, KeptList, KeptSubscription

__all__ = ["KeptEvent", "KeptLink", "KeptList", "KeptSubscription"]
