"""The door of the exchange."""

from dancu.exchange.domain import AccessRequest, Comparison, Disclosure, Kind, Outcome, Reason, Refused, Verification
from dancu.exchange.usecases import FactsSource, disclose_person, verify_person

__all__ = [
    "AccessRequest",
    "Comparison",
    "Disclosure",
    "FactsSource",
    "Kind",
    "Outcome",
    "Reason",
    "Refused",
    "Verification",
    "disclose_person",
    "verify_person",
]
