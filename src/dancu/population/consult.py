"""The one way the back office reads facts about a person: with a warrant, judged, recorded in the same transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db import connection, transaction

from dancu.kernel.claims import PersonClaim
from dancu.kernel.warrants import Warrant
from dancu.ledger import api as ledger
from dancu.population import reader
from dancu.population.domain import PersonFacts
from dancu.population.reader import Judged, PersonRow

J = TypeVar("J", bound=Judged)


@dataclass(frozen=True, slots=True)
class Consultation(Generic[J]):
    """A read that stands in the ledger: the judgement, the granted facts where it agreed, the reference (*lượt tra cứu*)."""

    judgement: J
    facts: PersonFacts | None
    reference: str


def consult(
    claim: PersonClaim,
    warrant: Warrant,
    judge: Callable[[Sequence[PersonRow]], J],
    *,
    kind: ledger.ActKind,
    now: datetime,
) -> Consultation[J]:
    """Read the persons a claim points at, judge them, record the read; all in one transaction (*tra cứu*).

    Facts leave only where the judgement names a person, and only the warrant's fields. The entry is written
    whatever the judgement says: a miss is a look too.
    """
    assert warrant.expires_at > now, "an expired warrant reads nothing"
    with transaction.atomic():
        judgement = judge([reader.key_row(row) for row in _candidates(claim)])
        row = None
        if judgement.person is not None and kind is ledger.ActKind.DISCLOSE:
            # The wide row only of a person whose keys agree, and agree as she stands now.
            row = _wide(judgement.person.personal_no)
            judgement = judge([reader.key_row(row)] if row is not None else [])
        reference = ledger.record(reader.consultation_act(claim, warrant, kind, judgement), now=now)
    if row is None or judgement.person is None:
        return Consultation(judgement, None, reference)
    return Consultation(judgement, reader.facts_from_row(row, warrant.fields, claim), reference)


def present_rows(personal_no: int, warrant: Warrant, *, now: datetime) -> tuple[Sequence[Any], Sequence[Any] | None] | None:
    """The wide row of a number, and of the one that replaced it; in the caller's transaction, who records what leaves of it."""
    assert warrant.expires_at > now, "an expired warrant reads nothing"
    own = _wide(personal_no)
    if own is None:
        return None
    return own, _wide(own[2]) if own[2] else None


def _candidates(claim: PersonClaim) -> list[Sequence[Any]]:
    query, asked = (
        (reader.NUMBERS_NARROW, claim.personal_id.number) if claim.personal_id is not None else (reader.OLD_NARROW, claim.old_id_no)
    )
    return _rows(query, asked)


def _wide(personal_no: int) -> Sequence[Any] | None:
    return next(iter(_rows(reader.NUMBERS_WIDE, personal_no)), None)


def _rows(query: str, asked: object) -> list[Sequence[Any]]:
    with connection.cursor() as cursor:
        cursor.execute(query.replace("$1", "%s"), [[asked]])
        return list(cursor.fetchmany(reader.OLD_ID_CANDIDATES_MAX))
