"""The door of the registry."""

from dancu.population.consult import Consultation, consult
from dancu.population.domain import Flag, IdCard, LifeStatus, MaritalStatus, NumberState, PersonFacts, Relative, Sex
from dancu.population.likeness import Difference, FoundPerson, Part
from dancu.population.loading import LoadResult, load_persons
from dancu.population.reader import PersonRow
from dancu.population.search import LISTED_FIELDS, SHOWN_MAX, Opened, SearchAnswer, open_by_number, search, subject_of_search
from dancu.population.search_index import forget_person, index_persons, refresh_search
from dancu.population.search_query import NameQuery, NumberQuery, OldNumberQuery, SearchQuery, read_query
from dancu.population.units import communes_of, unit_names

__all__ = [
    "LISTED_FIELDS",
    "SHOWN_MAX",
    "Consultation",
    "Difference",
    "Flag",
    "FoundPerson",
    "IdCard",
    "LifeStatus",
    "LoadResult",
    "MaritalStatus",
    "NameQuery",
    "NumberQuery",
    "NumberState",
    "OldNumberQuery",
    "Opened",
    "Part",
    "PersonFacts",
    "PersonRow",
    "Relative",
    "SearchAnswer",
    "SearchQuery",
    "Sex",
    "communes_of",
    "consult",
    "forget_person",
    "index_persons",
    "load_persons",
    "open_by_number",
    "read_query",
    "refresh_search",
    "search",
    "subject_of_search",
    "unit_names",
]
