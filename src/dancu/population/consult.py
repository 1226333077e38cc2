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
        rows = _candidates(claim)
        judgement = judge([reader.key_row(row) for row in rows])
        person = judgement.person
        reference = ledger.record(reader.consultation_act(claim, warrant, kind, judgement), now=now)
    if person is None or kind is not ledger.ActKind.DISCLOSE:
        return Consultation(judgement, None, reference)
    row = next(row for row in rows if row[0] == person.personal_no)
    return Consultation(judgement, reader.facts_from_row(row, warrant.fields, claim), reference)


def _candidates(claim: PersonClaim) -> list[Sequence[Any]]:
    query, asked = (
        (reader.NUMBERS_WIDE, claim.personal_id.number) if claim.personal_id is not None else (reader.OLD_WIDE, claim.old_id_no)
    )
    with connection.cursor() as cursor:
        cursor.execute(query.replace("$1", "%s"), [[asked]])
        return list(cursor.fetchmany(reader.OLD_ID_CANDIDATES_MAX))
