"""The door of the registry."""

from dancu.population.consult import Consultation, consult
from dancu.population.domain import IdCard, LifeStatus, MaritalStatus, NumberState, PersonFacts, Relative, Sex
from dancu.population.loading.choosing import files_of, kind_named
from dancu.population.loading.load import LoadResult, Progress, load_file, load_persons
from dancu.population.reader import PersonRow
from dancu.population.units import communes_of, unit_names

__all__ = [
    "Consultation",
    "IdCard",
    "LifeStatus",
    "LoadResult",
    "MaritalStatus",
    "NumberState",
    "PersonFacts",
    "PersonRow",
    "Progress",
    "Relative",
    "Sex",
    "communes_of",
    "consult",
    "files_of",
    "kind_named",
    "load_file",
    "load_persons",
    "unit_names",
]
