"""Do documents agree with themselves and with those before them? Every rule over every document, told where by none. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from dancu.steering.documents import date_rules, figure_rules, list_rules
from dancu.steering.documents.contradictions import Contradiction
from dancu.steering.documents.sources import SourceDocument

Check = Callable[[SourceDocument, Sequence[SourceDocument]], Iterator[Contradiction]]

CHECKS: tuple[Check, ...] = (
    list_rules.counts,
    list_rules.repeated,
    list_rules.relations,
    figure_rules.shares,
    figure_rules.totals,
    figure_rules.ranks,
    figure_rules.restated,
    figure_rules.growth,
    date_rules.deadlines,
    date_rules.days,
    date_rules.arrivals,
    date_rules.citations,
)


def check(document: SourceDocument, earlier: Sequence[SourceDocument] = ()) -> tuple[Contradiction, ...]:
    """Everything in a document that does not agree, also with earlier documents (*đối chiếu văn bản*)."""
    return tuple(found for each in CHECKS for found in each(document, earlier))


def check_all(documents: Iterable[SourceDocument]) -> tuple[Contradiction, ...]:
    """Every document against itself and those before it (*đối chiếu các văn bản*), in the order of their days."""
    ordered = sorted(documents, key=lambda one: (one.head.day, one.head.id))
    return tuple(found for index, each in enumerate(ordered) for found in check(each, ordered[:index]))
