"""The door of the exchange."""

from dancu.exchange.domain import AccessRequest, Comparison, Disclosure, Kind, Outcome, Refused, Verification
from dancu.exchange.planting import plant_watermarks, planted_numbers
from dancu.exchange.reasons import Reason
from dancu.exchange.registry_search import (
    REGISTRY_INTEGRATION,
    REGISTRY_PROCEDURE,
    OpenedPerson,
    open_person,
    registry_request,
    search_persons,
)
from dancu.exchange.usecases import FactsSource, disclose_person, verify_person
from dancu.population.api import Difference, FoundPerson, Part, SearchAnswer, SearchQuery, read_query

__all__ = [
    "REGISTRY_INTEGRATION",
    "REGISTRY_PROCEDURE",
    "AccessRequest",
    "Comparison",
    "Difference",
    "Disclosure",
    "FactsSource",
    "FoundPerson",
    "Kind",
    "OpenedPerson",
    "Outcome",
    "Part",
    "Reason",
    "Refused",
    "SearchAnswer",
    "SearchQuery",
    "Verification",
    "disclose_person",
    "open_person",
    "plant_watermarks",
    "planted_numbers",
    "read_query",
    "registry_request",
    "search_persons",
    "verify_person",
]
