"""The registry's own officers: search for persons, open one by number. Decide, count, read, record; one transaction each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from dancu.exchange import store, usage
from dancu.exchange.budgets import Use, budget_on, hour_and_day, is_spent
from dancu.exchange.desk_decision import answering
from dancu.exchange.desk_limits import Asked, count, count_usage, nothing_counted, planted_numbers, refusal_for, standings_of
from dancu.exchange.domain import AccessRequest, Kind, Refusal, Refused, check_case_no, decide_opening, decide_search, refusal_act
from dancu.exchange.extraction import UNKNOWN
from dancu.exchange.reasons import Reason
from dancu.kernel.clock import local
from dancu.kernel.errors import NotFound, TooMany
from dancu.kernel.personal_id import PersonalId
from dancu.kernel.warrants import Actor, Field, Warrant
from dancu.ledger import api as ledger
from dancu.onboarding import api as onboarding
from dancu.population import api as population

REGISTRY_INTEGRATION, REGISTRY_PROCEDURE = "DAN-CU", "DC-TRA-CUU"


@dataclass(frozen=True, slots=True)
class OpenedPerson:
    """One person as a registry officer may see her (*hồ sơ công dân đang mở*)."""

    facts: population.PersonFacts
    flags: population.Flag
    last_seq: int  # of her newest change: what a correction starts from
    reference: str
    file: population.PersonFile  # history, family, household, residence: what the same warrants name


def registry_request(organisation: str, officer: str, kind: Kind, dossier_no: str = "") -> AccessRequest:
    """The request of an officer of the registry's own pages; purpose and basis come from the grant (*yêu cầu tra cứu*)."""
    actor = Actor(organisation, onboarding.REGISTRY_SYSTEM, officer)
    return AccessRequest(actor, kind, REGISTRY_INTEGRATION, REGISTRY_PROCEDURE, dossier_no.strip())


def search_persons(query: population.SearchQuery, request: AccessRequest, *, now: datetime) -> population.SearchAnswer | Refused:
    """Find persons by number, or by name and year (*tra cứu công dân*). The search and every person listed are recorded.

    Refused without a grant of the registry; by name also without a dossier number. Raises `Invalid` for a dossier
    number that is free text, `TooMany` past the officer's budget (recorded as well), `Unavailable`.
    """
    assert request.kind is Kind.SEARCH
    check_case_no(request.dossier_no)
    request = replace(request, fields=population.LISTED_FIELDS)
    by_name = isinstance(query, population.NameQuery)
    with answering():
        standing = _standing(request)
        asked = Asked(request.actor, subject if (subject := population.subject_of_search(query)).isdigit() else "")
        decision = decide_search(standing, request, now, by_name=by_name)
        standings = standings_of(asked, now=now)
        if isinstance(decision, Warrant):
            decision = refusal_for(standings, now=now) or decision
        if isinstance(decision, Refusal) or _is_spent(request, now):
            refused = _refuse(request, decision, standing, population.subject_of_search(query), now)
        else:
            answer = population.search(query, decision, now=now, hidden=planted_numbers())
            _count(request, now, Use(searched=1, listed=len(answer.persons)))
            count(standings, nothing_counted(), now=now)  # who is listed has limits of its own
            count_usage(request, standing.grant, usage.MATCHED if answer.persons else usage.MISSED, now=now)
            return answer
    return _told(refused)


def open_person(
    personal_no: int, request: AccessRequest, *, now: datetime, reveal: frozenset[Field] = frozenset()
) -> OpenedPerson | Refused:
    """Read one person by number alone (*mở hồ sơ công dân*). Sensitive fields only where `reveal` names them and the grant too.

    A disclosure is recorded, and one of its own for `reveal`. Refused without a grant of the registry or a dossier
    number. Raises `NotFound` for no such number and for a protected person, who look the same; `Invalid`, `TooMany`,
    `Unavailable` as the search.
    """
    assert request.kind is Kind.OPEN
    check_case_no(request.dossier_no)
    subject = PersonalId(personal_no).digits
    with answering():
        standing = _standing(request)
        decision = decide_opening(standing, request, now, reveal)
        standings = standings_of(Asked(request.actor, subject), now=now)
        if not isinstance(decision, Refusal):
            decision = refusal_for(standings, now=now) or decision
        if isinstance(decision, Refusal) or _is_spent(request, now):
            refused, opened, file = _refuse(request, decision, standing, subject, now), None, None
        else:
            opened = population.open_by_number(personal_no, decision, now=now)
            file = _file_of(personal_no, decision, now) if opened.facts is not None else None
            _count(request, now, Use(opened=1))
            counts = nothing_counted()
            counts[UNKNOWN] += opened.facts is None
            count(standings, counts, learned=subject if opened.facts is not None else "", now=now)
            ending = usage.MISSED if opened.facts is None else usage.MATCHED
            count_usage(request, standing.grant, ending, now=now, entries=len(decision))
    if opened is None:
        return _told(refused)
    if opened.facts is None or file is None:
        raise NotFound(
            "registry.no_person",
            "Không có số định danh này. Kiểm tra lại số, hoặc tra theo họ tên và năm sinh.",
            "There is no such number. Check it, or search by name and year of birth.",
            details={"reference": opened.reference},
        )
    return OpenedPerson(opened.facts, opened.flags, opened.last_seq, opened.reference, file)


def _file_of(personal_no: int, warrants: Sequence[Warrant], now: datetime) -> population.PersonFile:
    """What is beside the facts, under all that was granted together; its entries are those of the facts."""
    fields = frozenset[Field]().union(*(warrant.fields for warrant in warrants))
    return population.person_file(personal_no, replace(warrants[0], fields=fields), now=now, today=local(now).date())


def _standing(request: AccessRequest) -> onboarding.Standing:
    return onboarding.standing_of(request.actor.system, request.integration_code, request.procedure, request.actor.officer)


def _officer(request: AccessRequest) -> str:
    return f"{request.actor.organisation}/{request.actor.officer}"


def _is_spent(request: AccessRequest, now: datetime) -> bool:
    hour, day = hour_and_day(now)
    in_hour, in_day = store.registry_use_for_update(_officer(request), hour, day)
    return is_spent(in_hour, in_day, budget_on(day.date()), opens=request.kind is Kind.OPEN)


def _count(request: AccessRequest, now: datetime, more: Use) -> None:
    store.add_registry_use(_officer(request), hour_and_day(now)[0], more)


def _refuse(request: AccessRequest, decision: object, standing: onboarding.Standing, subject: str, now: datetime) -> Refused:
    """Record the refusal; a decision that was none is refused for its budget."""
    reason = decision.reason if isinstance(decision, Refusal) else Reason.BUDGET_SPENT
    wait = decision.retry_after_seconds if isinstance(decision, Refusal) else 0
    reference = ledger.record(refusal_act(None, request, reason, standing.grant, subject=subject), now=now)
    count_usage(request, standing.grant, usage.REFUSED, now=now)
    return Refused(reason, reference, wait)


def _told(refused: Refused) -> Refused:
    """A refusal is a value; a spent budget, recorded by now, is raised as every limit is."""
    if refused.reason not in (Reason.BUDGET_SPENT, Reason.EXTRACTION_LIMIT, Reason.ATTEMPTS_SPENT):
        return refused
    raise TooMany(f"registry.{refused.reason}", refused.message, refused.message_en, details={"reference": refused.reference})
