"""One batch of the gateway inside its transaction: read what the warrants allow, judge, seal an entry each, render the answers.

Narrow rows first, whatever is asked; the wide row only of a person whose keys agreed.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import asyncpg
from msgspec.structs import replace

from dancu.exchange import usage
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
from dancu.exchange.households import Home, read_homes
from dancu.exchange.provenance import Provenance
from dancu.exchange.repeats import RequestKey
from dancu.exchange.upstream.domain import (
    Fault,
    Heard,
    Paired,
    candidates_of,
    facts_of,
    failed_act,
    judge_heard,
    leaving_act,
    outcome_act,
    refusal_heard,
)
from dancu.kernel.claims import PersonClaim
from dancu.kernel.warrants import Field, Warrant
from dancu.ledger.domain import ENTROPY_BYTES, ActKind, SealedEntry, seal
from dancu.onboarding.domain import Standing
from dancu.onboarding.reader import KnownCaller
from dancu.population import reader as population
from dancu.population.domain import HouseholdFacts, NumberState

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
    tells_household: bool = False  # a disclosure that also tells who lives in the person's household
    came: Provenance | None = None  # set when the question is asked
    answered: asyncio.Future[bytes] = _PENDING  # made when the question is asked
    asked_at: float = 0.0  # by the clock of the loop
    is_held: bool = False  # settled, and answered when its time has come
    is_overtaken: bool = False  # while it was away another process kept an answer under its key
    forwarded: str = ""  # the entry under which it left for the hub above
    heard: Heard | Fault | None = None  # what came back


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
    leaves: bool = False  # its entry says that it goes to the hub above; answered when that has answered
    has_failed: bool = False  # its entry says that nothing was learned there; there is no answer
    others: Sequence[SealedEntry] = ()  # of further persons the answer tells about: each has an entry of her own

    @property
    def is_kept(self) -> bool:
        """Whether its answer is given again to whoever asks under the same key. No refusal is: grants change."""
        return not (self.leaves or self.has_failed or isinstance(self.decided.decision, Refusal))


class Told(NamedTuple):
    """What was read beyond the narrow rows."""

    wide: Mapping[int, Sequence[Any]]
    home: Home | None


async def settle(connection: asyncpg.Connection, decided: Sequence[Decided], now: datetime) -> list[Settled]:
    """Settle a batch from our own registry; the caller writes the entries and commits before anything is sent."""
    found = await _read(connection, decided)
    rows = [[population.key_row(row) for row in _candidates(each, found)] for each in decided]
    judged = [_judge(each, candidates) for each, candidates in zip(decided, rows, strict=True)]
    wide: Mapping[int, Sequence[Any]] = {}
    homes: Mapping[int, Home] = {}
    if any(each.question.request.kind is Kind.DISCLOSE for each in decided):
        wide = await _read_wide(connection, decided, judged)
        if any(each.question.tells_household for each in decided):
            homes = await read_homes(connection, _told_households(decided, judged), now)
    drawn = os.urandom(ENTROPY_BYTES * len(decided))
    settled = []
    no_home = Told(wide, None)
    for at, each in enumerate(decided):
        judgement = judged[at]
        told = Told(wide, homes[at]) if at in homes else no_home
        settled.append(_conclude(each, judgement, told, now, drawn[at * ENTROPY_BYTES : (at + 1) * ENTROPY_BYTES]))
        if judgement is not None and judgement.person is None:
            settled[at].is_somebody = is_somebody(rows[at])
    return settled


def settle_forwarded(decided: Sequence[Decided], now: datetime, hub: str) -> list[Settled]:
    """Settle a batch where the registry is at the hub above: questions about to leave, and those that came back."""
    return [_conclude_heard(each, now, hub) if each.question.forwarded else _send_off(each, now, hub) for each in decided]


def _send_off(each: Decided, now: datetime, hub: str) -> Settled:
    claim, decision = each.question.claim, each.decision
    if claim is None or not isinstance(decision, Warrant):
        return _refuse(each, now)
    act = leaving_act(claim, decision, each.question.request.kind, hub)
    return Settled(each, seal(act, now), b"", None, leaves=True)


def _conclude_heard(each: Decided, now: datetime, hub: str) -> Settled:
    question, heard, decision, grant = each.question, each.question.heard, each.decision, each.standing.grant
    claim = question.claim
    assert claim is not None
    if isinstance(heard, Heard) and isinstance(decision, Warrant):
        decision = each.decision = refusal_heard(heard) or decision
    if not isinstance(decision, Warrant):  # above, or here meanwhile: a grant was taken back while the question was away
        return _refuse(each, now, Paired(hub, heard.peer if isinstance(heard, Heard) else "", question.forwarded))
    if not isinstance(heard, Heard):
        fault = heard or Fault.FAILED
        return Settled(each, seal(failed_act(claim, decision, fault, hub, question.forwarded), now), b"", None, has_failed=True)
    assert grant is not None
    judgement = judge_heard(heard, claim, grant, question.stated)
    paired = Paired(hub, heard.peer, question.forwarded)
    entry = seal(outcome_act(claim, decision, question.request.kind, judgement, paired), now)
    verification = verification_of(judgement, entry.reference, entry.at)
    if question.request.kind is Kind.VERIFY:
        return Settled(each, entry, question.render(verification), judgement, bool(candidates_of(heard, claim)))
    facts = facts_of(heard, decision.fields, claim, judgement.person) if judgement.person is not None else None
    home = None
    if facts is not None and question.tells_household:  # the record of one person is all that is asked above
        home = HouseholdFacts(facts.residence_file_no, facts.permanent_residence, is_whole=False)
    return Settled(each, entry, question.render(Disclosure(verification, facts, home)), judgement)


def _refuse(each: Decided, now: datetime, paired: Paired | None = None, drawn: bytes | None = None) -> Settled:
    decision, question = each.decision, each.question
    assert isinstance(decision, Refusal)
    act = refusal_act(question.claim, question.request, decision.reason, each.standing.grant)
    entry = seal(paired.on(act) if paired else act, now, drawn)
    refused = Refused.of(decision, entry.reference)
    return Settled(each, entry, question.render(refused), None)


def endings_of(settled: Sequence[Settled]) -> list[usage.Ended]:
    """How each question ended; one that leaves for the hub above, or came back from there without an answer, has not."""
    found: list[usage.Ended] = []
    for each in settled:
        judgement, asked = each.judgement, (each.decided.question.request, each.decided.standing.grant)
        if judgement is not None:
            found.append((*asked, usage.MISSED if judgement.person is None else usage.MATCHED))
        elif not (each.leaves or each.has_failed):
            found.append((*asked, usage.REFUSED))
    return found


def entries_of(settled: Sequence[Settled]) -> list[SealedEntry]:
    """Every entry of a batch, those of further persons after the one they came with."""
    entries = []
    for each in settled:
        entries.append(each.entry)
        if each.others:
            entries.extend(each.others)
    return entries


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


def _told_households(decided: Sequence[Decided], judged: Sequence[Judgement | None]) -> dict[int, tuple[Warrant, int]]:
    """Whose household is to be told, by place in the batch: only of a person whose keys agreed, under a number in force."""
    asked = {}
    for at, (each, judgement) in enumerate(zip(decided, judged, strict=True)):
        if each.question.tells_household and judgement is not None and (person := judgement.person) is not None:
            assert isinstance(each.decision, Warrant)
            if person.number_state == NumberState.IN_FORCE:
                asked[at] = (each.decision, person.personal_no)
    return asked


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


def _conclude(each: Decided, judgement: Judgement | None, told: Told, now: datetime, drawn: bytes) -> Settled:
    question, claim, decision = each.question, each.question.claim, each.decision
    if judgement is None or claim is None or not isinstance(decision, Warrant):
        return _refuse(each, now, drawn=drawn)
    verifies = question.request.kind is not Kind.DISCLOSE
    kind = ActKind.VERIFY if verifies else ActKind.DISCLOSE
    act = population.consultation_act(claim, decision, kind, judgement)
    if question.request.kind is Kind.SUBSCRIBE and judgement.person is not None:
        act = replace(act, outcome=f"{act.outcome}:subscribed")
    entry = seal(act, now, drawn)
    verification = verification_of(judgement, entry.reference, entry.at)
    if verifies:
        return Settled(each, entry, question.render(verification), judgement)
    person = judgement.person
    facts = population.facts_from_row(told.wide[person.personal_no], decision.fields, claim) if person is not None else None
    if told.home is None:
        return Settled(each, entry, question.render(Disclosure(verification, facts)), judgement)
    others = [seal(act, now) for act in told.home.acts]
    body = question.render(Disclosure(verification, facts, told.home.facts))
    return Settled(each, entry, body, judgement, others=others)
