"""The tables of the room, each part's own."""

from dancu.reconcile.kept.models import KeptEvent, KeptLink, KeptList, KeptSubscription
from dancu.reconcile.phones.models import PhoneClaim, PhoneStep

__all__ = ["KeptEvent", "KeptLink", "KeptList", "KeptSubscription", "PhoneClaim", "PhoneStep"]
