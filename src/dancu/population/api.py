"""The door of the registry."""

from dancu.population.consult import Consultation, consult
from dancu.population.domain import IdCard, LifeStatus, MaritalStatus, NumberState, PersonFacts, Relative, Sex

__all__ = [
    "Consultation", "IdCard", "LifeStatus", "MaritalStatus", "NumberState", "PersonFacts", "Relative", "Sex",
    "consult",
]
