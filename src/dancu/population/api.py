"""The door of the registry."""

from dancu.population.consult import Consultation, consult
from dancu.population.domain import (
    Approval,
    Evidence,
    Flag,
    Hand,
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
from dancu.population.feed import Announcement, Cursor, announcements, consume, position_of
from dancu.population.file import Neighbour, PersonFile, person_file
from dancu.population.history import Change, ChangeKind
from dancu.population.items import FIELD_OF, LegalItem, check_items, household_relations, legal_items
from dancu.population.likeness import Difference, FoundPerson, Part
from dancu.population.loading import LoadResult, load_persons
from dancu.population.reader import PersonRow
from dancu.population.search import LISTED_FIELDS, SHOWN_MAX, Opened, SearchAnswer, open_by_number, search, subject_of_search
from dancu.population.search_index import forget_person, index_persons, refresh_search
from dancu.population.search_query import NameQuery, NumberQuery, OldNumberQuery, SearchQuery, read_query
from dancu.population.store.following import Place
from dancu.population.units import communes_of, unit_names
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

__all__ = [
    "FIELD_OF",
    "LISTED_FIELDS",
    "SHOWN_MAX",
    "Announcement",
    "Approval",
    "Change",
    "ChangeKind",
    "Consultation",
    "Cursor",
    "Difference",
    "Evidence",
    "Flag",
    "FoundPerson",
    "Hand",
    "HouseholdRow",
    "IdCard",
    "LegalItem",
    "LifeStatus",
    "LoadResult",
    "MaritalStatus",
    "MembershipRow",
    "NameQuery",
    "Neighbour",
    "NumberQuery",
    "NumberState",
    "OldNumberQuery",
    "Opened",
    "Part",
    "PersonFacts",
    "PersonFile",
    "PersonRow",
    "Place",
    "RelationRow",
    "Relative",
    "ResidenceRow",
    "SearchAnswer",
    "SearchQuery",
    "Sex",
    "address_key",
    "again_when_overtaken",
    "announcements",
    "cancel_number",
    "change_head",
    "check_items",
    "communes_of",
    "consult",
    "consume",
    "correct_person",
    "end_relation",
    "end_residence",
    "forget_person",
    "form_household",
    "household_relations",
    "index_persons",
    "join_household",
    "leave_household",
    "legal_items",
    "load_persons",
    "lock_versions",
    "merge_persons",
    "open_by_number",
    "person_file",
    "position_of",
    "read_query",
    "record_event",
    "refresh_search",
    "register_death",
    "register_residence",
    "relate_persons",
    "replace_number",
    "revoke_change",
    "search",
    "set_flags",
    "split_person",
    "subject_of_search",
    "unit_names",
]
