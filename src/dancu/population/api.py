"""The door of the registry."""

from dancu.population.cards.history import (
    CardHistory,
    CardPeriod,
    CardRule,
    Ending,
    Finding,
    FindingKind,
    card_history,
    card_rules,
    expiry_of,
)
from dancu.population.cards.mrz import MrzText, check_digit, differences, is_mrz, read_mrz
from dancu.population.cards.qr import READINGS_MAX, SCAN_LENGTH_MAX, CardText, is_bare_number, read_card
from dancu.population.consult import Consultation, consult
from dancu.population.domain import IdCard, LifeStatus, MaritalStatus, NumberState, PersonFacts, Relative, Sex
from dancu.population.loading import LoadResult, load_persons
from dancu.population.reader import PersonRow
from dancu.population.units.addresses import AddressReading, Alternative, resolve_address
from dancu.population.units.succession import Outcome, Predecessor, Succession, Successor, predecessors, successors
from dancu.population.units.table import (
    CURRENT_VERSION,
    Coordinates,
    Meaning,
    communes_of,
    coordinates,
    find_area,
    is_known,
    meanings_of,
    province_of,
    unit_names,
)
from dancu.population.units.versions import UnitVersion, get_version, latest_version, version_on, versions

__all__ = [
    "CURRENT_VERSION",
    "READINGS_MAX",
    "SCAN_LENGTH_MAX",
    "AddressReading",
    "Alternative",
    "CardHistory",
    "CardPeriod",
    "CardRule",
    "CardText",
    "Consultation",
    "Coordinates",
    "Ending",
    "Finding",
    "FindingKind",
    "IdCard",
    "LifeStatus",
    "LoadResult",
    "MaritalStatus",
    "Meaning",
    "MrzText",
    "NumberState",
    "Outcome",
    "PersonFacts",
    "PersonRow",
    "Predecessor",
    "Relative",
    "Sex",
    "Succession",
    "Successor",
    "UnitVersion",
    "card_history",
    "card_rules",
    "check_digit",
    "communes_of",
    "consult",
    "coordinates",
    "differences",
    "expiry_of",
    "find_area",
    "get_version",
    "is_bare_number",
    "is_known",
    "is_mrz",
    "latest_version",
    "load_persons",
    "meanings_of",
    "predecessors",
    "province_of",
    "read_card",
    "read_mrz",
    "resolve_address",
    "successors",
    "unit_names",
    "version_on",
    "versions",
]
