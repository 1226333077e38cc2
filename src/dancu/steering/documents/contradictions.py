"""A place where a document does not agree with itself or with an earlier one, and numbers as both languages write them. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from dancu.steering.documents.sources import Said, SourceDocument, StatedFigure, StatedList

_SWAPPED = str.maketrans(",.", ".,")


class CheckRule(StrEnum):
    """Which rule found it (*quy tắc đối chiếu*)."""

    COUNT = "count"  # so many said, so many named
    REPEATED = "repeated"  # one list names something twice
    SAME = "same"
    SUBSET = "subset"
    COUNTED_TWICE = "counted_twice"
    SUM = "sum"
    EQUAL = "equal"
    RESTATED = "restated"  # one figure of one day, told differently
    TOTAL = "total"  # more than there are
    SHARE = "share"
    RANK = "rank"
    GROWTH = "growth"
    DEADLINE = "deadline"
    DAY = "day"
    ARRIVAL = "arrival"  # the deadline was over when the paper arrived
    CITATION = "citation"


@dataclass(frozen=True, slots=True)
class Contradiction:
    """What does not agree (*điểm mâu thuẫn*), with the sum that shows it. It never says which side is right."""

    rule: CheckRule
    document: str
    place: str
    printed: str
    computed: str
    sentence: Said
    arithmetic: Said
    about: tuple[str, ...] = ()  # codes of bodies, ids of tasks, or entries it is about


def number_vi(value: Decimal | int) -> str:
    """177.774.335 and 94,03."""
    return f"{value:,}".translate(_SWAPPED)


def number_en(value: Decimal | int) -> str:
    """177,774,335 and 94.03."""
    return f"{value:,}"


def day_text(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def both(text: str) -> Said:
    """A sum reads alike in both languages, where it has whole numbers and signs only."""
    return Said(text, text)


def value_of(document: SourceDocument, term: str) -> Decimal:
    """The number behind a term of a relation: a number, a figure, or how many a list is said to have, else names."""
    kind, _colon, name = term.partition(":")
    if kind == "number":
        return Decimal(name)
    if kind == "figure":
        return document.figure_of(name).value
    found = document.list_of(name)
    return Decimal(len(found.items) if found.stated is None else found.stated)


def list_behind(document: SourceDocument, term: str) -> StatedList | None:
    """The list behind a term, when it is one and names anything."""
    kind, _colon, name = term.partition(":")
    found = document.list_of(name) if kind == "list" else None
    return found if found is not None and found.items else None


def figure_behind(document: SourceDocument, term: str) -> StatedFigure | None:
    kind, _colon, name = term.partition(":")
    return document.figure_of(name) if kind == "figure" else None


def printed_names(found: StatedList, members: Iterable[str]) -> str:
    """Members of a list as it prints them, in its order."""
    wanted = set(members)
    pairs = zip(found.members, found.items, strict=True)
    return ", ".join(dict.fromkeys(item.printed for member, item in pairs if member in wanted))
