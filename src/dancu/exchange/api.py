"""The door of the exchange."""

from dancu.exchange.domain import AccessRequest, Comparison, Disclosure, Kind, Outcome, Refused, Verification
from dancu.exchange.feeding import FeedStanding, replay, set_webhook, standings
from dancu.exchange.monitoring import latest_events, said_of, send_test
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
from dancu.exchange.shadowing import ShadowReport, shadow_report
from dancu.exchange.syslog import Centre
from dancu.exchange.usage_figures import ENDING_NAMES as ENDINGS
from dancu.exchange.usage_figures import usage_between
from dancu.exchange.usecases import FactsSource, disclose_person, verify_person
from dancu.population.api import Difference, FoundPerson, Part, SearchAnswer, SearchQuery, read_query

__all__ = [
    "ENDINGS",
    "REGISTRY_INTEGRATION",
    "REGISTRY_PROCEDURE",
    "AccessRequest",
    "Centre",
    "Comparison",
    "Difference",
    "Disclosure",
    "FactsSource",
    "FeedStanding",
    "FoundPerson",
    "Kind",
    "OpenedPerson",
    "Outcome",
    "Part",
    "Reason",
    "Refused",
    "SearchAnswer",
    "SearchQuery",
    "ShadowReport",
    "Verification",
    "disclose_person",
    "latest_events",
    "open_person",
    "plant_watermarks",
    "planted_numbers",
    "read_query",
    "registry_request",
    "replay",
    "said_of",
    "search_persons",
    "send_test",
    "set_webhook",
    "shadow_report",
    "standings",
    "usage_between",
    "verify_person",
]
