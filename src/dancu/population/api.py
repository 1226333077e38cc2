"""The door of the registry."""

from dancu.population.consult import Consultation, consult
from dancu.population.domain import IdCard, LifeStatus, MaritalStatus, NumberState, PersonFacts, Relative, Sex
from dancu.population.loading import LoadResult, load_persons
from dancu.population.reader import PersonRow
from dancu.population.units import UNITS_FILE, communes_of, unit_names

__all__ = [
    "UNITS_FILE",
    "Consultation",
    "IdCard",
    "LifeStatus",
    "LoadResult",
    "MaritalStatus",
    "NumberState",
    "PersonFacts",
    "PersonRow",
    "Relative",
    "Sex",
    "communes_of",
    "consult",
    "load_persons",
    "unit_names",
]
