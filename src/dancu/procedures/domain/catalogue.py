"""Procedures and their electronic forms as data (*thủ tục hành chính, tờ khai điện tử*)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time


@dataclass(frozen=True, slots=True)
class FormField:
    """One field somebody types (*trường của tờ khai*)."""

    name: str
    label: str
    required: bool = False
    kind: str = "text"  # text, select, past (a day not after today), future, number (12 digits), count
    options: tuple[tuple[str, str], ...] = ()
    hint: str = ""


@dataclass(frozen=True, slots=True)
class PersonBlock:
    """A person of the form whose items are prefilled and locked from the registry (*khối thông tin nhân thân*)."""

    role: str  # requester, mother, father
    label: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Procedure:
    """One procedure in one period of validity (*thủ tục hành chính*)."""

    code: str
    name: str
    field: str
    working_days: int
    cutoff: time
    valid_from: date
    valid_to: date | None
    source: str
    persons: tuple[PersonBlock, ...]
    fields: tuple[FormField, ...]
    papers: tuple[str, ...]


# Roles of a form that one and the same person cannot hold together.
OTHER_PEOPLE = {
    "mother": frozenset({"father"}),
    "father": frozenset({"mother"}),
    "partner": frozenset({"requester"}),
}
