"""One batch of the gateway inside its transaction: read what the warrants allow, judge, seal an entry each, render the answers.

Narrow rows first, whatever is asked; the wide row only of a person whose keys agreed.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg

from dancu.exchange.domain import (
    AccessRequest,
    Disclosure,
    Judgement,
    Kind,
    Refusal,
    Refused,
    Verification,
    is_somebody,
    judge,
    refusal_act,
    verification_of,
)
from dancu.exchange.repeats import RequestKey
from dancu.kernel.claims import PersonClaim
from dancu.kernel.warrants import Field, Warrant
from dancu.ledger.domain import ENTROPY_BYTES, ActKind, SealedEntry, seal
from dancu.onboarding.domain import Standing
from dancu.onboarding.reader import KnownCaller
from dancu.population import reader as population

Answer = Verification | Disclosure | Refused
_PENDING: asyncio.Future[bytes] = None  # type: ignore[assignment]  # never seen: `ask` replaces it at once


@dataclass(slots=True)
class Question:
    """One authenticated request on its way through a batch. Without a claim it is a refusal still to be recorded."""

    caller: KnownCaller
    request: AccessRequest
    claim: PersonClaim | None
    render: Callable[[Answer], bytes]
    stated: dict[Field, str] | None = None
    repeat: RequestKey | None = None
    answered: asyncio.Future[bytes] = _PENDING  # made when the question is asked
    asked_at: float = 0.0  # by the clock of the loop
    is_held: bool = False  # settled, and answered when its time has come


@dataclass(slots=True)
class Decided:
    """A question with its decision, while its batch runs."""

    question: Question
    standing: Standing
    decision: Warrant | Refusal


@dataclass(slots=True)
class Settled:
    """A question with its entry and its answer, not yet sent. Without a judgement it was refused."""

    decided: Decided
    entry: SealedEntry
    body: bytes
    judgement: Judgement | None
    is_somebody: bool = False


async def settle(connection: asyncpg.Connection, decided: Sequence[Decided], now: datetime) -> list[Settled]:
    """Settle a batch; the caller writes the entries and commits before anything is sent."""
    found = await _read(connection, decided)
    rows = [[population.key_row(row) for row in _candidates(each, found)] for each in decided]
    judged = [_judge(each, candidates) for each, candidates in zip(decided, rows, strict=True)]
    wide: Mapping[int, Sequence[Any]] = {}
    if any(each.question.request.kind is Kind.DISCLOSE for each in decided):
        wide = await _read_wide(connection, decided, judged)
    drawn = os.urandom(ENTROPY_BYTES * len(decided))
    settled = []
    for at, each in enumerate(decided):
        judgement = judged[at]
        settled.append(_conclude(each, judgement, wide, now, drawn[at * ENTROPY_BYTES : (at + 1) * ENTROPY_BYTES]))
        if judgement is not None and judgement.person is None:
            settled[at].is_somebody = is_somebody(rows[at])
    return settled


async def _read(connection: asyncpg.Connection, decided: Sequence[Decided]) -> population.FoundPersons:
    warrants, numbers, old_numbers = [], [], []
    for each in decided:
        claim = each.question.claim
        if isinstance(each.decision, Warrant) and claim is not None:
            warrants.append(each.decision)
            if claim.personal_id is not None:
                numbers.append(claim.personal_id.number)
            else:
                old_numbers.append(claim.old_id_no)
    if not warrants:
        return population.FoundPersons({}, {})
    return await population.rows_for(connection, warrants, numbers, old_numbers)


async def _read_wide(
    connection: asyncpg.Connection, decided: Sequence[Decided], judged: list[Judgement | None]
) -> dict[int, Sequence[Any]]:
    """The whole rows of those who agreed and are to be told more than that. They are judged again as they stand now."""
    warrants, numbers, places = [], [], []
    for at, (each, judgement) in enumerate(zip(decided, judged, strict=True)):
        if each.question.request.kind is Kind.DISCLOSE and judgement is not None and judgement.person is not None:
            assert isinstance(each.decision, Warrant)
            warrants.append(each.decision)
            numbers.append(judgement.person.personal_no)
            places.append(at)
    if not warrants:
        return {}
    wide = (await population.rows_for(connection, warrants, numbers, [], population.WIDE_COLUMNS)).by_number
    for at, number in zip(places, numbers, strict=True):
        judged[at] = _judge(decided[at], [population.key_row(wide[number])] if number in wide else [])
    return wide


def _judge(each: Decided, candidates: Sequence[population.PersonRow]) -> Judgement | None:
    claim, grant = each.question.claim, each.standing.grant
    if claim is None or grant is None or not isinstance(each.decision, Warrant):
        return None
    return judge(claim, candidates, grant, each.question.stated)


def _candidates(each: Decided, found: population.FoundPersons) -> Sequence[Sequence[Any]]:
    claim = each.question.claim
    if claim is None:
        return ()
    if claim.personal_id is not None:
        row = found.by_number.get(claim.personal_id.number)
        return () if row is None else (row,)
    return found.by_old_number.get(claim.old_id_no, ())


def _conclude(
    each: Decided, judgement: Judgement | None, wide: Mapping[int, Sequence[Any]], now: datetime, drawn: bytes
) -> Settled:
    question, claim, decision = each.question, each.question.claim, each.decision
    if judgement is None or claim is None or not isinstance(decision, Warrant):
        assert isinstance(decision, Refusal)
        entry = seal(refusal_act(claim, question.request, decision.reason, each.standing.grant), now, drawn)
        refused = Refused(decision.reason, entry.reference, decision.retry_after_seconds)
        return Settled(each, entry, question.render(refused), None)
    verifies = question.request.kind is Kind.VERIFY
    kind = ActKind.VERIFY if verifies else ActKind.DISCLOSE
    entry = seal(population.consultation_act(claim, decision, kind, judgement), now, drawn)
    verification = verification_of(judgement, entry.reference, entry.at)
    if verifies:
        return Settled(each, entry, question.render(verification), judgement)
    person = judgement.person
    facts = population.facts_from_row(wide[person.personal_no], decision.fields, claim) if person is not None else None
    return Settled(each, entry, question.render(Disclosure(verification, facts)), judgement)
