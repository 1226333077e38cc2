"""The door of the registry."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from dancu.kernel.four_eyes import Hand
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
from dancu.population.cards.qr import SCAN_LENGTH_MAX, CardText, is_bare_number, name_readings, read_card
from dancu.population.consult import Consultation, consult, present_rows
from dancu.population.domain import (
    Approval,
    Evidence,
    Flag,
    IdCard,
    LifeStatus,
    MaritalStatus,
    NumberState,
    PersonFacts,
    Relative,
    Sex,
    address_key,
)
from dancu.population.families import HouseholdRow, MembershipRow, RelationRow, ResidenceRow
from dancu.population.feed import (
    Announcement,
    Cursor,
    announcements,
    changed_since,
    changed_while_silent,
    consume,
    led_to,
    position_of,
)
from dancu.population.file import Neighbour, PersonFile, person_file
from dancu.population.history import Change, ChangeKind
from dancu.population.items import FIELD_OF, LegalItem, check_items, household_relations, legal_items
from dancu.population.listing import ROWS_A_STEP, Criteria, Step, find_listed
from dancu.population.numbers import numbers_of_person
from dancu.population.planting import plant_persons
from dancu.population.reader import PersonRow, warranted_act
from dancu.population.search.asking import LISTED_FIELDS, SHOWN_MAX, Opened, SearchAnswer, open_by_number, search, subject_of_search
from dancu.population.search.following import follow_changes, index_loaded
from dancu.population.search.index import forget_person, index_persons, refresh_search
from dancu.population.search.likeness import Difference, FoundPerson, Part
from dancu.population.search.query import NameQuery, NumberQuery, OldNumberQuery, SearchQuery, read_query
from dancu.population.store.following import Place
from dancu.population.units.addresses import AddressReading, Alternative, resolve_address
from dancu.population.units.succession import Outcome, Predecessor, Succession, Successor, predecessors, successors
from dancu.population.units.table import (
    CURRENT_VERSION,
    UNITS_FILE,
    Coordinates,
    Meaning,
    coordinates,
    find_area,
    is_known,
    meanings_of,
    province_of,
    provinces,
    unit_names,
)
from dancu.population.units.versions import UnitVersion, get_version, latest_version, version_on, versions
from dancu.population.usecases.contacts import record_phones
from dancu.population.usecases.deaths import register_death
from dancu.population.usecases.households import change_head, form_household, join_household, leave_household
from dancu.population.usecases.records import (
    again_when_overtaken,
    cancel_number,
    correct_person,
    lock_versions,
    merge_persons,
    record_event,
    replace_number,
    revoke_change,
    set_flags,
    split_person,
)
from dancu.population.usecases.residences import end_relation, end_residence, register_residence, relate_persons

if TYPE_CHECKING:
    from dancu.population.bulk import BULK_FIELDS, BulkReading, BulkRows, ChangedSince, Moment, bulk_reading
    from dancu.population.loading.choosing import files_of, kind_named
    from dancu.population.loading.load import LoadResult, Progress, load_file, load_persons

# Their data frames take longer to import than all the rest, and pages and most commands never load a file nor read everybody.
_LOADING = {
    **dict.fromkeys(("BULK_FIELDS", "BulkReading", "BulkRows", "ChangedSince", "Moment", "bulk_reading"), "dancu.population.bulk"),
    **dict.fromkeys(("files_of", "kind_named"), "dancu.population.loading.choosing"),
    **dict.fromkeys(("LoadResult", "Progress", "load_file", "load_persons"), "dancu.population.loading.load"),
}


def __getattr__(name: str) -> Any:
    if name not in _LOADING:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_LOADING[name]), name)


__all__ = [
    "BULK_FIELDS",
    "CURRENT_VERSION",
    "FIELD_OF",
    "LISTED_FIELDS",
    "ROWS_A_STEP",
    "SCAN_LENGTH_MAX",
    "SHOWN_MAX",
    "UNITS_FILE",
    "AddressReading",
    "Alternative",
    "Announcement",
    "Approval",
    "BulkReading",
    "BulkRows",
    "CardHistory",
    "CardPeriod",
    "CardRule",
    "CardText",
    "Change",
    "ChangeKind",
    "ChangedSince",
    "Consultation",
    "Coordinates",
    "Criteria",
    "Cursor",
    "Difference",
    "Ending",
    "Evidence",
    "Finding",
    "FindingKind",
    "Flag",
    "FoundPerson",
    "Hand",
    "HouseholdRow",
    "IdCard",
    "LegalItem",
    "LifeStatus",
    "LoadResult",
    "MaritalStatus",
    "Meaning",
    "MembershipRow",
    "Moment",
    "MrzText",
    "NameQuery",
    "Neighbour",
    "NumberQuery",
    "NumberState",
    "OldNumberQuery",
    "Opened",
    "Outcome",
    "Part",
    "PersonFacts",
    "PersonFile",
    "PersonRow",
    "Place",
    "Predecessor",
    "Progress",
    "RelationRow",
    "Relative",
    "ResidenceRow",
    "SearchAnswer",
    "SearchQuery",
    "Sex",
    "Step",
    "Succession",
    "Successor",
    "UnitVersion",
    "address_key",
    "again_when_overtaken",
    "announcements",
    "bulk_reading",
    "cancel_number",
    "card_history",
    "card_rules",
    "change_head",
    "changed_since",
    "changed_while_silent",
    "check_digit",
    "check_items",
    "consult",
    "consume",
    "coordinates",
    "correct_person",
    "differences",
    "end_relation",
    "end_residence",
    "expiry_of",
    "files_of",
    "find_area",
    "find_listed",
    "follow_changes",
    "forget_person",
    "form_household",
    "get_version",
    "household_relations",
    "index_loaded",
    "index_persons",
    "is_bare_number",
    "is_known",
    "is_mrz",
    "join_household",
    "kind_named",
    "latest_version",
    "leave_household",
    "led_to",
    "legal_items",
    "load_file",
    "load_persons",
    "lock_versions",
    "meanings_of",
    "merge_persons",
    "name_readings",
    "numbers_of_person",
    "open_by_number",
    "person_file",
    "plant_persons",
    "position_of",
    "predecessors",
    "present_rows",
    "province_of",
    "provinces",
    "read_card",
    "read_mrz",
    "read_query",
    "record_event",
    "record_phones",
    "refresh_search",
    "register_death",
    "register_residence",
    "relate_persons",
    "replace_number",
    "resolve_address",
    "revoke_change",
    "search",
    "set_flags",
    "split_person",
    "subject_of_search",
    "successors",
    "unit_names",
    "version_on",
    "versions",
    "warranted_act",
]
