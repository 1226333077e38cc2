"""The door of the exchange."""

from dancu.exchange.domain import AccessRequest, Comparison, Disclosure, Kind, Outcome, Refused, Verification
from dancu.exchange.feeding import FeedStanding, replay, set_webhook, standings
from dancu.exchange.following import (
    FOLLOWED_MAX,
    TOLD_MAX,
    Followed,
    Matched,
    ToldNews,
    Use,
    WrittenChange,
    decide_following,
    end_following,
    follow,
    last_written,
    tell_news,
    written_after,
)
from dancu.exchange.live_check import ShopAnswer, ShopHint, read_for_shop, subscriber_grant
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
from dancu.exchange.sandbox import (
    Step,
    StepState,
    TrialPerson,
    TrialTable,
    is_conformant,
    personas_table,
    progress,
    trial_calls,
    trial_secret_of,
)
from dancu.exchange.shadowing import ShadowReport, shadow_report
from dancu.exchange.subscriptions import ToldKind
from dancu.exchange.syslog import Centre
from dancu.exchange.trial.calls import TrialCall
from dancu.exchange.trial.cases import Case
from dancu.exchange.trial.findings import Finding, Level
from dancu.exchange.usage_figures import ENDING_NAMES as ENDINGS
from dancu.exchange.usage_figures import usage_between
from dancu.exchange.usecases import FactsSource, disclose_person, verify_person
from dancu.population.api import Difference, FoundPerson, Part, SearchAnswer, SearchQuery, read_query

__all__ = [
    "ENDINGS",
    "FOLLOWED_MAX",
    "REGISTRY_INTEGRATION",
    "REGISTRY_PROCEDURE",
    "TOLD_MAX",
    "AccessRequest",
    "Case",
    "Centre",
    "Comparison",
    "Difference",
    "Disclosure",
    "FactsSource",
    "FeedStanding",
    "Finding",
    "Followed",
    "FoundPerson",
    "Kind",
    "Level",
    "Matched",
    "OpenedPerson",
    "Outcome",
    "Part",
    "Reason",
    "Refused",
    "SearchAnswer",
    "SearchQuery",
    "ShadowReport",
    "ShopAnswer",
    "ShopHint",
    "Step",
    "StepState",
    "ToldKind",
    "ToldNews",
    "TrialCall",
    "TrialPerson",
    "TrialTable",
    "Use",
    "Verification",
    "WrittenChange",
    "decide_following",
    "disclose_person",
    "end_following",
    "follow",
    "is_conformant",
    "last_written",
    "latest_events",
    "open_person",
    "personas_table",
    "plant_watermarks",
    "planted_numbers",
    "progress",
    "read_for_shop",
    "read_query",
    "registry_request",
    "replay",
    "said_of",
    "search_persons",
    "send_test",
    "set_webhook",
    "shadow_report",
    "standings",
    "subscriber_grant",
    "tell_news",
    "trial_calls",
    "trial_secret_of",
    "usage_between",
    "verify_person",
    "written_after",
]
